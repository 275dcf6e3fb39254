import { createContext } from 'svelte';
import type { Client, OutputOf } from '../../electron/common/contract.ts';
import type { Job, LabelClass, ProjectInfo } from '../../electron/common/entities.ts';
import { toCallError } from '../client.ts';
import type { CallError } from '../client.ts';
import { CommandRegistry } from '../commands.ts';
import { Preferences } from './preferences.svelte.ts';

export type TabName = 'label' | 'dataset' | 'train' | 'evaluate' | 'models';
export const TABS: readonly TabName[] = ['label', 'dataset', 'train', 'evaluate', 'models'];
export type DialogName = 'palette' | 'keys' | 'settings' | 'doctor' | 'import' | 'folder';
export type ProjectChange = OutputOf<'project.changes'>;
type SystemInfo = OutputOf<'system.info'>;

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'bad';
}

/** How saving stands, told by the label view for the status line. */
export interface SavingStatus {
  readonly state: 'saved' | 'saving' | 'failed';
  readonly unsaved: number;
  readonly error: CallError | null;
}

const REFRESH_DELAY = 250;
const TOAST_SECONDS = 6;

/** What every view shares: the connection, the open project, its classes, jobs, and what is shown over the views. */
export class AppState {
  readonly client: Client;
  readonly preferences = new Preferences();
  readonly commands = new CommandRegistry();

  connected = $state(true);
  /** Null until the first answer. */
  system = $state.raw<SystemInfo | null>(null);
  project = $state.raw<ProjectInfo | null>(null);
  classes = $state.raw<readonly LabelClass[]>([]);
  startError = $state.raw<CallError | null>(null);
  tab = $state<TabName>(tabFromAddress());
  dialog = $state<DialogName | null>(null);
  toasts = $state.raw<readonly Toast[]>([]);
  jobs = $state.raw<ReadonlyMap<string, Job>>(new Map());
  saving = $state.raw<SavingStatus>({ state: 'saved', unsaved: 0, error: null });
  /** Grows when runs are made, change state or go. */
  runsVersion = $state(0);
  /** An image that another view wants to see in Label. */
  wantedImageId = $state<number | null>(null);

  readonly #listeners = new Set<(change: ProjectChange) => void>();
  readonly #jobWaiters = new Map<string, ((job: Job) => void)[]>();
  #endChanges: (() => void) | null = null;
  #refreshTimer: ReturnType<typeof setTimeout> | null = null;
  #nextToast = 1;

  constructor(client: Client) {
    this.client = client;
    addEventListener('hashchange', () => (this.tab = tabFromAddress()));
  }

  /** First contact. Sets `startError` where the services cannot be reached. */
  async start(): Promise<void> {
    try {
      this.system = await this.client.call('system.info', {});
      this.startError = null;
    } catch (error) {
      this.startError = toCallError(error);
      return;
    }
    this.client.subscribe('jobs.events', {}, (job) => this.#takeJob(job));
    if (this.system.openProject !== null) await this.#opened(await this.client.call('project.get', {}));
  }

  async openProject(path: string, create: boolean): Promise<void> {
    await this.#opened(await this.client.call('project.open', { path, create }));
  }

  /** Takes over a project that a job has opened. */
  async projectAppeared(): Promise<void> {
    await this.#opened(await this.client.call('project.get', {}));
  }

  async closeProject(): Promise<void> {
    await this.client.call('project.close', {});
    this.#endChanges?.();
    this.#endChanges = null;
    this.project = null;
    this.classes = [];
    this.system = await this.client.call('system.info', {});
  }

  async #opened(project: ProjectInfo): Promise<void> {
    this.classes = (await this.client.call('classes.list', {})).classes;
    this.project = project;
    this.#endChanges?.();
    this.#endChanges = this.client.subscribe('project.changes', {}, (change) => this.#changed(change));
  }

  /** Called by the client when calls get through, or don't. */
  setConnected(connected: boolean): void {
    const back = connected && !this.connected;
    this.connected = connected;
    if (!back) return;
    if (this.startError !== null || this.system === null) void this.start();
    else {
      // The services may have been restarted: what they said before may be old.
      this.#refreshSoon();
      void this.refreshClasses();
      void this.#askAfterJobs();
      this.runsVersion += 1;
      for (const listener of this.#listeners)
        listener({ revision: this.project?.revision ?? 0, imageIds: [], what: 'images' });
    }
  }

  onChange(listener: (change: ProjectChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(change: ProjectChange): void {
    this.#refreshSoon();
    if (change.what === 'runs') this.runsVersion += 1;
    for (const listener of this.#listeners) listener(change);
  }

  #refreshSoon(): void {
    if (this.#refreshTimer !== null || this.project === null) return;
    this.#refreshTimer = setTimeout(() => {
      this.#refreshTimer = null;
      void this.refresh();
    }, REFRESH_DELAY);
  }

  /** Project figures and classes (their counts change with every edit). */
  async refresh(): Promise<void> {
    try {
      const [project] = await Promise.all([this.client.call('project.get', {}), this.refreshClasses()]);
      if (this.project !== null) this.project = project;
    } catch (error) {
      this.report(error);
    }
  }

  async refreshClasses(): Promise<void> {
    if (this.project === null) return;
    try {
      this.classes = (await this.client.call('classes.list', {})).classes;
    } catch (error) {
      this.report(error);
    }
  }

  go(tab: TabName): void {
    this.tab = tab;
    location.hash = `/${tab}`;
  }

  showImage(imageId: number): void {
    this.wantedImageId = imageId;
    this.go('label');
  }

  toast(text: string, tone: Toast['tone'] = 'plain'): void {
    const toast = { id: this.#nextToast++, text, tone };
    this.toasts = [...this.toasts.slice(-3), toast];
    setTimeout(() => this.dismissToast(toast.id), TOAST_SECONDS * 1000);
  }

  dismissToast(id: number): void {
    this.toasts = this.toasts.filter((toast) => toast.id !== id);
  }

  /** For failures that have no place of their own. A lost connection has one: the status line. */
  report(error: unknown): void {
    const { code, message, details } = toCallError(error);
    if (code === 'disconnected' || code === 'cancelled') return;
    this.toast(details.remedy ? `${message} ${details.remedy}` : message, 'bad');
  }

  /** Runs `work` and reports its failure. */
  attempt(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => this.report(error));
  }

  // Jobs

  get runningJobs(): Job[] {
    return [...this.jobs.values()].filter((job) => job.state === 'running');
  }

  #takeJob(job: Job): void {
    this.jobs = new Map(this.jobs).set(job.id, job);
    if (job.state === 'running') return;
    for (const resolve of this.#jobWaiters.get(job.id) ?? []) resolve(job);
    this.#jobWaiters.delete(job.id);
  }

  /** Resolves with the job once it has ended, however it did. */
  async jobEnd(jobId: string): Promise<Job> {
    const end = new Promise<Job>((resolve) => {
      this.#jobWaiters.set(jobId, [...(this.#jobWaiters.get(jobId) ?? []), resolve]);
    });
    // It may have ended before its first event was heard.
    const now = await this.client.call('jobs.get', { jobId });
    this.#takeJob(now);
    return end;
  }

  /** Jobs live as long as the services' process: after a restart, the ones that are gone are forgotten. */
  async #askAfterJobs(): Promise<void> {
    try {
      const { jobs } = await this.client.call('jobs.list', {});
      const known = new Set(jobs.map((job) => job.id));
      for (const job of this.runningJobs) {
        if (!known.has(job.id)) this.#takeJob({ ...job, state: 'cancelled' });
      }
      for (const job of jobs) this.#takeJob(job);
    } catch (error) {
      this.report(error);
    }
  }

  cancelJob(jobId: string): void {
    this.attempt(() => this.client.call('jobs.cancel', { jobId }));
  }
}

function tabFromAddress(): TabName {
  const name = location.hash.replace(/^#\/?/, '');
  return TABS.find((tab) => tab === name) ?? 'label';
}

export const [getApp, setApp] = createContext<AppState>();
