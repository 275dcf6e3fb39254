import type { SortBy } from '../../common/contract.ts';
import type { ImageFilter } from '../../common/entities.ts';
import { projectRevision } from '../database/context.ts';
import type { Reader } from '../database/database.ts';
import { condition, EVERY_IMAGE, order } from './image-query.ts';
import type { Condition } from './image-query.ts';

export interface ImageOrderQuery {
  readonly filter?: ImageFilter;
  readonly sort?: SortBy;
  readonly descending?: boolean;
}

/** Images that are no longer in the project: seldom any, and then soon found by an index of their own. */
export function removedImages(reader: Reader): ReadonlySet<number> {
  return new Set(reader.values<number>('SELECT id FROM images WHERE removed = 1'));
}

/** Lists that are kept: of every window the one that it shows, and what it was searched for. */
const KEPT = 8;

/**
 * Ids of the images that pass a filter, in order, kept for as long as nothing changes: pages of a list, wherever they
 * begin, and indices in it are then looked up instead of counted off.
 */
export class ImageOrders {
  readonly #lists = new Map<string, number[]>();
  #revision = -1;

  /** @param match a second filter that has to be passed too */
  ids(
    reader: Reader,
    { filter = {}, sort = 'added', descending = false }: ImageOrderQuery,
    match: ImageFilter = {},
  ): number[] {
    const revision = projectRevision(reader);
    if (revision !== this.#revision) {
      this.#lists.clear();
      this.#revision = revision;
    }
    const key = JSON.stringify([filter, sort, descending, match]);
    let ids = this.#lists.get(key);
    if (ids === undefined) {
      const conditions = [filter, match]
        .map((one) => condition(reader, one))
        .filter(({ sql }) => sql !== EVERY_IMAGE);
      ids =
        conditions.length === 0
          ? reader.values<number>(`SELECT id FROM images ORDER BY ${order(sort, descending)}`)
          : this.#passing(reader, conditions, { sort, descending });
      const removed = removedImages(reader);
      if (removed.size > 0) ids = ids.filter((id) => !removed.has(id));
      if (sort === 'listed' && filter.imageIds !== undefined) {
        const there = new Set(ids);
        ids = filter.imageIds.filter((id) => there.delete(id));
        if (descending) ids.reverse();
      }
    }
    // The one that was asked for last goes last.
    this.#lists.delete(key);
    this.#lists.set(key, ids);
    const oldest = this.#lists.keys().next().value;
    if (this.#lists.size > KEPT && oldest !== undefined) this.#lists.delete(oldest);
    return ids;
  }

  /** The first image of such a list after one that need not be in it, nor in the project any more; null for none. */
  after(reader: Reader, imageId: number, query: ImageOrderQuery): number | null {
    const ids = this.ids(reader, query);
    const { filter = {}, sort = 'added', descending = false } = query;
    const all = ids.includes(imageId)
      ? ids
      : sort === 'listed' && filter.imageIds !== undefined
        ? descending
          ? filter.imageIds.toReversed()
          : filter.imageIds
        : reader.values<number>(`SELECT id FROM images ORDER BY ${order(sort, descending)}`);
    const passing = new Set(ids);
    const from = all.indexOf(imageId) + 1;
    return all.find((id, index) => index >= from && passing.has(id)) ?? null;
  }

  /**
   * The table is read in the order in which it lies, and what passes is picked out of the order of all images: going
   * through the table in another order costs several times as much, and sorting too.
   */
  #passing(
    reader: Reader,
    conditions: readonly Condition[],
    { sort, descending }: Required<Pick<ImageOrderQuery, 'sort' | 'descending'>>,
  ): number[] {
    const passing = reader.values<number>(
      `SELECT id FROM images WHERE ${conditions.map(({ sql }) => sql).join(' AND ')} ORDER BY id`,
      ...conditions.flatMap(({ parameters }) => parameters),
    );
    if (sort === 'added') return descending ? passing.reverse() : passing;
    const marks = new Uint8Array((passing.at(-1) ?? 0) + 1);
    for (const id of passing) marks[id] = 1;
    return this.ids(reader, { sort, descending }).filter((id) => marks[id] === 1);
  }

  /** Has to follow changes of images that leave the project's revision as it is. */
  forget(): void {
    this.#lists.clear();
  }
}
