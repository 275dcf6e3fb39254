import path from 'node:path';
import type { OutputOf } from '../../common/contract.ts';
import type { ProjectInfo } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { PixelStore } from '../../images/index.ts';
import { openProject } from '../../store/index.ts';
import type { ProjectStore } from '../../store/index.ts';
import { Feed } from '../base/feed.ts';
import { Scoring } from '../scoring/scoring.ts';

type ProjectChange = OutputOf<'project.changes'>;

export function projectClosed(): TwinheadError {
  return new TwinheadError('no-project', say('calls.projectClosed'), {
    remedy: say('calls.projectClosed.remedy'),
  });
}

/** Changes that are kept for a page that has lost its connection. */
const KEPT_CHANGES = 200;

/** A project while it is open in this process: what handlers of its calls are given. */
export class OpenProject {
  readonly id: string;
  readonly folder: string;
  readonly store: ProjectStore;
  readonly scoring: Scoring;
  readonly changes = new Feed<ProjectChange>(KEPT_CHANGES);
  #pixels: Promise<PixelStore> | undefined;
  #closed = false;

  /** @throws TwinheadError as the store can't be opened */
  constructor(id: string, folder: string, options: { readonly create: boolean; readonly clock: () => Date }) {
    this.id = id;
    this.folder = folder;
    this.store = openProject(folder, options);
    this.scoring = new Scoring(this.store.file);
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  get name(): string {
    return this.store.name;
  }

  info(): ProjectInfo {
    return { id: this.id, ...this.store.info() };
  }

  /** Decoded pictures, in the project's cache. Loads what decodes them when it is first asked for. */
  pixels(): Promise<PixelStore> {
    this.#pixels ??= import('../../images/index.ts').then(
      (images) => new images.PixelStore(path.join(this.folder, 'cache')),
    );
    return this.#pixels;
  }

  /** Tells the readers of `project.changes`. */
  changed(what: ProjectChange['what'], imageIds: number[] = [], editId: string | null = null): void {
    if (this.#closed) return;
    const { revision, labelsRevision } = this.store;
    this.changes.push({ revision, labelsRevision, imageIds, what, editId });
  }

  /** @throws TwinheadError `no-project` where it was closed while a call was under way */
  requireOpen(): void {
    if (this.#closed) throw projectClosed();
  }

  close(): void {
    this.#closed = true;
    this.changes.close();
    this.scoring.end();
    this.store.close();
  }
}
