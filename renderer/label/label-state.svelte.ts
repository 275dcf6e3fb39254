import type {
  AnnotationOperation,
  Box,
  ImageAnnotations,
  ImageFilter,
  LabelClass,
} from '../../electron/common/entities.ts';
import type { Rectangle } from '../../electron/common/geometry.ts';
import { toCallError } from '../client.ts';
import { EditQueue } from '../editor/edit-queue.ts';
import type { EditPort, QueueListener } from '../editor/edit-queue.ts';
import { Editor, newBox } from '../editor/editor.ts';
import { PictureCache } from '../editor/pictures.ts';
import { number, t } from '../i18n/index.svelte.ts';
import type { AppState, ProjectChange } from '../state/app.svelte.ts';
import { ImageList } from './image-list.svelte.ts';
import { SuggestionState } from './suggestion-state.svelte.ts';
import { readPlace, writePlace } from './place.ts';
import { dependOn } from '../state/depend-on.ts';

const AHEAD = [1, 2, -1] as const;

/** The label view's state: the list, the image that is open with its edits, and the editor over it. */
export class LabelState {
  readonly app: AppState;
  readonly list: ImageList;
  readonly editor: Editor;
  readonly pictures: PictureCache;
  readonly suggestions: SuggestionState;

  /** Place in the list; −1 while the open image isn't in it. */
  index = $state(-1);
  bitmap = $state.raw<ImageBitmap | null>(null);
  pictureError = $state.raw<unknown>(null);
  openError = $state.raw<unknown>(null);
  /** A box that waits for its class. */
  drawn = $state.raw<Rectangle | null>(null);

  #version = $state(0);
  #queue = $state.raw<EditQueue | null>(null);
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping that no template reads
  readonly #queues = new Map<number, EditQueue>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping that no template reads
  readonly #ahead = new Map<number, Promise<ImageAnnotations>>();
  readonly #port: EditPort;
  #ticket = 0;
  #previousImageId: number | null = null;

  constructor(app: AppState) {
    this.app = app;
    this.list = new ImageList(app.client);
    this.pictures = new PictureCache((id) => app.client.imageUrl(id, 'full'));
    this.#port = {
      get: (imageId) => app.client.call('annotations.get', { imageId }),
      edit: (imageId, expectedRevision, operations) =>
        app.client.call('annotations.edit', { imageId, expectedRevision, operations }),
      undo: (imageId) => app.client.call('annotations.undo', { imageId }),
      redo: (imageId) => app.client.call('annotations.redo', { imageId }),
    };
    this.editor = new Editor(NO_DOCUMENT, {
      requestClass: (drawn) => (this.drawn = drawn),
      changed: () => (this.#version += 1),
    });
    this.suggestions = new SuggestionState({
      suggestions: () => this.annotations?.suggestions ?? [],
      apply: (operations) => this.apply(operations),
      reveal: (rectangle) => this.editor.revealRectangle(rectangle),
    });
  }

  /** Grows with every change of editor or labels; reading it ties a template to them. */
  get version(): number {
    return this.#version;
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
    return this.#queue?.canUndo ?? false;
  }

  get canRedo(): boolean {
    dependOn(this.#version);
    return this.#queue?.canRedo ?? false;
  }

  get objectClasses(): LabelClass[] {
    return this.app.classes.filter((c) => c.kind === 'object');
  }

  get imageClasses(): LabelClass[] {
    return this.app.classes.filter((c) => c.kind === 'image');
  }

  /** Opens the list and the image that was open last time. */
  async start(): Promise<void> {
    const place = readPlace(this.app.project?.path ?? '');
    if (place.filter) this.list.filter = place.filter;
    if (place.sort) [this.list.sort, this.list.descending] = [place.sort, place.descending ?? false];
    await this.list.reload();
    const wanted = this.app.wantedImageId ?? place.imageId;
    this.app.wantedImageId = null;
    if (wanted !== null && (await this.showImage(wanted))) return;
    await this.showIndex(0);
  }

  async showIndex(index: number): Promise<boolean> {
    const total = this.list.total ?? 0;
    if (index < 0 || index >= total) return false;
    const summary = await this.list.at(index);
    if (!summary) return false;
    this.index = index;
    return this.#open(summary.id);
  }

  /** Shows an image whether or not the filter lets it through. False where there is none of that id. */
  async showImage(imageId: number): Promise<boolean> {
    this.index = this.list.indexOf(imageId);
    const shown = await this.#open(imageId);
    if (shown && this.index < 0) this.index = await this.list.find(imageId);
    if (!shown) this.openError = null;
    return shown;
  }

  async step(by: number): Promise<void> {
    const total = this.list.total ?? 0;
    if (total === 0) return;
    await this.showIndex(Math.min(total - 1, Math.max(0, this.index + by)));
  }

  async #open(imageId: number): Promise<boolean> {
    const ticket = ++this.#ticket;
    const known = this.#queues.get(imageId);
    const picture = this.pictures.load(imageId);
    picture.catch(() => undefined);
    try {
      const annotations = known ? null : await (this.#ahead.get(imageId) ?? this.#port.get(imageId));
      this.#ahead.delete(imageId);
      if (ticket !== this.#ticket) return true;
      this.#show(known ?? this.#newQueue(annotations), imageId);
    } catch (error) {
      this.#ahead.delete(imageId);
      if (ticket === this.#ticket) this.openError = error;
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

  #newQueue(annotations: ImageAnnotations | null): EditQueue {
    if (!annotations) throw new Error('an image is opened without its annotations');
    return new EditQueue(
      this.#port,
      this.#listener(annotations.image.id),
      annotations,
      () => this.app.project?.multipleImageClasses ?? false,
    );
  }

  #show(queue: EditQueue, imageId: number): void {
    if (this.#queue && this.#queue.imageId !== imageId) {
      this.#previousImageId = this.#queue.imageId;
      // Edits still under way go on by themselves; an image that is all saved needs no queue.
      if (this.#queue.unsavedEdits === 0) this.#queues.delete(this.#queue.imageId);
    }
    const reopened = this.#queue?.imageId === imageId;
    this.#queue = queue;
    this.#queues.set(imageId, queue);
    this.openError = null;
    this.pictureError = null;
    if (!reopened) this.bitmap = this.pictures.peek(imageId);
    this.editor.open({
      get image() {
        return queue.annotations.image;
      },
      get boxes() {
        return queue.annotations.boxes;
      },
      apply: (operations) => queue.apply(operations),
    });
    this.list.update(queue.annotations.image);
    this.#rememberPlace(imageId);
    // What was fetched ahead may be older than what another window has made of it.
    this.app.attempt(() => queue.refresh());
  }

  #listener(imageId: number): QueueListener {
    return {
      changed: () => {
        const queue = this.#queues.get(imageId);
        if (queue) this.list.update(queue.annotations.image);
        if (this.#queue?.imageId === imageId) this.editor.documentChanged();
        else if (queue?.unsavedEdits === 0) this.#queues.delete(imageId);
        this.#tellSaving();
      },
      dropped: ({ kind, edits, error }) => {
        const { message, details } = toCallError(error);
        if (kind === 'stale') this.app.toast(t('label.stale', { count: edits }), 'bad');
        else this.app.toast(details.remedy ? `${message} ${details.remedy}` : message, 'bad');
      },
    };
  }

  #tellSaving(): void {
    const queues = [...this.#queues.values()];
    const unsaved = queues.reduce((sum, queue) => sum + queue.unsavedEdits, 0);
    const failed = queues.find((queue) => queue.saveState === 'failed');
    const state = failed ? 'failed' : unsaved > 0 ? 'saving' : 'saved';
    this.app.saving = { state, unsaved, error: failed ? toCallError(failed.failure) : null };
  }

  retrySaving(): void {
    for (const queue of this.#queues.values()) if (queue.saveState === 'failed') queue.retryNow();
  }

  #prepareNeighbours(): void {
    for (const offset of AHEAD) {
      const neighbour = this.index < 0 ? undefined : this.list.item(this.index + offset);
      if (!neighbour) continue;
      this.pictures.ahead([neighbour.id]);
      if (this.#ahead.has(neighbour.id) || this.#queues.has(neighbour.id)) continue;
      const annotations = this.#port.get(neighbour.id);
      annotations.catch(() => this.#ahead.delete(neighbour.id));
      this.#ahead.set(neighbour.id, annotations);
      const oldest = this.#ahead.keys().next().value;
      if (this.#ahead.size > 8 && oldest !== undefined) this.#ahead.delete(oldest);
    }
  }

  /** The project has changed, here or in another window. */
  projectChanged({ what, imageIds }: ProjectChange): void {
    const current = this.#queue;
    if (what === 'images' || what === 'classes') {
      this.#ahead.clear();
      this.app.attempt(async () => {
        await Promise.all([this.list.refresh(), current?.refresh()]);
        if (!this.#queue && (this.list.total ?? 0) > 0) await this.showIndex(0);
      });
      return;
    }
    if (what !== 'annotations') return;
    for (const id of imageIds) this.#ahead.delete(id);
    if (current && (imageIds.length === 0 || imageIds.includes(current.imageId)))
      this.app.attempt(() => current.refresh());
    if (imageIds.length !== 1 || imageIds[0] !== current?.imageId)
      if (imageIds.some((id) => this.list.indexOf(id) >= 0)) this.app.attempt(() => this.list.refresh());
  }

  // Edits of the image as a whole

  apply(operations: readonly AnnotationOperation[]): void {
    this.#queue?.apply(operations);
    this.editor.documentChanged();
  }

  undo(): void {
    this.#queue?.undo();
  }

  redo(): void {
    this.#queue?.redo();
  }

  /** Sets the image's class, or, where the project allows several, adds it or takes it away. */
  toggleImageClass(classId: number): void {
    const ids = this.annotations?.image.imageClassIds;
    if (!ids) return;
    const has = ids.includes(classId);
    const several = this.app.project?.multipleImageClasses ?? false;
    const without = ids.filter((id) => id !== classId);
    const classIds = has ? without : several ? [...without, classId] : [classId];
    this.apply([{ type: 'set-image-classes', classIds }]);
  }

  /** Says that a person has looked: an image without labels is thereby known to be empty. */
  verify(): void {
    const image = this.annotations?.image;
    if (!image || (image.verified && image.state !== 'unseen')) return;
    const operations: AnnotationOperation[] = [];
    if (image.state === 'unseen') operations.push({ type: 'set-state', state: 'empty' });
    if (!image.verified) operations.push({ type: 'set-verified', verified: true });
    this.apply(operations);
  }

  async verifyAndNext(): Promise<void> {
    this.verify();
    await this.step(1);
  }

  markEmpty(): void {
    const image = this.annotations?.image;
    if (!image) return;
    if (image.state === 'labelled') this.app.toast(t('label.notEmpty'), 'bad');
    else if (image.state === 'empty')
      this.apply([
        { type: 'set-verified', verified: false },
        { type: 'set-state', state: 'unseen' },
      ]);
    else this.verify();
  }

  /** Narrows or orders the list; the image that is open stays open where the filter lets it through. */
  async filterBy(filter: ImageFilter, order: Parameters<ImageList['setFilter']>[1]): Promise<void> {
    const current = this.annotations?.image.id;
    await this.list.setFilter(filter, order);
    const index = current === undefined ? -1 : await this.list.find(current);
    if (index >= 0) this.index = index;
    else await this.showIndex(0);
    if (current !== undefined) this.#rememberPlace(this.annotations?.image.id ?? current);
  }

  #rememberPlace(imageId: number): void {
    const { filter, sort, descending } = this.list;
    writePlace(this.app.project?.path ?? '', { imageId, filter, sort, descending });
  }

  /** Makes the image as it was right after an entry of its history (0: before all of them): a step of undo. */
  async restore(entryId: number): Promise<void> {
    const queue = this.#queue;
    if (!queue) return;
    await queue.settled();
    if (queue.unsavedEdits > 0) {
      this.app.toast(t('label.history.unsaved'), 'bad');
      return;
    }
    const { id: imageId, revision: expectedRevision } = queue.annotations.image;
    await this.app.client.call('annotations.restore', { imageId, expectedRevision, entryId });
    await queue.refresh();
  }

  /** The open image's file was accepted with other content, or found elsewhere: everything of it is read anew. */
  async showChangedFile(): Promise<void> {
    const queue = this.#queue;
    if (!queue) return;
    await queue.settled();
    // Where a file lies is no edit: the queue would not see it. Edits that wait to be saved stay with their queue.
    if (queue.unsavedEdits === 0) this.#queues.delete(queue.imageId);
    this.#ahead.delete(queue.imageId);
    this.bitmap = null;
    this.pictures.clear();
    await this.showImage(queue.imageId);
  }

  toggleFlag(): void {
    const image = this.annotations?.image;
    if (image) this.apply([{ type: 'set-flag', flagged: !image.flagged }]);
  }

  /** An edit of its own only where it says something new. */
  setNote(note: string): void {
    if (this.annotations && note !== this.annotations.note) this.apply([{ type: 'set-note', note }]);
  }

  async nextUnseen(): Promise<void> {
    const index = await this.list.search(this.index + 1, { state: 'unseen' });
    if (index < 0) this.app.toast(t('label.noUnseen'));
    else await this.showIndex(index);
  }

  /** The drawn box gets its class, and later boxes too. */
  classForDrawn(classId: number): void {
    const drawn = this.drawn;
    this.drawn = null;
    this.editor.activeClassId = classId;
    if (drawn) this.editor.addBoxes([newBox(drawn, classId)]);
  }

  async copyPrevious(): Promise<void> {
    const target = this.#queue;
    const before = this.index > 0 ? await this.list.at(this.index - 1) : undefined;
    const imageId = before?.id ?? this.#previousImageId;
    if (imageId === null) return;
    const annotations = this.#queues.get(imageId)?.annotations ?? (await this.#port.get(imageId));
    // The person has gone on to another image in the meantime: these boxes are not meant for it.
    if (this.#queue !== target) return;
    this.editor.addCopies(annotations.boxes);
    this.app.toast(t('label.copiedPrevious', { count: annotations.boxes.length }));
  }

  copySelected(): void {
    const count = this.editor.copySelected();
    if (count > 0) this.app.toast(t('label.copied', { count }));
  }

  position(): string {
    const total = this.list.total;
    if (total === null) return '';
    return this.index < 0
      ? t('label.outOfFilter')
      : t('label.position', { index: number(this.index + 1), total: number(total) });
  }
}

const NO_DOCUMENT = { image: { width: 1, height: 1 }, boxes: [], apply: () => [] };
