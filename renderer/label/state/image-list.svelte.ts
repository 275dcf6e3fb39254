import { SvelteMap } from 'svelte/reactivity';
import type { ProjectClient, InputOf } from '../../../electron/common/contract.ts';
import type { ImageFilter, ImageSummary } from '../../../electron/common/entities.ts';

type SortBy = NonNullable<InputOf<'images.list'>['sort']>;

const PAGE = 200;
/** What one call gives at most. */
const LARGEST_PAGE = 1000;
/** Pages kept in memory: 12,000 images; others are fetched again when they come into view. */
const KEPT_PAGES = 60;

/**
 * The filtered images as a list of any length, of which only the pages that were looked at are here. Own edits
 * change an entry in place and never re-sort or drop it: what a person is working through must not jump.
 */
export class ImageList {
  filter = $state.raw<ImageFilter>({});
  sort = $state<SortBy>('path');
  descending = $state(false);
  /** Null until the first page has come. */
  total = $state<number | null>(null);
  error = $state.raw<unknown>(null);

  readonly #client: ProjectClient;
  readonly #pages = new SvelteMap<number, readonly ImageSummary[]>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping that no template reads
  readonly #loading = new Map<number, Promise<void>>();
  #generation = 0;

  constructor(client: ProjectClient) {
    this.#client = client;
  }

  item(index: number): ImageSummary | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Fetches what is missing between two indices. */
  want(first: number, last: number): void {
    const from = Math.floor(Math.max(0, first) / PAGE);
    const to = Math.floor(Math.min(last, (this.total ?? Infinity) - 1) / PAGE);
    for (let page = from; page <= to; page += 1) {
      if (!this.#pages.has(page)) void this.#load(page);
    }
  }

  /** The image at an index, fetched if need be; undefined past the end. */
  async at(index: number): Promise<ImageSummary | undefined> {
    if (index < 0) return undefined;
    if (!this.item(index)) await this.#load(Math.floor(index / PAGE));
    return this.item(index);
  }

  /** What is known of an image that has been fetched. */
  known(imageId: number): ImageSummary | undefined {
    const index = this.indexOf(imageId);
    return index < 0 ? undefined : this.item(index);
  }

  /** Index of an image in what has been fetched, or −1. */
  indexOf(imageId: number): number {
    for (const [page, items] of this.#pages) {
      const index = items.findIndex((item) => item.id === imageId);
      if (index >= 0) return page * PAGE + index;
    }
    return -1;
  }

  /** Index of an image in the whole list, fetched or not; −1 where it isn't in the list. */
  async find(imageId: number): Promise<number> {
    const known = this.indexOf(imageId);
    if (known >= 0) return known;
    return (await this.#client.call('images.indexOf', { ...this.#order, imageId })).index;
  }

  /** Ids of the images between two indices, both included, fetched or not. */
  async ids(first: number, last: number): Promise<number[]> {
    const ids: number[] = [];
    for (let offset = first; offset <= last; offset += LARGEST_PAGE) {
      const limit = Math.min(LARGEST_PAGE, last - offset + 1);
      const { items } = await this.#client.call('images.list', { ...this.#order, offset, limit });
      ids.push(...items.map(({ id }) => id));
    }
    return ids;
  }

  /** The first index from one on (and round) whose image passes a second filter too; −1 for none. */
  async search(from: number, match: ImageFilter): Promise<number> {
    const start = Math.max(0, from);
    return (await this.#client.call('images.search', { ...this.#order, from: start, match })).index;
  }

  get #order(): Pick<InputOf<'images.list'>, 'filter' | 'sort' | 'descending'> {
    return { filter: this.filter, sort: this.sort, descending: this.descending };
  }

  /** Takes over what is now known of an image. */
  update(summary: ImageSummary): void {
    const index = this.indexOf(summary.id);
    if (index < 0) return;
    const page = Math.floor(index / PAGE);
    const items = this.#pages.get(page) ?? [];
    const known = items[index % PAGE];
    if (known && sameSummary(known, summary)) return;
    this.#pages.set(page, items.with(index % PAGE, summary));
  }

  async setFilter(
    filter: ImageFilter,
    { sort, descending }: { readonly sort: SortBy; readonly descending: boolean } = this,
  ): Promise<void> {
    this.filter = filter;
    this.sort = sort;
    this.descending = descending;
    await this.reload();
  }

  /** Forgets the pages and fetches the first; the old total stays until the new one is known. */
  async reload(): Promise<void> {
    this.#generation += 1;
    this.#loading.clear();
    this.#pages.clear();
    this.error = null;
    await this.#load(0);
  }

  /** Fetches anew what is here, keeping it on the screen until then: others have changed it. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#pages.keys()].map((page) => this.#fetch(page)));
    if (this.#pages.size === 0) await this.#load(0);
  }

  #load(page: number): Promise<void> {
    const known = this.#loading.get(page);
    if (known) return known;
    const loading = this.#fetch(page).finally(() => {
      if (this.#loading.get(page) === loading) this.#loading.delete(page);
    });
    this.#loading.set(page, loading);
    return loading;
  }

  async #fetch(page: number): Promise<void> {
    const generation = this.#generation;
    try {
      const answer = await this.#client.call('images.list', {
        ...this.#order,
        offset: page * PAGE,
        limit: PAGE,
      });
      if (generation !== this.#generation) return;
      this.total = answer.total;
      this.error = null;
      this.#pages.delete(page);
      if (answer.items.length > 0 || page === 0) this.#pages.set(page, answer.items);
      for (const old of this.#pages.keys()) {
        if (this.#pages.size <= KEPT_PAGES) break;
        if (Math.abs(old - page) > 2) this.#pages.delete(old);
      }
    } catch (error) {
      if (generation === this.#generation) this.error = error;
    }
  }
}

function sameSummary(a: ImageSummary, b: ImageSummary): boolean {
  return (
    a.revision === b.revision &&
    a.state === b.state &&
    a.verified === b.verified &&
    a.flagged === b.flagged &&
    a.noted === b.noted &&
    a.suggestionCount === b.suggestionCount &&
    a.boxCount === b.boxCount &&
    a.split === b.split &&
    a.imageClassIds.join() === b.imageClassIds.join()
  );
}
