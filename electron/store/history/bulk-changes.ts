import type { UseCounts } from './use-counts.ts';
import { settleImages } from '../rows/box-summary.ts';
import type { Reader, Writer } from '../database/database.ts';
import { compact } from './patch.ts';
import type { ImagePatch } from './patch.ts';
import { readImagePatch } from './patch-text.ts';
import { BOX_VALUE_COLUMNS as REST } from '../rows/box-rows.ts';
import type { BoxRow } from '../rows/box-rows.ts';

/**
 * Changes of all boxes of a class, made, undone and redone by SQLite alone, with a row of `journal_boxes` for each box: all
 * of it where the box was removed. Undo and redo concern the same boxes and have no rows of their own.
 */

/** Entry in `journal_images` for each image of an entry's boxes. An image may have a patch of the entry already. */
const TOUCHED = `INSERT INTO journal_images (entry_id, image_id, annotations, inverse)
  SELECT DISTINCT entry_id, image_id, 1, '{}' FROM journal_boxes WHERE entry_id = ?
  ON CONFLICT (entry_id, image_id) DO UPDATE SET annotations = 1`;

/** Removes every box of a class. @returns how many images have changed */
export function removeClassBoxes(writer: Writer, entryId: number, classId: number, uses: UseCounts): number {
  const { changes } = writer.run(
    `INSERT INTO journal_boxes (entry_id, image_id, box_id, class_id, ${REST})
     SELECT ?, image_id, id, class_id, ${REST} FROM boxes WHERE class_id = ? ORDER BY image_id, id`,
    entryId,
    classId,
  );
  if (changes === 0) return 0;
  const images = writer.run(TOUCHED, entryId).changes;
  writer.run('DELETE FROM boxes WHERE class_id = ?', classId);
  uses.add(classId, -changes);
  settleImages(writer, entryId, { boxes: 'removed', deletion: entryId });
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
  settleImages(writer, entryId, null);
  return images;
}

/** What an entry's patch does to the boxes of a change. */
interface BulkPatch {
  /** The entry of the change, which has the rows. */
  readonly change: number;
  readonly from: number;
  /** What the change gave them instead of the class `from`; null: it removed them. */
  readonly into: number | null;
  /** Whether the patch takes the change back or makes it again. */
  readonly way: 'back' | 'again';
}

/** undefined where the entry is no change of all boxes of a class, nor an undo or redo of one. */
function bulkPatch(reader: Reader, entryId: number): BulkPatch | undefined {
  return reader.get<BulkPatch>(
    `SELECT change.id AS change, change.operations ->> '$.delete.id' AS "from",
       change.operations ->> '$.delete.reassignTo' AS "into", iif(entry.kind = 'undo', 'again', 'back') AS way
     FROM journal AS entry JOIN journal AS change ON change.id = coalesce(entry.target_id, entry.id)
     WHERE entry.id = ? AND EXISTS (SELECT 1 FROM journal_boxes WHERE entry_id = change.id)`,
    entryId,
  );
}

/** A patch as the journal has it of one image: the text of `journal_images` and what is said of the image's boxes. */
export function storedPatch(reader: Reader, entryId: number, imageId: number, inverse: string): ImagePatch {
  return storedPatches(reader, entryId)(imageId, inverse);
}

/** As storedPatch, of any number of images: what the entry is, is asked once. */
export function storedPatches(
  reader: Reader,
  entryId: number,
): (imageId: number, inverse: string) => ImagePatch {
  const bulk = bulkPatch(reader, entryId);
  return (imageId, inverse) => {
    const patch = readImagePatch(inverse, entryId);
    // An undo or redo that had to look at the image by itself has said all of it there.
    if (bulk === undefined || (bulk.change !== entryId && inverse !== '{}')) return patch;
    const { change, from, into, way } = bulk;
    const rows = reader.all<BoxRow>(
      `SELECT box_id AS id, class_id AS classId, ${REST} FROM journal_boxes WHERE entry_id = ? AND image_id = ?
       ORDER BY box_id`,
      change,
      imageId,
    );
    const ids = rows.map(({ id }) => id);
    if (into !== null) return compact({ ...patch, reclass: [[way === 'back' ? from : into, ids]] });
    return compact({ ...patch, ...(way === 'back' ? { put: rows } : { remove: ids }) });
  };
}

/** What the journal has of an image, by entry; what an entry is, is asked once. */
export type RememberedPatches = (entryId: number, imageId: number, inverse: string) => ImagePatch;

export function rememberedPatches(reader: Reader): RememberedPatches {
  const known = new Map<number, ReturnType<typeof storedPatches>>();
  return (entryId, imageId, inverse) => {
    let patchOf = known.get(entryId);
    if (patchOf === undefined) known.set(entryId, (patchOf = storedPatches(reader, entryId)));
    return patchOf(imageId, inverse);
  };
}

/**
 * Images whose boxes are not as the patch expects them, or that were said to be empty since: it has to look at each
 * of them. Only where labels have changed since the entry are there any.
 */
function changedElsewhere(
  reader: Reader,
  appliedId: number,
  { change, from, into, way }: BulkPatch,
): number[] {
  const changed = reader.values<number>(
    `SELECT touched.image_id FROM journal_images AS touched CROSS JOIN images ON images.id = touched.image_id
     WHERE touched.entry_id = ? AND images.edited_revision <> (SELECT revision FROM journal WHERE id = ?)`,
    appliedId,
    appliedId,
  );
  if (changed.length === 0) return [];
  const expected = way === 'again' ? from : into;
  return reader.values<number>(
    `SELECT changed.id FROM (SELECT value AS id FROM json_each(?)) AS changed
     WHERE EXISTS (SELECT 1 FROM journal_boxes AS wanted LEFT JOIN boxes ON boxes.id = wanted.box_id
         WHERE wanted.entry_id = ? AND wanted.image_id = changed.id AND boxes.class_id IS NOT ?)
       OR EXISTS (SELECT 1 FROM images WHERE images.id = changed.id AND state = 'empty')`,
    JSON.stringify(changed),
    change,
    expected,
  );
}

/**
 * Does what the entry `appliedId` says of the boxes of a change, under the entry `record`, on all images but `apart` and
 * those that have to be looked at one by one.
 * @returns how many images have changed, and those that are left
 */
export function applyBulk(
  writer: Writer,
  {
    record,
    appliedId,
    apart,
  }: { readonly record: number; readonly appliedId: number; readonly apart: Iterable<number> },
  uses: UseCounts,
): { readonly images: number; readonly left: ReadonlySet<number> } {
  const bulk = bulkPatch(writer, appliedId);
  if (bulk === undefined) return { images: 0, left: new Set() };
  const { change, from, into, way } = bulk;
  const patched = writer.values<number>(
    "SELECT image_id FROM journal_images WHERE entry_id = ? AND inverse <> '{}'",
    appliedId,
  );
  const left = new Set([...apart, ...changedElsewhere(writer, appliedId, bulk), ...patched]);
  // An undo leaves images out where all of it has been changed since; its redo has nothing to do there either.
  const out = writer.values<number>(
    `SELECT image_id FROM journal_images WHERE entry_id = ?
     EXCEPT SELECT image_id FROM journal_images WHERE entry_id = ?`,
    change,
    appliedId,
  );
  const rows = 'entry_id = ? AND image_id NOT IN (SELECT value FROM json_each(?))';
  const which = [change, JSON.stringify([...left, ...out])] as const;
  const images = writer.run(
    `INSERT INTO journal_images (entry_id, image_id, annotations, inverse)
     SELECT ?, image_id, 1, '{}' FROM journal_images
     WHERE entry_id = ? AND inverse = '{}' AND image_id NOT IN (SELECT value FROM json_each(?))`,
    record,
    appliedId,
    JSON.stringify([...left]),
  ).changes;
  if (images === 0) return { images, left };
  const boxes = `id IN (SELECT box_id FROM journal_boxes WHERE ${rows})`;
  if (into !== null) {
    const [old, wanted] = way === 'back' ? [into, from] : [from, into];
    const { changes } = writer.run(`UPDATE boxes SET class_id = ? WHERE ${boxes}`, wanted, ...which);
    uses.add(old, -changes);
    uses.add(wanted, changes);
    settleImages(writer, record, null);
  } else if (way === 'back') {
    const { changes } = writer.run(
      `INSERT INTO boxes (image_id, id, class_id, ${REST})
       SELECT image_id, box_id, class_id, ${REST} FROM journal_boxes WHERE ${rows}`,
      ...which,
    );
    uses.add(from, changes);
    settleImages(writer, record, { boxes: 'returned', deletion: change });
  } else {
    const { changes } = writer.run(`DELETE FROM boxes WHERE ${boxes}`, ...which);
    uses.add(from, -changes);
    settleImages(writer, record, { boxes: 'removed', deletion: change });
  }
  return { images, left };
}
