import type { StreamMessage } from '../../common/contract.ts';

export interface FeedReader {
  /** Last sequence number that the reader has seen; 0 for none. */
  readonly after: number;
  readonly signal: AbortSignal;
}

/**
 * A numbered stream of events with any number of readers. The newest `keep` events stay in memory, so that a reader
 * that lost its connection goes on where it was; one that comes later than that starts at the oldest kept.
 */
export class Feed<Event> {
  readonly #keep: number;
  readonly #wakers = new Set<() => void>();
  #messages: StreamMessage<Event>[] = [];
  #sequence: number;
  #closed = false;

  /** `start` is the number of events that came before, where they are kept elsewhere. */
  constructor(keep = 1000, start = 0) {
    this.#keep = keep;
    this.#sequence = start;
  }

  get sequence(): number {
    return this.#sequence;
  }

  push(event: Event): void {
    if (this.#closed) return;
    this.#sequence += 1;
    this.#messages.push({ sequence: this.#sequence, event });
    // Cut in halves, not one by one: shifting an array at every event would cost its length each time.
    if (this.#messages.length > 2 * this.#keep) this.#messages = this.#messages.slice(-this.#keep);
    this.#wake();
  }

  /** Readers get what is left and then end. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async *read({ after, signal }: FeedReader): AsyncGenerator<StreamMessage<Event>> {
    let seen = after > this.#sequence ? 0 : after;
    const aborted = (): boolean => signal.aborted;
    while (!aborted()) {
      const oldest = this.#messages[0]?.sequence ?? this.#sequence + 1;
      const pending = this.#messages.slice(Math.max(0, seen + 1 - oldest));
      for (const message of pending) {
        // The reader may abort between two events of one batch.
        if (aborted()) return;
        seen = message.sequence;
        yield message;
      }
      if (pending.length > 0) continue;
      if (this.#closed) return;
      await this.#nextEvent(signal);
    }
  }

  #wake(): void {
    const wakers = [...this.#wakers];
    this.#wakers.clear();
    for (const wake of wakers) wake();
  }

  #nextEvent(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#wakers.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#wakers.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
