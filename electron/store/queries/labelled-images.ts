import type { DatasetBox, DatasetClass, DatasetImage } from '../../common/dataset.ts';
import type { ClassKind, ImageState, Split } from '../../common/entities.ts';
import type { Rectangle } from '../../common/geometry.ts';
import { kit } from '../../common/labels/kits.ts';
import type { StoreContext } from '../database/context.ts';
import type { Reader } from '../database/database.ts';
import { absoluteImagePath } from '../rows/paths.ts';
import { boundsOf } from '../rows/bounds.ts';
import { readRoots } from '../rows/root-rows.ts';
import { attributesOf, BOX_COLUMNS } from '../rows/box-rows.ts';
import type { BoxRow } from '../rows/box-rows.ts';
import { fieldsOf } from '../rows/extra-fields.ts';
import { SUGGESTION_COLUMNS } from '../rows/suggestion-rows.ts';
import type { SuggestionRow } from '../rows/suggestion-rows.ts';

/** An image with its labels in the neutral form, and where it is registered. */
export interface LabelledImage extends DatasetImage {
  readonly id: number;
  readonly rootId: number;
  readonly file: string;
  readonly split: Split;
  readonly missing: boolean;
}

interface ClassRow {
  readonly id: number;
  readonly kind: ClassKind;
  readonly name: string;
  readonly extra: string | null;
}

interface LabelledRow {
  readonly id: number;
  readonly root_id: number;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly state: ImageState;
  readonly split: Split;
  readonly missing: 0 | 1;
  readonly extra: string | null;
}

export interface LabelledImagesQuery {
  readonly imageIds: readonly number[];
  /** Whose unknown fields are given. */
  readonly format: string;
  /** Boxes and image classes that wait for a decision are given as if they were labels. */
  readonly suggestions: boolean;
}

/** Images read at once: each page is of one moment. */
const PAGE = 500;

/** Classes in the order in which they were made, which never changes. */
export function labelledClasses(reader: Reader, format: string): DatasetClass[] {
  return reader
    .all<ClassRow>('SELECT id, kind, name, extra FROM classes ORDER BY id')
    .map(({ id, kind, name, extra }) => ({ kind, name, sourceId: id, unknown: fieldsOf(extra, format) }));
}

/** Images with their labels, page by page, in the order of the ids given. */
export function* labelledImages(
  { db, folder }: StoreContext,
  { imageIds, format, suggestions }: LabelledImagesQuery,
): Generator<LabelledImage> {
  for (let at = 0; at < imageIds.length; at += PAGE) {
    const ids = JSON.stringify(imageIds.slice(at, at + PAGE));
    yield* db.snapshot((reader) => readPage(reader, folder, ids, format, suggestions));
  }
}

const IN = 'IN (SELECT value FROM json_each(?))';

function grouped<Row extends { readonly imageId: number }>(rows: readonly Row[]): Map<number, Row[]> {
  return Map.groupBy(rows, ({ imageId }) => imageId);
}

function readPage(
  reader: Reader,
  projectFolder: string,
  ids: string,
  format: string,
  withSuggestions: boolean,
): LabelledImage[] {
  const folders = new Map(readRoots(reader, projectFolder).map((root) => [root.id, root.folder]));
  const names = new Map(
    reader.all<ClassRow>('SELECT id, kind, name, extra FROM classes').map((one) => [one.id, one.name]),
  );
  const boxes = grouped(
    reader.all<BoxRow & { imageId: number }>(
      `SELECT ${BOX_COLUMNS}, image_id AS imageId FROM boxes WHERE image_id ${IN} ORDER BY id`,
      ids,
    ),
  );
  const classes = grouped(
    reader.all<{ imageId: number; classId: number }>(
      `SELECT image_id AS imageId, class_id AS classId FROM image_classes WHERE image_id ${IN} ORDER BY class_id`,
      ids,
    ),
  );
  const suggested = grouped(
    withSuggestions
      ? reader.all<SuggestionRow & { imageId: number }>(
          `SELECT ${SUGGESTION_COLUMNS}, image_id AS imageId FROM suggestions WHERE image_id ${IN} ORDER BY id`,
          ids,
        )
      : [],
  );
  const boxOf = (
    { classId, score, attributes, extra }: BoxRow | SuggestionRow,
    bounds: Rectangle,
  ): DatasetBox => ({
    ...bounds,
    className: names.get(classId)!,
    score,
    attributes: attributesOf(attributes),
    unknown: fieldsOf(extra, format),
  });
  const rows = reader.all<LabelledRow>(
    `SELECT id, root_id, path, width, height, state, split, missing, extra FROM images WHERE id ${IN}`,
    ids,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (JSON.parse(ids) as number[]).flatMap((id): LabelledImage[] => {
    const row = byId.get(id);
    if (row === undefined) return [];
    const more = suggested.get(id) ?? [];
    const classIds = [...(classes.get(id) ?? []), ...more.filter((one) => boundsOf(one) === null)].map(
      ({ classId }) => classId,
    );
    return [
      {
        id,
        path: row.path,
        rootId: row.root_id,
        file: absoluteImagePath(folders.get(row.root_id) ?? '', row.path),
        width: row.width,
        height: row.height,
        split: row.split,
        missing: row.missing === 1,
        boxes: [
          ...(boxes.get(id) ?? []).map((one) => boxOf(one, kit.bounds(one))),
          ...more.flatMap((one) => {
            const bounds = boundsOf(one);
            return bounds === null ? [] : [boxOf(one, bounds)];
          }),
        ],
        imageClasses: [...new Set(classIds)].map((classId) => names.get(classId)!),
        reviewed: row.state !== 'unseen',
        unknown: fieldsOf(row.extra, format),
      },
    ];
  });
}
