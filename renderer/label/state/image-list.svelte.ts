import { SvelteMap } from 'svelte/reactivity';
import type { ProjectClient, InputOf } from '../../../electron/common/contract.ts';
import type { ImageFilter, ImageSummary } from '../../../electron/common/entities.ts';

type SortBy = NonNullable<InputOf<'images.list'>['sort']>;
type ListClient = Pick<ProjectClient, 'call'>;
type Page = ReadonlyMap<number, ImageSummary>;

const PAGE = 200;
/** Pages kept in memory: 12,000 images; others are fetched again when they come into view. */
const KEPT_PAGES = 60;

/**
 * The filtered images, in the order of when the list was made or last refreshed. Own edits change an entry in place and never
 * re-sort or drop it: what a person is working through must not jump.
 */
export class ImageList {
  filter = $state.raw<ImageFilter>({});
  sort = $state<SortBy>('path');
  descending = $state(false);
  error = $state.raw<unknown>(null);

  readonly #client: ListClient;
  #ids = $state.raw<readonly number[] | null>(null);
  /** Index by id. No `$derived`: that ends with the effect in which the list was made. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- replaced as a whole
  #indices = $state.raw<ReadonlyMap<number, number>>(new Map());
  readonly #pages = new SvelteMap<number, Page>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping that no template reads
  readonly #loading = new Map<number, Promise<void>>();
  #generation = 0;
  #refreshing: Promise<void> | null = null;
  #refreshAgain = false;

  constructor(client: ListClient) {
    this.#client = client;
  }

  /** Null until the list has come. */
  get total(): number | null {
    return this.#ids?.length ?? null;
  }

  /** Ids of all images of the list, in its order. */
  get ids(): readonly number[] {
    return this.#ids ?? [];
  }

  /** Index of an image, fetched or not; −1 where it isn't in the list. */
  indexOf(imageId: number): number {
    return this.#indices.get(imageId) ?? -1;
  }

  item(index: number): ImageSummary | undefined {
    const id = this.#ids?.[index];
    return id === undefined ? undefined : this.#pages.get(pageOf(index))?.get(id);
  }

  /** Fetches what is missing between two indices. */
  want(first: number, last: number): void {
    const from = pageOf(Math.max(0, first));
    const to = pageOf(Math.min(last, (this.total ?? 0) - 1));
    for (let page = from; page <= to; page += 1) {
      if (!this.#pages.has(page)) void this.#load(page);
    }
  }

  /** What is known of an image that has been fetched. */
  known(imageId: number): ImageSummary | undefined {
    return this.item(this.indexOf(imageId));
  }

  /**
   * The image some steps from another, or the last one on the way; null where the list is empty. From one that isn't in
   * the list the first step leads to the image before or after it in the list's order.
   */
  async neighbour(imageId: number | null, by: number): Promise<number | null> {
    const index = imageId === null ? -1 : this.indexOf(imageId);
    const target = index >= 0 || imageId === null ? index + by : await this.#outside(imageId, by);
    return this.ids[Math.min(this.ids.length - 1, Math.max(0, target))] ?? null;
  }

  /** Index that some steps from an image outside the list lead to. */
  async #outside(imageId: number, by: number): Promise<number> {
    const after = (await this.#client.call('images.after', { ...this.#order, imageId })).imageId;
    // It has only just come: the list is about to have it too.
    if (after !== null && this.indexOf(after) < 0) await this.refresh();
    const next = after === null ? this.ids.length : this.indexOf(after);
    return by > 0 ? next + by - 1 : next + by;
  }

  /** The first image after one, and round, that passes a second filter too; null for none. */
  async search(after: number | null, match: ImageFilter): Promise<number | null> {
    return (await this.#client.call('images.search', { ...this.#order, after, match })).imageId;
  }

  get #order(): Pick<InputOf<'images.list'>, 'filter' | 'sort' | 'descending'> {
    return { filter: this.filter, sort: this.sort, descending: this.descending };
  }

  /** Takes over what is now known of an image. */
  update(summary: ImageSummary): void {
    const page = pageOf(this.indexOf(summary.id));
    const items = this.#pages.get(page);
    const known = items?.get(summary.id);
    if (items === undefined || known === undefined || sameSummary(known, summary)) return;
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- replaced as a whole
    this.#pages.set(page, new Map(items).set(summary.id, summary));
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

  /** Makes the list anew; the old one stays until then. */
  async reload(): Promise<void> {
    const generation = (this.#generation += 1);
    this.error = null;
    await this.#unlessFailed(generation, async () => {
      const wanted = { ...this.#order, summaries: PAGE };
      const { imageIds, items } = await this.#client.call('images.ids', wanted);
      if (generation === this.#generation) this.#become(imageIds, [[0, this.#pageFrom(items)]]);
    });
  }

  /** Fetches anew what is here, keeping it on the screen until then: others have changed it. */
  async refresh(): Promise<void> {
    this.#refreshAgain = true;
    this.#refreshing ??= this.#refreshUntilCurrent().finally(() => (this.#refreshing = null));
    await this.#refreshing;
  }

  /** One at a time: changes may come faster than answers, and each answer is shown. */
  async #refreshUntilCurrent(): Promise<void> {
    while (this.#refreshAgain) {
      this.#refreshAgain = false;
      const generation = this.#generation;
      await this.#unlessFailed(generation, async () => {
        const { imageIds } = await this.#client.call('images.ids', this.#order);
        const wanted = [...this.#pages.keys()].filter((page) => page * PAGE < imageIds.length);
        const pages = await Promise.all(
          wanted.map(async (page) => [page, await this.#fetch(imageIds, page)] as const),
        );
        if (generation !== this.#generation) return;
        this.error = null;
        this.#become(imageIds, pages);
      });
    }
  }

  /** Ids and pages change at once: an index always means the image that is seen there. */
  #become(ids: readonly number[], pages: readonly (readonly [number, Page])[]): void {
    this.#generation += 1;
    this.#loading.clear();
    this.#ids = ids;
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- replaced as a whole
    this.#indices = new Map(ids.map((id, index) => [id, index]));
    this.#pages.clear();
    for (const [page, items] of pages) this.#pages.set(page, items);
  }

  #load(page: number): Promise<void> {
    const known = this.#loading.get(page);
    if (known) return known;
    const generation = this.#generation;
    const loading = this.#unlessFailed(generation, async () => {
      const items = await this.#fetch(this.ids, page);
      if (generation !== this.#generation) return;
      this.error = null;
      this.#pages.set(page, items);
      for (const old of this.#pages.keys()) {
        if (this.#pages.size <= KEPT_PAGES) break;
        if (Math.abs(old - page) > 2) this.#pages.delete(old);
      }
    }).finally(() => {
      if (this.#loading.get(page) === loading) this.#loading.delete(page);
    });
    this.#loading.set(page, loading);
    return loading;
  }

  /** What is said of a page's images now, or was here meanwhile. */
  async #fetch(ids: readonly number[], page: number): Promise<Page> {
    const imageIds = ids.slice(page * PAGE, (page + 1) * PAGE);
    const { items } = await this.#client.call('images.summaries', { imageIds });
    return this.#pageFrom(items);
  }

  #pageFrom(items: readonly ImageSummary[]): Page {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- replaced as a whole
    return new Map(items.map((fetched) => [fetched.id, this.#newer(fetched)]));
  }

  /** An own edit may have been answered while others were asked for. */
  #newer(fetched: ImageSummary): ImageSummary {
    const known = this.known(fetched.id);
    return known !== undefined && known.revision > fetched.revision ? known : fetched;
  }

  async #unlessFailed(generation: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (generation === this.#generation) this.error = error;
    }
  }
}

const pageOf = (index: number): number => Math.floor(index / PAGE);

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
