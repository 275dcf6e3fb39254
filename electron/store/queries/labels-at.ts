import type { ImageState } from '../../common/entities.ts';
import type { Reader } from '../database/database.ts';
import { classesAt, momentsOf } from '../history/moments.ts';
import { attributed, readLabels } from './answered-images.ts';
import type { ImageLabels } from './answered-images.ts';

/** Labels of an image as they were; `unseen` where it was no image of the project. */
export interface PastLabels extends ImageLabels {
  readonly state: ImageState;
}

/** Labels of some images right after an entry of the journal. Many later changes take a while: call it on a thread. */
export function labelsAt(
  reader: Reader,
  entryId: number,
  imageIds: readonly number[],
): Map<number, PastLabels> {
  const now = readLabels(reader, imageIds);
  const states = reader.all<{ id: number; state: ImageState }>(
    'SELECT id, state FROM images WHERE id IN (SELECT value FROM json_each(?))',
    JSON.stringify(imageIds),
  );
  const labels = new Map(
    states.map(({ id, state }): [number, PastLabels] => [id, { ...now.get(id)!, state }]),
  );
  for (const { imageId, before } of momentsOf(reader, entryId, entryId)) {
    if (!labels.has(imageId)) continue;
    const boxes = [...before.boxes.values()].sort((a, b) => a.id - b.id);
    labels.set(imageId, {
      state: before.removed ? 'unseen' : before.state,
      imageClassIds: before.imageClassIds,
      boxes: boxes.map(({ attributes, ...box }) => ({ ...box, ...attributed(attributes) })),
    });
  }
  return labels;
}

/** Names of the classes right after an entry of the journal, by id. */
export function classNamesAt(reader: Reader, entryId: number): Map<number, string> {
  const classes = classesAt(reader, entryId);
  return new Map([...classes].map(([id, { name }]) => [id, name]));
}
