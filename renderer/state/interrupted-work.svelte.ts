import type { ProjectClient } from '../../electron/common/contract.ts';
import type { JobRecord } from '../../electron/common/jobs.ts';
import { unfinished } from '../../electron/common/jobs.ts';
import { toCallError } from '../client.ts';
import { t, textOf } from '../i18n/index.svelte.ts';
import { jobError } from './job-error.ts';
import type { ProjectJobs } from './project-jobs.svelte.ts';

/** What it needs of the page. */
export interface InterruptedWorkPage {
  readonly client: ProjectClient;
  readonly jobs: ProjectJobs;
  attempt(work: () => unknown): void;
  report(error: unknown): void;
  toast(text: string): void;
}

/** Jobs of the open project that the end of an earlier process cut off, until they are started again or dismissed. */
export class InterruptedWork {
  readonly #page: InterruptedWorkPage;
  records = $state.raw<readonly JobRecord[]>([]);
  /** Id of the record whose start or dismissal is under way. */
  busy = $state<string | null>(null);

  constructor(page: InterruptedWorkPage) {
    this.#page = page;
  }

  async refresh(): Promise<void> {
    const { client } = this.#page;
    const { jobs } = await client.call('jobs.history', {});
    // Another project may be shown by now.
    if (client === this.#page.client) this.records = unfinished(jobs);
  }

  forget(): void {
    this.records = [];
  }

  startAgain(record: JobRecord): Promise<void> {
    return this.#act(record, async () => {
      const { jobId } = await this.#page.client.call('jobs.startAgain', { jobId: record.id });
      this.#page.attempt(() => this.#reportEnd(jobId));
    });
  }

  dismiss(record: JobRecord): Promise<void> {
    return this.#act(record, () => this.#page.client.call('jobs.dismiss', { jobId: record.id }));
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
    if (failure !== null && this.records.some((record) => record.id === id)) this.#page.report(failure);
  }

  /** The dialog that would have reported how it went is gone. */
  async #reportEnd(jobId: string): Promise<void> {
    const job = await this.#page.jobs.end(jobId);
    if (job.state === 'failed') this.#page.report(jobError(job));
    else if (job.state === 'done') this.#page.toast(t('interrupted.done', { title: textOf(job.title) }));
  }
}
