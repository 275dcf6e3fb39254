import { classNamesAt, labelsAt, readLabels, snapshotEntry } from '../../store/index.ts';
import type { AnsweredImage, ImageLabels, PastLabels, Reader } from '../../store/index.ts';

/** The labels that answers are scored by. */
export interface LabelSource {
  /** Names of the classes that there are, by id. */
  classNames(reader: Reader): Map<number, string>;
  /** The images in the state that they have by these labels. */
  images(reader: Reader, answered: readonly AnsweredImage[]): readonly AnsweredImage[];
  labels(reader: Reader, imageIds: readonly number[]): ReadonlyMap<number, ImageLabels>;
}

export const PRESENT_LABELS: LabelSource = {
  classNames: (reader) =>
    new Map(
      reader
        .all<{ id: number; name: string }>('SELECT id, name FROM classes')
        .map(({ id, name }) => [id, name]),
    ),
  images: (_reader, answered) => answered,
  labels: readLabels,
};

/** Labels as a snapshot has them: they never change, and are read once. */
export function snapshotLabels(snapshotId: number): LabelSource {
  let known: ReadonlyMap<number, PastLabels> = new Map();
  let names: Map<number, string> | null = null;
  return {
    classNames: (reader) => (names ??= classNamesAt(reader, snapshotEntry(reader, snapshotId))),
    images(reader, answered) {
      const ids = answered.map(({ id }) => id);
      if (ids.some((id) => !known.has(id))) known = labelsAt(reader, snapshotEntry(reader, snapshotId), ids);
      return answered.map((image) => ({ ...image, revision: 0, state: known.get(image.id)!.state }));
    },
    labels: (_reader, imageIds) => new Map(imageIds.map((id) => [id, known.get(id)!])),
  };
}
