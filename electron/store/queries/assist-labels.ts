import type { Reader } from '../database/database.ts';
import { BOUNDS_COLUMNS } from '../rows/bounds.ts';
import { readRoots } from '../rows/root-rows.ts';
import { OFFERABLE } from '../rows/suggestion-rows.ts';
import { classList, IMAGE_COLUMNS, imageOf, isCrowd } from './training-snapshot.ts';
import type { ImageColumns, SnapshotBox, SnapshotImage } from './training-snapshot.ts';

export interface AssistLabelsQuery {
  /** Folder of the project, from which roots are found. */
  readonly folder: string;
  /** Most images to learn from, those labelled last first, and to validate on. */
  readonly learned: number;
  readonly validated: number;
  /** Images that somebody is working on: their labels are not complete yet. */
  readonly open: readonly number[];
  /** Images to be suggested for, as far as nobody has said anything of them. */
  readonly ahead: readonly number[];
}

/** An image with the number that grows with each change of it. */
export interface AssistImage extends SnapshotImage {
  readonly revision: number;
}

export interface AssistLabels {
  readonly imageClasses: readonly { readonly id: number; readonly name: string }[];
  readonly objectClasses: readonly { readonly id: number; readonly name: string }[];
  readonly severalImageClasses: boolean;
  /** Labelled, in train or in no split. */
  readonly learned: readonly AssistImage[];
  /** How many there are, also beyond the most. */
  readonly labelled: number;
  /** Labelled, in validation. */
  readonly validated: readonly AssistImage[];
  /** In the order asked for. */
  readonly ahead: readonly AssistImage[];
}

type Row = [revision: number, ...image: ImageColumns];
const COLUMNS = `revision, ${IMAGE_COLUMNS}`;
const HERE = 'removed = 0 AND missing = 0';

/** What the live assistant learns from and suggests for. Call it within one snapshot. */
export function readAssistLabels(reader: Reader, query: AssistLabelsQuery): AssistLabels {
  const folders = new Map(readRoots(reader, query.folder).map((root) => [root.id, root.folder]));
  const open = JSON.stringify(query.open);
  const labelled = (splits: string): string =>
    `FROM images WHERE ${HERE} AND state <> 'unseen' AND split IN (${splits})
     AND id NOT IN (SELECT value FROM json_each(?))`;
  const newest = (splits: string, most: number): AssistImage[] =>
    withLabels(
      reader,
      folders,
      reader.allRaw<Row>(
        `SELECT ${COLUMNS} ${labelled(splits)} ORDER BY edited_revision DESC, id DESC LIMIT ?`,
        open,
        most,
      ),
    );
  const learned = newest("'train', 'none'", query.learned);
  const wanted = JSON.stringify(query.ahead);
  const ahead = withLabels(
    reader,
    folders,
    reader.allRaw<Row>(
      `SELECT ${COLUMNS} FROM images WHERE id IN (SELECT value FROM json_each(?)) AND ${HERE} AND ${OFFERABLE}`,
      wanted,
    ),
  );
  const order = new Map(query.ahead.map((id, index) => [id, index]));
  return {
    imageClasses: classList(reader, 'image'),
    objectClasses: classList(reader, 'object'),
    severalImageClasses: learned.some(({ imageClassIds }) => imageClassIds.length > 1),
    learned,
    labelled:
      learned.length < query.learned
        ? learned.length
        : reader.get<{ n: number }>(`SELECT count(*) AS n ${labelled("'train', 'none'")}`, open)!.n,
    validated: newest("'val'", query.validated),
    ahead: ahead.sort((a, b) => order.get(a.id)! - order.get(b.id)!),
  };
}

function withLabels(
  reader: Reader,
  folders: ReadonlyMap<number, string>,
  rows: readonly Row[],
): AssistImage[] {
  return rows.map(([revision, ...image]) => ({
    ...imageOf(image, folders),
    revision,
    imageClassIds: reader.values<number>(
      'SELECT class_id FROM image_classes WHERE image_id = ? ORDER BY class_id',
      image[0],
    ),
    boxes: boxesOf(reader, image[0]),
  }));
}

function boxesOf(reader: Reader, imageId: number): SnapshotBox[] {
  return reader
    .all<{
      classId: number;
      x: number;
      y: number;
      width: number;
      height: number;
      attributes: string | null;
    }>(
      `SELECT class_id AS classId, ${BOUNDS_COLUMNS}, attributes FROM boxes WHERE image_id = ? ORDER BY id`,
      imageId,
    )
    .map(({ attributes, ...box }) => ({ ...box, crowd: isCrowd(attributes) }));
}
