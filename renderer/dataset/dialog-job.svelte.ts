import type { Job } from '../../electron/common/jobs.ts';
import type { AppState } from '../state/app.svelte.ts';
import { jobError } from '../state/job-error.ts';

/** The job that a dialog starts and follows: what it shows while the job runs and once it has ended. */
export class DialogJob {
  busy = $state(false);
  error = $state.raw<unknown>(null);
  readonly #app: AppState;
  #id = $state<string | null>(null);

  constructor(app: AppState) {
    this.#app = app;
  }

  /** As it is now; undefined before the first was started. */
  get job(): Job | undefined {
    return this.#id === null ? undefined : this.#app.jobs.get(this.#id);
  }

  /** Shows one that was started elsewhere. */
  show(jobId: string): void {
    this.#id = jobId;
    const { job } = this;
    if (job?.state === 'failed') this.error = jobError(job);
  }

  /** @param ended called once the job has ended, however it did; the dialog is busy until that is done, too */
  async run(
    start: () => Promise<{ readonly jobId: string }>,
    ended: (state: Job['state']) => Promise<void> | void,
  ): Promise<void> {
    this.busy = true;
    this.error = null;
    try {
      const { jobId } = await start();
      this.#id = jobId;
      const end = await this.#app.jobs.end(jobId);
      if (end.state === 'failed') this.error = jobError(end);
      await ended(end.state);
    } catch (reason) {
      this.error = reason;
    } finally {
      this.busy = false;
    }
  }
}
