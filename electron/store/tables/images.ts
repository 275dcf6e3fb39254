import { changeSummary } from './change-summary.ts';
import type { ImageChanges } from './change-summary.ts';
import type { ImageFilter, ImageSummary, Split } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import { readSaid } from '../../common/sentences/stored.ts';
import type { StoreContext } from '../database/context.ts';
import { changeMuch, raiseRevision } from '../database/context.ts';
import type { Reader } from '../database/database.ts';
import type { ImageOrderQuery, ImageOrders } from '../queries/image-orders.ts';
import { condition, order } from '../queries/image-query.ts';
import { imageClassIds } from '../history/apply-patch.ts';
import { knownEntry } from '../history/edit-ids.ts';
import type { ChangeOptions } from '../history/edit-ids.ts';
import type { Journal } from '../history/journal.ts';
import { IMAGE_COLUMNS, noImage, summaryOf } from '../rows/rows.ts';
import type { ImageRow } from '../rows/rows.ts';
import { readSettings } from './settings.ts';
import { requireImages, requireUnlocked } from './splits.ts';

/** @returns its name */
function requireImageClass(reader: Reader, classId: number): string {
  const found = reader.get<{ name: string }>(
    "SELECT name FROM classes WHERE id = ? AND kind = 'image'",
    classId,
  );
  if (found !== undefined) return found.name;
  throw new TwinheadError('not-found', say('store.noImageClass', { id: String(classId) }), {
    remedy: say('store.class.order.remedy'),
  });
}

function countLabelled(reader: Reader, imageIds: readonly number[]): number {
  return reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM images WHERE id IN (SELECT value FROM json_each(?)) AND state = 'labelled'`,
    JSON.stringify(imageIds),
  )!.n;
}

export interface ImageListQuery extends ImageOrderQuery {
  readonly offset?: number;
  readonly limit?: number;
}

function summaries(reader: Reader, rows: readonly ImageRow[]): ImageSummary[] {
  const classIds = new Map<number, number[]>();
  const links = reader.all<{ image_id: number; class_id: number }>(
    `SELECT image_id, class_id FROM image_classes WHERE image_id IN (SELECT value FROM json_each(?))
     ORDER BY image_id, class_id`,
    JSON.stringify(rows.map((row) => row.id)),
  );
  for (const { image_id, class_id } of links) {
    const known = classIds.get(image_id);
    if (known === undefined) classIds.set(image_id, [class_id]);
    else known.push(class_id);
  }
  return rows.map((row) => summaryOf(row, classIds.get(row.id) ?? []));
}

/** Lets counts be read from an index alone: `removed` is in none but that of the few that are. */
const NOT_REMOVED = 'id NOT IN (SELECT id FROM images WHERE removed = 1)';

/** Lists of the images of a project, and what is said of several at once. */
export class Images {
  readonly #context: StoreContext;
  readonly #journal: Journal;
  readonly #orders: ImageOrders;

  constructor(context: StoreContext, journal: Journal, orders: ImageOrders) {
    this.#context = context;
    this.#journal = journal;
    this.#orders = orders;
  }

  /** @throws TwinheadError `not-found` */
  get(imageId: number): ImageSummary {
    return this.#context.db.snapshot((reader) => {
      const row = reader.get<ImageRow>(`SELECT ${IMAGE_COLUMNS} FROM images WHERE id = ?`, imageId);
      if (row === undefined) throw noImage(imageId);
      return summaries(reader, [row])[0]!;
    });
  }

  /** A page of the images that pass the filter. However far down, it costs no more than the first. */
  list(query: ImageListQuery = {}): { total: number; items: ImageSummary[] } {
    const { offset = 0, limit = 200 } = query;
    return this.#context.db.snapshot((reader) => {
      const ids = this.#orders.ids(reader, query);
      const page = ids.slice(offset, offset + limit);
      const rows = new Map(
        reader
          .all<ImageRow>(
            `SELECT ${IMAGE_COLUMNS} FROM images WHERE id IN (SELECT value FROM json_each(?))`,
            JSON.stringify(page),
          )
          .map((row) => [row.id, row]),
      );
      return {
        total: ids.length,
        items: summaries(
          reader,
          page.map((id) => rows.get(id)!),
        ),
      };
    });
  }

  /** Ids of the images that pass the filter, in order. */
  listed(query: ImageOrderQuery = {}): readonly number[] {
    return this.#context.db.snapshot((reader) => this.#orders.ids(reader, query));
  }

  /** Those of these images that are in the project, in the order of their ids. */
  summaries(imageIds: readonly number[]): ImageSummary[] {
    return this.#context.db.snapshot((reader) =>
      summaries(
        reader,
        reader.all<ImageRow>(
          `SELECT ${IMAGE_COLUMNS} FROM images
           WHERE id IN (SELECT value FROM json_each(?)) AND removed = 0 ORDER BY id`,
          JSON.stringify(imageIds),
        ),
      ),
    );
  }

  /** The first images that pass, as they were added: no list of all of them is made, or kept. */
  first(filter: ImageFilter, most: number): number[] {
    const { read } = this.#context.db;
    const { sql, parameters } = condition(read, filter);
    return read.values<number>(
      `SELECT id FROM images WHERE (${sql}) AND removed = 0 ORDER BY id LIMIT ?`,
      ...parameters,
      most,
    );
  }

  /** The first image of the list after one that need not be in it, nor in the project any more; null for none. */
  after(imageId: number, query: ImageOrderQuery = {}): number | null {
    return this.#context.db.snapshot((reader) => this.#orders.after(reader, imageId, query));
  }

  /** The first image of the list after one, and round, that passes `match` too; from the beginning where it is null. */
  search(query: ImageOrderQuery, match: ImageFilter, after: number | null): number | null {
    return this.#context.db.snapshot((reader) => {
      const ids = this.#orders.ids(reader, query);
      const wanted = new Set(this.#orders.ids(reader, query, match));
      const next = after === null ? ids[0] : this.#orders.after(reader, after, query);
      const from = next === undefined || next === null ? 0 : ids.indexOf(next);
      return [...ids.slice(from), ...ids.slice(0, from)].find((id) => wanted.has(id)) ?? null;
    });
  }

  /** Ids only, in order: for training, evaluation and bulk changes. */
  ids(query: Pick<ImageListQuery, 'filter' | 'sort' | 'descending'> = {}): number[] {
    const { filter = {}, sort = 'added', descending = false } = query;
    const { sql, parameters } = condition(this.#context.db.read, filter);
    return this.#context.db.read
      .all<{
        id: number;
      }>(
        `SELECT id FROM images WHERE (${sql}) AND removed = 0 ORDER BY ${order(sort, descending)}`,
        ...parameters,
      )
      .map((row) => row.id);
  }

  /**
   * Takes images and their labels out of the project, as one step of its undo; their files stay where they are.
   * @throws TwinheadError `not-found`
   */
  remove(imageIds: readonly number[], { editId }: ChangeOptions = {}): { images: number; boxes: number } {
    this.#orders.forget();
    return changeMuch(this.#context, (writer) => {
      const known = knownEntry(writer, null, 'remove-images', editId);
      if (known !== undefined) return JSON.parse(known.operations) as { images: number; boxes: number };
      const ids = [...new Set(imageIds)];
      requireImages(writer, ids);
      requireUnlocked(writer, ids, null);
      const entry = this.#journal.begin(writer, {
        kind: 'remove-images',
        summary: '',
        operations: {},
        editId,
      });
      let boxes = 0;
      const bare = new Set(
        writer.values<number>(
          `SELECT id FROM images WHERE id IN (SELECT value FROM json_each(?))
             AND box_count = 0 AND suggestion_count = 0 AND state <> 'labelled'`,
          JSON.stringify(ids),
        ),
      );
      entry.takeOut([...bare]);
      for (const id of ids) {
        if (bare.has(id)) continue;
        const remove = writer.values<number>('SELECT id FROM boxes WHERE image_id = ?', id);
        const unsuggest = writer.values<number>('SELECT id FROM suggestions WHERE image_id = ?', id);
        entry.apply(id, { removed: true, remove, unsuggest, imageClassIds: [] });
        boxes += remove.length;
      }
      entry.describe(say('history.removedImages', { count: ids.length }), { images: ids.length, boxes });
      entry.finish({});
      return { images: ids.length, boxes };
    });
  }

  /**
   * Says the same of several images, as one step of the project's undo; a state only where nothing is labelled.
   * @returns how many have changed, how many kept their state because they have labels, and the history's word; null
   * for none
   * @throws TwinheadError `not-found`
   */
  change(
    imageIds: readonly number[],
    { imageClassId, ...said }: ImageChanges,
    { editId }: ChangeOptions = {},
  ): { changed: number; labelled: number; summary: Said | null } {
    this.#orders.forget();
    return changeMuch(this.#context, (writer) => {
      const known = knownEntry(writer, null, 'change-images', editId);
      if (known !== undefined) {
        const { images, labelled = 0 } = JSON.parse(known.operations) as {
          images: number;
          labelled?: number;
        };
        return { changed: images, labelled, summary: readSaid(known.summary) };
      }
      const ids = [...new Set(imageIds)];
      requireImages(writer, ids);
      const className = imageClassId === undefined ? undefined : requireImageClass(writer, imageClassId);
      const several = readSettings(writer).multipleImageClasses;
      const entry = this.#journal.begin(writer, {
        kind: 'change-images',
        summary: '',
        operations: {},
        editId,
      });
      for (const id of ids) {
        const had = several && imageClassId !== undefined ? imageClassIds(writer, id) : [];
        const classes = imageClassId === undefined ? undefined : [...new Set([...had, imageClassId])];
        entry.apply(id, { ...said, imageClassIds: classes });
      }
      const changed = entry.countImages();
      const labelled = said.state === undefined ? 0 : countLabelled(writer, ids);
      const summary = changeSummary(changed, { ...said, className });
      entry.describe(summary, { images: changed, labelled, ...said });
      return { changed, labelled, summary: entry.finish({}) ? summary : null };
    });
  }

  /** Images of a group stay in one split. No edit of labels: not in the journal. */
  setGroups(groups: readonly { imageId: number; group: string | null }[]): void {
    this.#context.db.write((writer) => {
      for (const { imageId, group } of groups) {
        writer.run('UPDATE images SET split_group = ? WHERE id = ?', group, imageId);
      }
      raiseRevision(writer);
    });
  }

  /** How many images each state and split has. */
  counts(): { state: ImageSummary['state']; split: Split; images: number }[] {
    return this.#context.db.read.all(
      `SELECT state, split, count(*) AS images FROM images WHERE ${NOT_REMOVED} GROUP BY state, split`,
    );
  }

  /** How many images' files were not found. */
  missing(): number {
    return this.#context.db.read.get<{ images: number }>(
      `SELECT count(*) AS images FROM images WHERE missing = 1 AND ${NOT_REMOVED}`,
    )!.images;
  }
}
