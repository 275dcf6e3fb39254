import { cancelled } from '../common/abort.ts';
import type { TwinheadError } from '../common/errors.ts';
import type { Questions } from './questions.ts';
import { Resident } from './resident.ts';

/** A task that waits for a thread. */
interface Waiting<Tasks extends Questions<Tasks>> {
  readonly begin: (thread: Resident<Tasks>) => Promise<void>;
  readonly refuse: (error: TwinheadError) => void;
}

/**
 * A few worker threads for one operation; tasks, handed out in order, should be batches of a tenth of a second. On cancel,
 * waiting tasks are refused at once and running ones stop before their next item. `close` ends the threads.
 */
export class WorkerPool<Tasks extends Questions<Tasks>> implements AsyncDisposable {
  readonly #file: URL;
  readonly #size: number;
  readonly #stopped = new Int32Array(new SharedArrayBuffer(4));
  readonly #threads: Resident<Tasks>[] = [];
  readonly #free: Resident<Tasks>[] = [];
  readonly #waiting: Waiting<Tasks>[] = [];
  #closed = false;

  /** @param size threads at most; they are started as tasks come */
  constructor(file: URL, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /**
   * @returns what the worker's handler of that kind returned
   * @throws TwinheadError as thrown in the worker, `cancelled`, or `internal` where the thread died
   */
  run<Kind extends keyof Tasks>(
    kind: Kind,
    input: Tasks[Kind]['input'],
    signal?: AbortSignal,
  ): Promise<Tasks[Kind]['result']> {
    return new Promise<Tasks[Kind]['result']>((resolve, reject) => {
      if (this.#closed || signal?.aborted) {
        reject(cancelled());
        return;
      }
      const abort = (): void => {
        const index = this.#waiting.indexOf(task);
        if (index >= 0) this.#waiting.splice(index, 1);
        reject(cancelled());
      };
      const settle = (): void => signal?.removeEventListener('abort', abort);
      const task: Waiting<Tasks> = {
        begin: (thread) => thread.ask(kind, input).then(resolve, reject).finally(settle),
        refuse: (error) => {
          settle();
          reject(error);
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(task);
      this.#handOut();
    });
  }

  /** Tells running tasks that nobody waits for them: see `stopped` of serve-pool.ts. */
  stop(): void {
    Atomics.store(this.#stopped, 0, 1);
  }

  /** Refuses what waits, lets the running tasks end, then ends the threads. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const task of this.#waiting.splice(0)) task.refuse(cancelled());
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #handOut(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#free.pop() ?? this.#another();
      if (thread === null) return;
      this.#give(thread, this.#waiting.shift()!);
    }
  }

  #another(): Resident<Tasks> | null {
    if (this.#threads.length === this.#size) return null;
    const thread = new Resident<Tasks>(this.#file, { data: this.#stopped });
    this.#threads.push(thread);
    return thread;
  }

  #give(thread: Resident<Tasks>, { begin }: Waiting<Tasks>): void {
    void begin(thread).then(() => {
      this.#free.push(thread);
      this.#handOut();
    });
  }
}

/**
 * Runs batches through a pool, at most two waiting a thread, and yields the results in the order of the batches.
 * Ends the pool whichever way it is left.
 * @param aborted `leave` where what still runs may end after the caller: it changes nothing
 */
export async function* mapInOrder<Tasks extends Questions<Tasks>, Kind extends keyof Tasks>(
  pool: WorkerPool<Tasks>,
  threads: number,
  kind: Kind,
  batches: Iterable<Tasks[Kind]['input']> | AsyncIterable<Tasks[Kind]['input']>,
  signal?: AbortSignal,
  aborted: 'wait' | 'leave' = 'wait',
): AsyncGenerator<Tasks[Kind]['result'], void, void> {
  const running: Promise<Tasks[Kind]['result']>[] = [];
  try {
    for await (const batch of batches) {
      const result = pool.run(kind, batch, signal);
      // It is awaited below, in its turn; until then its failure must not count as unhandled.
      result.catch(() => undefined);
      running.push(result);
      if (running.length >= threads * 2) yield await running.shift()!;
    }
    while (running.length > 0) yield await running.shift()!;
  } finally {
    if (signal?.aborted === true) pool.stop();
    const closed = pool.close();
    if (signal?.aborted !== true || aborted === 'wait') await closed;
  }
}

/** Consecutive slices of at most `size` items. */
export function* inBatches<Item>(items: readonly Item[], size: number): Generator<Item[], void, void> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** The same of items that are yet to be found. */
export async function* inBatchesAsFound<Item>(
  items: AsyncIterable<Item>,
  size: number,
): AsyncGenerator<Item[], void, void> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
