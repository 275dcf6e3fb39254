import { z } from 'zod';
import type { Box } from '../../common/entities.ts';
import type { Rectangle } from '../../common/geometry.ts';
import { BoxFields, DRAWN } from '../../common/labels/box-fields.ts';
import { kit } from '../../common/labels/kits.ts';
import { oneOf, orNull, real, text } from './checks.ts';
import type { Check } from './checks.ts';
import { objectIn } from './damaged.ts';

type Field = keyof BoxFields;

/** A field as it is stored and as patches carry it: exact numbers, JSON texts untouched. */
type Stored<Value> = [Value] extends [string | number | null] ? Value : string | null;

/** A box as it is stored and as patches carry it. */
export type BoxRow = Readonly<Rectangle> & {
  readonly id: number;
  readonly classId: number;
  /** JSON of what a source brought and nobody here knows. */
  readonly extra: string | null;
} & FieldValues;
type FieldValues = { readonly [Name in Field]: Stored<BoxFields[Name]> };

type BoxValue = Exclude<keyof BoxRow, 'id' | 'classId'>;

interface Column {
  readonly holds: 'number' | 'text';
  /** The text is JSON; what a person's box has is stored as NULL: a million boxes seldom have anything else. */
  readonly json?: true;
  /** Checks a row that a patch carries. */
  readonly check: Check;
}

const number: Column = { holds: 'number', check: real };
const textOrNull: Column = { holds: 'text', check: orNull(text) };

const FIELDS = Object.keys(BoxFields.shape) as readonly Field[];
const FIELD_COLUMNS = Object.fromEntries(
  FIELDS.map((name) => [name, columnOf(BoxFields.shape[name])]),
) as Readonly<Record<Field, Column>>;

function columnOf(schema: z.ZodType): Column {
  if (schema instanceof z.ZodNumber) return number;
  if (schema instanceof z.ZodString) return { holds: 'text', check: text };
  if (schema instanceof z.ZodEnum) return { holds: 'text', check: oneOf(...schema.options.map(String)) };
  if (!(schema instanceof z.ZodNullable)) return { ...textOrNull, json: true };
  const { holds, check } = columnOf(schema.unwrap() as z.ZodType);
  return { holds, check: orNull(check) };
}

/** The columns of journal entries of version 1, in their order; the first ones of every row. */
export const FIRST_BOX_VALUES = [
  'x',
  'y',
  'width',
  'height',
  'source',
  'score',
  'attributes',
  'extra',
] as const satisfies readonly BoxValue[];
const isLater = (name: BoxValue): boolean => !(FIRST_BOX_VALUES as readonly BoxValue[]).includes(name);

/**
 * The columns of a box but for its id, image and class. Statements, the journal's rows, patches and sums follow from
 * them.
 */
export const BOX_VALUES: Readonly<Record<BoxValue, Column>> = {
  x: number,
  y: number,
  width: number,
  height: number,
  ...FIELD_COLUMNS,
  extra: textOrNull,
};

/** Columns that later schemas brought; rows of older entries lack them, and then they are as a person's box has them. */
export const LATER_BOX_VALUES = FIELDS.filter(isLater);
export const BOX_VALUE_NAMES: readonly BoxValue[] = [...FIRST_BOX_VALUES, ...LATER_BOX_VALUES];
export const BOX_VALUE_COLUMNS = BOX_VALUE_NAMES.join(', ');
export const BOX_COLUMNS = `id, class_id AS classId, ${BOX_VALUE_COLUMNS}`;

export function boxOf(row: BoxRow): Box {
  const box: Record<string, unknown> = { id: row.id, classId: row.classId, ...kit.decode(row) };
  for (const name of FIELDS) box[name] = FIELD_COLUMNS[name].json ? valueOf(name, row[name]) : row[name];
  return box as Box;
}

function valueOf<Name extends Field>(name: Name, given: string | number | null): BoxFields[Name] {
  return typeof given === 'string' ? (objectIn(given, `boxes.${name}`) as BoxFields[Name]) : DRAWN[name];
}

export const attributesOf = (given: string | null): Box['attributes'] => valueOf('attributes', given);

const DRAWN_TEXTS = Object.fromEntries(FIELDS.map((name) => [name, JSON.stringify(DRAWN[name])])) as Readonly<
  Record<Field, string>
>;

/** @param stored the box as it was, twice: JSON that says the same stays to the letter */
export function rowFields(
  box: BoxFields,
  stored?: { readonly row: BoxRow; readonly box: BoxFields },
): FieldValues {
  const fields: Record<string, unknown> = {};
  for (const name of FIELDS) {
    const value = box[name];
    if (!FIELD_COLUMNS[name].json) fields[name] = value;
    else if (stored?.box[name] === value) fields[name] = stored.row[name];
    else {
      const written = JSON.stringify(value);
      fields[name] = written === DRAWN_TEXTS[name] ? null : written;
    }
  }
  return fields as FieldValues;
}

const LATER = Object.fromEntries(
  Object.entries(rowFields(DRAWN)).filter(([name]) => (LATER_BOX_VALUES as string[]).includes(name)),
);

/** A row of an entry that may be older than some columns. */
export function completed(row: BoxRow): BoxRow {
  return LATER_BOX_VALUES.length === 0 ? row : { ...LATER, ...row };
}

/** Whether a column says what it said before it was there. */
export const saysNothing = (name: BoxValue, value: string | number | null): boolean =>
  name in LATER && LATER[name] === value;
