import { imageClassIds } from './apply-patch.ts';
import { rememberedPatches } from './bulk-changes.ts';
import { stateAfter } from '../../common/labels/operations.ts';
import type { Reader } from '../database/database.ts';
import type { ImagePatch } from './patch.ts';
import { BOX_COLUMNS } from '../rows/box-rows.ts';
import { sameRow } from '../rows/rows.ts';
import type { BoxRow } from '../rows/box-rows.ts';
import { suggestionRows } from '../rows/suggestion-rows.ts';
import type { SuggestionRow } from '../rows/suggestion-rows.ts';

/** Everything that is said about an image, as patches change it; its split is a matter of the project. */
export interface ImageContent {
  readonly boxes: Map<number, BoxRow>;
  readonly suggestions: Map<number, SuggestionRow>;
  imageClassIds: readonly number[];
  state: 'unseen' | 'labelled' | 'empty';
  verified: boolean;
  note: string;
  flagged: boolean;
}

type StateRow = Pick<ImageContent, 'state' | 'note'> & { verified: 0 | 1; flagged: 0 | 1 };

/** The image as it is now; the caller has made sure that it is there. */
export function readContent(reader: Reader, imageId: number): ImageContent {
  const row = reader.get<StateRow>(
    'SELECT state, verified, note, flagged FROM images WHERE id = ?',
    imageId,
  )!;
  const boxes = reader.all<BoxRow>(
    `SELECT ${BOX_COLUMNS} FROM boxes WHERE image_id = ? ORDER BY id`,
    imageId,
  );
  return {
    boxes: new Map(boxes.map((box) => [box.id, box])),
    suggestions: new Map(suggestionRows(reader, imageId).map((one) => [one.id, one])),
    imageClassIds: imageClassIds(reader, imageId),
    state: row.state,
    verified: row.verified === 1,
    note: row.note,
    flagged: row.flagged === 1,
  };
}

/** Does in memory what `applyPatch` does in the project. */
export function follow(content: ImageContent, patch: ImagePatch): void {
  for (const id of patch.remove ?? []) content.boxes.delete(id);
  for (const box of patch.put ?? []) content.boxes.set(box.id, box);
  for (const [classId, ids] of patch.reclass ?? []) {
    for (const id of ids) {
      const box = content.boxes.get(id);
      if (box !== undefined) content.boxes.set(id, { ...box, classId });
    }
  }
  for (const id of patch.unsuggest ?? []) content.suggestions.delete(id);
  for (const one of patch.suggest ?? []) content.suggestions.set(one.id, one);
  content.imageClassIds = patch.imageClassIds ?? content.imageClassIds;
  content.verified = patch.verified ?? content.verified;
  content.note = patch.note ?? content.note;
  content.flagged = patch.flagged ?? content.flagged;
  const labelled = content.boxes.size > 0 || content.imageClassIds.length > 0;
  content.state = stateAfter(labelled, content.state, patch.state);
}

/** The image as it was right after an entry of the journal (0: before all of them): later changes taken back one by one. */
export function contentAfter(
  reader: Reader,
  imageId: number,
  entryId: number,
  storedAs = rememberedPatches(reader),
): ImageContent {
  const later = reader.all<{ id: number; inverse: string }>(
    `SELECT id, inverse FROM journal WHERE image_id = ? AND id > ?
     UNION ALL SELECT entry_id, inverse FROM journal_images WHERE image_id = ? AND entry_id > ?
     ORDER BY id DESC`,
    imageId,
    entryId,
    imageId,
    entryId,
  );
  const content = readContent(reader, imageId);
  for (const { id, inverse } of later) follow(content, storedAs(id, imageId, inverse));
  return content;
}

function difference<Row extends { readonly id: number }>(
  now: ReadonlyMap<number, Row>,
  wanted: ReadonlyMap<number, Row>,
): { put: Row[]; remove: number[] } {
  const same = (a: Row | undefined, b: Row): boolean => a !== undefined && sameRow(a, b);
  return {
    put: [...wanted.values()].filter((one) => !same(now.get(one.id), one)),
    remove: [...now.keys()].filter((id) => !wanted.has(id)),
  };
}

/** What makes the one into the other. */
export function patchBetween(now: ImageContent, wanted: ImageContent): ImagePatch {
  const boxes = difference(now.boxes, wanted.boxes);
  const suggestions = difference(now.suggestions, wanted.suggestions);
  return {
    put: boxes.put,
    remove: boxes.remove,
    suggest: suggestions.put,
    unsuggest: suggestions.remove,
    imageClassIds: wanted.imageClassIds,
    ...(wanted.state === 'labelled' ? {} : { state: wanted.state }),
    verified: wanted.verified,
    note: wanted.note,
    flagged: wanted.flagged,
  };
}
