import { createContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Client, OutputOf, ProjectClient } from '../../electron/common/contract.ts';
import type { ImageFilter, LabelClass, ProjectInfo } from '../../electron/common/entities.ts';
import type { Job, JobKind } from '../../electron/common/jobs.ts';
import { CallError, toCallError } from '../client.ts';
import { CommandRegistry } from '../command-registry.ts';
import { t, textOf, textWithRemedy } from '../i18n/index.svelte.ts';
import { Address } from './address.svelte.ts';
import type { TabName } from './address.svelte.ts';
import { InterruptedWork } from './interrupted-work.svelte.ts';
import { HeldProject, pageId } from './held-project.ts';
import { projectInAddress, projectToOpen, showProjectInAddress } from './page-address.ts';
import { Preferences } from './preferences.svelte.ts';
import { resending } from './resend.ts';

export type DialogName =
  | 'palette'
  | 'help'
  | 'keys'
  | 'settings'
  | 'doctor'
  | 'import'
  | 'export'
  | 'folder'
  | 'video'
  | 'suggestions'
  | 'undo';
type ChangeEvent = OutputOf<'project.changes'>;
export interface ProjectChange extends Omit<ChangeEvent, 'editId' | 'labelsRevision'> {
  /** An edit of this page, which has its answer already. */
  readonly own: boolean;
}
type SystemInfo = OutputOf<'system.info'>;

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'bad';
  readonly action: ToastAction | null;
}

export interface ToastAction {
  readonly label: string;
  run(): void;
}

/** A project that can't be opened, because its file is damaged. */
export interface DamagedProject {
  readonly path: string;
  readonly error: CallError;
}

/** How saving stands, reported by the label view for the status line. */
export interface SavingStatus {
  readonly state: 'saved' | 'saving' | 'failed';
  readonly unsaved: number;
  readonly error: CallError | null;
}

const REFRESH_DELAY = 250;
/** Changes that come within this time are passed on as one: a stream that is taken up again brings many at once. */
const CHANGES_DELAY = 30;
/** Kinds of jobs that make or measure a run. */
const RUN_JOBS = new Set<JobKind>(['train', 'compare', 'evaluate', 'export-model']);
const TOAST_SECONDS = 6;

const ADDS_IMAGES: ReadonlySet<Job['kind']> = new Set(['add-images', 'add-frames', 'import', 'sample']);

/** What every view shares: the connection, the open project, its classes, jobs, and what is shown over the views. */
export class AppState {
  /** Calls that need no project. */
  readonly services: Client;
  readonly preferences = new Preferences();
  readonly commands = new CommandRegistry();
  readonly address = new Address();
  readonly interrupted = new InterruptedWork(this);

  connected = $state(true);
  /** Null until the first answer. */
  system = $state.raw<SystemInfo | null>(null);
  project = $state.raw<ProjectInfo | null>(null);
  /** Until it is known which project the page shows first. */
  starting = $state(true);
  classes = $state.raw<readonly LabelClass[]>([]);
  startError = $state.raw<CallError | null>(null);
  dialog = $state<DialogName | null>(null);
  /** Its backups are offered. */
  damaged = $state.raw<DamagedProject | null>(null);
  toasts = $state.raw<readonly Toast[]>([]);
  readonly jobs = new SvelteMap<string, Job>();
  /** Empty until a view has asked for them. */
  formats = $state.raw<OutputOf<'formats.list'>>({ datasets: [], models: [] });
  saving = $state.raw<SavingStatus>({ state: 'saved', unsaved: 0, error: null });
  /** Grows when runs are made, change state or go. */
  runsVersion = $state(0);
  /** Settings of the next training that differ from the proposal: Train is left and come back to with them. */
  trainingChanges = $state.raw<Record<string, unknown>>({});
  /** An image that another view wants to see in Label. */
  wantedImageId = $state<number | null>(null);
  wantedFilter = $state.raw<ImageFilter | null>(null);

  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping that no template reads
  readonly #listeners = new Set<(change: ProjectChange) => void>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping that no template reads
  readonly #jobWaiters = new Map<string, ((job: Job) => void)[]>();
  #held = $state.raw<HeldProject | null>(null);
  #endStreams: (() => void)[] = [];
  readonly #changes: ProjectChange[] = [];
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping that no template reads
  readonly #ownEdits = new Set<string>();
  #openedRevision = 0;
  #sessionSince = '';
  #closing = false;
  #refreshTimer: ReturnType<typeof setTimeout> | null = null;
  #nextToast = 1;

  constructor(client: Client) {
    this.services = client;
  }

  /** Calls about the project that this page shows, or was the last to show. */
  get client(): ProjectClient {
    if (this.#held === null) throw new CallError('no-project', t('project.none'));
    return this.#held.client;
  }

  /** First contact. Sets `startError` where the services cannot be reached. */
  async start(): Promise<void> {
    try {
      this.system = await this.services.call('system.info', {});
      this.startError = null;
    } catch (error) {
      this.startError = toCallError(error);
      return;
    }
    // Awaited before a project is shown: its first key press has to mean what this person's keys say.
    await this.preferences
      .connect({
        load: async () => (await this.services.call('system.preferences', {})).preferences,
        save: (changed) => this.services.call('system.setPreferences', { preferences: changed }),
      })
      .catch((error: unknown) => this.report(error));
    try {
      const path = this.#projectToShow(this.system);
      if (path !== null) await this.openProject(path);
    } catch (error) {
      this.report(error);
    } finally {
      this.starting = false;
    }
  }

  /** The one that this page showed before it was loaded again, else what the host was started with. */
  #projectToShow({ startProject, recentProjects }: SystemInfo): string | null {
    const id = projectInAddress();
    if (id === null) return projectToOpen() ?? startProject;
    if (id === '') return null;
    const path = sessionStorage.getItem(pathKey(id)) ?? recentProjects.find((one) => one.id === id)?.path;
    if (path === undefined) this.toast(t('project.unknown'), 'bad');
    return path ?? null;
  }

  /** False where the project's file is damaged: then its backups are offered. */
  async openProject(path: string): Promise<boolean> {
    const project = await this.#unlessDamaged(
      path,
      this.services.call('project.open', { path, page: pageId }),
    );
    if (project !== null) await this.#opened(project);
    return project !== null;
  }

  /** Makes a project where nothing is, for images of a folder or labels of a dataset, and shows it. */
  async createProject(path: string, source: { images?: string[]; dataset?: string }): Promise<void> {
    await this.#opened(await this.services.call('project.create', { path, page: pageId, ...source }));
  }

  /** Has the sample made in a new project, which is shown once it is whole. @returns the job's id */
  async startSample(path: string): Promise<string> {
    const start = resending<'project.sample'>((name, input) => this.services.call(name, input));
    const { jobId, projectId } = await start('project.sample', { path, page: pageId });
    this.#hold({ id: projectId, path });
    return jobId;
  }

  async #unlessDamaged(path: string, answer: Promise<ProjectInfo>): Promise<ProjectInfo | null> {
    try {
      return await answer;
    } catch (reason) {
      const error = toCallError(reason);
      if (error.code !== 'project-corrupt') throw error;
      this.damaged = { path, error };
      return null;
    }
  }

  /** Shows the project of a sample that is whole. */
  async showSample(): Promise<void> {
    await this.#opened(await this.client.call('project.get', {}));
  }

  /** Stays open while edits wait to be saved: they would be lost with it. Its jobs go on. */
  async closeProject(): Promise<void> {
    if (this.saving.unsaved > 0) {
      this.toast(t('project.close.unsaved', { count: this.saving.unsaved }), 'bad');
      return;
    }
    this.#closing = true;
    try {
      const [job] = this.runningJobs;
      const held = this.#held;
      await held?.close();
      if (held) sessionStorage.removeItem(sessionKey(held.path));
      await this.#closed();
      if (job !== undefined) this.toast(t('project.close.working', { job: textOf(job.title) }));
    } finally {
      this.#closing = false;
    }
  }

  /** Takes a project out of the list of recent ones; the project itself is not touched. */
  async forgetProjects(paths: string[]): Promise<void> {
    await this.services.call('system.forgetProjects', { paths });
    this.system = await this.services.call('system.info', {});
  }

  async #closed(): Promise<void> {
    this.#letGo();
    if (this.#refreshTimer !== null) clearTimeout(this.#refreshTimer);
    this.#refreshTimer = null;
    this.project = null;
    this.classes = [];
    this.address.forget();
    this.trainingChanges = {};
    showProjectInAddress(null);
    this.system = await this.services.call('system.info', {});
  }

  /** The services have closed the project, to put back a backup say: this page still wants to show it. */
  async #projectEnded({ path }: HeldProject): Promise<void> {
    if (this.#closing) return;
    this.#letGo();
    try {
      if (!(await this.openProject(path))) await this.#closed();
    } catch (error) {
      await this.#closed();
      throw error;
    }
  }

  /** From now on this page's calls are about this project, and it hears of its jobs. */
  #hold(project: { readonly id: string; readonly path: string }): HeldProject {
    if (this.#held?.id === project.id && this.#endStreams.length > 0) return this.#held;
    const before = this.#held;
    const left = this.#endStreams.length > 0;
    this.#letGo();
    if (before !== null && left) this.attempt(() => before.close());
    const held = new HeldProject(this.services, project, (error) => this.report(error));
    this.#held = held;
    sessionStorage.setItem(pathKey(project.id), project.path);
    this.jobs.clear();
    this.#endStreams.push(held.client.subscribe('jobs.events', {}, (job) => this.#takeJob(job)));
    return held;
  }

  /** Hears no more of the project. */
  #letGo(): void {
    for (const end of this.#endStreams.splice(0)) end();
    this.#held?.forget();
    this.jobs.clear();
    this.interrupted.forget();
  }

  async #opened(project: ProjectInfo): Promise<void> {
    const held = this.#hold(project);
    this.classes = (await held.client.call('classes.list', {})).classes;
    this.project = project;
    showProjectInAddress(project.id);
    this.#sessionSince = sessionStart(project.path);
    this.#openedRevision = project.revision;
    this.attempt(() => this.interrupted.refresh());
    this.#endStreams.push(
      held.client.subscribe(
        'project.changes',
        {},
        (change) => this.#changed(change),
        () => this.attempt(() => this.#projectEnded(held)),
      ),
    );
  }

  /** Whether something was done before this person sat down to the project: not to be undone by the way. */
  isEarlier(at: string): boolean {
    return at < this.#sessionSince;
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
      void this.#refreshJobs();
      if (this.project !== null) this.attempt(() => this.interrupted.refresh());
      this.runsVersion += 1;
      for (const listener of this.#listeners)
        listener({ revision: this.project?.revision ?? 0, imageIds: [], what: 'images', own: false });
    }
  }

  onChange(listener: (change: ProjectChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** An edit is on its way: what the services then say of it is no news to this page. */
  expectEdit(editId: string): void {
    this.#ownEdits.add(editId);
  }

  /** An own edit has changed how many images, boxes or classes of a kind there are. */
  figuresChanged(): void {
    this.#refreshSoon();
  }

  #changed({ editId, labelsRevision, ...change }: ChangeEvent): void {
    // From before the project was opened here: what was read then has it already.
    if (change.revision <= this.#openedRevision && change.what !== 'runs') return;
    const { revision } = change;
    const own = editId !== null && this.#ownEdits.delete(editId);
    if (!own) this.#refreshSoon();
    else if (this.project !== null) this.project = { ...this.project, revision, labelsRevision };
    if (this.#changes.length === 0) setTimeout(() => this.#notifyChanges(), CHANGES_DELAY);
    this.#changes.push({ ...change, own });
  }

  #notifyChanges(): void {
    for (const change of mergeChanges(this.#changes.splice(0))) {
      if (change.what === 'runs') this.runsVersion += 1;
      for (const listener of this.#listeners) listener(change);
    }
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
    if (this.#closing) return;
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

  get tab(): TabName {
    return this.address.tab;
  }

  go(tab: TabName): void {
    this.address.go(tab);
  }

  showImage(imageId: number): void {
    this.wantedImageId = imageId;
    this.go('label');
  }

  /** To the images that pass a filter, from the first on. */
  showFiltered(filter: ImageFilter): void {
    this.wantedFilter = filter;
    this.go('label');
  }

  takeWantedFilter(): ImageFilter | null {
    const wanted = this.wantedFilter;
    this.wantedFilter = null;
    return wanted;
  }

  takeWantedImage(): number | null {
    const wanted = this.wantedImageId;
    this.wantedImageId = null;
    return wanted;
  }

  toast(text: string, tone: Toast['tone'] = 'plain', action: ToastAction | null = null): void {
    const toast = { id: this.#nextToast++, text, tone, action };
    this.toasts = [...this.toasts.slice(-3), toast];
    setTimeout(() => this.dismissToast(toast.id), TOAST_SECONDS * 1000);
  }

  dismissToast(id: number): void {
    this.toasts = this.toasts.filter((toast) => toast.id !== id);
  }

  /** For failures that have no place of their own. A lost connection has one: the status line. */
  report(error: unknown): void {
    const failure = toCallError(error);
    if (failure.code === 'disconnected' || failure.code === 'cancelled') return;
    this.toast(textWithRemedy(failure), 'bad');
  }

  /** Formats of data sets and models, asked for once. */
  loadFormats(): void {
    if (this.formats.datasets.length > 0) return;
    this.attempt(async () => (this.formats = await this.services.call('formats.list', {})));
  }

  /** Runs `work` and reports its failure. */
  attempt(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => this.report(error));
  }

  // Jobs

  /** Images come into the project just now: a page without any says so. A check only reads. */
  get isAddingImages(): boolean {
    return this.runningJobs.some(
      ({ kind, title }) =>
        ADDS_IMAGES.has(kind) && !(typeof title !== 'string' && title.key === 'jobs.import.dryRun'),
    );
  }

  get runningJobs(): Job[] {
    return [...this.jobs.values()].filter((job) => job.state === 'running');
  }

  #takeJob(job: Job): void {
    const before = this.jobs.get(job.id);
    // The answer to a question may be older than an event that has overtaken it: what has ended does not run again.
    const latest = before !== undefined && before.state !== 'running' ? before : job;
    this.jobs.set(job.id, latest);
    // Whatever begins may be what was interrupted: then it is no longer offered.
    if (before === undefined && this.interrupted.records.length > 0)
      this.attempt(() => this.interrupted.refresh());
    if (latest.state === 'running') return;
    // Told here as well as by `project.changes`, which may be paused for a stream that is looked at.
    if (latest !== before && RUN_JOBS.has(latest.kind)) this.runsVersion += 1;
    for (const resolve of this.#jobWaiters.get(latest.id) ?? []) resolve(latest);
    this.#jobWaiters.delete(latest.id);
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
  async #refreshJobs(): Promise<void> {
    try {
      const { jobs } = await this.client.call('jobs.list', {});
      for (const job of this.runningJobs) {
        if (!jobs.some((other) => other.id === job.id)) this.#takeJob({ ...job, state: 'cancelled' });
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

/** One change of each kind, own and others' apart, with every image that any of them names; no names at all means any image. */
function mergeChanges(changes: readonly ProjectChange[]): ProjectChange[] {
  return [...Map.groupBy(changes, ({ what, own }) => `${what} ${own}`).values()].map((same) => ({
    what: same[0]!.what,
    own: same[0]!.own,
    revision: Math.max(...same.map(({ revision }) => revision)),
    imageIds: same.some(({ imageIds }) => imageIds.length === 0)
      ? []
      : [...new Set(same.flatMap(({ imageIds }) => imageIds))],
  }));
}

/** Where this tab remembers since when it has had the project of a folder open. */
function sessionKey(path: string): string {
  return `twinhead.session ${path}`;
}

/** Since when the project has been open in this window, reloads included, ISO 8601. */
function sessionStart(path: string): string {
  const key = sessionKey(path);
  const since = sessionStorage.getItem(key) ?? new Date().toISOString();
  sessionStorage.setItem(key, since);
  return since;
}

/** Where this tab remembers the folder of a project that it has shown. */
function pathKey(id: string): string {
  return `twinhead.path ${id}`;
}

export const [getApp, setApp] = createContext<AppState>();
