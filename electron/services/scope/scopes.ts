import { createHash } from 'node:crypto';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { OpenProject, projectClosed } from './open-project.ts';
import type { Jobs } from './jobs.ts';
import type { AppPorts } from '../base/ports.ts';

/** After this long without a word a page has been closed. A hidden one speaks once a minute. */
export const SILENCE_MS = 180_000;

/** Id by which calls name the project in a folder. */
export function projectId(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 16);
}

/** A page that is loaded again speaks within this time, in milliseconds; until then its project stays open. */
export const RELOAD_MS = 5000;

interface Scope {
  readonly project: OpenProject;
  /** Pages that show it, with the moment at which they spoke last. */
  readonly pages: Map<string, number>;
  /** Those of them that have said that they end. */
  readonly ending: Set<string>;
  readonly timer: NodeJS.Timeout;
}

interface ScopesOptions {
  readonly ports: AppPorts;
  readonly jobs: Jobs;
  /** Told of a project that is about to be closed; a failure of it is logged. */
  readonly beforeClose?: (project: OpenProject) => Promise<void>;
  /** Milliseconds. */
  readonly silence?: number;
}

/**
 * The projects that this process has open, each once however many pages show it. One that no page shows, no job works
 * on and the process itself does not hold is backed up and closed.
 */
export class Scopes {
  readonly #ports: AppPorts;
  readonly #jobs: Jobs;
  readonly #silence: number;
  readonly #beforeClose: (project: OpenProject) => Promise<void>;
  readonly #scopes = new Map<string, Scope>();
  /** Held by the process: what a command works on, or a server was started with. */
  readonly #own = new Set<string>();
  /** Last opening or closing of each project, for which the next one waits. */
  readonly #pending = new Map<string, Promise<unknown>>();
  /** Folder of the project that the host was started with, whether or not it could be opened. */
  startProject: string | null = null;

  constructor({ ports, jobs, beforeClose = async () => {}, silence = SILENCE_MS }: ScopesOptions) {
    this.#ports = ports;
    this.#jobs = jobs;
    this.#silence = silence;
    this.#beforeClose = beforeClose;
    jobs.onEnd((id) => this.#letGoOrLog(id));
  }

  isOpen(id: string): boolean {
    return this.#scopes.has(id);
  }

  /** @throws TwinheadError `no-project` where none is named, or it is not open */
  find(id: string | null): OpenProject {
    const scope = id === null ? undefined : this.#scopes.get(id);
    if (scope !== undefined) return scope.project;
    if (id !== null) throw projectClosed();
    throw new TwinheadError('no-project', say('calls.noProject'), { remedy: say('calls.noProject.remedy') });
  }

  /** Opens the project, or has one more page show it. @param page null: the process holds it until it leaves it */
  open(folder: string, { create, page }: { create: boolean; page: string | null }): Promise<OpenProject> {
    const id = projectId(folder);
    return this.#inTurn(id, async () => {
      let scope = this.#scopes.get(id);
      if (scope?.project.store.lost === true) {
        await this.#jobs.cancelAll(id);
        this.#close(scope);
        scope = undefined;
      }
      scope ??= this.#begin(id, folder, create);
      if (page === null) this.#own.add(id);
      else {
        scope.pages.set(page, performance.now());
        // Whoever was waited for has come.
        for (const before of scope.ending) scope.pages.delete(before);
        scope.ending.clear();
      }
      return scope.project;
    });
  }

  #begin(id: string, folder: string, create: boolean): Scope {
    const timer = setInterval(() => this.#dropSilent(id), this.#silence);
    timer.unref();
    try {
      const project = new OpenProject(id, folder, { create, clock: this.#ports.clock });
      const scope = { project, pages: new Map<string, number>(), ending: new Set<string>(), timer };
      this.#scopes.set(id, scope);
      return scope;
    } catch (error) {
      clearInterval(timer);
      throw error;
    }
  }

  /** The page still shows the project. */
  hear({ id }: OpenProject, page: string | null): void {
    const scope = this.#scopes.get(id);
    if (page === null || scope === undefined) return;
    scope.pages.set(page, performance.now());
    // It has come back from the browser's memory.
    scope.ending.delete(page);
  }

  /** The page, or the process itself, needs the project no more. Resolves once it is closed, where nobody else does. */
  leave({ id }: OpenProject, page: string | null): Promise<void> {
    if (page === null) this.#own.delete(id);
    else this.#scopes.get(id)?.pages.delete(page);
    return this.#letGo(id);
  }

  /** The page is gone, or loaded again under another id: its project stays for as long as that takes. */
  leaveSoon({ id }: OpenProject, page: string): void {
    const scope = this.#scopes.get(id);
    if (scope?.pages.has(page) !== true) return;
    scope.ending.add(page);
    const timer = setTimeout(() => {
      if (!scope.ending.delete(page)) return;
      scope.pages.delete(page);
      this.#letGoOrLog(id);
    }, RELOAD_MS);
    timer.unref();
  }

  /** Closes the project, whoever shows it, with its jobs cancelled; nobody can open it before `work` is done. */
  whileClosed<Result>(folder: string, work: () => Result): Promise<Result> {
    const id = projectId(folder);
    return this.#inTurn(id, async () => {
      const scope = this.#scopes.get(id);
      if (scope !== undefined) {
        await this.#jobs.cancelAll(id);
        this.#close(scope);
      }
      return work();
    });
  }

  /** Once their jobs have ended. */
  async closeAll(): Promise<void> {
    for (const [id, scope] of this.#scopes) {
      await this.#inTurn(id, async () => {
        await this.#wrapUp(scope.project);
        this.#close(scope);
      });
    }
  }

  #dropSilent(id: string): void {
    const { pages } = this.#scopes.get(id)!;
    const since = performance.now() - this.#silence;
    for (const [page, spoke] of pages) if (spoke <= since) pages.delete(page);
    this.#letGoOrLog(id);
  }

  #letGoOrLog(id: string): void {
    this.#letGo(id).catch((error: unknown) =>
      this.#ports.logger.error({ err: error }, 'a project could not be closed'),
    );
  }

  #isNeeded(id: string): boolean {
    return this.#own.has(id) || this.#scopes.get(id)?.pages.size !== 0 || this.#jobs.isRunning(id);
  }

  async #letGo(id: string): Promise<void> {
    if (!this.#scopes.has(id) || this.#isNeeded(id)) return;
    await this.#inTurn(id, async () => {
      const scope = this.#scopes.get(id);
      if (scope === undefined || this.#isNeeded(id)) return;
      await this.#wrapUp(scope.project);
      // A page may have come back meanwhile.
      if (!this.#isNeeded(id)) this.#close(scope);
    });
  }

  async #wrapUp(project: OpenProject): Promise<void> {
    await this.#backUp(project);
    try {
      await this.#beforeClose(project);
    } catch (error) {
      this.#ports.logger.warn({ err: error, project: project.folder }, 'a project could not be summed up');
    }
  }

  /** A disk that has no room for a backup is logged and no reason to stop: the project itself is whole. */
  async #backUp({ store, folder }: OpenProject): Promise<void> {
    // Windows and servers are where people edit for hours; a single command has made its own where it changes much.
    if (this.#ports.host === 'cli') return;
    try {
      const made = await store.backups.createIfDue();
      for (const problem of made?.problems ?? [])
        this.#ports.logger.warn({ problem, project: folder }, 'labels are not those that were stored');
    } catch (error) {
      this.#ports.logger.warn({ err: error, project: folder }, 'no backup could be made');
    }
  }

  #close({ project, timer }: Scope): void {
    clearInterval(timer);
    this.#scopes.delete(project.id);
    project.close();
    this.#jobs.forget(project.id);
  }

  #inTurn<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
    const done = (this.#pending.get(id) ?? Promise.resolve()).then(work);
    const ended = done.catch(() => undefined);
    this.#pending.set(id, ended);
    void ended.then(() => {
      if (this.#pending.get(id) === ended) this.#pending.delete(id);
    });
    return done;
  }
}
