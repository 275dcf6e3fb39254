/** Milliseconds without a word after which a page is taken to be gone. */
const SILENCE = 180_000;

interface Viewer {
  /** The image that it has open; null: none. */
  readonly open: number | null;
  /** Images that come next there, in their order. */
  readonly ahead: readonly number[];
  readonly at: number;
}

/** The pages that label with the assistant, each by a name of its own, and what they look at. */
export class Viewers {
  readonly #viewers = new Map<string, Viewer>();

  look(name: string, open: number | null, ahead: readonly number[]): void {
    this.#viewers.set(name, { open, ahead, at: performance.now() });
  }

  leave(name: string): void {
    this.#viewers.delete(name);
  }

  /** Whether any has been heard of lately. */
  present(): boolean {
    const since = performance.now() - SILENCE;
    for (const [name, { at }] of this.#viewers) if (at < since) this.#viewers.delete(name);
    return this.#viewers.size > 0;
  }

  get open(): number[] {
    return [...new Set([...this.#viewers.values()].flatMap(({ open }) => open ?? []))].sort((a, b) => a - b);
  }

  /** The open images first, then what comes next in each page. */
  get ahead(): number[] {
    const all = [...this.#viewers.values()];
    return [...new Set([...all.flatMap(({ open }) => open ?? []), ...all.flatMap(({ ahead }) => ahead)])];
  }
}
