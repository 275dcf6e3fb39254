/** One stream of events that can be paused and taken up again where it was. */
export interface Lane {
  open(): void;
  pause(): void;
}

interface Entry {
  readonly lane: Lane;
  readonly first: boolean;
  isOpen: boolean;
}

/**
 * Lets a few of a page's streams be open at a time, since browsers open six connections to a host over HTTP/1.1: first those
 * that must not wait, then the newest. `pauseAll` is for a page that nobody sees.
 */
export class StreamLanes {
  readonly #limit: number;
  readonly #entries: Entry[] = [];
  #paused = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Returns the function that takes the stream out again, paused. */
  add(lane: Lane, { first = false } = {}): () => void {
    const entry: Entry = { lane, first, isOpen: false };
    this.#entries.push(entry);
    this.#settle();
    return () => {
      const index = this.#entries.indexOf(entry);
      if (index < 0) return;
      this.#entries.splice(index, 1);
      if (entry.isOpen) lane.pause();
      this.#settle();
    };
  }

  pauseAll(paused: boolean): void {
    this.#paused = paused;
    this.#settle();
  }

  #settle(): void {
    const inOrder = [
      ...this.#entries.filter(({ first }) => first),
      ...this.#entries.filter(({ first }) => !first).reverse(),
    ];
    const chosen = new Set(this.#paused ? [] : inOrder.slice(0, this.#limit));
    // Room is made before it is taken.
    for (const entry of this.#entries) {
      if (!entry.isOpen || chosen.has(entry)) continue;
      entry.isOpen = false;
      entry.lane.pause();
    }
    for (const entry of chosen) {
      if (entry.isOpen) continue;
      entry.isOpen = true;
      entry.lane.open();
    }
  }
}
