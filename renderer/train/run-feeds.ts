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
  readonly #onEpoch: () => void;
  readonly #shared = new Map<string, Shared>();

  /** `onEpoch` is called when a run has finished an epoch: its figures in the list of runs are old then. */
  constructor(client: ProjectClient, onEpoch: () => void) {
    this.#client = client;
    this.#onEpoch = onEpoch;
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
      shared = { curves: new RunCurves(this.#client, id, live ? this.#onEpoch : undefined), users: 0 };
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
