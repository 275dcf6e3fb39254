import type { ImageList } from './image-list.svelte.ts';

interface Held {
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** Images of the list that are chosen together, beside the one that is open. One that the list doesn't show isn't chosen. */
export class ImageSelection {
  readonly #list: ImageList;
  #chosen = $state.raw<readonly number[]>([]);
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- replaced as a whole
  readonly #ids = $derived.by(() => new Set(this.#chosen.filter((id) => this.#list.indexOf(id) >= 0)));
  /** Where a range begins. */
  #anchor: number | null = null;

  constructor(list: ImageList) {
    this.#list = list;
  }

  get ids(): ReadonlySet<number> {
    return this.#ids;
  }

  /**
   * A click with Shift chooses from the last click on, one with Ctrl adds or takes away. The first that is chosen beside
   * the open image takes that along. False for a plain click.
   */
  click(index: number, openIndex: number, held: Held): boolean {
    if (held.shiftKey) {
      const anchor = this.#anchor === null ? -1 : this.#list.indexOf(this.#anchor);
      const from = Math.max(0, anchor < 0 ? openIndex : anchor);
      this.#chosen = this.#list.ids.slice(Math.min(from, index), Math.max(from, index) + 1);
      return true;
    }
    const id = this.#list.ids[index] ?? null;
    this.#anchor = id;
    if (!held.ctrlKey && !held.metaKey) {
      this.clear();
      return false;
    }
    if (id === null) return true;
    const opened = this.#list.ids[openIndex];
    const before = this.ids.size === 0 && opened !== undefined && opened !== id ? [opened] : [...this.ids];
    this.#chosen = this.ids.has(id) ? before.filter((other) => other !== id) : [...before, id];
    return true;
  }

  /** The images at these indexes, in their order. @param add to those that are chosen */
  area(indexes: readonly number[], add: boolean): void {
    const ids = indexes.flatMap((index) => this.#list.ids[index] ?? []);
    if (ids[0] !== undefined) this.#anchor = ids[0];
    else if (add) return;
    const before = add ? [...this.ids].filter((id) => !ids.includes(id)) : [];
    this.#chosen = [...before, ...ids];
  }

  all(): void {
    this.#chosen = this.#list.ids;
  }

  clear(): void {
    if (this.#chosen.length > 0) this.#chosen = [];
  }
}
