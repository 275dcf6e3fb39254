import type { ImageFilter } from '../common/entities.ts';
import type { SortBy } from '../common/contract.ts';
import type { SqlValue } from './database.ts';
import { foldText } from './paths.ts';

/** A filter as the condition of a query on `images`. */
export interface Condition {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** One condition for every field that is set; all have to hold. */
export function condition(filter: ImageFilter): Condition {
  const parts: string[] = [];
  const parameters: SqlValue[] = [];
  const add = (sql: string, ...values: SqlValue[]): void => {
    parts.push(sql);
    parameters.push(...values);
  };
  if (filter.state !== undefined) add('images.state = ?', filter.state);
  if (filter.split !== undefined) add('images.split = ?', filter.split);
  if (filter.verified !== undefined) add('images.verified = ?', Number(filter.verified));
  if (filter.classId !== undefined) {
    // A class is of objects or of images: one of the two finds nothing.
    add(
      `images.id IN (SELECT image_id FROM boxes WHERE class_id = ?
         UNION ALL SELECT image_id FROM image_classes WHERE class_id = ?)`,
      filter.classId,
      filter.classId,
    );
  }
  if (filter.text !== undefined && filter.text !== '')
    add('instr(images.path_folded, ?) > 0', foldText(filter.text));
  return { sql: parts.length === 0 ? '1' : parts.join(' AND '), parameters };
}

/** The column that a sort goes by; the id breaks ties, so that every order is total. */
export const SORT_COLUMNS: Readonly<Record<SortBy, 'id' | 'path_key' | 'box_count'>> = {
  added: 'id',
  path: 'path_key',
  boxes: 'box_count',
};

/** `ORDER BY` of a sort. */
export function order(sort: SortBy, descending: boolean): string {
  const direction = descending ? 'DESC' : 'ASC';
  const column = SORT_COLUMNS[sort];
  return column === 'id' ? `images.id ${direction}` : `images.${column} ${direction}, images.id ${direction}`;
}
