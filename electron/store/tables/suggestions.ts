import type { SuggestionSource } from '../../common/entities.ts';
import type { Rectangle } from '../../common/geometry.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { now, raiseRevision } from '../database/context.ts';
import type { StoreContext } from '../database/context.ts';
import type { Writer } from '../database/database.ts';
import { countImages, knownEntry } from '../history/edit-ids.ts';
import type { ChangeOptions } from '../history/edit-ids.ts';
import { requireNoImport } from '../history/journal.ts';
import type { Journal } from '../history/journal.ts';
import { BOUNDS } from '../rows/bounds.ts';
import { OFFERABLE, suggestionSourceId, summariseSuggestions } from '../rows/suggestion-rows.ts';

/** What the live assistant suggests of one image. */
export interface Offer {
  readonly imageId: number;
  /** The image's revision that it was predicted at. */
  readonly revision: number;
  readonly suggestions: readonly OfferedSuggestion[];
}

export interface OfferedSuggestion {
  readonly classId: number;
  /** In pixels of the oriented image; null: of the whole image. */
  readonly box: Rectangle | null;
  readonly score: number;
}

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

  /**
   * Replaces the live assistant’s suggestions, on images that nobody has said anything of and that are as they were alone. In no
   * journal, since a round can be made again; accepting and rejecting are edits as ever.
   * @param held images that are open: what is suggested there already stays
   * @returns the images that have changed
   * @throws TwinheadError `not-allowed` where an import is under way
   */
  offer(source: string, offers: readonly Offer[], held: ReadonlySet<number>): number[] {
    if (offers.length === 0) return [];
    return this.#context.db.write((writer) => {
      requireNoImport(writer);
      const sourceId = suggestionSourceId(writer, 'model', source, now(this.#context));
      const classes = new Set(writer.values<number>('SELECT id FROM classes'));
      const changed = offers.filter(({ imageId, revision, suggestions }) => {
        const open = writer.get(
          `SELECT 1 AS there FROM images WHERE id = ? AND revision = ? AND ${OFFERABLE}`,
          imageId,
          revision,
        );
        if (open === undefined) return false;
        const before = countOf(writer, imageId, sourceId);
        if (before > 0 && held.has(imageId)) return false;
        const known = suggestions.filter(({ classId }) => classes.has(classId));
        if (before + known.length === 0) return false;
        writer.run('DELETE FROM suggestions WHERE image_id = ? AND source_id = ?', imageId, sourceId);
        for (const { classId, box, score } of known) {
          writer.run(
            `INSERT INTO suggestions (image_id, class_id, ${BOUNDS.join(', ')}, source_id, score)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
            imageId,
            classId,
            ...BOUNDS.map((name) => box?.[name] ?? null),
            sourceId,
            score,
          );
        }
        touch(writer, imageId);
        return true;
      });
      if (changed.length > 0) raiseRevision(writer);
      return changed.map(({ imageId }) => imageId);
    });
  }

  /**
   * Takes away what the live assistant suggests of images that nobody has said anything of.
   * @returns the images that have changed
   * @throws TwinheadError `not-allowed` where an import is under way
   */
  withdraw(source: string): number[] {
    return this.#context.db.write((writer) => {
      requireNoImport(writer);
      const images = writer.values<number>(
        `SELECT DISTINCT image_id FROM suggestions JOIN images ON images.id = image_id
         WHERE source_id = (SELECT id FROM suggestion_sources WHERE kind = 'model' AND name = ?) AND ${OFFERABLE}`,
        source,
      );
      for (const imageId of images) {
        writer.run(
          `DELETE FROM suggestions WHERE image_id = ? AND
             source_id = (SELECT id FROM suggestion_sources WHERE kind = 'model' AND name = ?)`,
          imageId,
          source,
        );
        touch(writer, imageId);
      }
      if (images.length > 0) raiseRevision(writer);
      return images;
    });
  }
}

const countOf = (writer: Writer, imageId: number, sourceId: number): number =>
  writer.get<{ n: number }>(
    'SELECT count(*) AS n FROM suggestions WHERE image_id = ? AND source_id = ?',
    imageId,
    sourceId,
  )!.n;

/** Windows that show the image see that it has changed. */
function touch(writer: Writer, imageId: number): void {
  summariseSuggestions(writer, imageId);
  writer.run('UPDATE images SET revision = revision + 1 WHERE id = ?', imageId);
}
