import type {
  Actor,
  Box,
  BoxSource,
  ImageState,
  ImageSummary,
  JournalEntry,
  Split,
} from '../../common/entities.ts';
import { kit } from '../../common/labels/kits.ts';
import { readSaid } from '../../common/sentences/stored.ts';

/** A box as it is stored and as patches carry it: exact numbers, JSON texts untouched. */
export interface BoxRow {
  readonly id: number;
  readonly classId: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly source: BoxSource;
  readonly score: number | null;
  readonly attributes: string | null;
  readonly extra: string | null;
}

export const BOX_COLUMNS = 'id, class_id AS classId, x, y, width, height, source, score, attributes, extra';

export function boxOf(row: BoxRow): Box {
  const { id, classId, source, score, attributes } = row;
  return { id, classId, ...kit.decode(row), source, score, attributes: attributesOf(attributes) };
}

/** Whether two rows say the same in every column. */
export function sameRow<Row extends object>(a: Row, b: Row): boolean {
  for (const column in a) if (a[column] !== b[column]) return false;
  return true;
}

export function attributesOf(text: string | null): Box['attributes'] {
  return text === null ? {} : (JSON.parse(text) as Box['attributes']);
}

/** No attributes are stored as NULL: a million boxes seldom have any. */
export function attributesText(attributes: Box['attributes']): string | null {
  return Object.keys(attributes).length === 0 ? null : JSON.stringify(attributes);
}

export interface ImageRow {
  readonly id: number;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly state: ImageState;
  readonly verified: 0 | 1;
  readonly split: Split;
  readonly split_group: string | null;
  readonly box_count: number;
  readonly revision: number;
  readonly missing: 0 | 1;
  readonly flagged: 0 | 1;
  readonly noted: 0 | 1;
  readonly suggestion_count: number;
  readonly content: string;
}

export const IMAGE_COLUMNS = `id, path, width, height, state, verified, split, split_group, box_count, revision, missing, flagged,
  note <> '' AS noted, suggestion_count, lower(hex(substr(sha256, 1, 8))) AS content`;

export function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function summaryOf(row: ImageRow, imageClassIds: number[]): ImageSummary {
  return {
    id: row.id,
    path: row.path,
    fileName: fileNameOf(row.path),
    width: row.width,
    height: row.height,
    state: row.state,
    verified: row.verified === 1,
    split: row.split,
    group: row.split_group,
    boxCount: row.box_count,
    imageClassIds,
    flagged: row.flagged === 1,
    noted: row.noted === 1,
    suggestionCount: row.suggestion_count,
    revision: row.revision,
    content: row.content,
    missing: row.missing === 1,
  };
}

export interface JournalRow {
  readonly id: number;
  readonly image_id: number | null;
  readonly kind: string;
  readonly summary: string;
  readonly actor: Actor;
  readonly actor_name: string | null;
  readonly at: string;
}

export const JOURNAL_COLUMNS = 'id, image_id, kind, summary, actor, actor_name, at';

export function entryOf(row: JournalRow, boxes: JournalEntry['boxes'] = []): JournalEntry {
  return {
    id: row.id,
    imageId: row.image_id,
    kind: row.kind,
    summary: readSaid(row.summary),
    actor: row.actor,
    actorName: row.actor_name,
    at: row.at,
    boxes,
  };
}
