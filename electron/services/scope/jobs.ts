import { randomUUID } from 'node:crypto';
import type { StreamMessage } from '../../common/contract.ts';
import type { Problem } from '../../common/entities.ts';
import { defectReport, toErrorReport, TwinheadError } from '../../common/errors.ts';
import type { ErrorReport } from '../../common/errors.ts';
import type { JobInput } from '../../common/contract.ts';
import { isPassing, jobKinds, jobOf, resultOf } from '../../common/jobs.ts';
import type { Job, JobFields, JobKind, JobResult } from '../../common/jobs.ts';
import { say, saySameBesidesNumbers } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import { Feed } from '../base/feed.ts';
import type { FeedReader } from '../base/feed.ts';
import type { AppPorts } from '../base/ports.ts';
import type { OpenProject } from './open-project.ts';
import { editIdTaken } from '../../store/index.ts';
import type { ProjectStore } from '../../store/index.ts';
import { earlierJob } from './earlier-job.ts';
import type { Resource, Resources } from '../work/resources.ts';

export interface JobRequest<Kind extends JobKind> {
  readonly title: Said;
  /** Kept by the project, to be asked for again; null where nobody could. */
  readonly input: JobInput<Kind> | null;
  /** Id of the call, if it may be sent again; the job's id too. */
  readonly editId?: string | undefined;
}

export interface JobsOptions {
  readonly ports: AppPorts;
  readonly resources: Resources;
}

/** What a job's work is given: a way to tell how far it is, and the signal that asks it to stop. */
export interface JobContext {
  readonly jobId: string;
  readonly signal: AbortSignal;
  /** @param left seconds, where the work knows better than by what has been done in the time so far */
  readonly progress: (done: number, total: number | null, message?: Said, left?: number) => void;
  /** A part of the input that was passed over. */
  readonly problem: (problem: Problem) => void;
  /**
   * Waits, and says for whom, until the job has it. It is free again once what comes back is disposed of.
   * @param yields of a job that gives way: called once somebody waits for the resource
   */
  readonly hold: (resource: Resource, yields?: () => void) => Promise<Disposable>;
}

interface RunningJob {
  job: Job;
  /** On which it works; null: on none. */
  readonly project: OpenProject | null;
  readonly controller: AbortController;
  /** Without the time that it waited for others. */
  startedAt: number;
  finished: Promise<void>;
}

/** Between two progress events of one job: often enough to look alive, seldom enough to cost nothing. */
const PROGRESS_INTERVAL = 100;
/** Between two notes in the project of how far a job is: each is flushed to the disk. Milliseconds. */
const NOTE_INTERVAL = 2000;
/** Ended jobs that can still be asked for. */
const KEPT_JOBS = 100;

/**
 * Long work with progress and cancel, of one project or of none. Jobs live as long as the process; the project
 * remembers them. Whoever asks hears of the jobs of one project, named by its id, or with null of those without one.
 */
export class Jobs {
  readonly #ports: AppPorts;
  readonly #resources: Resources;
  readonly #jobs = new Map<string, RunningJob>();
  readonly #feeds = new Map<string | null, Feed<Job>>();
  #closing = false;
  #notifyEnd: (project: string) => void = () => undefined;

  constructor({ ports, resources }: JobsOptions) {
    this.#ports = ports;
    this.#resources = resources;
  }

  /** @param listener called with each project of which a job has ended */
  onEnd(listener: (project: string) => void): void {
    this.#notifyEnd = listener;
  }

  #feed(project: string | null): Feed<Job> {
    const feed = this.#feeds.get(project) ?? new Feed<Job>(500);
    this.#feeds.set(project, feed);
    return feed;
  }

  /**
   * The job that a call of that id has started, in an earlier session perhaps. Undefined where there is none, or it
   * ended with its process or in failure then: it is to be started.
   * @throws TwinheadError `invalid-input` where the id belongs to something else
   */
  started(project: OpenProject, kind: JobKind, editId: string | undefined): string | undefined {
    if (editId === undefined) return undefined;
    const known = this.#jobs.get(editId) ?? this.#takeEarlier(project, editId);
    if (known === undefined) return undefined;
    if (known.project?.id !== project.id || known.job.kind !== kind) throw editIdTaken();
    return editId;
  }

  #takeEarlier(project: OpenProject, id: string): RunningJob | undefined {
    const job = earlierJob(project, id);
    if (job === undefined) return undefined;
    const controller = new AbortController();
    const entry = { job, project, controller, startedAt: performance.now(), finished: Promise.resolve() };
    this.#jobs.set(id, entry);
    this.#publish(entry);
    return entry;
  }

  /**
   * Starts `work` at once, unless its call has started it before, and returns the job's id.
   * @param project stays open until the job has ended
   * @throws TwinheadError `no-project` where it was closed meanwhile
   */
  start<Kind extends JobKind>(
    project: OpenProject | null,
    kind: Kind,
    { title, input, editId }: JobRequest<Kind>,
    work: (context: JobContext) => Promise<JobResult<Kind>>,
  ): string {
    project?.requireOpen();
    const known = project === null ? undefined : this.started(project, kind, editId);
    if (known !== undefined) return known;
    const id = editId ?? randomUUID();
    const startedAt = performance.now();
    const controller = new AbortController();
    const entry: RunningJob = {
      job: jobOf(kind, {
        id,
        title,
        unit: jobKinds[kind].unit,
        state: 'running',
        done: 0,
        total: null,
        perSecond: null,
        secondsLeft: null,
        message: '',
        problems: [],
        startedAt: this.#ports.clock().toISOString(),
      }),
      project,
      controller,
      startedAt,
      finished: Promise.resolve(),
    };
    this.#remember(entry, (records) => records.begin({ id, kind, title, input }));
    this.#jobs.set(id, entry);
    this.#publish(entry);
    entry.finished = this.#run(kind, entry, work);
    return id;
  }

  async #run<Kind extends JobKind>(
    kind: Kind,
    entry: RunningJob,
    work: (context: JobContext) => Promise<JobResult<Kind>>,
  ): Promise<void> {
    const { signal } = entry.controller;
    const problems: Problem[] = [];
    let lastEvent = -Infinity;
    let lastNote = -Infinity;
    const update = (changes: Partial<JobFields>, result?: JobResult<Kind>): void => {
      const fields = { ...entry.job, ...changes, problems: [...problems] };
      entry.job = jobOf(kind, fields, result ?? resultOf(kind, entry.job));
      this.#publish(entry);
    };
    const context: JobContext = {
      jobId: entry.job.id,
      signal,
      progress: (done, total, message = entry.job.message, left) => {
        const now = performance.now();
        const seconds = (now - entry.startedAt) / 1000;
        const perSecond = done > 0 && seconds > 0.2 ? done / seconds : null;
        const secondsLeft =
          left ?? (perSecond !== null && total !== null ? Math.max(0, total - done) / perSecond : null);
        const changes = { done, total, message, perSecond, secondsLeft };
        // Problems are copied only with an event: a thousand of them must not cost a thousand copies each.
        if (now - lastEvent < PROGRESS_INTERVAL && saySameBesidesNumbers(message, entry.job.message)) {
          entry.job = { ...entry.job, ...changes };
          return;
        }
        lastEvent = now;
        update(changes);
        if (done === 0 || now - lastNote < NOTE_INTERVAL) return;
        lastNote = now;
        this.#remember(entry, (records) => records.note(entry.job.id, { done, total }));
      },
      problem: (problem) => problems.push({ ...problem, severity: problem.severity ?? 'error' }),
      hold: async (resource, yields) => {
        const before = performance.now();
        const { title, message } = entry.job;
        const project = entry.project?.name ?? null;
        const who = { title: say('jobs.holder.job', { title }), project, yields };
        const held = await this.#resources.wait(resource, who, {
          signal,
          onWait: (holder) => update({ message: say('jobs.waiting', { holder }) }),
        });
        entry.startedAt += performance.now() - before;
        update({ message });
        return held;
      },
    };
    try {
      const result = await work(context);
      update({ state: 'done', done: entry.job.total ?? entry.job.done, secondsLeft: 0 }, result);
    } catch (error) {
      const report = toErrorReport(error);
      if (signal.aborted || report.code === 'cancelled') {
        update({ state: 'cancelled', error: { ...report, code: 'cancelled' } });
      } else {
        update({ state: 'failed', error: this.#forPeople(entry.job, error, report) });
      }
    }
    const { done, total, error = null } = entry.job;
    // Nobody has cancelled it: the process ends, and the project offers it when it is opened again.
    const state = this.#closing && entry.job.state === 'cancelled' ? 'interrupted' : entry.job.state;
    this.#remember(entry, (records) =>
      records.end(entry.job.id, { state, done, total, error, problems: problems.length }),
    );
    this.#forgetOldest();
    if (entry.project !== null) this.#notifyEnd(entry.project.id);
  }

  #publish({ job, project }: RunningJob): void {
    this.#feed(project?.id ?? null).push(job);
  }

  /** A disk that is full stops no job: it only is not remembered. */
  #remember({ job, project }: RunningJob, write: (records: ProjectStore['jobs']) => void): void {
    try {
      if (project !== null && !isPassing(job.kind)) write(project.store.jobs);
    } catch (error) {
      this.#ports.logger.warn({ err: error, job: job.kind }, 'a job could not be noted');
    }
  }

  /** Errors for people as they are; a defect is logged, and only numbered. */
  #forPeople(job: Job, error: unknown, report: ErrorReport): ErrorReport {
    if (report.code !== 'internal' || error instanceof TwinheadError) return report;
    const reference = randomUUID().slice(0, 8);
    this.#ports.logger.error({ err: error, job: job.kind, reference }, 'a job failed unexpectedly');
    return defectReport(job.title, reference);
  }

  #forgetOldest(): void {
    for (const [id, entry] of this.#jobs) {
      if (this.#jobs.size <= KEPT_JOBS) return;
      if (entry.job.state !== 'running') this.#jobs.delete(id);
    }
  }

  #of(project: string | null): RunningJob[] {
    return [...this.#jobs.values()].filter((entry) => (entry.project?.id ?? null) === project);
  }

  list(project: string | null): Job[] {
    return this.#of(project).map((entry) => entry.job);
  }

  get(project: string | null, id: string): Job {
    return this.#entry(project, id).job;
  }

  isRunning(project: string): boolean {
    return this.#of(project).some(({ job }) => job.state === 'running');
  }

  /** Asks the job to stop; it ends as `cancelled` once its work has noticed. Ended jobs stay as they are. */
  cancel(project: string | null, id: string): void {
    this.#entry(project, id).controller.abort();
  }

  /** Resolves when the job has ended, however it did. */
  async finished(project: string | null, id: string): Promise<Job> {
    const entry = this.#entry(project, id);
    await entry.finished;
    return entry.job;
  }

  /** Running jobs first as they are now, then every change. */
  async *events(project: string | null, { after, signal }: FeedReader): AsyncGenerator<StreamMessage<Job>> {
    const feed = this.#feed(project);
    const start = feed.sequence;
    if (after === 0 || after > start) {
      for (const { job } of this.#of(project)) {
        if (job.state === 'running') yield { sequence: start, event: job };
      }
      yield* feed.read({ after: start, signal });
    } else {
      yield* feed.read({ after, signal });
    }
  }

  /** Cancels all jobs of the project and waits for them to end: none may outlive its being open. */
  cancelAll(project: string): Promise<void> {
    return this.#cancel(this.#of(project));
  }

  async #cancel(entries: Iterable<RunningJob>): Promise<void> {
    const running = [...entries].filter(({ job }) => job.state === 'running');
    for (const { controller } of running) controller.abort();
    await Promise.all(running.map((entry) => entry.finished));
  }

  /** The project is closed: who listens hears no more of its jobs. */
  forget(project: string): void {
    this.#feeds.get(project)?.close();
    this.#feeds.delete(project);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#cancel(this.#jobs.values());
    for (const feed of this.#feeds.values()) feed.close();
  }

  #entry(project: string | null, id: string): RunningJob {
    const entry = this.#jobs.get(id);
    if (!entry || (entry.project?.id ?? null) !== project)
      throw new TwinheadError('not-found', say('jobs.unknown', { id }), {
        remedy: say('jobs.unknown.remedy'),
      });
    return entry;
  }
}
