import type { UseCounts } from './apply-patch.ts';
import { settleImages } from './box-summary.ts';
import type { Reader, SqlValue, Writer } from './database.ts';
import { compact } from './patch.ts';
import type { ImagePatch } from './patch.ts';
import { BOX_COLUMNS } from './rows.ts';
import type { BoxTuple } from './rows.ts';

/**
 * Changes of many boxes at once, made, taken back and made again by SQLite alone. What takes one back are rows of
 * `journal_boxes`: what each box shall be, exact to the bit. They belong to the patch that `journal_images` has of
 * the same entry and image, which is otherwise empty.
 */

/** Columns of a box but for its id, image and class. */
const REST = ['x', 'y', 'width', 'height', 'source', 'score', 'attributes', 'extra'] as const;

/** Entry in `journal_images` for each image of an entry's boxes. An image may have a patch of the entry already. */
const TOUCHED = `INSERT INTO journal_images (entry_id, image_id, annotations, inverse)
  SELECT DISTINCT entry_id, image_id, 1, '{}' FROM journal_boxes WHERE entry_id = ?
  ON CONFLICT (entry_id, image_id) DO UPDATE SET annotations = 1`;

/** Removes every box of a class. @returns how many images have changed */
export function removeClassBoxes(writer: Writer, entryId: number, classId: number, uses: UseCounts): number {
  const { changes } = writer.run(
    `INSERT INTO journal_boxes (entry_id, image_id, box_id, class_id, ${REST.join(', ')})
     SELECT ?, image_id, id, class_id, ${REST.join(', ')} FROM boxes WHERE class_id = ? ORDER BY image_id, id`,
    entryId,
    classId,
  );
  if (changes === 0) return 0;
  const images = writer.run(TOUCHED, entryId).changes;
  writer.run('DELETE FROM boxes WHERE class_id = ?', classId);
  uses.add(classId, -changes);
  settleImages(writer, entryId, 'removed', entryId);
  return images;
}

/** Gives every box of a class another one. @returns how many images have changed */
export function reclassBoxes(
  writer: Writer,
  entryId: number,
  fromClass: number,
  toClass: number,
  uses: UseCounts,
): number {
  const { changes } = writer.run(
    `INSERT INTO journal_boxes (entry_id, image_id, box_id, class_id)
     SELECT ?, image_id, id, class_id FROM boxes WHERE class_id = ? ORDER BY image_id, id`,
    entryId,
    fromClass,
  );
  if (changes === 0) return 0;
  const images = writer.run(TOUCHED, entryId).changes;
  writer.run('UPDATE boxes SET class_id = ? WHERE class_id = ?', toClass, fromClass);
  uses.add(fromClass, -changes);
  uses.add(toClass, changes);
  settleImages(writer, entryId, null, entryId);
  return images;
}

interface JournalBox {
  readonly box_id: number;
  readonly class_id: number | null;
  readonly x: number | null;
}

/** A patch as the journal has it of one image: the text of `journal_images` and the rows of `journal_boxes`. */
export function storedPatch(reader: Reader, entryId: number, imageId: number, inverse: string): ImagePatch {
  const patch = JSON.parse(inverse) as ImagePatch;
  const rows = reader.all<JournalBox & Record<string, unknown>>(
    `SELECT box_id, class_id, ${REST.join(', ')} FROM journal_boxes WHERE entry_id = ? AND image_id = ?
     ORDER BY box_id`,
    entryId,
    imageId,
  );
  if (rows.length === 0) return patch;
  const put: BoxTuple[] = [];
  const remove: number[] = [];
  const reclass = new Map<number, number[]>();
  for (const row of rows) {
    if (row.class_id === null) remove.push(row.box_id);
    else if (row.x === null) reclass.set(row.class_id, [...(reclass.get(row.class_id) ?? []), row.box_id]);
    else put.push(Object.values(row) as BoxTuple);
  }
  return compact({ ...patch, put, remove, reclass: [...reclass] });
}

/**
 * Images whose boxes are not as the change left them, or that were said to be empty since: what takes the change
 * back has to look at each of them.
 */
function changedElsewhere(reader: Reader, turn: number): number[] {
  return reader.values<number>(
    `SELECT wanted.image_id FROM journal_boxes AS wanted LEFT JOIN boxes ON boxes.id = wanted.box_id
     WHERE wanted.entry_id = ? AND (boxes.id IS NULL) = (wanted.x IS NULL)
     UNION SELECT touched.image_id FROM journal_images AS touched CROSS JOIN images ON images.id = touched.image_id
     WHERE touched.entry_id = ? AND images.state = 'empty'`,
    turn,
    turn,
  );
}

/**
 * Applies the rows of `turn` under the entry `record`, which gets the rows that take that back, on all images but
 * `apart` and those that have to be looked at one by one.
 * @returns how many images have changed, and those that are left
 */
export function turnBoxes(
  writer: Writer,
  {
    record,
    turn,
    apart,
  }: { readonly record: number; readonly turn: number; readonly apart: Iterable<number> },
  uses: UseCounts,
): { readonly images: number; readonly left: ReadonlySet<number> } {
  if (writer.get('SELECT 1 AS there FROM journal_boxes WHERE entry_id = ? LIMIT 1', turn) === undefined) {
    return { images: 0, left: new Set() };
  }
  const patched = writer.values<number>(
    "SELECT image_id FROM journal_images WHERE entry_id = ? AND inverse <> '{}'",
    turn,
  );
  const left = new Set([...apart, ...changedElsewhere(writer, turn), ...patched]);
  const rows = 'wanted.entry_id = ? AND wanted.image_id NOT IN (SELECT value FROM json_each(?))';
  const which = [turn, JSON.stringify([...left])] as const;
  const { changes } = writer.run(
    `INSERT INTO journal_boxes (entry_id, image_id, box_id, class_id, ${REST.join(', ')})
     SELECT ?, wanted.image_id, wanted.box_id, boxes.class_id,
       ${REST.map((column) => `iif(wanted.class_id IS NULL, boxes.${column}, NULL)`).join(', ')}
     FROM journal_boxes AS wanted LEFT JOIN boxes ON boxes.id = wanted.box_id WHERE ${rows}
     ORDER BY wanted.image_id, wanted.box_id`,
    record,
    ...which,
  );
  if (changes === 0) return { images: 0, left };
  const images = writer.run(TOUCHED, record).changes;
  const removed = writer.run(
    `DELETE FROM boxes WHERE id IN (SELECT box_id FROM journal_boxes AS wanted WHERE ${rows} AND class_id IS NULL)`,
    ...which,
  ).changes;
  const put = writer.run(
    `INSERT INTO boxes (image_id, ${BOX_COLUMNS})
     SELECT image_id, box_id, class_id, ${REST.join(', ')} FROM journal_boxes AS wanted
     WHERE ${rows} AND x IS NOT NULL`,
    ...which,
  ).changes;
  if (changes > removed + put) {
    writer.run(
      `UPDATE boxes SET class_id = wanted.class_id FROM journal_boxes AS wanted
       WHERE ${rows} AND wanted.x IS NULL AND wanted.class_id IS NOT NULL AND boxes.id = wanted.box_id`,
      ...which,
    );
  }
  // Every box had the class that takes the change back, and has the one that the change wanted.
  const byClass = 'class_id IS NOT NULL GROUP BY class_id';
  const count = (sql: string, sign: 1 | -1, ...parameters: SqlValue[]): void => {
    for (const { class_id, n } of writer.all<{ class_id: number; n: number }>(
      `SELECT class_id, count(*) AS n FROM journal_boxes AS wanted WHERE ${sql} AND ${byClass}`,
      ...parameters,
    )) {
      uses.add(class_id, sign * n);
    }
  };
  count('entry_id = ?', -1, record);
  count(rows, 1, ...which);
  // A change of many boxes is all of one sort.
  if (put > 0) settleImages(writer, record, 'added', turn);
  else settleImages(writer, record, removed > 0 ? 'removed' : null, record);
  return { images, left };
}
