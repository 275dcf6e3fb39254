import type { Suggestion } from '../../common/entities.ts';
import type { Reader, Writer } from '../database.ts';
import type { BoxTuple } from './rows.ts';

/** A suggestion as it is stored and as patches carry it. Without coordinates it is of the whole image. */
export type SuggestionTuple = [
  id: number,
  classId: number,
  x: number | null,
  y: number | null,
  width: number | null,
  height: number | null,
  sourceId: number,
  score: number | null,
  attributes: string | null,
  extra: string | null,
];

export interface SuggestionRow {
  readonly id: number;
  readonly class_id: number;
  readonly x: number | null;
  readonly y: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly source_id: number;
  readonly score: number | null;
  readonly attributes: string | null;
  readonly extra: string | null;
}

export const SUGGESTION_COLUMNS =
  'id, class_id, x, y, width, height, source_id, score, attributes, extra' as const;

export function suggestionTuple(row: SuggestionRow): SuggestionTuple {
  return [
    row.id,
    row.class_id,
    row.x,
    row.y,
    row.width,
    row.height,
    row.source_id,
    row.score,
    row.attributes,
    row.extra,
  ];
}

/** One suggestion of an image with its source, as an acceptance needs it. */
export interface SourcedSuggestion {
  readonly tuple: SuggestionTuple;
  readonly source: Suggestion['source'];
  readonly sourceName: string;
}

export function suggestionOf(reader: Reader, imageId: number, id: number): SourcedSuggestion | undefined {
  const row = reader.get<SuggestionRow & { kind: Suggestion['source']; name: string }>(
    `SELECT ${SUGGESTION_COLUMNS}, (SELECT kind FROM suggestion_sources WHERE id = source_id) AS kind,
       (SELECT name FROM suggestion_sources WHERE id = source_id) AS name
     FROM suggestions WHERE id = ? AND image_id = ?`,
    id,
    imageId,
  );
  return row === undefined
    ? undefined
    : { tuple: suggestionTuple(row), source: row.kind, sourceName: row.name };
}

/** As people see them: the surest first, those without a score last. */
export function suggestionsOf(reader: Reader, tuples: Iterable<SuggestionTuple>): Suggestion[] {
  const sources = new Map(
    reader
      .all<{ id: number; kind: Suggestion['source']; name: string }>(
        'SELECT id, kind, name FROM suggestion_sources',
      )
      .map((source) => [source.id, source]),
  );
  return [...tuples]
    .map(([id, classId, x, y, width, height, sourceId, score, attributes]) => ({
      id,
      classId,
      box: x === null || y === null || width === null || height === null ? null : { x, y, width, height },
      source: sources.get(sourceId)!.kind,
      sourceName: sources.get(sourceId)!.name,
      score,
      attributes: attributes === null ? {} : (JSON.parse(attributes) as Suggestion['attributes']),
    }))
    .sort((a, b) => (b.score ?? -Infinity) - (a.score ?? -Infinity) || a.id - b.id);
}

export function suggestionTuples(reader: Reader, imageId: number): SuggestionTuple[] {
  return reader
    .all<SuggestionRow>(
      `SELECT ${SUGGESTION_COLUMNS} FROM suggestions WHERE image_id = ? ORDER BY id`,
      imageId,
    )
    .map(suggestionTuple);
}

/** The box that an accepted suggestion becomes: its source, score and all else are kept. Null: of the whole image. */
export function acceptedBox({ tuple, source }: SourcedSuggestion): BoxTuple | null {
  const [, classId, x, y, width, height, , score, attributes, extra] = tuple;
  if (x === null || y === null || width === null || height === null) return null;
  return [0, classId, x, y, width, height, source, score, attributes, extra];
}

/** Makes suggestions as given, removes others, and returns what takes it back. */
export function replaceSuggestions(
  writer: Writer,
  imageId: number,
  suggest: readonly SuggestionTuple[],
  unsuggest: readonly number[],
): { suggest: SuggestionTuple[]; unsuggest: number[] } {
  const old = (id: number): SuggestionTuple | undefined => {
    const row = writer.get<SuggestionRow>(
      `SELECT ${SUGGESTION_COLUMNS} FROM suggestions WHERE id = ? AND image_id = ?`,
      id,
      imageId,
    );
    return row === undefined ? undefined : suggestionTuple(row);
  };
  const inverse = { suggest: [] as SuggestionTuple[], unsuggest: [] as number[] };
  for (const id of unsuggest) {
    const known = old(id);
    if (known === undefined) continue;
    writer.run('DELETE FROM suggestions WHERE id = ?', id);
    inverse.suggest.push(known);
  }
  for (const tuple of suggest) {
    const [id, ...values] = tuple;
    const known = id === 0 ? undefined : old(id);
    if (known === undefined) {
      const { lastId } = writer.run(
        `INSERT INTO suggestions (id, image_id, class_id, x, y, width, height, source_id, score, attributes, extra)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id === 0 ? null : id,
        imageId,
        ...values,
      );
      inverse.unsuggest.push(lastId);
    } else if (known.some((value, column) => value !== tuple[column])) {
      writer.run(
        `UPDATE suggestions SET class_id = ?, x = ?, y = ?, width = ?, height = ?, source_id = ?, score = ?,
         attributes = ?, extra = ? WHERE id = ?`,
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
