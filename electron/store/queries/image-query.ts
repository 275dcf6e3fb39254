import { CENTRE_PARTS } from '../../common/entities.ts';
import type { ImageFilter } from '../../common/entities.ts';
import type { BoxSource } from '../../common/labels/box-fields.ts';
import type { SortBy } from '../../common/contract.ts';
import { hasLooseAttributes } from '../rows/box-summary.ts';
import { BOX_ATTRIBUTES } from '../rows/box-summary.ts';
import { AREA } from '../rows/bounds.ts';
import type { Reader, SqlValue } from '../database/database.ts';
import { foldText } from '../rows/paths.ts';
import { IN_FILTER_SET } from '../rows/filter-set-rows.ts';
import { IN_TEST_SET, testSetKey } from '../rows/test-set-rows.ts';

/** A filter as the condition of a query on `images`. */
export interface Condition {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** The condition of a filter that lets everything through. */
export const EVERY_IMAGE = '1';

/** One condition for every field that is set; all have to hold. */
export function condition(reader: Reader, filter: ImageFilter): Condition {
  const parts: string[] = [];
  const parameters: SqlValue[] = [];
  const add = (sql: string, ...values: SqlValue[]): void => {
    parts.push(sql);
    parameters.push(...values);
  };
  // The plus keeps SQLite from gathering rows by an index on a flag and sorting them: reading the table in the order
  // in which it lies is quicker, and never more than one look at each image.
  if (filter.state !== undefined) add('+images.state = ?', filter.state);
  if (filter.split !== undefined) add('+images.split = ?', filter.split);
  if (filter.testSet !== undefined)
    add(`+images.split = 'test' AND ${IN_TEST_SET}`, testSetKey(filter.testSet));
  if (filter.evaluated !== undefined) add(IN_FILTER_SET, filter.evaluated.runId, filter.evaluated.filter);
  if (filter.verified !== undefined) add('+images.verified = ?', Number(filter.verified));
  if (filter.flagged !== undefined) add('images.flagged = ?', Number(filter.flagged));
  if (filter.missing !== undefined) add('+images.missing = ?', Number(filter.missing));
  if (filter.noted !== undefined) add("(images.note <> '') = ?", Number(filter.noted));
  if (filter.minBoxes !== undefined) add('+images.box_count >= ?', filter.minBoxes);
  if (filter.maxBoxes !== undefined) add('+images.box_count <= ?', filter.maxBoxes);
  if (filter.source !== undefined) add('(images.box_sources & ?) <> 0', SOURCE_BITS[filter.source]);
  if (filter.suggestions !== undefined)
    add(filter.suggestions ? 'images.suggestion_count > 0' : 'images.suggestion_count = 0');
  if (filter.minScore !== undefined) add('+images.suggestion_score >= ?', filter.minScore);
  if (filter.maxScore !== undefined) add('+images.suggestion_score <= ?', filter.maxScore);
  if (filter.imageIds !== undefined)
    add('images.id IN (SELECT value FROM json_each(?))', JSON.stringify(filter.imageIds));
  addBoxSide(filter, add);
  addAspect(filter, add);
  if (filter.centre !== undefined) addCentre(filter.centre, add);
  if (filter.folder !== undefined) addFolder(filter.folder, add);
  if (filter.group !== undefined) add('+images.split_group = ?', filter.group);
  if (filter.classId !== undefined) addClass('= ?', filter.classId, add);
  if (filter.classIds !== undefined)
    addClass('IN (SELECT value FROM json_each(?))', JSON.stringify(filter.classIds), add);
  for (const classId of filter.allClassIds ?? []) addClass('= ?', classId, add);
  if (filter.attribute !== undefined) addAttribute(reader, filter.attribute, add);
  if (filter.text !== undefined && filter.text !== '')
    add('instr(images.path_folded, ?) > 0', foldText(filter.text));
  if (filter.named !== undefined)
    add("instr('/' || images.path_folded || '.', '/' || ? || '.') > 0", foldText(filter.named));
  return { sql: parts.length === 0 ? EVERY_IMAGE : parts.join(' AND '), parameters };
}

/** A class is of objects or of images: one of the two finds nothing. One look for each image, however many boxes. */
function addClass(is: string, classes: SqlValue, add: (sql: string, ...values: SqlValue[]) => void): void {
  add(
    `(EXISTS (SELECT 1 FROM boxes WHERE class_id ${is} AND image_id = images.id)
       OR EXISTS (SELECT 1 FROM image_classes WHERE class_id ${is} AND image_id = images.id))`,
    classes,
    classes,
  );
}

const SOURCE_BITS: Readonly<Record<BoxSource, number>> = { person: 1, model: 2, import: 4 };

/**
 * As box-summary.ts says: the key and the value in the letters in which they are stored. Where an image may name
 * more than its boxes have, those are asked.
 */
function addAttribute(
  reader: Reader,
  { name, value }: NonNullable<ImageFilter['attribute']>,
  add: (sql: string, ...values: SqlValue[]) => void,
): void {
  const key = `,${JSON.stringify(name)}:`;
  const named = (attributes: string): string =>
    value === undefined ? `instr(replace(${attributes}, ?, ','), ?) > 0` : `instr(${attributes}, ?) > 0`;
  const parameters = value === undefined ? [`${key}false,`, key] : [`${key}${JSON.stringify(value)},`];
  add(named('images.box_attributes'), ...parameters);
  if (!hasLooseAttributes(reader)) return;
  add(
    `(images.attributes_loose = 0
       OR EXISTS (SELECT 1 FROM boxes WHERE image_id = images.id AND ${named(BOX_ATTRIBUTES)}))`,
    ...parameters,
  );
}

/** The folder itself, without those below it. */
function addFolder(
  { rootId, path }: NonNullable<ImageFilter['folder']>,
  add: (sql: string, ...values: SqlValue[]) => void,
): void {
  const prefix = path === '' ? '' : `${path}/`;
  add('+images.root_id = ?', rootId);
  if (prefix !== '') add('instr(images.path, ?) = 1', prefix);
  add("instr(substr(images.path, length(?) + 1), '/') = 0", prefix);
}

function addAspect(
  { minAspect, maxAspect }: ImageFilter,
  add: (sql: string, ...values: SqlValue[]) => void,
): void {
  const bounds = [
    ...(minAspect === undefined ? [] : [{ is: 'width >= ? * height', value: minAspect }]),
    ...(maxAspect === undefined ? [] : [{ is: 'width <= ? * height', value: maxAspect }]),
  ];
  if (bounds.length === 0) return;
  add(
    `images.box_count > 0 AND EXISTS (SELECT 1 FROM boxes WHERE image_id = images.id AND ${bounds.map(({ is }) => is).join(' AND ')})`,
    ...bounds.map(({ value }) => value),
  );
}

/** One box in both bands of parts; what lies beyond the edge counts to the outermost, as label-figures.ts counts. */
function addCentre(
  { column, row }: NonNullable<ImageFilter['centre']>,
  add: (sql: string, ...values: SqlValue[]) => void,
): void {
  const bounds = (
    [
      ['(boxes.x + boxes.width / 2) / images.width', column],
      ['(boxes.y + boxes.height / 2) / images.height', row],
    ] as const
  ).flatMap(([share, part]) => [
    ...(part === 0 ? [] : [{ is: `${share} >= ?`, value: part / CENTRE_PARTS }]),
    ...(part === CENTRE_PARTS - 1 ? [] : [{ is: `${share} < ?`, value: (part + 1) / CENTRE_PARTS }]),
  ]);
  add(
    `images.box_count > 0 AND EXISTS (SELECT 1 FROM boxes WHERE image_id = images.id AND ${bounds.map(({ is }) => is).join(' AND ')})`,
    ...bounds.map(({ value }) => value),
  );
}

/** With one bound, the smallest or the largest box of an image answers; with both, its boxes are asked where those may. */
function addBoxSide(
  { minBoxSide: least, maxBoxSide: most }: ImageFilter,
  add: (sql: string, ...values: SqlValue[]) => void,
): void {
  if (least !== undefined) add('images.largest_area >= ?', least ** 2);
  if (most !== undefined) add('images.smallest_area <= ?', most ** 2);
  if (least === undefined || most === undefined) return;
  add(
    `(images.smallest_area >= ? OR images.largest_area <= ?
       OR EXISTS (SELECT 1 FROM boxes WHERE image_id = images.id AND ${AREA} BETWEEN ? AND ?))`,
    least ** 2,
    most ** 2,
    least ** 2,
    most ** 2,
  );
}

/** The column that a sort goes by; the id breaks ties, so that every order is total. */
export const SORT_COLUMNS: Readonly<
  Record<SortBy, 'id' | 'path_key' | 'box_count' | 'edited_revision' | 'suggestion_score'>
> = {
  added: 'id',
  path: 'path_key',
  boxes: 'box_count',
  edited: 'edited_revision',
  score: 'suggestion_score',
  // Put into the filter's order once they are found.
  listed: 'id',
};

/** `ORDER BY` of a sort. */
export function order(sort: SortBy, descending: boolean): string {
  const direction = descending ? 'DESC' : 'ASC';
  const column = SORT_COLUMNS[sort];
  return column === 'id' ? `images.id ${direction}` : `images.${column} ${direction}, images.id ${direction}`;
}
