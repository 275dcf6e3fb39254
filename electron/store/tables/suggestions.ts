import type { SuggestionSource } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { StoreContext } from '../database/context.ts';
import { countImages, knownEntry } from '../history/edit-ids.ts';
import type { ChangeOptions } from '../history/edit-ids.ts';
import type { Journal } from '../history/journal.ts';

/**
 * What models and imports have proposed for the project as a whole. They come in by `importAnnotations` with
 * `suggestedBy`; a person accepts or rejects them image by image, as edits of that image.
 */
export class Suggestions {
  readonly #context: StoreContext;
  readonly #journal: Journal;

  constructor(context: StoreContext, journal: Journal) {
    this.#context = context;
    this.#journal = journal;
  }

  /** Sources that have suggestions waiting, the newest first. */
  sources(): SuggestionSource[] {
    return this.#context.db.read.all<SuggestionSource>(
      `SELECT id, kind, name, added_at AS at, count(*) AS suggestions, count(DISTINCT image_id) AS images
       FROM suggestion_sources JOIN (SELECT source_id, image_id FROM suggestions) ON source_id = id
       GROUP BY id ORDER BY id DESC`,
    );
  }

  /**
   * Rejects all that wait, or those of one source, as one step of the project's undo.
   * @throws TwinheadError `not-found`; `not-allowed` where an import is under way
   */
  clear(sourceId: number | null, { editId }: ChangeOptions = {}): { images: number; suggestions: number } {
    return this.#context.db.write((writer) => {
      const known = knownEntry(writer, null, 'suggest', editId);
      if (known !== undefined) {
        const { suggestions } = (JSON.parse(known.operations) as { clear: { suggestions: number } }).clear;
        return { images: countImages(writer, known.id), suggestions };
      }
      const source =
        sourceId === null
          ? null
          : writer.get<{ name: string }>('SELECT name FROM suggestion_sources WHERE id = ?', sourceId);
      if (source === undefined) {
        throw new TwinheadError('not-found', say('store.noSource', { id: String(sourceId) }), {
          remedy: say('store.noSource.remedy'),
        });
      }
      const rows = writer.all<{ id: number; image_id: number }>(
        `SELECT id, image_id FROM suggestions ${source === null ? '' : 'WHERE source_id = ?'} ORDER BY image_id, id`,
        ...(sourceId === null ? [] : [sourceId]),
      );
      if (rows.length === 0) return { images: 0, suggestions: 0 };
      const entry = this.#journal.begin(writer, {
        kind: 'suggest',
        summary:
          source === null
            ? say('history.rejectedSuggestions', { count: rows.length })
            : say('history.rejectedSuggestionsOf', { count: rows.length, source: source.name }),
        operations: { clear: { sourceId, suggestions: rows.length } },
        editId,
      });
      for (const [imageId, found] of Map.groupBy(rows, (row) => row.image_id)) {
        entry.apply(imageId, { unsuggest: found.map(({ id }) => id) });
      }
      entry.finish({});
      return { images: entry.images, suggestions: rows.length };
    });
  }
}
