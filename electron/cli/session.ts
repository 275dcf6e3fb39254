import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App, AppPorts } from '../app.ts';
import { createApp } from '../app.ts';
import type { InputOf, OutputOf, RequestName, StreamMessage, StreamName } from '../common/contract.ts';
import type { Problem, ProjectInfo } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { resultOf } from '../common/jobs.ts';
import type { Job, JobKind, JobResult } from '../common/jobs.ts';
import { say } from '../common/sentences/sentence.ts';
import { inEnglish } from '../common/sentences/english.ts';
import { createDispatch } from '../dispatch.ts';
import type { Dispatch } from '../dispatch.ts';
import { remove } from '../files/index.ts';
import { processPorts } from '../hosting/ports.ts';
import { projectFolder } from '../services/projects/projects.ts';
import { stderrLogger } from './log.ts';
import type { Output } from './output.ts';
import { jobLine } from './progress.ts';
import type { ProgressLine } from './progress.ts';
import { wholePath } from './whole-path.ts';

/** Between two looks at a job: in the same process a look costs nothing. */
const FIRST_LOOK = 5;
const LONGEST_BETWEEN_LOOKS = 100;

export interface FollowOptions {
  /** How the job is asked to stop at an interrupt; by default it is cancelled. */
  readonly stop?: () => Promise<unknown>;
  /** Shown instead of the job's own line. */
  readonly line?: (job: Job) => string;
}

/** A job that is done. */
export interface Finished<Kind extends JobKind> {
  readonly result: JobResult<Kind>;
  readonly problems: readonly Problem[];
}

const folderOf = (project: string): string => projectFolder(wholePath(project));

/** One command at work: the app in this process, the project that it opened, and what it says meanwhile. */
export class CommandSession {
  readonly app: App;
  readonly ports: AppPorts;
  readonly dispatch: Dispatch;
  readonly output: Output;
  readonly progress: ProgressLine;
  /** Aborted at the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** The one project that the command works on, once it is open. */
  #project: string | null = null;
  #created: string | null = null;
  #closed = false;

  constructor(options: {
    readonly host: 'web' | 'cli';
    readonly engine: string | undefined;
    readonly output: Output;
    readonly progress: ProgressLine;
    readonly signal: AbortSignal;
  }) {
    this.ports = processPorts(options.host, stderrLogger(process.env), options.engine);
    this.app = createApp(this.ports);
    this.dispatch = createDispatch(this.app, { logger: this.ports.logger });
    this.output = options.output;
    this.progress = options.progress;
    this.signal = options.signal;
  }

  /** @throws TwinheadError as the services answered. */
  async call<Name extends RequestName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
    const answer = await this.dispatch.call(this.#project, name, input);
    if (answer.ok) return answer.value as OutputOf<Name>;
    throw TwinheadError.of(answer.error);
  }

  subscribe<Name extends StreamName>(
    name: Name,
    input: InputOf<Name>,
    signal: AbortSignal,
  ): AsyncIterable<StreamMessage<OutputOf<Name>>> {
    return this.dispatch.subscribe(this.#project, name, input, 0, signal) as AsyncIterable<
      StreamMessage<OutputOf<Name>>
    >;
  }

  /** Opens a project that is there. */
  open(project: string): Promise<ProjectInfo> {
    return this.#open(project, false);
  }

  /** Makes a project where nothing is; it is removed again if the command fails. */
  async create(project: string, images: readonly string[]): Promise<ProjectInfo> {
    this.removeIfFailed(project);
    if (images.length > 0) {
      const { jobId } = await this.call('project.checkFolders', {
        path: wholePath(project),
        folders: images.map(wholePath),
      });
      await this.follow('check-folders', jobId);
    }
    const info = await this.call('project.create', { path: wholePath(project) });
    this.#project = info.id;
    return info;
  }

  async #open(project: string, create: boolean): Promise<ProjectInfo> {
    const info = await this.call('project.open', { path: wholePath(project), create });
    this.#project = info.id;
    return info;
  }

  /** Opens a project, made now where there was none. One made now is removed again if the command fails. */
  async openOrCreate(project: string): Promise<ProjectInfo> {
    this.removeIfFailed(project);
    return this.#open(project, true);
  }

  /** Opens a new project and has the sample made in it. @returns the job's id */
  async sample(input: InputOf<'project.sample'>): Promise<string> {
    this.removeIfFailed(input.path);
    const { jobId, projectId } = await this.call('project.sample', { ...input, path: wholePath(input.path) });
    this.#project = projectId;
    return jobId;
  }

  /** To be called before a command makes the project: what it leaves behind when it fails is of no use to anybody. */
  removeIfFailed(project: string): void {
    const folder = folderOf(project);
    if (!existsSync(folder)) this.#created = folder;
  }

  /** A project that isn't kept is no recent one. */
  async forget(project: string): Promise<void> {
    const paths = [folderOf(project)];
    const answer = await this.dispatch.call(null, 'system.forgetProjects', { paths });
    if (!answer.ok)
      this.ports.logger.warn({ err: answer.error }, 'the list of recent projects could not be saved');
  }

  projectExists(project: string): boolean {
    return existsSync(folderOf(project));
  }

  /**
   * Shows how far a job is until it has ended; an interrupt asks it to stop, and it is waited for.
   *
   * @returns what a job of that kind gives, and what it passed over.
   * @throws TwinheadError as the job failed; `cancelled` where it was stopped.
   */
  async follow<Kind extends JobKind>(
    kind: Kind,
    jobId: string,
    { stop, line = jobLine }: FollowOptions = {},
  ): Promise<Finished<Kind>> {
    let asked = false;
    for (let pause = FIRST_LOOK; ; pause = Math.min(LONGEST_BETWEEN_LOOKS, pause * 1.5)) {
      const job = await this.call('jobs.get', { jobId });
      if (job.state !== 'running') {
        this.progress.clear();
        if (job.state === 'done') return finished(kind, job);
        throw jobError(job);
      }
      this.progress.show(line(job));
      if (this.signal.aborted && !asked) {
        asked = true;
        await (stop?.() ?? this.call('jobs.cancel', { jobId }));
      }
      await sleep(pause);
    }
  }

  /** Closes the app, and takes away a project that was made by a command that failed. */
  async close(succeeded: boolean): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const useless = succeeded ? null : this.#created;
    if (useless !== null) await this.forget(useless);
    await this.app.close();
    if (useless !== null) await remove(useless);
  }
}

function finished<Kind extends JobKind>(kind: Kind, job: Job): Finished<Kind> {
  const result = resultOf(kind, job);
  if (result === undefined)
    throw new Error(`${inEnglish(job.title)}, a job of kind ${job.kind}, gave no result of ${kind}.`);
  return { result, problems: job.problems };
}

function jobError(job: Job): TwinheadError {
  const { title, state, error } = job;
  if (error === undefined) return new TwinheadError('internal', say('cli.job.ended', { title, state }));
  if (state === 'cancelled')
    return new TwinheadError('cancelled', say('cli.job.stopped', { title }), error.details);
  return TwinheadError.of(error);
}
