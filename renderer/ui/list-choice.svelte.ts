/** The entry of a list that arrow keys step through, round and round, while the focus stays in the field above it. */
export class ListChoice {
  readonly #count: () => number;
  #index = $state(0);
  list = $state<HTMLElement>();

  /** @param count of the entries that there are now */
  constructor(count: () => number) {
    this.#count = count;
  }

  /** −1 where there is none. */
  get index(): number {
    return Math.min(this.#index, this.#count() - 1);
  }

  set index(index: number) {
    this.#index = index;
  }

  /** @returns whether the key was an arrow that moved it */
  step(key: string): boolean {
    const by = { ArrowDown: 1, ArrowUp: -1 }[key];
    const count = this.#count();
    if (by === undefined || count === 0) return false;
    this.#index = (this.index + by + count) % count;
    this.list?.children[this.#index]?.scrollIntoView({ block: 'nearest' });
    return true;
  }
}
