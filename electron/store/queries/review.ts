import { moduleBeside, startOnThread } from '../../tasks/thread.ts';
import type { SnapshotDiff } from '../../common/entities.ts';
import type { StoreContext } from '../database/context.ts';
import type { AssistLabels, AssistLabelsQuery } from './assist-labels.ts';
import type { Leak } from './kinship.ts';
import type { Reviewed } from './label-review.ts';

/** What the thread reads of a project as a whole. */
export interface Reviewing {
  readonly review: Reviewed;
  readonly leaks: Leak[];
  readonly similar: [number, number][];
  readonly diff: SnapshotDiff;
  readonly assist: AssistLabels;
}

export interface ReviewInput {
  readonly file: string;
  readonly what: keyof Reviewing;
  /** Two entries of the journal, the earlier first: for a diff. */
  readonly between?: readonly [number, number];
  /** For the live assistant. */
  readonly assist?: AssistLabelsQuery;
}

export interface ReviewTask {
  readonly input: ReviewInput;
  readonly event: never;
  readonly result: Reviewing[keyof Reviewing];
}

/** Reads all of a project on a thread, with a connection of its own. Callers at the same time share a look. */
export class Reviews {
  readonly #context: StoreContext;
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(context: StoreContext) {
    this.#context = context;
  }

  review(): Promise<Reviewed> {
    return this.#read('review');
  }

  leaks(): Promise<Leak[]> {
    return this.#read('leaks');
  }

  similar(): Promise<[number, number][]> {
    return this.#read('similar');
  }

  diff(early: number, late: number): Promise<SnapshotDiff> {
    return this.#read('diff', { between: [early, late] });
  }

  assist(query: Omit<AssistLabelsQuery, 'folder'>): Promise<AssistLabels> {
    return this.#read('assist', { assist: { ...query, folder: this.#context.folder } });
  }

  #read<What extends keyof Reviewing>(
    what: What,
    about: Pick<ReviewInput, 'between' | 'assist'> = {},
  ): Promise<Reviewing[What]> {
    const { file } = this.#context.db;
    const key = JSON.stringify([what, about]);
    let reading = this.#underWay.get(key);
    if (reading === undefined) {
      const module = moduleBeside(import.meta.url, 'review-worker');
      reading = startOnThread<ReviewTask>(module, { file, what, ...about }).done.finally(() =>
        this.#underWay.delete(key),
      );
      this.#underWay.set(key, reading);
    }
    // review-worker.ts answers each with its own.
    return reading as Promise<Reviewing[What]>;
  }
}
