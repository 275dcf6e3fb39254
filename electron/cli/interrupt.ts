/**
 * Signals this close together, in milliseconds, are one: npm passes a Ctrl-C on to a process that has had it from the
 * terminal already.
 */
const ONE_PRESS = 500;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ctrl-C and its like: the first asks (the signal is aborted, work stops where nothing is lost), the second ends the
 * process at once.
 */
export class Interrupt {
  readonly #controller = new AbortController();
  readonly #onFirst: () => void;
  readonly #onSecond: () => void;
  readonly #listener: () => void;
  #firstAt = 0;

  constructor(handlers: { readonly onFirst: () => void; readonly onSecond: () => void }) {
    this.#onFirst = handlers.onFirst;
    this.#onSecond = handlers.onSecond;
    this.#listener = () => this.#interrupted();
    for (const signal of SIGNALS) process.on(signal, this.#listener);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  #interrupted(): void {
    if (this.#controller.signal.aborted) {
      if (performance.now() - this.#firstAt > ONE_PRESS) this.#onSecond();
      return;
    }
    this.#firstAt = performance.now();
    this.#onFirst();
    this.#controller.abort();
  }

  release(): void {
    for (const signal of SIGNALS) process.off(signal, this.#listener);
  }
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
