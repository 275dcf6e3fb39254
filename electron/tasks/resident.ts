import { SHARE_ENV, Worker } from 'node:worker_threads';
import { TwinheadError } from '../common/errors.ts';
import type { ErrorReport } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';

export type ResidentAnswer = { readonly number: number } & (
  { readonly result: unknown } | { readonly report: ErrorReport }
);

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A thread that keeps what it has read and answers one question after another. It begins with the first question, and
 * ends when it has not been asked for a while: the next question begins a new one.
 */
export class Resident<Question> {
  readonly #module: URL;
  readonly #idle: number;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #timer: NodeJS.Timeout | undefined;
  #asked = 0;

  /** @param idle milliseconds after which it ends */
  constructor(module: URL, idle: number) {
    this.#module = module;
    this.#idle = idle;
  }

  /** Rejects with a TwinheadError as the question was refused. */
  ask<Result>(question: Question): Promise<Result> {
    clearTimeout(this.#timer);
    const worker = (this.#worker ??= this.#start());
    const number = ++this.#asked;
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      worker.postMessage({ number, question });
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

  #start(): Worker {
    const worker = new Worker(this.#module, { env: SHARE_ENV });
    worker.on('message', (answer: ResidentAnswer) => {
      const waiting = this.#waiting.get(answer.number);
      this.#waiting.delete(answer.number);
      if (this.#waiting.size === 0) this.#rest();
      if ('report' in answer) waiting?.reject(TwinheadError.of(answer.report));
      else waiting?.resolve(answer.result as never);
    });
    const ended = (error: unknown): void => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      this.#refuse(error);
    };
    worker.on('error', ended);
    worker.on('exit', (status) =>
      ended(new TwinheadError('internal', say('tasks.ended', { status: String(status) }))),
    );
    return worker;
  }

  #rest(): void {
    this.#timer = setTimeout(() => this.end(), this.#idle);
    this.#timer.unref();
  }

  #refuse(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
