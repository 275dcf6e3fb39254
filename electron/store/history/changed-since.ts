import type { Reader } from '../database/database.ts';
import { boxIdsOf, suggestionIdsOf } from './patch.ts';
import type { Protected } from './patch.ts';
import { readImagePatch } from './patch-text.ts';

interface Keeping {
  readonly boxIds: Set<number>;
  readonly suggestionIds: Set<number>;
  imageClasses: boolean;
  state: boolean;
  verified: boolean;
}

/**
 * What edits of single images, later than the change and still in force, have changed on the images that it
 * touched. An undo of the change leaves that alone: a person's later word counts.
 * @param among ids of the first and the last image that is asked about; all where left out
 */
export function changedSince(
  reader: Reader,
  entryId: number,
  appliedId: number,
  among?: readonly [first: number, last: number],
): Map<number, Protected> {
  const kept = new Map<number, Keeping>();
  const later = reader.iterate<{ id: number; image_id: number; inverse: string }>(
    // Of a few images the edits are looked up; of all, the edits are gone through.
    `SELECT edit.id, edit.image_id, edit.inverse
     FROM journal_images AS touched ${among === undefined ? '' : 'CROSS '}JOIN journal AS edit ON edit.image_id = touched.image_id
     WHERE touched.entry_id = ? AND edit.id > ? AND edit.status = 'done' AND touched.image_id BETWEEN ? AND ?`,
    appliedId,
    entryId,
    ...(among ?? [0, Number.MAX_SAFE_INTEGER]),
  );
  for (const row of later) {
    const patch = readImagePatch(row.inverse, row.id);
    let keeping = kept.get(row.image_id);
    if (keeping === undefined) {
      keeping = {
        boxIds: new Set(),
        suggestionIds: new Set(),
        imageClasses: false,
        state: false,
        verified: false,
      };
      kept.set(row.image_id, keeping);
    }
    for (const id of boxIdsOf(patch)) keeping.boxIds.add(id);
    for (const id of suggestionIdsOf(patch)) keeping.suggestionIds.add(id);
    keeping.imageClasses ||= patch.imageClassIds !== undefined;
    keeping.state ||= patch.state !== undefined;
    keeping.verified ||= patch.verified !== undefined;
  }
  return kept;
}
