import { SvelteMap } from 'svelte/reactivity';
import type {
  AnnotationOperation,
  Box,
  ImageAnnotations,
  ImageFilter,
  ImageSummary,
  LabelClass,
} from '../../../electron/common/entities.ts';
import type { Point, Rectangle } from '../../../electron/common/geometry.ts';
import { withinSentence } from '../../../electron/common/sentences/sentence.ts';
import type { EditQueue } from '../../editor/edit-queue.ts';
import { Editor } from '../../editor/editor.ts';
import { PictureCache } from '../../editor/pictures.ts';
import type { EditorDocument } from '../../editor/types.ts';
import { dateTime, number, t, textOf } from '../../i18n/index.svelte.ts';
import type { AppState } from '../../state/app.svelte.ts';
import type { ProjectChange } from '../../state/project-changes.ts';
import { dependOn } from '../../ui/depend-on.ts';
import { correctionOf, EvaluatedImages } from './evaluated-images.svelte.ts';
import { ClassChoice } from './class-choice.svelte.ts';
import { ClassGuide } from './class-guide.svelte.ts';
import { ImageEdits } from './image-edits.ts';
import { ImageSelection } from './image-selection.svelte.ts';
import { ImageList } from './image-list.svelte.ts';
import type { LastSteps } from './last-steps.svelte.ts';
import { LabelNotices } from './label-notices.ts';
import type { EditQueues, UndoneEdit } from './edit-queues.ts';
import { labelSession } from './label-session.svelte.ts';
import type { LabelSession } from './label-session.svelte.ts';
import { SuggestionState } from './suggestion-state.svelte.ts';
import { LabelViewState } from './view-state.ts';

/** After an undo of something from before this session the next one waits so long, milliseconds. */
const EARLIER_PAUSE = 1500;

/** Neighbours that are decoded ahead, the likeliest first. */
const AHEAD = [1, -1, 2, 3, -2, 4] as const;

/** The label view's state: the list, the image that is open with its edits, and the editor over it. */
export class LabelState {
  readonly app: AppState;
  readonly list: ImageList;
  /** Images chosen together. */
  readonly selected: ImageSelection;
  readonly editor: Editor;
  readonly pictures: PictureCache;
  readonly suggestions: SuggestionState;
  readonly imageEdits: ImageEdits;
  readonly notices: LabelNotices;
  readonly classChoice: ClassChoice;
  readonly guide: ClassGuide;
  readonly queues: EditQueues;
  readonly session: LabelSession;
  readonly evaluated: EvaluatedImages;
  readonly lastSteps: LastSteps;

  bitmap = $state.raw<ImageBitmap | null>(null);
  pictureError = $state.raw<unknown>(null);
  /** Image whose file is said to be missing or unreadable: the error of its picture says the same again. */
  lostFileOf = $state<number | null>(null);
  openError = $state.raw<unknown>(null);
  /** Where on the canvas the menu of its commands was asked for. */
  menuAt = $state.raw<Point | null>(null);
  /** Boxes of the history that the pointer or the focus is on: shown over the picture. */
  pointedBoxes = $state.raw<readonly Rectangle[]>([]);
  /** Contents of files that hold another picture than the one that was labelled, or none, by image: they are shown. */
  readonly changedFiles = new SvelteMap<number, string>();
  /** The image that was open before this one. */
  previousImageId: number | null = null;

  #version = $state(0);
  #queue = $state.raw<EditQueue | null>(null);
  readonly #viewState: LabelViewState;
  readonly #stopListening: () => void;
  #ticket = 0;
  #earlierUndoneAt = -Infinity;
  /** The image that is on its way, null where the one asked for is shown. */
  #wanted: number | null = null;
  #filtered = 0;
  #started: Promise<void> = Promise.resolve();

  constructor(app: AppState) {
    this.app = app;
    this.list = new ImageList(app.client);
    this.evaluated = new EvaluatedImages(app);
    this.selected = new ImageSelection(this.list);
    this.pictures = new PictureCache({
      source: (id) => this.list.known(id) ?? this.queues.labels(id).then(({ image }) => image),
      address: (image, size) => app.client.imageUrl(image.id, size, this.shownContent(image)),
    });
    this.notices = new LabelNotices(app);
    this.session = labelSession(app);
    this.lastSteps = this.session.lastSteps;
    this.queues = this.session.queues;
    this.#stopListening = this.queues.listen({
      changed: (queue) => this.#editsChanged(queue),
      dropped: (reason) => this.notices.dropped(reason),
      undone: (imageId, edit) => this.#undone(imageId, edit),
    });
    this.classChoice = new ClassChoice(() => this.editor);
    this.guide = new ClassGuide(app);
    this.editor = new Editor(NO_DOCUMENT, {
      requestClass: (drawn) => (this.classChoice.drawn = drawn),
      openMenu: (at) => (this.menuAt = at),
      refused: (count) => this.notices.refused(count),
      currentSuggestion: () => this.suggestions.current?.id ?? null,
      chooseSuggestion: (id) => this.suggestions.point(id),
      changed: () => (this.#version += 1),
    });
    this.suggestions = new SuggestionState({
      suggestions: () => this.annotations?.suggestions ?? [],
      apply: (operations) => this.apply(operations),
      reveal: (rectangle) => this.editor.revealRectangle(rectangle),
    });
    this.imageEdits = new ImageEdits(app, {
      annotations: () => this.annotations,
      apply: (operations) => this.apply(operations),
    });
    this.#viewState = new LabelViewState(this.session);
    this.editor.edits.clipboard = this.session.clipboard;
    this.editor.activeClassId = this.session.activeClassId;
  }

  /** Grows with every change of editor or labels; reading it ties a template to them. */
  get version(): number {
    return this.#version;
  }

  /** The edits of the image that is open. */
  get queue(): EditQueue | null {
    return this.#queue;
  }

  /** The open image's index in the list; −1 while it isn't in it. */
  get index(): number {
    return this.#queue === null ? -1 : this.list.indexOf(this.#queue.imageId);
  }

  get annotations(): ImageAnnotations | null {
    dependOn(this.#version);
    return this.#queue?.annotations ?? null;
  }

  get boxes(): readonly Box[] {
    return this.annotations?.boxes ?? [];
  }

  get selection(): ReadonlySet<number> {
    dependOn(this.#version);
    return this.editor.selection;
  }

  get canUndo(): boolean {
    dependOn(this.#version);
    return this.lastSteps.isBusy || this.lastSteps.canUndo || (this.#queue?.canUndo ?? false);
  }

  get canRedo(): boolean {
    dependOn(this.#version);
    return this.lastSteps.isBusy || this.lastSteps.canRedo || (this.#queue?.canRedo ?? false);
  }

  get objectClasses(): LabelClass[] {
    return this.app.classes.filter((c) => c.kind === 'object');
  }

  get imageClasses(): LabelClass[] {
    return this.app.classes.filter((c) => c.kind === 'image');
  }

  /** Opens the list and the image that was open last time. */
  start(): Promise<void> {
    this.#started = this.#start();
    return this.#started;
  }

  /** Shows the images, or opens the one, that another view wants to see, once the list is there: taken by one alone. */
  async showWanted(): Promise<void> {
    await this.#started;
    const asked = this.app.takeWantedFilter();
    if (asked !== null) await this.filterBy(asked, this.list);
    const wanted = this.app.takeWantedImage();
    if (wanted !== null) await this.showImage(wanted);
  }

  async #start(): Promise<void> {
    const saved = this.#viewState.last;
    const asked = this.app.takeWantedFilter();
    this.list.filter = asked ?? saved.filter ?? this.list.filter;
    if (saved.sort) [this.list.sort, this.list.descending] = [saved.sort, saved.descending ?? false];
    if (asked !== null) this.evaluated.leave();
    const walked = await this.evaluated.imageIds();
    if (walked !== null) {
      this.list.filter = { imageIds: walked };
      [this.list.sort, this.list.descending] = ['listed', false];
    }
    await this.list.reload();
    const addressed = Number(this.app.address.state['image'] ?? NaN);
    const wanted =
      this.app.takeWantedImage() ?? (walked !== null && Number.isInteger(addressed) ? addressed : null);
    if (wanted !== null && (await this.showImage(wanted))) return;
    // As it was left: nothing else is looked at.
    const left = asked === null && walked === null ? saved.imageId : null;
    if (left !== null && (await this.#openIfThere(left))) return;
    await this.#openFirst();
  }

  async showIndex(index: number): Promise<boolean> {
    const imageId = this.list.ids[index];
    this.lastSteps.forget();
    return imageId !== undefined && this.#open(imageId);
  }

  /** Shows an image whether or not the filter lets it through. False where there is none of that id. */
  async showImage(imageId: number): Promise<boolean> {
    this.lastSteps.forget();
    return this.#openIfThere(imageId);
  }

  /** Shows an image as {@link showImage} does, with a box of it selected. @param storedId as the store has it */
  async showBox(imageId: number, storedId: number): Promise<void> {
    if (!(await this.showImage(imageId))) return;
    const box = this.boxes.find(({ id }) => this.#queue?.storedBoxId(id) === storedId);
    if (box === undefined) return;
    this.editor.select([box.id]);
    this.editor.revealBox(box.id);
  }

  async #openIfThere(imageId: number): Promise<boolean> {
    const shown = await this.#open(imageId);
    if (!shown) this.openError = null;
    return shown;
  }

  async #openFirst(): Promise<void> {
    const [imageId] = this.list.ids;
    if (imageId !== undefined) await this.#open(imageId);
  }

  /** The image some steps on in the list, or its last one on the way. */
  async step(by: number): Promise<void> {
    // Keys that come faster than images do go on from the one that was asked for last.
    const next = await this.list.neighbour(this.#wanted ?? this.#queue?.imageId ?? null, by);
    this.lastSteps.forget();
    if (next !== null) await this.#open(next);
  }

  /** What is pressed before the image has come means the one that is seen. */
  async #open(imageId: number): Promise<boolean> {
    this.#wanted = imageId;
    const ticket = ++this.#ticket;
    const picture = this.pictures.load(imageId);
    picture.catch(() => undefined);
    try {
      const queue = await this.queues.queue(imageId);
      if (ticket !== this.#ticket) {
        if (queue !== this.#queue) this.queues.release(queue);
        return true;
      }
      this.#show(queue);
      this.#wanted = null;
    } catch (error) {
      if (ticket === this.#ticket) {
        this.#wanted = null;
        this.openError = error;
      }
      return false;
    }
    try {
      const bitmap = await picture;
      if (ticket === this.#ticket) this.bitmap = bitmap;
    } catch (error) {
      if (ticket === this.#ticket) this.pictureError = error;
    }
    if (ticket === this.#ticket) this.#prepareNeighbours();
    return true;
  }

  #show(queue: EditQueue): void {
    const { imageId } = queue;
    const before = this.#queue;
    const reopened = before?.imageId === imageId;
    if (before && !reopened) {
      this.previousImageId = before.imageId;
      this.queues.release(before);
    }
    const { position } = this.editor.view;
    this.#noteView();
    this.#queue = queue;
    this.queues.keep(queue);
    this.openError = null;
    this.pictureError = null;
    if (!reopened) this.bitmap = this.pictures.peek(imageId);
    this.editor.open(
      documentOf(queue, (operations) => this.#applyTo(queue, operations)),
      this.#viewState.marks(queue),
    );
    if (!reopened) {
      const kept = this.app.preferences.get('keepView') ? position : null;
      this.editor.view.goTo(this.#viewState.view(imageId) ?? kept);
    }
    this.list.update(queue.annotations.image);
    this.evaluated.show(imageId);
    this.#viewState.store(imageId, this.list);
    // What was fetched ahead may be older than what another window has made of it.
    this.app.attempt(() => queue.refresh());
  }

  /** Notes where the view is and which boxes are hidden or locked, for when the image is looked at again. */
  rememberView(): void {
    this.#noteView();
    if (this.#queue) this.#viewState.store(this.#queue.imageId, this.list);
  }

  /** Another page is looked at. Edits under way go on. */
  leave(): void {
    this.rememberView();
    this.#ticket += 1;
    this.#stopListening();
    this.pictures.clear();
    if (this.#queue) this.queues.release(this.#queue);
  }

  #noteView(): void {
    if (this.#queue) this.#viewState.noteView(this.#queue, this.editor);
  }

  #editsChanged(queue: EditQueue): boolean {
    this.list.update(queue.annotations.image);
    const shown = this.#queue?.imageId === queue.imageId;
    if (shown) this.editor.documentChanged();
    return shown;
  }

  /** Files may have been replaced: pictures of another content than the list now says are got anew. */
  async #refreshPictures(): Promise<void> {
    const current = this.#queue?.annotations.image;
    const now = (id: number): string | undefined =>
      id === current?.id ? current.content : this.list.known(id)?.content;
    this.pictures.forget((id, content) => (now(id) ?? content) === content);
    if (!current || !this.bitmap || this.pictures.peek(current.id)) return;
    this.bitmap = null;
    const ticket = this.#ticket;
    const bitmap = await this.pictures.load(current.id);
    if (ticket === this.#ticket) this.bitmap = bitmap;
  }

  /** What can't be read is not on its way: its labels may be verified all the same. */
  get #awaitsPicture(): boolean {
    return (
      this.bitmap === null && this.pictureError === null && this.lostFileOf !== (this.#queue?.imageId ?? null)
    );
  }

  /** What the picture of an image shows, for its address. */
  shownContent({ id, content }: Pick<ImageSummary, 'id' | 'content'>): string {
    return this.changedFiles.get(id) ?? content;
  }

  /** What its file holds now is looked at before it is accepted. @param content null: what was labelled */
  async showFile(imageId: number, content: string | null): Promise<void> {
    if ((this.changedFiles.get(imageId) ?? null) === content) return;
    if (content === null) this.changedFiles.delete(imageId);
    else this.changedFiles.set(imageId, content);
    this.pictures.forget((id) => id !== imageId);
    if (this.#queue?.imageId !== imageId) return;
    this.bitmap = null;
    this.pictureError = null;
    const ticket = this.#ticket;
    try {
      const bitmap = await this.pictures.load(imageId);
      if (ticket === this.#ticket) this.bitmap = bitmap;
    } catch (error) {
      if (ticket === this.#ticket) this.pictureError = error;
    }
  }

  #prepareNeighbours(): void {
    const current = this.#queue?.imageId;
    const { index } = this;
    if (current === undefined || index < 0) return;
    this.list.want(index - AHEAD.length, index + AHEAD.length);
    const ids = AHEAD.flatMap((offset) => this.list.ids[index + offset] ?? []);
    this.pictures.ahead(current, ids);
    this.queues.fetchAhead(ids);
  }

  /** The open image as it is now; where it was removed from the project, the one that has come to its place. */
  async #refreshOpen(current: EditQueue | null): Promise<void> {
    if (current === null) return;
    const { imageId } = current;
    const { items } = await this.app.client.call('images.summaries', { imageIds: [imageId] });
    if (items.length > 0) {
      await current.refresh();
      return;
    }
    const next = await this.list.neighbour(imageId, 1);
    if (this.#queue !== current) return;
    if (next === null) this.#close(current);
    else await this.#open(next);
  }

  /** The open image has left the project, and none has come to its place. */
  #close(queue: EditQueue): void {
    this.queues.release(queue);
    this.#ticket += 1;
    this.#wanted = null;
    this.#queue = null;
    this.bitmap = null;
    this.editor.open(NO_DOCUMENT);
  }

  /** The project has changed, here or in another window. */
  projectChanged({ what, imageIds, own }: ProjectChange): void {
    // Queue and list have the answer to it.
    if (own) return;
    const current = this.#queue;
    if (what === 'images' || what === 'classes') {
      this.queues.forgetAhead();
      this.app.attempt(async () => {
        await this.list.refresh();
        await this.#refreshOpen(current);
        await this.#refreshPictures();
        if (!this.#queue) await this.#openFirst();
      });
      return;
    }
    if (what !== 'annotations') return;
    this.queues.forgetAhead(imageIds);
    if (current && (imageIds.length === 0 || imageIds.includes(current.imageId)))
      this.app.attempt(() => current.refresh());
    if (imageIds.length !== 1 || imageIds[0] !== current?.imageId)
      if (imageIds.some((id) => this.list.indexOf(id) >= 0)) this.app.attempt(() => this.list.refresh());
  }

  apply(operations: readonly AnnotationOperation[]): void {
    if (this.#queue) this.#applyTo(this.#queue, operations);
    this.editor.documentChanged();
  }

  #applyTo(queue: EditQueue, operations: readonly AnnotationOperation[]): number[] {
    this.lastSteps.forget();
    return queue.apply(operations);
  }

  /** Makes the labels of the open image say what the run found there: of the first thing that is counted, or of one. */
  correct(item = this.evaluated.items.find((one) => correctionOf(one) !== null)): void {
    const correction = item && correctionOf(item);
    if (!item || !correction || this.#queue?.imageId !== item.image.id) return;
    // Until the services have answered: asked twice, it would be done twice.
    this.evaluated.drop(item);
    this.apply([correction.operation]);
  }

  undo(): void {
    // A key that is held must not run on through what was done on other days.
    if (performance.now() - this.#earlierUndoneAt < EARLIER_PAUSE) return;
    this.editor.interrupt();
    if (this.lastSteps.canUndo || this.lastSteps.isBusy) this.lastSteps.undo();
    else this.#queue?.undo();
  }

  /** What was done before this session is not undone without a word. */
  #undone(imageId: number, { summary, at }: UndoneEdit): void {
    if (!this.app.isEarlier(at)) return;
    this.#earlierUndoneAt = performance.now();
    this.app.toast(
      t('label.undoneEarlier', { what: withinSentence(textOf(summary)), date: dateTime(at) }),
      'plain',
      {
        label: t('project.redo.do'),
        run: () =>
          this.app.attempt(async () => {
            await this.showImage(imageId);
            this.redo();
          }),
      },
    );
  }

  redo(): void {
    this.editor.interrupt();
    if (this.lastSteps.canRedo || this.lastSteps.isBusy) this.lastSteps.redo();
    else this.#queue?.redo();
  }

  async verifyAndNext(): Promise<void> {
    // Nobody has seen the image, or the picture, that is still on its way.
    if (this.#wanted !== null || this.#awaitsPicture) return;
    this.imageEdits.verify();
    await this.step(1);
  }

  /** Narrows or orders the list; the image that is open stays open where the filter lets it through. */
  async filterBy(filter: ImageFilter, order: Parameters<ImageList['setFilter']>[1]): Promise<void> {
    const current = this.annotations?.image.id;
    const asked = (this.#filtered += 1);
    this.evaluated.leave();
    await this.list.setFilter(filter, order);
    if (asked !== this.#filtered) return;
    if (this.index < 0) await this.showIndex(0);
    if (current !== undefined) this.#viewState.store(this.annotations?.image.id ?? current, this.list);
  }

  async nextUnseen(): Promise<void> {
    const next = await this.list.search(this.#queue?.imageId ?? null, { state: 'unseen' });
    if (next === null) this.app.toast(t('label.noUnseen'));
    else await this.#open(next);
  }

  position(): string {
    const total = this.list.total;
    if (total === null) return '';
    return this.index < 0
      ? t('label.outOfFilter')
      : t('label.position', { index: number(this.index + 1), total: number(total) });
  }
}

const NO_DOCUMENT = { image: { width: 1, height: 1 }, boxes: [], suggestions: [], apply: () => [] };

/** What is shown of an image: its stored labels with the edits under way on top. */
function documentOf(queue: EditQueue, apply: EditorDocument['apply']): EditorDocument {
  return {
    get image() {
      return queue.annotations.image;
    },
    get boxes() {
      return queue.annotations.boxes;
    },
    get suggestions() {
      return queue.annotations.suggestions;
    },
    apply,
  };
}
