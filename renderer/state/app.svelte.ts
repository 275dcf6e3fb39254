import { createContext, tick } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Client, OutputOf, ProjectClient } from '../../electron/common/contract.ts';
import type {
  AttributeDefinition,
  ImageFilter,
  LabelClass,
  ProjectInfo,
} from '../../electron/common/entities.ts';
import { CallError, SignedOutError, toCallError } from '../client.ts';
import type { Connection } from '../client.ts';
import { CommandRegistry } from '../command-registry.ts';
import { t, textOf, textOfAll, textWithRemedy } from '../i18n/index.svelte.ts';
import { Address } from './address.svelte.ts';
import type { TabName } from './address.svelte.ts';
import { InterruptedWork } from './interrupted-work.svelte.ts';
import { HeldProject, pageId } from './held-project.ts';
import { projectInAddress, projectToOpen, showProjectInAddress } from './page-address.ts';
import { Preferences } from './preferences.svelte.ts';
import { ProjectChanges } from './project-changes.ts';
import type { ChangeEvent } from './project-changes.ts';
import { ProjectJobs } from './project-jobs.svelte.ts';
import { resending } from './resend.ts';
import { keepTrainingChanges, pathKey, readTrainingChanges, sessionKey, sessionStart } from './tab-memory.ts';
import { Toasts } from './toasts.svelte.ts';
import type { Toast, ToastAction } from './toasts.svelte.ts';

export type DialogName =
  | 'palette'
  | 'help'
  | 'keys'
  | 'settings'
  | 'doctor'
  | 'import'
  | 'pack'
  | 'export'
  | 'folder'
  | 'video'
  | 'suggestions'
  | 'undo';
/** An attribute of boxes as it is being written. */
export type AttributeRow = Pick<AttributeDefinition, 'name' | 'type'> & {
  readonly id: number;
  choices: string;
};
type SystemInfo = OutputOf<'system.info'>;

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

/** What every view shares: the connection, the open project, its classes, jobs, and what is shown over the views. */
export class AppState {
  /** Calls that need no project. */
  readonly services: Client;
  readonly preferences = new Preferences();
  readonly commands = new CommandRegistry();
  readonly address = new Address();
  readonly interrupted: InterruptedWork = new InterruptedWork(this);
  readonly toasts = new Toasts();
  readonly jobs: ProjectJobs = new ProjectJobs(this);
  /** Jobs of the evaluations that were asked for on this page, the last one by run and split: they go on while another is looked at. */
  readonly evaluating = new SvelteMap<string, string>();
  readonly changes = new ProjectChanges();

  connection = $state<Connection>('connected');
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
  /** Empty until a view has asked for them. */
  formats = $state.raw<OutputOf<'formats.list'>>({ datasets: [], models: [] });
  saving = $state.raw<SavingStatus>({ state: 'saved', unsaved: 0, error: null });
  /** Grows when runs are made, change state or go. */
  runsVersion = $state(0);
  /** An image that another view wants to see in Label. */
  wantedImageId = $state<number | null>(null);
  wantedFilter = $state.raw<ImageFilter | null>(null);
  /** Another page has sent to what is worth a look on Dataset. */
  wantsAttention = false;

  /** Attributes that were written in Settings and not saved. */
  attributeDraft: { readonly projectId: string; readonly rows: AttributeRow[] } | null = null;
  #trainingChanges = $state.raw<Record<string, unknown>>({});
  #held = $state.raw<HeldProject | null>(null);
  #formatsAsked: Promise<OutputOf<'formats.list'>> | null = null;
  #endStreams: (() => void)[] = [];
  #openedRevision = 0;
  #sessionSince = '';
  #closing = false;
  #refreshTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(client: Client) {
    this.services = client;
    this.changes.listen(({ what }) => {
      if (what === 'runs') this.runsVersion += 1;
    });
  }

  get connected(): boolean {
    return this.connection === 'connected';
  }

  /** Settings of the next training that differ from the proposal: Train is left, reloaded and come back to with them. */
  get trainingChanges(): Record<string, unknown> {
    return this.#trainingChanges;
  }

  set trainingChanges(changes: Record<string, unknown>) {
    this.#trainingChanges = changes;
    if (this.project !== null) keepTrainingChanges(this.project.id, changes);
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

  /** Makes a project where nothing is, for labels of a dataset perhaps, and shows it. */
  async createProject(path: string, dataset: string[]): Promise<void> {
    await this.#opened(await this.services.call('project.create', { path, page: pageId, dataset }));
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

  /**
   * Stays open while edits wait to be saved: they would be lost with it. Its jobs go on.
   * @param letGo edits of an image that is in the project no more, as a person has said
   */
  async closeProject({ letGo = false } = {}): Promise<void> {
    const { unsaved: count, error } = this.saving;
    if (count > 0 && !letGo) {
      const run = (): void => this.attempt(() => this.closeProject({ letGo: true }));
      const offer = error?.code === 'not-found' ? { label: t('project.close.letGo'), run } : null;
      this.toast(t('project.close.unsaved', { count }), 'bad', offer);
      return;
    }
    this.#closing = true;
    try {
      const [job] = this.jobs.running;
      const held = this.#held;
      // The page leaves first: nothing is asked any more of a project that is about to close.
      this.#leave();
      await tick();
      await held?.close();
      if (held) sessionStorage.removeItem(sessionKey(held.path));
      this.system = await this.services.call('system.info', {});
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
    this.#leave();
    this.system = await this.services.call('system.info', {});
  }

  /** Shows no project any more. */
  #leave(): void {
    this.#letGo();
    if (this.#refreshTimer !== null) clearTimeout(this.#refreshTimer);
    this.#refreshTimer = null;
    this.project = null;
    this.classes = [];
    this.address.forget();
    this.#trainingChanges = {};
    showProjectInAddress(null);
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
    this.evaluating.clear();
    this.#endStreams.push(held.client.subscribe('jobs.events', {}, (job) => this.jobs.take(job)));
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
    this.#trainingChanges = readTrainingChanges(project.id);
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
  setConnection(connection: Connection): void {
    const back = connection === 'connected' && !this.connected;
    this.connection = connection;
    if (!back) return;
    if (this.startError !== null || this.system === null) void this.start();
    else {
      // The services may have been restarted: what they said before may be old.
      this.#refreshSoon();
      void this.refreshClasses();
      void this.jobs.refresh();
      if (this.project !== null) this.attempt(() => this.interrupted.refresh());
      this.runsVersion += 1;
      this.changes.notify({
        revision: this.project?.revision ?? 0,
        imageIds: [],
        what: 'images',
        own: false,
      });
    }
  }

  /** An own edit has changed how many images, boxes or classes of a kind there are. */
  figuresChanged(): void {
    this.#refreshSoon();
  }

  #changed(event: ChangeEvent): void {
    const { revision, labelsRevision } = event;
    // From before the project was opened here: what was read then has it already. Runs raise no revision, nor do the
    // assistant and a file that is found missing or there again.
    if (revision < this.#openedRevision && !['runs', 'assist'].includes(event.what)) return;
    if (revision === this.#openedRevision && !['runs', 'images', 'assist'].includes(event.what)) return;
    const own = this.changes.take(event);
    // The assistant changes no figure of the project.
    if (event.what === 'assist') return;
    if (!own) this.#refreshSoon();
    else if (this.project !== null) this.project = { ...this.project, revision, labelsRevision };
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

  /** To what is worth a look on Dataset. */
  showAttention(): void {
    this.wantsAttention = true;
    this.go('dataset');
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

  /** @param subject of which only the newest message is shown */
  toast(
    text: string,
    tone?: Toast['tone'],
    offered?: ToastAction | readonly ToastAction[] | null,
    subject?: string,
  ): void {
    this.toasts.show(text, tone, offered, subject);
  }

  /** For failures that have no place of their own. A lost connection has one: the status line. */
  report(error: unknown): void {
    const failure = toCallError(error);
    if (failure.code === 'disconnected' || failure.code === 'cancelled') {
      // Without a project there is no status line.
      if (failure instanceof SignedOutError && this.project === null)
        this.toast(
          textOfAll([t('signedOut'), failure.details.remedy ?? failure.said]),
          'bad',
          null,
          'signed-out',
        );
      return;
    }
    this.toast(textWithRemedy(failure), 'bad');
  }

  /** Formats of data sets and models, asked for once; resolves when they are there. */
  async loadFormats(): Promise<void> {
    if (this.formats.datasets.length > 0) return;
    this.formats = await (this.#formatsAsked ??= this.services
      .call('formats.list', {})
      .finally(() => (this.#formatsAsked = null)));
  }

  /** Runs `work` and reports its failure. */
  attempt(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => this.report(error));
  }
}

export const [getApp, setApp] = createContext<AppState>();
