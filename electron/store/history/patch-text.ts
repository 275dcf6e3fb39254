import { z } from 'zod';
import { BoxSource, ClassKind, Split } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import type { ImagePatch } from './patch.ts';
import type { ProjectPatch } from './project-patch.ts';

/**
 * Patches as texts of the journal: rows by name, under a version. Version 1, which no text names, had rows as lists
 * of values; it is read for as long as there are projects that have it.
 */
const VERSION = 2;

const id = z.int();
const real = z.number();
const text = z.string().nullable();
const columns = { id, classId: id, x: real, y: real, width: real, height: real };
const values = { score: real.nullable(), attributes: text, extra: text };
const box = { ...columns, source: BoxSource, ...values };
const perhaps = { x: real.nullable(), y: real.nullable(), width: real.nullable(), height: real.nullable() };
const suggestion = { ...columns, ...perhaps, sourceId: id, ...values };
const labelClass = {
  id,
  kind: ClassKind,
  name: z.string(),
  color: z.string(),
  hotkey: text,
  position: z.int(),
};

/** A row as version 1 has it: its values in the order of the names. */
function listed<Shape extends z.ZodRawShape>(shape: Shape) {
  const names = Object.keys(shape);
  return z
    .array(z.unknown())
    .length(names.length)
    .transform((row) => Object.fromEntries(names.map((name, column) => [name, row[column]])))
    .pipe(z.strictObject(shape));
}

function imagePatch<Box extends z.ZodType, Suggested extends z.ZodType>(row: Box, suggested: Suggested) {
  return {
    put: z.array(row).optional(),
    remove: z.array(id).optional(),
    reclass: z.array(z.tuple([id, z.array(id)])).optional(),
    imageClassIds: z.array(id).optional(),
    state: z.enum(['unseen', 'empty']).optional(),
    verified: z.boolean().optional(),
    note: z.string().optional(),
    flagged: z.boolean().optional(),
    suggest: z.array(suggested).optional(),
    unsuggest: z.array(id).optional(),
    split: Split.optional(),
    group: text.optional(),
    removed: z.boolean().optional(),
  };
}

const flag = z.union([z.literal(0), z.literal(1)]);
const projectPatch = <Row extends z.ZodType>(row: Row) => ({
  put: z.array(row).optional(),
  remove: z.array(id).optional(),
  settings: z.record(z.string(), text).optional(),
  roots: z.array(z.tuple([id, z.string(), flag])).optional(),
  files: z.array(z.tuple([id, id, z.string(), id, id, flag])).optional(),
});

const version = { v: z.literal(VERSION) };
const IMAGE: Readonly<Record<number, z.ZodType<ImagePatch>>> = {
  1: z.strictObject(imagePatch(listed(box), listed(suggestion))),
  2: z.strictObject({ ...version, ...imagePatch(z.strictObject(box), z.strictObject(suggestion)) }),
};
const PROJECT: Readonly<Record<number, z.ZodType<ProjectPatch>>> = {
  1: z.strictObject(projectPatch(listed(labelClass))),
  2: z.strictObject({ ...version, ...projectPatch(z.strictObject(labelClass)) }),
};

/** `{}` where it says nothing. */
export function patchText(patch: ImagePatch | ProjectPatch): string {
  const said = JSON.stringify(patch);
  return said === '{}' ? said : JSON.stringify({ v: VERSION, ...patch });
}

/**
 * @param entryId for the error
 * @throws TwinheadError `not-allowed` where the text can't be read, or is of a newer version
 */
export function readImagePatch(given: string, entryId: number): ImagePatch {
  return read(IMAGE, given, entryId);
}

/** As readImagePatch, of what concerns no single image. */
export function readProjectPatch(given: string, entryId: number): ProjectPatch {
  return read(PROJECT, given, entryId);
}

function read<Patch>(
  schemas: Readonly<Record<number, z.ZodType<Patch>>>,
  given: string,
  entryId: number,
): Patch {
  const refuse = (message: string, remedy: string, cause?: unknown): never => {
    throw new TwinheadError('not-allowed', message, { place: `history entry ${entryId}`, remedy }, { cause });
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(given);
  } catch (error) {
    return refuse(UNREADABLE, CHECK, error);
  }
  const named = z.looseObject({ v: z.int().default(1) }).safeParse(parsed);
  if (!named.success) return refuse(UNREADABLE, CHECK, named.error);
  const schema = schemas[named.data.v];
  if (schema === undefined) {
    return refuse(
      'This entry of the history was written by a newer version of Twinhead.',
      'Nothing was changed. Open the project with that version.',
    );
  }
  const patch = schema.safeParse(parsed);
  return patch.success ? patch.data : refuse(UNREADABLE, CHECK, patch.error);
}

const UNREADABLE = 'This entry of the history can’t be read.';
const CHECK = 'Nothing was changed. Check the project (twinhead doctor), or restore a backup.';
