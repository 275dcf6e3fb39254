import type { Split } from '../../common/entities.ts';
import { stateAfter } from '../../common/labels/operations.ts';
import { BOX_SUMMARY } from '../rows/box-summary.ts';
import { countedSums, imageClassSum, joined } from '../rows/label-sum.ts';
import type { LabelSum } from '../rows/label-sum.ts';
import type { Reader, Writer } from '../database/database.ts';
import { compact, isEmptyPatch, touchesAnnotations } from './patch.ts';
import type { ImagePatch } from './patch.ts';
import { extraColumn, NO_FIELDS } from '../rows/extra-fields.ts';
import { replaceBoxes } from './replace-boxes.ts';
import type { UseCounts } from './use-counts.ts';
import { replaceSuggestions, summariseSuggestions } from '../rows/suggestion-rows.ts';

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

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}

function replaceImageClasses(
  writer: Writer,
  imageId: number,
  old: readonly number[],
  wanted: readonly number[],
  uses: UseCounts,
): readonly number[] {
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
  const classesThere = () => (before.state === 'labelled' ? imageClassIds(writer, imageId) : []);
  const boxes = replaceBoxes(writer, imageId, patch, uses);
  const boxCount = before.box_count + boxes.added + created.length;
  const oldClasses =
    patch.imageClassIds === undefined
      ? undefined
      : replaceImageClasses(writer, imageId, classesThere(), patch.imageClassIds, uses);
  const labelled = boxCount > 0 || (patch.imageClassIds ?? classesThere()).length > 0;
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
