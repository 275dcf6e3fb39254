import type { Finding } from '../../common/entities.ts';
import { moduleBeside, startOnThread } from '../../tasks/thread.ts';
import type { StoreContext } from '../database/context.ts';

/** See label-review.ts. */
export interface ReviewTask {
  readonly input: string;
  readonly event: never;
  readonly result: { readonly revision: number; readonly findings: readonly Finding[] };
}

/** Looks at the labels of a project on a thread, with a connection of its own. Callers at the same time share a look. */
export class LabelReview {
  readonly #context: StoreContext;
  #underWay: Promise<ReviewTask['result']> | null = null;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  look(): Promise<ReviewTask['result']> {
    const { file } = this.#context.db;
    this.#underWay ??= startOnThread<ReviewTask>(
      moduleBeside(import.meta.url, 'review-worker'),
      file,
    ).done.finally(() => (this.#underWay = null));
    return this.#underWay;
  }
}
