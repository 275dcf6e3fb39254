import { SvelteMap } from 'svelte/reactivity';
import type { ProjectClient } from '../../electron/common/contract.ts';
import type { Job, JobKind } from '../../electron/common/jobs.ts';
import { say } from '../../electron/common/sentences/sentence.ts';
import { CallError } from '../client.ts';

/** What jobs need of the page that shows them. */
export interface ProjectJobsPage {
  readonly client: ProjectClient;
  /** Counted up where runs have changed. */
  runsVersion: number;
  /** Jobs that an earlier process left: one that begins may be one of them. */
  readonly interrupted: { readonly records: readonly unknown[]; refresh(): Promise<void> };
  attempt(work: () => unknown): void;
  report(error: unknown): void;
}

/** Kinds of jobs that make or measure a run. */
const RUN_JOBS: ReadonlySet<JobKind> = new Set([
  'train',
  'compare',
  'evaluate',
  'robustness',
  'resources',
  'export-model',
]);
const IMAGE_JOBS: ReadonlySet<JobKind> = new Set(['add-images', 'add-frames', 'import', 'sample']);

/** Jobs of the project that this page shows, by id. */
export class ProjectJobs {
  readonly #page: ProjectJobsPage;
  readonly #jobs = new SvelteMap<string, Job>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping that no template reads
  readonly #waiters = new Map<string, PromiseWithResolvers<Job>[]>();

  constructor(page: ProjectJobsPage) {
    this.#page = page;
  }

  get(jobId: string): Job | undefined {
    return this.#jobs.get(jobId);
  }

  /** Nothing more is heard of them: whoever waits for one need not wait any longer. */
  clear(): void {
    for (const [jobId, waiters] of this.#waiters) {
      const job = this.#jobs.get(jobId);
      for (const { resolve, reject } of waiters)
        if (job === undefined) reject(new CallError('cancelled', '', {}, say('system.cancelled')));
        else resolve({ ...job, state: 'cancelled' });
    }
    this.#waiters.clear();
    this.#jobs.clear();
  }

  /** Images come into the project just now: a page without any says so. A check only reads. */
  get addsImages(): boolean {
    return this.running.some(
      ({ kind, title }) =>
        IMAGE_JOBS.has(kind) && !(typeof title !== 'string' && title.key === 'jobs.import.dryRun'),
    );
  }

  get running(): Job[] {
    return [...this.#jobs.values()].filter((job) => job.state === 'running');
  }

  /** Takes in what is known of a job by now. */
  take(job: Job): void {
    const before = this.#jobs.get(job.id);
    // The answer to a question may be older than an event that has overtaken it: what has ended does not run again.
    const latest = before !== undefined && before.state !== 'running' ? before : job;
    this.#jobs.set(job.id, latest);
    // Whatever begins may be what was interrupted: then it is no longer offered.
    if (before === undefined && this.#page.interrupted.records.length > 0)
      this.#page.attempt(() => this.#page.interrupted.refresh());
    if (latest.state === 'running') return;
    // Noted here as well as by `project.changes`, which may be paused for a stream that is looked at.
    if (latest !== before && RUN_JOBS.has(latest.kind)) this.#page.runsVersion += 1;
    for (const { resolve } of this.#waiters.get(latest.id) ?? []) resolve(latest);
    this.#waiters.delete(latest.id);
  }

  /** Resolves with the job once it has ended, however it did. */
  async end(jobId: string): Promise<Job> {
    const end = Promise.withResolvers<Job>();
    // Left by whoever waits where the call below fails: then nobody is told twice.
    end.promise.catch(() => undefined);
    this.#waiters.set(jobId, [...(this.#waiters.get(jobId) ?? []), end]);
    // It may have ended before its first event was heard.
    const now = await this.#page.client.call('jobs.get', { jobId });
    this.take(now);
    return end.promise;
  }

  /** Jobs live as long as the services' process: after a restart, the ones that are gone are forgotten. */
  async refresh(): Promise<void> {
    try {
      const { jobs } = await this.#page.client.call('jobs.list', {});
      for (const job of this.running) {
        if (!jobs.some((other) => other.id === job.id)) this.take({ ...job, state: 'cancelled' });
      }
      for (const job of jobs) this.take(job);
    } catch (error) {
      this.#page.report(error);
    }
  }

  cancel(jobId: string): void {
    this.#page.attempt(() => this.#page.client.call('jobs.cancel', { jobId }));
  }
}
