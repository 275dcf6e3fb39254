import type { Attributes } from '../../common/dataset.ts';
import type { ClassKind, ImageState, Split } from '../../common/entities.ts';
import type { Rectangle } from '../../common/geometry.ts';
import type { Reader } from '../database/database.ts';
import { BOUNDS_COLUMNS } from '../rows/bounds.ts';
import { labelContent } from '../rows/label-contents.ts';
import type { LabelContent } from '../rows/label-contents.ts';
import { absoluteImagePath } from '../rows/paths.ts';
import { objectIn } from '../rows/damaged.ts';
import { readRoots } from '../rows/root-rows.ts';

/** In pixels of the oriented image. */
export interface SnapshotBox extends Rectangle {
  readonly classId: number;
  /** One box around many objects: neither learned from nor counted against a model. */
  readonly crowd: boolean;
}

export interface SnapshotImage {
  readonly id: number;
  /** Absolute. */
  readonly file: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** Width of the oriented image. */
  readonly width: number;
  readonly height: number;
  readonly split: Split;
  /** Its file was not there when it was last looked for. */
  readonly missing: boolean;
  /** `empty`: looked at, so `boxes: []` is a label. `unseen`: nobody has said anything, so `boxes: []` is none. */
  readonly state: ImageState;
  readonly imageClassIds: readonly number[];
  readonly boxes: readonly SnapshotBox[];
}

export interface TrainingSnapshot {
  readonly labels: LabelContent;
  /** In the order of the class lists. */
  readonly imageClasses: readonly { readonly id: number; readonly name: string }[];
  readonly objectClasses: readonly { readonly id: number; readonly name: string }[];
  /** By id. */
  readonly images: readonly SnapshotImage[];
}

/** A row of {@link IMAGE_COLUMNS}. */
export type ImageColumns = [
  id: number,
  rootId: number,
  path: string,
  sha256: string,
  width: number,
  height: number,
  split: Split,
  state: ImageState,
  missing: 0 | 1,
];
export const IMAGE_COLUMNS = 'id, root_id, path, lower(hex(sha256)), width, height, split, state, missing';

/** The image of a row, without its labels. @param folders of roots, by id */
export function imageOf(
  [id, rootId, path, sha256, width, height, split, state, missing]: Readonly<ImageColumns>,
  folders: ReadonlyMap<number, string>,
): Omit<SnapshotImage, 'imageClassIds' | 'boxes'> {
  const file = absoluteImagePath(folders.get(rootId) ?? '', path);
  return { id, file, sha256, width, height, split, missing: missing === 1, state };
}

/** Classes of a kind, in the order of the list. */
export function classList(reader: Reader, kind: ClassKind): { id: number; name: string }[] {
  return reader.all('SELECT id, name FROM classes WHERE kind = ? ORDER BY position, id', kind);
}

type BoxColumns = [
  id: number,
  imageId: number,
  classId: number,
  x: number,
  y: number,
  width: number,
  height: number,
  attributes: string | null,
];

export function isCrowd(attributes: string | null): boolean {
  if (attributes === null) return false;
  return crowdOf(objectIn(attributes, 'boxes.attributes') as Attributes);
}

export const crowdOf = ({ crowd }: Attributes): boolean => crowd === true || crowd === 1;

const PAGE = 5000;

/** By id, some thousand at a time: quicker than row by row, and without a million rows held twice. */
function* pagesOfBoxes(reader: Reader): Generator<BoxColumns[]> {
  let after = 0;
  for (;;) {
    const rows = reader.allRaw<BoxColumns>(
      `SELECT id, image_id, class_id, ${BOUNDS_COLUMNS}, attributes FROM boxes
       WHERE id > ? ORDER BY id LIMIT ?`,
      after,
      PAGE,
    );
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    [after] = last;
  }
}

/** Call it within one snapshot. Tables are read in the order in which they lie, not image by image. */
export function readTrainingSnapshot(reader: Reader, projectFolder: string): TrainingSnapshot {
  const folders = new Map(readRoots(reader, projectFolder).map((root) => [root.id, root.folder]));
  const images = new Map<number, SnapshotImage & { imageClassIds: number[]; boxes: SnapshotBox[] }>();
  const rows = reader.allRaw<ImageColumns>(
    `SELECT ${IMAGE_COLUMNS} FROM images WHERE removed = 0 ORDER BY id`,
  );
  for (const row of rows) images.set(row[0], { ...imageOf(row, folders), imageClassIds: [], boxes: [] });
  const links = reader.allRaw<[imageId: number, classId: number]>(
    'SELECT image_id, class_id FROM image_classes ORDER BY image_id, class_id',
  );
  for (const [imageId, classId] of links) images.get(imageId)?.imageClassIds.push(classId);
  for (const boxes of pagesOfBoxes(reader)) {
    for (const [, imageId, classId, x, y, width, height, attributes] of boxes) {
      images.get(imageId)?.boxes.push({ x, y, width, height, classId, crowd: isCrowd(attributes) });
    }
  }
  return {
    labels: labelContent(reader),
    imageClasses: classList(reader, 'image'),
    objectClasses: classList(reader, 'object'),
    images: [...images.values()],
  };
}
