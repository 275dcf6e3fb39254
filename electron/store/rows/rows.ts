import type { Actor, ImageState, ImageSummary, JournalEntry, Split } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { entrySummary } from './entry-summary.ts';

/** Whether two rows say the same in every column. */
export function sameRow<Row extends object>(a: Row, b: Row): boolean {
  for (const column in a) if (a[column] !== b[column]) return false;
  return true;
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
    summary: entrySummary(row),
    actor: row.actor,
    actorName: row.actor_name,
    at: row.at,
    boxes,
  };
}

export function noImage(imageId: number): TwinheadError {
  return new TwinheadError('not-found', say('store.noImage', { id: String(imageId) }), {
    remedy: say('store.noImage.remedy'),
  });
}
