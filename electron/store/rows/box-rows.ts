import { BoxSource } from '../../common/entities.ts';
import type { Box } from '../../common/entities.ts';
import type { Rectangle } from '../../common/geometry.ts';
import { kit } from '../../common/labels/kits.ts';
import { oneOf, orNull, real, text } from './checks.ts';
import type { Check } from './checks.ts';

/** A box as it is stored and as patches carry it: exact numbers, JSON texts untouched. */
export interface BoxRow extends Rectangle {
  readonly id: number;
  readonly classId: number;
  readonly source: BoxSource;
  readonly score: number | null;
  readonly attributes: string | null;
  readonly extra: string | null;
}

type BoxValue = Exclude<keyof BoxRow, 'id' | 'classId'>;

interface Column {
  readonly holds: 'number' | 'text';
  /** Of a row that a patch carries. */
  readonly check: Check;
}

const number: Column = { holds: 'number', check: real };
const textOrNull: Column = { holds: 'text', check: orNull(text) };

/**
 * The columns of a box but for its id, image and class, in the order of journal entries of version 1. Statements, the
 * journal's rows, patches and sums follow from them.
 */
export const BOX_VALUES: Readonly<Record<BoxValue, Column>> = {
  x: number,
  y: number,
  width: number,
  height: number,
  source: { holds: 'text', check: oneOf(...BoxSource.options) },
  score: { holds: 'number', check: orNull(real) },
  attributes: textOrNull,
  extra: textOrNull,
};

export const BOX_VALUE_NAMES = Object.keys(BOX_VALUES) as readonly BoxValue[];
export const BOX_VALUE_COLUMNS = BOX_VALUE_NAMES.join(', ');
export const BOX_COLUMNS = `id, class_id AS classId, ${BOX_VALUE_COLUMNS}`;

export function boxOf(row: BoxRow): Box {
  const { id, classId, source, score, attributes } = row;
  return { id, classId, ...kit.decode(row), source, score, attributes: attributesOf(attributes) };
}

export function attributesOf(given: string | null): Box['attributes'] {
  return given === null ? {} : (JSON.parse(given) as Box['attributes']);
}

/** No attributes are stored as NULL: a million boxes seldom have any. */
export function attributesText(attributes: Box['attributes']): string | null {
  return Object.keys(attributes).length === 0 ? null : JSON.stringify(attributes);
}
