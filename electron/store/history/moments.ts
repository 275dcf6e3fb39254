import { DRAWN } from '../../common/labels/box-fields.ts';
import type { Split } from '../../common/entities.ts';
import type { Reader } from '../database/database.ts';
import { readClasses } from '../rows/class-rows.ts';
import type { ClassRow } from '../rows/class-rows.ts';
import { rowFields } from '../rows/box-rows.ts';
import type { BoxRow } from '../rows/box-rows.ts';
import { storedPatch } from './bulk-changes.ts';
import type { RememberedPatches } from './bulk-changes.ts';
import type { ImagePatch } from './patch.ts';
import { readImagePatch, readProjectPatch } from './patch-text.ts';
import { contentAfter, follow } from './rewind.ts';
import type { ImageContent } from './rewind.ts';

/** An image as it was at a moment of the journal, with what is the project's matter. */
export interface ImageMoment extends ImageContent {
  split: Split;
  /** It was no image of the project. */
  removed: boolean;
}

interface StateRow {
  readonly id: number;
  readonly state: ImageContent['state'];
  readonly verified: 0 | 1;
  readonly note: string;
  readonly flagged: 0 | 1;
  readonly split: Split;
  readonly removed: 0 | 1;
}

interface StoredChange {
  readonly imageId: number;
  readonly entryId: number;
  readonly inverse: string;
}

type BoxColumns = [
  imageId: number,
  id: number,
  classId: number,
  x: number,
  y: number,
  width: number,
  height: number,
  attributes: string | null,
];

/** What of a box is not compared. */
const UNREAD = { ...rowFields(DRAWN), extra: null };

/** Images read at once. */
const PAGE = 1000;

/** The newest entry; 0 where there is none. */
export function newestEntry(reader: Reader): number {
  return reader.get<{ id: number }>('SELECT coalesce(max(id), 0) AS id FROM journal')!.id;
}

/** Images that later entries have touched, by id. */
export function touchedSince(reader: Reader, entryId: number): number[] {
  return reader.values<number>(
    `SELECT image_id FROM journal WHERE id > ? AND image_id IS NOT NULL
     UNION SELECT image_id FROM journal_images WHERE entry_id > ? ORDER BY 1`,
    entryId,
    entryId,
  );
}

/** Classes by id as they were right after an entry. */
export function classesAt(reader: Reader, entryId: number): Map<number, ClassRow> {
  const classes = new Map<number, ClassRow>(readClasses(reader).map((row) => [row.id, row]));
  const later = reader.all<{ id: number; inverse: string }>(
    `SELECT id, inverse FROM journal WHERE image_id IS NULL AND id > ? ORDER BY id DESC`,
    entryId,
  );
  for (const { id, inverse } of later) {
    const { put = [], remove = [] } = readProjectPatch(inverse, id);
    for (const one of remove) classes.delete(one);
    for (const row of put) classes.set(row.id, { ...classes.get(row.id), ...row });
  }
  return classes;
}

/** Does in memory what the patch does in the project. */
function rewind(moment: ImageMoment, patch: ImagePatch): void {
  follow(moment, patch);
  moment.split = patch.split ?? moment.split;
  moment.removed = patch.removed ?? moment.removed;
}

const copyOf = (moment: ImageMoment): ImageMoment => ({
  ...moment,
  boxes: new Map(moment.boxes),
  suggestions: new Map(moment.suggestions),
});

/** Entries of which the boxes of an image lie apart: see bulk-changes.ts. */
function bulkEntries(reader: Reader, entryId: number): ReadonlySet<number> {
  return new Set(
    reader.values<number>(
      `SELECT id FROM journal WHERE id > ? AND coalesce(target_id, id) IN (SELECT DISTINCT entry_id FROM journal_boxes)`,
      entryId,
    ),
  );
}

/**
 * Every image that was touched since the earlier of two moments, as it was at both, without suggestions; of boxes, class,
 * bounds and attributes. A million boxes take seconds: call it on a thread, within one snapshot.
 */
export function* momentsOf(
  reader: Reader,
  early: number,
  late: number,
): Generator<{ imageId: number; before: ImageMoment; after: ImageMoment }> {
  const touched = touchedSince(reader, early);
  const bulk = bulkEntries(reader, early);
  for (let first = 0; first < touched.length; first += PAGE) {
    const ids = JSON.stringify(touched.slice(first, first + PAGE));
    const among = 'IN (SELECT value FROM json_each(?))';
    const states = reader.all<StateRow>(
      `SELECT id, state, verified, note, flagged, split, removed FROM images WHERE id ${among} ORDER BY id`,
      ids,
    );
    const boxes = new Map<number, Map<number, BoxRow>>();
    for (const [imageId, boxId, classId, x, y, width, height, attributes] of reader.allRaw<BoxColumns>(
      `SELECT image_id, id, class_id, x, y, width, height, attributes FROM boxes WHERE image_id ${among}`,
      ids,
    )) {
      let own = boxes.get(imageId);
      if (own === undefined) boxes.set(imageId, (own = new Map<number, BoxRow>()));
      own.set(boxId, { id: boxId, classId, x, y, width, height, ...UNREAD, attributes });
    }
    const classes = Map.groupBy(
      reader.all<{ imageId: number; classId: number }>(
        `SELECT image_id AS imageId, class_id AS classId FROM image_classes WHERE image_id ${among}
         ORDER BY image_id, class_id`,
        ids,
      ),
      ({ imageId }) => imageId,
    );
    const changes = Map.groupBy(
      reader.all<StoredChange>(
        `SELECT image_id AS imageId, id AS entryId, inverse FROM journal WHERE image_id ${among} AND id > ?
         UNION ALL SELECT image_id, entry_id, inverse FROM journal_images WHERE image_id ${among} AND entry_id > ?
         ORDER BY 2 DESC`,
        ids,
        early,
        ids,
        early,
      ),
      ({ imageId }) => imageId,
    );
    for (const { id, verified, flagged, removed, ...said } of states) {
      const moment: ImageMoment = {
        ...said,
        verified: verified === 1,
        flagged: flagged === 1,
        removed: removed === 1,
        boxes: boxes.get(id) ?? new Map<number, BoxRow>(),
        suggestions: new Map(),
        imageClassIds: (classes.get(id) ?? []).map(({ classId }) => classId),
      };
      let after: ImageMoment | undefined;
      for (const { entryId, inverse } of changes.get(id) ?? []) {
        if (entryId <= late) after ??= copyOf(moment);
        rewind(
          moment,
          bulk.has(entryId) ? storedPatch(reader, entryId, id, inverse) : readImagePatch(inverse, entryId),
        );
      }
      yield { imageId: id, before: moment, after: after ?? copyOf(moment) };
    }
  }
}

/** One image with its suggestions as it was right after an entry. */
export function momentAfter(
  reader: Reader,
  imageId: number,
  entryId: number,
  storedAs?: RememberedPatches,
): ImageMoment {
  const content = contentAfter(reader, imageId, entryId, storedAs);
  const now = reader.get<{ split: Split; removed: 0 | 1 }>(
    'SELECT split, removed FROM images WHERE id = ?',
    imageId,
  )!;
  const moment: ImageMoment = { ...content, split: now.split, removed: now.removed === 1 };
  // Each later entry says what split and removal were before it: the first that does counts.
  const later = reader.all<StoredChange>(
    `SELECT image_id AS imageId, entry_id AS entryId, inverse FROM journal_images
     WHERE image_id = ? AND entry_id > ? ORDER BY entry_id DESC`,
    imageId,
    entryId,
  );
  for (const { entryId: id, inverse } of later) {
    const { split, removed } = readImagePatch(inverse, id);
    moment.split = split ?? moment.split;
    moment.removed = removed ?? moment.removed;
  }
  return moment;
}
