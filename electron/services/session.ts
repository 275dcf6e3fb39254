import path from 'node:path';
import type { OutputOf } from '../common/contract.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { PixelStore } from '../images/index.ts';
import { openProject } from '../store/index.ts';
import type { ProjectStore } from '../store/index.ts';
import { Feed } from './feed.ts';
import type { AppPorts } from './ports.ts';

export type ProjectChange = OutputOf<'project.changes'>;

export interface OpenProject {
  readonly folder: string;
  readonly store: ProjectStore;
  readonly changes: Feed<ProjectChange>;
  /** Decoded pictures, in the project's cache. Loads what decodes them when it is first asked for. */
  readonly pixels: () => Promise<PixelStore>;
}

interface OpenOptions {
  readonly create: boolean;
  /** Awaited before the other one is closed, once this one could be opened. */
  readonly leave: () => Promise<void>;
}

/** The one project that this process holds, or none. */
export class Session {
  readonly #ports: AppPorts;
  #project: OpenProject | null = null;
  /** One opening after another: two at once would close each other's project. */
  #opening: Promise<unknown> = Promise.resolve();
  /** A project that was asked for before there was a page, and could not be opened; until one is open. */
  wanted: string | null = null;

  constructor(ports: AppPorts) {
    this.#ports = ports;
  }

  get folder(): string | null {
    return this.#project?.folder ?? null;
  }

  get store(): ProjectStore | null {
    return this.#project?.store ?? null;
  }

  /** Throws `no-project` where none is open. */
  require(): OpenProject {
    if (this.#project === null) {
      throw new TwinheadError('no-project', say('services.noProject'), {
        remedy: say('services.noProject.remedy'),
      });
    }
    return this.#project;
  }

  /**
   * Opens the project, closing the one that was open. Opening the open one again changes nothing.
   */
  open(folder: string, options: OpenOptions): Promise<OpenProject> {
    const opened = this.#opening.then(() => this.#open(folder, options));
    this.#opening = opened.catch(() => undefined);
    return opened;
  }

  async #open(folder: string, { create, leave }: OpenOptions): Promise<OpenProject> {
    if (this.#project?.folder === folder) {
      if (!this.#project.store.lost) {
        this.wanted = null;
        return this.#project;
      }
      await leave();
      this.close();
    }
    const store = openProject(folder, { create, clock: this.#ports.clock });
    await leave();
    this.close();
    let pixels: Promise<PixelStore> | undefined;
    this.#project = {
      folder,
      store,
      changes: new Feed<ProjectChange>(200),
      pixels: () =>
        (pixels ??= import('../images/index.ts').then(
          (images) => new images.PixelStore(path.join(folder, 'cache')),
        )),
    };
    this.wanted = null;
    return this.#project;
  }

  /** Tells the readers of `project.changes`. */
  changed(what: ProjectChange['what'], imageIds: number[] = [], editId: string | null = null): void {
    const project = this.require();
    project.changes.push({ revision: project.store.revision, imageIds, what, editId });
  }

  /**
   * A backup where one is due, before the project is left. A disk that has no room for it is logged and no reason to
   * stop: the project itself is whole.
   */
  async backUp(): Promise<void> {
    const project = this.#project;
    // Windows and servers are where people edit for hours; a single command has made its own where it changes much.
    if (project === null || this.#ports.host === 'cli') return;
    try {
      const made = await project.store.backups.createIfDue();
      for (const problem of made?.problems ?? [])
        this.#ports.logger.warn(
          { problem, project: project.folder },
          'labels are not those that were stored',
        );
    } catch (error) {
      this.#ports.logger.warn({ err: error, project: project.folder }, 'no backup could be made');
    }
  }

  close(): void {
    this.#project?.changes.close();
    this.#project?.store.close();
    this.#project = null;
  }
}
