import { SvelteSet } from 'svelte/reactivity';
import type { ImageList } from './image-list.svelte.ts';

interface Held {
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** Images of the list that are chosen together, beside the one that is open. */
export class ImageSelection {
  ids = $state.raw<ReadonlySet<number>>(new SvelteSet());
  readonly #list: ImageList;
  #anchor: number | null = null;

  constructor(list: ImageList) {
    this.#list = list;
  }

  /** A click with Shift chooses from the last click on, one with Ctrl adds or takes away. False for a plain click. */
  async click(index: number, openIndex: number, held: Held): Promise<boolean> {
    if (held.shiftKey) {
      const from = this.#anchor ?? Math.max(0, openIndex);
      this.ids = new SvelteSet(await this.#list.ids(Math.min(from, index), Math.max(from, index)));
      return true;
    }
    this.#anchor = index;
    if (!held.ctrlKey && !held.metaKey) {
      this.clear();
      return false;
    }
    const image = await this.#list.at(index);
    if (image) {
      const ids = this.ids;
      this.ids = new SvelteSet(
        ids.has(image.id) ? [...ids].filter((id) => id !== image.id) : [...ids, image.id],
      );
    }
    return true;
  }

  /** The images at these indexes, in their order. @param add to those that are chosen */
  async area(indexes: readonly number[], add: boolean): Promise<void> {
    const [first, last] = [indexes[0], indexes.at(-1)];
    const before = add ? this.ids : [];
    if (first === undefined || last === undefined) {
      if (!add) this.clear();
      return;
    }
    const ids = await this.#list.ids(first, last);
    this.#anchor = first;
    this.ids = new SvelteSet([...before, ...indexes.flatMap((index) => ids[index - first] ?? [])]);
  }

  async all(): Promise<void> {
    this.ids = new SvelteSet(await this.#list.ids(0, (this.#list.total ?? 0) - 1));
  }

  clear(): void {
    if (this.ids.size > 0) this.ids = new SvelteSet();
  }
}
