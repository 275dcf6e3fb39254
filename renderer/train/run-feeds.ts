import type { ProjectClient } from '../../electron/common/contract.ts';
import type { Run } from '../../electron/common/entities.ts';
import { isLive } from './run-progress.ts';
import { RunCurves } from './run-curves.svelte.ts';

interface Shared {
  readonly curves: RunCurves;
  users: number;
}

/** The curves of runs, one stream a run however many charts show it. */
export class RunFeeds {
  readonly #client: ProjectClient;
  readonly #onNews: () => void;
  readonly #shared = new Map<string, Shared>();

  /** `onNews` is called when a run has begun to train or finished an epoch: what the list of runs says is old then. */
  constructor(client: ProjectClient, onNews: () => void) {
    this.#client = client;
    this.#onNews = onNews;
  }

  /**
   * A finished run's events are read once; one that is training is followed. A run that is resumed is followed anew,
   * since its events are numbered anew.
   */
  open({ id, state }: Pick<Run, 'id' | 'state'>): { readonly curves: RunCurves; readonly close: () => void } {
    const live = isLive({ state });
    const key = `${id} ${live}`;
    let shared = this.#shared.get(key);
    if (!shared) {
      shared = { curves: new RunCurves(this.#client, id, live ? this.#onNews : undefined), users: 0 };
      this.#shared.set(key, shared);
    }
    const entry = shared;
    entry.users += 1;
    let closed = false;
    return {
      curves: entry.curves,
      close: () => {
        if (closed) return;
        closed = true;
        entry.users -= 1;
        if (entry.users > 0) return;
        entry.curves.close();
        this.#shared.delete(key);
      },
    };
  }
}
