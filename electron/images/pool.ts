import { Worker } from 'node:worker_threads';
import { cancelled } from '../common/abort.ts';
import { TwinheadError } from '../common/errors.ts';
import type { ErrorReport } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';

/** What a worker gets: see serve.ts for its side. `null` asks it to end. */
export type WorkerMessage = { readonly id: number; readonly kind: string; readonly input: unknown } | null;

export type WorkerReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorReport };

interface Task {
  readonly id: number;
  readonly kind: string;
  readonly input: unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: TwinheadError) => void;
}

interface Member {
  readonly worker: Worker;
  task: Task | null;
  readonly ended: Promise<void>;
}

/**
 * A few worker threads for one operation; tasks, handed out in order, should be batches of a tenth of a second. On cancel,
 * waiting tasks are refused at once and running ones stop before their next item. `close` ends the threads.
 */
export class WorkerPool implements AsyncDisposable {
  readonly #file: URL;
  readonly #size: number;
  readonly #stopped = new Int32Array(new SharedArrayBuffer(4));
  readonly #members = new Set<Member>();
  readonly #waiting: Task[] = [];
  #nextId = 1;
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
  run<Result>(kind: string, input: unknown, signal?: AbortSignal): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
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
      const task: Task = {
        id: this.#nextId++,
        kind,
        input,
        resolve: (value) => {
          settle();
          // The kinds of worker.ts say what each one answers.
          resolve(value as Result);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(task);
      this.#handOut();
    });
  }

  /** Tells running tasks that nobody waits for them: see `stopped` of serve.ts. */
  stop(): void {
    Atomics.store(this.#stopped, 0, 1);
  }

  /** Refuses what waits, lets the running tasks end, then ends the threads. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const task of this.#waiting.splice(0)) task.reject(cancelled());
    for (const member of this.#members) if (member.task === null) this.#send(member.worker, null);
    await Promise.all([...this.#members].map((member) => member.ended));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #send(worker: Worker, message: WorkerMessage): void {
    worker.postMessage(message);
  }

  #handOut(): void {
    while (this.#waiting.length > 0) {
      let free = [...this.#members].find((member) => member.task === null);
      if (free === undefined && this.#members.size < this.#size) free = this.#start();
      if (free === undefined) return;
      const task = this.#waiting.shift()!;
      free.task = task;
      this.#send(free.worker, { id: task.id, kind: task.kind, input: task.input });
    }
  }

  #start(): Member {
    const worker = new Worker(this.#file, { workerData: this.#stopped });
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    const member: Member = { worker, task: null, ended };
    this.#members.add(member);
    let failure: unknown = new Error('the thread ended by itself');
    worker.on('message', (reply: WorkerReply) => {
      const task = member.task;
      member.task = null;
      if (reply.ok) task?.resolve(reply.value);
      else task?.reject(TwinheadError.of(reply.error));
      if (this.#closed) this.#send(worker, null);
      else this.#handOut();
    });
    worker.on('error', (error: unknown) => (failure = error));
    worker.once('exit', () => {
      this.#members.delete(member);
      const text = failure instanceof Error ? failure.message : String(failure);
      member.task?.reject(
        new TwinheadError('internal', say('tasks.failed', { words: text }), {}, { cause: failure }),
      );
      if (!this.#closed) this.#handOut();
    });
    return member;
  }
}

/**
 * Runs batches through a pool, at most two waiting a thread, and yields the results in the order of the batches.
 * Ends the pool whichever way it is left.
 * @param aborted `leave` where what still runs may end after the caller: it changes nothing
 */
export async function* mapInOrder<Batch, Result>(
  pool: WorkerPool,
  threads: number,
  kind: string,
  batches: Iterable<Batch>,
  signal?: AbortSignal,
  aborted: 'wait' | 'leave' = 'wait',
): AsyncGenerator<Result, void, void> {
  const running: Promise<Result>[] = [];
  try {
    for (const batch of batches) {
      const result = pool.run<Result>(kind, batch, signal);
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
