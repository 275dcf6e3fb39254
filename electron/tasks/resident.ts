import { SHARE_ENV, Worker } from 'node:worker_threads';
import { TwinheadError } from '../common/errors.ts';
import type { ErrorReport } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Questions } from './questions.ts';

export interface ResidentQuestion<Asked extends Questions<Asked>, Kind extends keyof Asked = keyof Asked> {
  readonly number: number;
  readonly kind: Kind;
  readonly input: Asked[Kind]['input'];
}

/** What the thread gets; `null` asks it to end after what it is about. */
export type ResidentMessage<Asked extends Questions<Asked>> = ResidentQuestion<Asked> | null;

/** Which question it is about, and so of which type its result is, its number says. */
export type ResidentAnswer<Result = unknown> = { readonly number: number } & (
  { readonly result: Result } | { readonly report: ErrorReport }
);

interface ResidentOptions {
  /** Milliseconds after which a thread that isn't asked anything ends; without, it stays. */
  readonly idle?: number;
  /** What the thread finds as its `workerData`. */
  readonly data?: unknown;
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A thread that keeps what it has read and answers one question after another: see serve-resident.ts for its side. It
 * begins with the first question; after it has ended or died, the next one begins a new thread.
 */
export class Resident<Asked extends Questions<Asked>> {
  readonly #module: URL;
  readonly #options: ResidentOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #timer: NodeJS.Timeout | undefined;
  #asked = 0;

  constructor(module: URL, options: ResidentOptions = {}) {
    this.#module = module;
    this.#options = options;
  }

  /** Rejects with a TwinheadError as the question was refused, `internal` where the thread died. */
  ask<Kind extends keyof Asked>(kind: Kind, input: Asked[Kind]['input']): Promise<Asked[Kind]['result']> {
    clearTimeout(this.#timer);
    const worker = (this.#worker ??= this.#start());
    const number = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      worker.postMessage({ number, kind, input } satisfies ResidentQuestion<Asked, Kind>);
    });
  }

  /** Ends the thread at once; what was asked is refused as cancelled. */
  end(): void {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = null;
    this.#refuse(new TwinheadError('cancelled', say('tasks.ended', { status: '0' })));
    void worker?.terminate();
  }

  /** Ends the thread after what was asked, and waits for it. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    if (worker === null) return;
    await new Promise<void>((resolve) => {
      worker.once('exit', () => resolve());
      worker.postMessage(null satisfies ResidentMessage<Asked>);
    });
  }

  #start(): Worker {
    const worker = new Worker(this.#module, { env: SHARE_ENV, workerData: this.#options.data });
    worker.on('message', (answer: ResidentAnswer<never>) => {
      const waiting = this.#waiting.get(answer.number);
      this.#waiting.delete(answer.number);
      if (this.#waiting.size === 0) this.#rest();
      if ('report' in answer) waiting?.reject(TwinheadError.of(answer.report));
      else waiting?.resolve(answer.result);
    });
    let failure: Error | null = null;
    worker.on(
      'error',
      (error: unknown) => (failure = error instanceof Error ? error : new Error(String(error))),
    );
    worker.on('exit', (status) => {
      if (this.#worker !== worker) return;
      clearTimeout(this.#timer);
      this.#worker = null;
      this.#refuse(died(failure, status));
    });
    return worker;
  }

  #rest(): void {
    if (this.#options.idle === undefined) return;
    this.#timer = setTimeout(() => this.end(), this.#options.idle);
    this.#timer.unref();
  }

  #refuse(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** @param failure what the thread threw; null where it ended by itself */
function died(failure: Error | null, status: number): TwinheadError {
  if (failure === null) return new TwinheadError('internal', say('tasks.ended', { status: String(status) }));
  return new TwinheadError(
    'internal',
    say('tasks.failed', { words: failure.message }),
    {},
    { cause: failure },
  );
}
