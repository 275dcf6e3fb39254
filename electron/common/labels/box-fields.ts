import { z } from 'zod';

export const BoxSource = z.enum(['person', 'model', 'import']);
export type BoxSource = z.infer<typeof BoxSource>;

/**
 * What a box says beside where it lies and of which class: a line a field, whose default is what a box has that a
 * person draws. Schemas, edits, columns, journal and checksums follow from it; a new field also needs a schema change.
 */
const fields = {
  source: BoxSource.default('person'),
  /** Confidence of a model's box, else null. */
  score: z.number().nullable().default(null),
  /** truncated, occluded, difficult, crowd and project-defined ones. */
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
};

type Required = {
  readonly [Name in keyof typeof fields]: ReturnType<(typeof fields)[Name]['unwrap']>;
};

/** The fields of a box that is not complete yet: those left out are a person's. */
export const NewBoxFields = z.object(fields);

export const BoxFields = z.object(
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, field.unwrap()]),
  ) as unknown as Required,
);
export type BoxFields = z.infer<typeof BoxFields>;

/** The fields of a box that a person draws. */
export const DRAWN: Readonly<BoxFields> = NewBoxFields.parse({});
