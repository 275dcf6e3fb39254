import type { JobRecord } from '../../electron/common/jobs.ts';
import { unfinished } from '../../electron/common/jobs.ts';
import { toCallError } from '../client.ts';
import { t, textOf } from '../i18n/index.svelte.ts';
import type { AppState } from './app.svelte.ts';
import { jobError } from './job-error.ts';

/** Jobs of the open project that the end of an earlier process cut off, until they are started again or dismissed. */
export class InterruptedWork {
  readonly #app: AppState;
  records = $state.raw<readonly JobRecord[]>([]);
  /** Id of the record whose start or dismissal is under way. */
  busy = $state<string | null>(null);

  constructor(app: AppState) {
    this.#app = app;
  }

  async refresh(): Promise<void> {
    const { client } = this.#app;
    const { jobs } = await client.call('jobs.history', {});
    // Another project may be shown by now.
    if (client === this.#app.client) this.records = unfinished(jobs);
  }

  forget(): void {
    this.records = [];
  }

  startAgain(record: JobRecord): Promise<void> {
    return this.#act(record, async () => {
      const { jobId } = await this.#app.client.call('jobs.startAgain', { jobId: record.id });
      this.#app.attempt(() => this.#reportEnd(jobId));
    });
  }

  dismiss(record: JobRecord): Promise<void> {
    return this.#act(record, () => this.#app.client.call('jobs.dismiss', { jobId: record.id }));
  }

  async #act({ id }: JobRecord, work: () => Promise<unknown>): Promise<void> {
    if (this.busy !== null) return;
    this.busy = id;
    const failure = await work().then(
      () => null,
      (error: unknown) => toCallError(error),
    );
    this.busy = null;
    await this.refresh();
    // What another page has settled meanwhile is no longer in the list, and nobody's failure.
    if (failure !== null && this.records.some((record) => record.id === id)) this.#app.report(failure);
  }

  /** The dialog that would have reported how it went is gone. */
  async #reportEnd(jobId: string): Promise<void> {
    const job = await this.#app.jobs.end(jobId);
    if (job.state === 'failed') this.#app.report(jobError(job));
    else if (job.state === 'done') this.#app.toast(t('interrupted.done', { title: textOf(job.title) }));
  }
}
