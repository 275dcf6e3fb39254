import type { Split } from '../../common/entities.ts';
import { stateAfter } from '../../common/labels/operations.ts';
import { BOX_SUMMARY } from '../rows/box-summary.ts';
import { boxSum, countedSums, imageClassSum, joined } from '../rows/label-sum.ts';
import type { LabelSum } from '../rows/label-sum.ts';
import type { Reader, Writer } from '../database/database.ts';
import { compact, isEmptyPatch, touchesAnnotations } from './patch.ts';
import type { ImagePatch } from './patch.ts';
import { extraColumn, NO_FIELDS } from '../rows/extra-fields.ts';
import { BOX_COLUMNS, BOX_VALUE_COLUMNS, BOX_VALUE_NAMES } from '../rows/box-rows.ts';
import { sameRow } from '../rows/rows.ts';
import type { BoxRow } from '../rows/box-rows.ts';
import { replaceSuggestions, summariseSuggestions } from '../rows/suggestion-rows.ts';

/**
 * Collects what changes of labels come to: how often classes are used more or less, written once a transaction, and
 * the sums of labels of images, written with the image.
 */
export class UseCounts {
  readonly #changes = new Map<number, number>();
  readonly #sums = new Map<number, LabelSum>();

  add(classId: number, change: number): void {
    this.#changes.set(classId, (this.#changes.get(classId) ?? 0) + change);
  }

  /** A label with this sum has come to the image, or gone from it: the same in both cases. */
  toggle(imageId: number, sum: LabelSum): void {
    this.#sums.set(imageId, joined(this.#sums.get(imageId) ?? 0, sum));
  }

  /** What all of them come to for one image, to be written now. */
  takeSum(imageId: number): LabelSum {
    const sum = this.#sums.get(imageId) ?? 0;
    this.#sums.delete(imageId);
    return sum;
  }

  /** Has to come before a class is deleted. */
  flush(writer: Writer): void {
    for (const [classId, change] of this.#changes) {
      if (change !== 0) writer.run('UPDATE classes SET uses = uses + ? WHERE id = ?', change, classId);
    }
    this.#changes.clear();
  }
}

const BOX = `SELECT ${BOX_COLUMNS} FROM boxes WHERE id = ? AND image_id = ?`;

function boxRow(reader: Reader, imageId: number, boxId: number): BoxRow | undefined {
  return reader.get<BoxRow>(BOX, boxId, imageId);
}

export function imageClassIds(reader: Reader, imageId: number): number[] {
  return reader
    .all<{
      class_id: number;
    }>('SELECT class_id FROM image_classes WHERE image_id = ? ORDER BY class_id', imageId)
    .map((row) => row.class_id);
}

interface StateRow {
  readonly state: 'unseen' | 'labelled' | 'empty';
  readonly verified: 0 | 1;
  readonly split: Split;
  readonly split_group: string | null;
  readonly box_count: number;
  readonly note: string;
  readonly flagged: 0 | 1;
  readonly removed: 0 | 1;
  readonly extra: string | null;
  readonly label_sum: LabelSum | null;
}

const INSERT = `INSERT INTO boxes (id, image_id, class_id, ${BOX_VALUE_COLUMNS})
  VALUES (?, ?, ?${', ?'.repeat(BOX_VALUE_NAMES.length)})`;
const UPDATE = `UPDATE boxes SET class_id = ?, ${BOX_VALUE_NAMES.map((name) => `${name} = ?`).join(', ')}
  WHERE id = ?`;

function valuesOf(box: BoxRow): (string | number | null)[] {
  return BOX_VALUE_NAMES.map((name) => box[name]);
}

/** @param id null: one that was never used before. @returns the id */
function insertRow(writer: Writer, imageId: number, id: number | null, box: BoxRow): number {
  return writer.run(INSERT, id, imageId, box.classId, ...valuesOf(box)).lastId;
}

/** Inserts a new box and returns its id, which was never used before. */
export function insertBox(writer: Writer, imageId: number, box: BoxRow, uses: UseCounts): number {
  uses.add(box.classId, 1);
  const id = insertRow(writer, imageId, null, box);
  uses.toggle(imageId, boxSum(box, { id }));
  return id;
}

function replaceBoxes(
  writer: Writer,
  imageId: number,
  patch: ImagePatch,
  uses: UseCounts,
): { put: BoxRow[]; remove: number[]; reclass: [number, number[]][]; added: number } {
  const put: BoxRow[] = [];
  const remove: number[] = [];
  const reclass = new Map<number, number[]>();
  let added = 0;
  for (const id of patch.remove ?? []) {
    const old = boxRow(writer, imageId, id);
    if (old === undefined) continue;
    writer.run('DELETE FROM boxes WHERE id = ?', id);
    uses.add(old.classId, -1);
    uses.toggle(imageId, boxSum(old));
    put.push(old);
    added -= 1;
  }
  for (const box of patch.put ?? []) {
    const { id, classId } = box;
    const old = boxRow(writer, imageId, id);
    if (old === undefined) {
      insertRow(writer, imageId, id, box);
      remove.push(id);
      added += 1;
    } else if (sameRow(old, box)) {
      continue;
    } else {
      writer.run(UPDATE, classId, ...valuesOf(box), id);
      uses.add(old.classId, -1);
      uses.toggle(imageId, boxSum(old));
      put.push(old);
    }
    uses.add(classId, 1);
    uses.toggle(imageId, boxSum(box));
  }
  for (const [classId, ids] of patch.reclass ?? []) {
    for (const id of ids) {
      const old = boxRow(writer, imageId, id);
      if (old === undefined || old.classId === classId) continue;
      writer.run('UPDATE boxes SET class_id = ? WHERE id = ?', classId, id);
      uses.add(old.classId, -1);
      uses.add(classId, 1);
      uses.toggle(imageId, joined(boxSum(old), boxSum(old, { classId })));
      reclass.set(old.classId, [...(reclass.get(old.classId) ?? []), id]);
    }
  }
  return { put, remove, reclass: [...reclass], added };
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}

function replaceImageClasses(
  writer: Writer,
  imageId: number,
  wanted: readonly number[],
  uses: UseCounts,
): readonly number[] {
  const old = imageClassIds(writer, imageId);
  for (const classId of old) {
    if (wanted.includes(classId)) continue;
    writer.run('DELETE FROM image_classes WHERE image_id = ? AND class_id = ?', imageId, classId);
    uses.add(classId, -1);
    uses.toggle(imageId, imageClassSum(classId));
  }
  for (const classId of wanted) {
    if (old.includes(classId)) continue;
    writer.run('INSERT INTO image_classes (image_id, class_id) VALUES (?, ?)', imageId, classId);
    uses.add(classId, 1);
    uses.toggle(imageId, imageClassSum(classId));
  }
  return old;
}

/**
 * Makes the image as `patch` says, raises its revision where anything changes, and returns the patch that takes it back.
 * `created` are boxes inserted in the same transaction, which the inverse removes too; the state follows.
 */
export function applyPatch(
  writer: Writer,
  imageId: number,
  patch: ImagePatch,
  uses: UseCounts,
  created: readonly number[] = [],
): ImagePatch {
  const before = writer.get<StateRow>(
    `SELECT state, verified, split, split_group, box_count, note, flagged, removed, extra, label_sum
     FROM images WHERE id = ?`,
    imageId,
  );
  if (before === undefined) throw new Error(`There is no image ${imageId}.`);
  const boxes = replaceBoxes(writer, imageId, patch, uses);
  const boxCount = before.box_count + boxes.added + created.length;
  const oldClasses =
    patch.imageClassIds === undefined
      ? undefined
      : replaceImageClasses(writer, imageId, patch.imageClassIds, uses);
  const labelled = boxCount > 0 || (patch.imageClassIds?.length ?? imageClassIds(writer, imageId).length) > 0;
  const state = stateAfter(labelled, before.state, patch.state);
  const verified = patch.verified === undefined ? before.verified : Number(patch.verified);
  const split = patch.split ?? before.split;
  const group = patch.group === undefined ? before.split_group : patch.group;
  const note = patch.note ?? before.note;
  const flagged = patch.flagged === undefined ? before.flagged : Number(patch.flagged);
  const removed = patch.removed === undefined ? before.removed : Number(patch.removed);
  const extraBefore = before.extra ?? NO_FIELDS;
  const extra = patch.extra ?? extraBefore;
  const suggestions = replaceSuggestions(writer, imageId, patch.suggest ?? [], patch.unsuggest ?? []);
  const inverse = compact({
    put: boxes.put,
    remove: [...boxes.remove, ...created],
    reclass: boxes.reclass,
    imageClassIds:
      oldClasses !== undefined && sameIds(oldClasses, patch.imageClassIds ?? []) ? undefined : oldClasses,
    state: state !== before.state && before.state !== 'labelled' ? before.state : undefined,
    verified: verified === before.verified ? undefined : before.verified === 1,
    note: note === before.note ? undefined : before.note,
    flagged: flagged === before.flagged ? undefined : before.flagged === 1,
    suggest: suggestions.suggest,
    unsuggest: suggestions.unsuggest,
    split: split === before.split ? undefined : before.split,
    group: group === before.split_group ? undefined : before.split_group,
    extra: extra === extraBefore ? undefined : extraBefore,
    removed: removed === before.removed ? undefined : before.removed === 1,
  });
  // What changes nothing is no edit: the revision stays, and with it every other window's.
  const change = uses.takeSum(imageId);
  if (isEmptyPatch(inverse)) return inverse;
  // Whoever verifies an image says that its labels are right as they are, so they are counted anew.
  const labelSum =
    patch.verified === true
      ? (countedSums(writer, [imageId]).get(imageId) ?? 0)
      : before.label_sum === null
        ? null
        : joined(before.label_sum, change);
  writer.run(
    `UPDATE images SET ${inverse.put === undefined && inverse.remove === undefined ? '' : `${BOX_SUMMARY},`}
     ${touchesAnnotations(inverse) ? 'edited_revision = (SELECT revision FROM project),' : ''}
     state = ?, verified = ?, split = ?, split_group = ?, note = ?, flagged = ?, removed = ?, extra = ?,
     label_sum = ?,
     revision = revision + 1 WHERE id = ?`,
    state,
    verified,
    split,
    group,
    note,
    flagged,
    removed,
    extraColumn(extra),
    labelSum,
    imageId,
  );
  if (inverse.suggest !== undefined || inverse.unsuggest !== undefined) {
    summariseSuggestions(writer, imageId);
  }
  return inverse;
}
