import { SvelteMap } from 'svelte/reactivity';
import type { Job, JobKind } from '../../electron/common/jobs.ts';
import type { AppState } from './app.svelte.ts';

/** Kinds of jobs that make or measure a run. */
const RUN_JOBS: ReadonlySet<JobKind> = new Set(['train', 'compare', 'evaluate', 'export-model']);
const IMAGE_JOBS: ReadonlySet<JobKind> = new Set(['add-images', 'add-frames', 'import', 'sample']);

/** Jobs of the project that this page shows, by id. */
export class ProjectJobs {
  readonly #app: AppState;
  readonly #jobs = new SvelteMap<string, Job>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping that no template reads
  readonly #waiters = new Map<string, ((job: Job) => void)[]>();

  constructor(app: AppState) {
    this.#app = app;
  }

  get(jobId: string): Job | undefined {
    return this.#jobs.get(jobId);
  }

  clear(): void {
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
    if (before === undefined && this.#app.interrupted.records.length > 0)
      this.#app.attempt(() => this.#app.interrupted.refresh());
    if (latest.state === 'running') return;
    // Noted here as well as by `project.changes`, which may be paused for a stream that is looked at.
    if (latest !== before && RUN_JOBS.has(latest.kind)) this.#app.runsVersion += 1;
    for (const resolve of this.#waiters.get(latest.id) ?? []) resolve(latest);
    this.#waiters.delete(latest.id);
  }

  /** Resolves with the job once it has ended, however it did. */
  async end(jobId: string): Promise<Job> {
    const end = new Promise<Job>((resolve) => {
      this.#waiters.set(jobId, [...(this.#waiters.get(jobId) ?? []), resolve]);
    });
    // It may have ended before its first event was heard.
    const now = await this.#app.client.call('jobs.get', { jobId });
    this.take(now);
    return end;
  }

  /** Jobs live as long as the services' process: after a restart, the ones that are gone are forgotten. */
  async refresh(): Promise<void> {
    try {
      const { jobs } = await this.#app.client.call('jobs.list', {});
      for (const job of this.running) {
        if (!jobs.some((other) => other.id === job.id)) this.take({ ...job, state: 'cancelled' });
      }
      for (const job of jobs) this.take(job);
    } catch (error) {
      this.#app.report(error);
    }
  }

  cancel(jobId: string): void {
    this.#app.attempt(() => this.#app.client.call('jobs.cancel', { jobId }));
  }
}
