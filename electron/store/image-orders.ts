import type { SortBy } from '../common/contract.ts';
import type { ImageFilter } from '../common/entities.ts';
import { projectRevision } from './context.ts';
import type { Reader } from './database.ts';
import { condition, order } from './image-query.ts';

export interface ImageOrderQuery {
  readonly filter?: ImageFilter;
  readonly sort?: SortBy;
  readonly descending?: boolean;
}

/** Lists that are kept: of every window the one that it shows, and what it was searched for. */
const KEPT = 6;

/**
 * Ids of the images that pass a filter, in order, kept for as long as nothing changes: pages of a list, wherever they
 * begin, and places in it are then looked up instead of counted off.
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
      const [wanted, also] = [condition(filter), condition(match)];
      ids = reader.values<number>(
        `SELECT id FROM images WHERE ${wanted.sql} AND ${also.sql} ORDER BY ${order(sort, descending)}`,
        ...wanted.parameters,
        ...also.parameters,
      );
    }
    // The one that was asked for last goes last.
    this.#lists.delete(key);
    this.#lists.set(key, ids);
    const oldest = this.#lists.keys().next().value;
    if (this.#lists.size > KEPT && oldest !== undefined) this.#lists.delete(oldest);
    return ids;
  }

  /** Has to follow changes of images that leave the project's revision as it is. */
  forget(): void {
    this.#lists.clear();
  }
}
