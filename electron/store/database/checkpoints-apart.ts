import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { moduleBeside, startOnThread } from '../../tasks/thread.ts';
import type { TaskType } from '../../tasks/types.ts';

/** What the thread gets: the database, and where it says that it has closed it again (0 until then, 1 afterwards). */
export interface CheckpointTask extends TaskType {
  readonly input: { readonly file: string; readonly finished: Int32Array<SharedArrayBuffer> };
  readonly event: never;
  readonly result: void;
}

/** From this size of the log on a commit brings it into the file: SQLite's 1,000 pages of 4 KB. */
const AUTOMATIC_BYTES = 4_096_000;

/** Where one large change follows another without a break, the log is written on at its end: not for ever. */
const LARGEST_LOG_BYTES = 1024 ** 3;

/** Longer than any checkpoint takes; it only ends the wait for a thread that died without a word. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Checkpoints a log that has become large, on a thread with a connection of its own; commits go on meanwhile. Where it
 * fails nothing is lost: the next commit brings the log into the file and says what is the matter.
 */
export class CheckpointsApart {
  readonly #connection: Database.Database;
  readonly #file: string;
  /** `wal_autocheckpoint`, pages. */
  readonly #automatic: number;
  #finished: CheckpointTask['input']['finished'] | null = null;

  constructor(connection: Database.Database, file: string) {
    this.#connection = connection;
    this.#file = file;
    const pageSize = Number(connection.pragma('page_size', { simple: true }));
    this.#automatic = Math.round(AUTOMATIC_BYTES / pageSize);
    this.release();
  }

  /** Commits leave the log as it is from now on. */
  hold(): void {
    const log = statSync(`${this.#file}-wal`, { throwIfNoEntry: false });
    if (log !== undefined && log.size > LARGEST_LOG_BYTES) this.finish();
    this.#connection.pragma('wal_autocheckpoint = 0');
  }

  /** Commits bring the log into the file again, unless a thread is about it. */
  release(): void {
    if (this.#finished === null) this.#connection.pragma(`wal_autocheckpoint = ${this.#automatic}`);
  }

  /** Begins where nothing is under way: a thread goes on with what has been written meanwhile. */
  start(): void {
    if (this.#finished !== null && Atomics.load(this.#finished, 0) === 0) return;
    const finished = new Int32Array(new SharedArrayBuffer(4));
    this.#finished = finished;
    const { done } = startOnThread<CheckpointTask>(
      moduleBeside(import.meta.url, 'checkpoint-worker'),
      { file: this.#file, finished },
      { background: true },
    );
    const end = (): void => {
      if (this.#finished !== finished) return;
      this.#finished = null;
      if (this.#connection.open) this.release();
    };
    void done.then(end, end);
  }

  /** Waits until no thread has the database open: whoever closes the project may move its files. */
  finish(): void {
    if (this.#finished !== null) Atomics.wait(this.#finished, 0, 0, LONGEST_WAIT_MS);
    this.#finished = null;
  }
}
