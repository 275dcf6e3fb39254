import type { Reader, SqlValue, Writer } from '../database/database.ts';
import { BOX_COLUMNS, BOX_VALUE_COLUMNS, BOX_VALUE_NAMES } from '../rows/box-rows.ts';
import type { BoxRow } from '../rows/box-rows.ts';
import { boxSum, joined } from '../rows/label-sum.ts';
import { sameRow } from '../rows/rows.ts';
import type { ImagePatch } from './patch.ts';
import type { UseCounts } from './use-counts.ts';

/** Rows of one statement: what SQLite does for each statement is half of what a row costs. */
const MOST_AT_ONCE = 16;

const ROW = `(?, ?, ?${', ?'.repeat(BOX_VALUE_NAMES.length)})`;
const INSERTS = Array.from(
  { length: MOST_AT_ONCE },
  (_, more) =>
    `INSERT INTO boxes (id, image_id, class_id, ${BOX_VALUE_COLUMNS}) VALUES ${ROW}${`, ${ROW}`.repeat(more)}`,
);
const UPDATE = `UPDATE boxes SET class_id = ?, ${BOX_VALUE_NAMES.map((name) => `${name} = ?`).join(', ')}
  WHERE id = ?`;
const NAMED = 'id IN (SELECT value FROM json_each(?))';

function addValues(values: SqlValue[], box: BoxRow): void {
  values.push(box.classId);
  for (const name of BOX_VALUE_NAMES) values.push(box[name]);
}

/** @param id gives null for one that was never used before. @returns the id of the last row */
function insertRows(
  writer: Writer,
  imageId: number,
  boxes: readonly BoxRow[],
  id: (box: BoxRow) => number | null,
): number {
  let last = 0;
  for (let first = 0; first < boxes.length; first += MOST_AT_ONCE) {
    const some = boxes.slice(first, first + MOST_AT_ONCE);
    const values: SqlValue[] = [];
    for (const box of some) {
      values.push(id(box), imageId);
      addValues(values, box);
    }
    last = writer.run(INSERTS[some.length - 1]!, ...values).lastId;
  }
  return last;
}

/** Inserts new boxes and returns their ids, which were never used before: SQLite numbers them one after another. */
export function insertBoxes(
  writer: Writer,
  imageId: number,
  boxes: readonly BoxRow[],
  uses: UseCounts,
): number[] {
  const last = insertRows(writer, imageId, boxes, () => null);
  return boxes.map((box, index) => {
    const id = last - boxes.length + 1 + index;
    uses.add(box.classId, 1);
    uses.toggle(imageId, boxSum(box, { id }));
    return id;
  });
}

function boxesThere(reader: Reader, imageId: number, ids: readonly number[]): Map<number, BoxRow> {
  if (ids.length === 0) return new Map();
  const rows = reader.all<BoxRow>(
    // By their ids, whatever indexes there are: an image may have thousands of boxes.
    `SELECT ${BOX_COLUMNS} FROM boxes WHERE +image_id = ? AND ${NAMED}`,
    imageId,
    JSON.stringify(ids),
  );
  return new Map(rows.map((box) => [box.id, box]));
}

/** Makes the boxes of an image as the patch says. @returns what takes it back, and how many more there are */
export function replaceBoxes(
  writer: Writer,
  imageId: number,
  patch: ImagePatch,
  uses: UseCounts,
): { put: BoxRow[]; remove: number[]; reclass: [number, number[]][]; added: number } {
  const gone = removeBoxes(writer, imageId, patch.remove ?? [], uses);
  const { changed, made } = putBoxes(writer, imageId, patch.put ?? [], uses);
  return {
    put: [...gone, ...changed],
    remove: made,
    reclass: reclassBoxes(writer, imageId, patch.reclass ?? [], uses),
    added: made.length - gone.length,
  };
}

/** @returns those that were there */
function removeBoxes(writer: Writer, imageId: number, ids: readonly number[], uses: UseCounts): BoxRow[] {
  const gone = [...boxesThere(writer, imageId, ids).values()];
  if (gone.length === 0) return gone;
  writer.run(`DELETE FROM boxes WHERE ${NAMED}`, JSON.stringify(gone.map(({ id }) => id)));
  for (const box of gone) {
    uses.add(box.classId, -1);
    uses.toggle(imageId, boxSum(box));
  }
  return gone;
}

/** @returns those that were there as they were, and the ids of the others */
function putBoxes(
  writer: Writer,
  imageId: number,
  boxes: readonly BoxRow[],
  uses: UseCounts,
): { changed: BoxRow[]; made: number[] } {
  const wanted = new Map(boxes.map((box) => [box.id, box]));
  const there = boxesThere(writer, imageId, [...wanted.keys()]);
  const fresh: BoxRow[] = [];
  const changed: BoxRow[] = [];
  for (const box of wanted.values()) {
    const old = there.get(box.id);
    if (old === undefined) fresh.push(box);
    else if (sameRow(old, box)) continue;
    else {
      const values: SqlValue[] = [];
      addValues(values, box);
      writer.run(UPDATE, ...values, box.id);
      uses.add(old.classId, -1);
      uses.toggle(imageId, boxSum(old));
      changed.push(old);
    }
    uses.add(box.classId, 1);
    uses.toggle(imageId, boxSum(box));
  }
  insertRows(writer, imageId, fresh, ({ id }) => id);
  return { changed, made: fresh.map(({ id }) => id) };
}

/** @returns which had another class, and which */
function reclassBoxes(
  writer: Writer,
  imageId: number,
  classes: readonly (readonly [classId: number, boxIds: readonly number[]])[],
  uses: UseCounts,
): [number, number[]][] {
  const before = new Map<number, number[]>();
  for (const [classId, ids] of classes) {
    for (const old of boxesThere(writer, imageId, ids).values()) {
      if (old.classId === classId) continue;
      writer.run('UPDATE boxes SET class_id = ? WHERE id = ?', classId, old.id);
      uses.add(old.classId, -1);
      uses.add(classId, 1);
      uses.toggle(imageId, joined(boxSum(old), boxSum(old, { classId })));
      before.set(old.classId, [...(before.get(old.classId) ?? []), old.id]);
    }
  }
  return [...before];
}
