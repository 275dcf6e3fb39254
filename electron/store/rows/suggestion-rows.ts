import type { Suggestion } from '../../common/entities.ts';
import type { Reader, Writer } from '../database/database.ts';
import { BOUNDS, boundsOf, BOUNDS_COLUMNS } from './bounds.ts';
import type { BoundsOrNone } from './bounds.ts';
import { attributesOf } from './box-rows.ts';
import { sameRow } from './rows.ts';

/** A suggestion as it is stored and as patches carry it. Without bounds it is of the whole image. */
export interface SuggestionRow extends BoundsOrNone {
  readonly id: number;
  readonly classId: number;
  readonly sourceId: number;
  readonly score: number | null;
  readonly attributes: string | null;
  readonly extra: string | null;
}

export const SUGGESTION_COLUMNS = `id, class_id AS classId, ${BOUNDS_COLUMNS}, source_id AS sourceId, score, attributes, extra`;

/**
 * The condition of images that nobody has said anything of: no label, no edit that stands, no suggestion rejected. Only
 * there may suggestions be replaced unasked.
 */
export const OFFERABLE = `images.removed = 0 AND images.state = 'unseen' AND images.verified = 0
  AND NOT EXISTS (SELECT 1 FROM journal WHERE journal.image_id = images.id AND journal.status = 'done')
  AND NOT EXISTS (SELECT 1 FROM journal_images AS touched JOIN journal ON journal.id = touched.entry_id
    WHERE touched.image_id = images.id AND journal.status = 'done' AND journal.kind = 'suggest'
      AND json_extract(journal.operations, '$.clear') IS NOT NULL)`;

/** As people see them: the surest first, those without a score last. */
export function suggestionsOf(reader: Reader, rows: Iterable<SuggestionRow>): Suggestion[] {
  const found = [...rows];
  if (found.length === 0) return [];
  const sources = new Map(
    reader
      .all<{ id: number; kind: Suggestion['source']; name: string }>(
        'SELECT id, kind, name FROM suggestion_sources',
      )
      .map((source) => [source.id, source]),
  );
  return found
    .map(({ id, classId, sourceId, score, attributes, ...where }) => ({
      id,
      classId,
      box: boundsOf(where),
      source: sources.get(sourceId)!.kind,
      sourceName: sources.get(sourceId)!.name,
      score,
      attributes: attributesOf(attributes),
    }))
    .sort((a, b) => (b.score ?? -Infinity) - (a.score ?? -Infinity) || a.id - b.id);
}

export function suggestionRows(reader: Reader, imageId: number): SuggestionRow[] {
  return reader.all<SuggestionRow>(
    `SELECT ${SUGGESTION_COLUMNS} FROM suggestions WHERE image_id = ? ORDER BY id`,
    imageId,
  );
}

/** Makes suggestions as given, removes others, and returns what takes it back. */
export function replaceSuggestions(
  writer: Writer,
  imageId: number,
  suggest: readonly SuggestionRow[],
  unsuggest: readonly number[],
): { suggest: SuggestionRow[]; unsuggest: number[] } {
  const old = (id: number): SuggestionRow | undefined =>
    writer.get<SuggestionRow>(
      `SELECT ${SUGGESTION_COLUMNS} FROM suggestions WHERE id = ? AND image_id = ?`,
      id,
      imageId,
    );
  const inverse = { suggest: [] as SuggestionRow[], unsuggest: [] as number[] };
  for (const id of unsuggest) {
    const known = old(id);
    if (known === undefined) continue;
    writer.run('DELETE FROM suggestions WHERE id = ?', id);
    inverse.suggest.push(known);
  }
  for (const row of suggest) {
    const { id, classId, sourceId, score, attributes, extra } = row;
    const values = [classId, ...BOUNDS.map((name) => row[name]), sourceId, score, attributes, extra];
    const known = id === 0 ? undefined : old(id);
    if (known === undefined) {
      const { lastId } = writer.run(
        `INSERT INTO suggestions (id, image_id, class_id, ${BOUNDS_COLUMNS}, source_id, score, attributes, extra)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id === 0 ? null : id,
        imageId,
        ...values,
      );
      inverse.unsuggest.push(lastId);
    } else if (!sameRow(known, row)) {
      writer.run(
        `UPDATE suggestions SET (class_id, ${BOUNDS_COLUMNS}, source_id, score, attributes, extra) =
         (?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?`,
        ...values,
        id,
      );
      inverse.suggest.push(known);
    }
  }
  return inverse;
}

/** Has to follow every change of an image's suggestions. */
export function summariseSuggestions(writer: Writer, imageId: number): void {
  writer.run(
    `UPDATE images SET suggestion_count = (SELECT count(*) FROM suggestions WHERE image_id = images.id),
       suggestion_score = (SELECT max(score) FROM suggestions WHERE image_id = images.id) WHERE id = ?`,
    imageId,
  );
}

/** The id of the source of that kind and name, which is made where there is none. */
export function suggestionSourceId(
  writer: Writer,
  kind: Suggestion['source'],
  name: string,
  at: string,
): number {
  const known = writer.get<{ id: number }>(
    'SELECT id FROM suggestion_sources WHERE kind = ? AND name = ?',
    kind,
    name,
  );
  if (known !== undefined) return known.id;
  return writer.run('INSERT INTO suggestion_sources (kind, name, added_at) VALUES (?, ?, ?)', kind, name, at)
    .lastId;
}
