import type {
  AnnotationOperation,
  Box,
  ImageAnnotations,
  ImageFilter,
  LabelClass,
} from '../../electron/common/entities.ts';
import type { Point, Rectangle } from '../../electron/common/geometry.ts';
import { toCallError } from '../client.ts';
import { EditQueue } from '../editor/edit-queue.ts';
import type { EditPort, QueueListener } from '../editor/edit-queue.ts';
import { Editor } from '../editor/editor.ts';
import { copiesInside, copyOf, newBox } from '../editor/kernels/copies.ts';
import { PictureCache } from '../editor/pictures.ts';
import { NO_MARKS } from '../editor/types.ts';
import type { Marks } from '../editor/types.ts';
import { number, t } from '../i18n/index.svelte.ts';
import type { AppState, ProjectChange } from '../state/app.svelte.ts';
import { ImageList } from './image-list.svelte.ts';
import { SuggestionState } from './suggestion-state.svelte.ts';
import { labelSession } from './label-session.svelte.ts';
import type { LabelSession } from './label-session.svelte.ts';
import { readPlace, writePlace } from './place.ts';
import { ViewMemory } from './view-memory.ts';
import { dependOn } from '../state/depend-on.ts';

/** Neighbours that are decoded ahead, the likeliest first. */
const AHEAD = [1, -1, 2, 3, -2, 4] as const;
/** A refusal that follows another within this time isn't said again, milliseconds. */
const REFUSED_QUIET = 1500;

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
  /** A class for the selected boxes is being asked for. */
  choosingClass = $state(false);
  /** Where on the canvas the menu of its commands was asked for. */
  menuAt = $state.raw<Point | null>(null);
  readonly session: LabelSession;

  #version = $state(0);
  #queue = $state.raw<EditQueue | null>(null);
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping that no template reads
  readonly #queues = new Map<number, EditQueue>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping that no template reads
  readonly #ahead = new Map<number, Promise<ImageAnnotations>>();
  #views = new ViewMemory();
  readonly #port: EditPort;
  #ticket = 0;
  #refusedAt = -Infinity;
  /** Place of the image that is on its way, null where the one asked for is shown. */
  #wanted: number | null = null;
  #previousImageId: number | null = null;

  constructor(app: AppState) {
    this.app = app;
    this.list = new ImageList(app.client);
    this.pictures = new PictureCache({
      source: (id) => this.list.known(id) ?? this.#annotationsOf(id).then(({ image }) => image),
      address: ({ id, content }, size) => app.client.imageUrl(id, size, content),
    });
    this.#port = {
      get: (imageId) => app.client.call('annotations.get', { imageId }),
      edit: (imageId, expectedRevision, operations) =>
        app.client.call('annotations.edit', { imageId, expectedRevision, operations }),
      undo: (imageId) => app.client.call('annotations.undo', { imageId }),
      redo: (imageId) => app.client.call('annotations.redo', { imageId }),
    };
    this.editor = new Editor(NO_DOCUMENT, {
      requestClass: (drawn) => (this.drawn = drawn),
      openMenu: (at) => (this.menuAt = at),
      refused: (count) => this.#sayRefused(count),
      currentSuggestion: () => this.suggestions.current?.id ?? null,
      chooseSuggestion: (id) => this.suggestions.point(id),
      changed: () => (this.#version += 1),
    });
    this.suggestions = new SuggestionState({
      suggestions: () => this.annotations?.suggestions ?? [],
      apply: (operations) => this.apply(operations),
      reveal: (rectangle) => this.editor.revealRectangle(rectangle),
    });
    this.session = labelSession(app);
    this.editor.clipboard = this.session.clipboard;
    this.editor.activeClassId = this.session.activeClassId;
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
    this.#views = new ViewMemory(place.views);
    await this.list.reload();
    const wanted = this.app.wantedImageId ?? place.imageId;
    this.app.wantedImageId = null;
    if (wanted !== null && (await this.showImage(wanted))) return;
    await this.showIndex(0);
  }

  async showIndex(index: number): Promise<boolean> {
    const total = this.list.total ?? 0;
    if (index < 0 || index >= total) return false;
    this.#wanted = index;
    const summary = await this.list.at(index);
    if (!summary) {
      this.#wanted = null;
      return false;
    }
    return this.#open(summary.id, index);
  }

  /** Shows an image whether or not the filter lets it through. False where there is none of that id. */
  async showImage(imageId: number): Promise<boolean> {
    const index = this.list.indexOf(imageId);
    const shown = await this.#open(imageId, index);
    if (shown && index < 0 && this.#queue?.imageId === imageId) {
      this.index = await this.list.find(imageId);
      await this.list.at(this.index);
      this.#prepareNeighbours();
    }
    if (!shown) this.openError = null;
    return shown;
  }

  async step(by: number): Promise<void> {
    const total = this.list.total ?? 0;
    if (total === 0) return;
    // Keys that come faster than images do go on from the one that was asked for last.
    const from = this.#wanted ?? this.index;
    await this.showIndex(Math.min(total - 1, Math.max(0, from + by)));
  }

  /** The place in the list changes together with the image: what is pressed in between means the one that is seen. */
  async #open(imageId: number, index: number): Promise<boolean> {
    const ticket = ++this.#ticket;
    const known = this.#queues.get(imageId);
    const picture = this.pictures.load(imageId);
    picture.catch(() => undefined);
    try {
      const annotations = known ? null : await (this.#ahead.get(imageId) ?? this.#port.get(imageId));
      this.#ahead.delete(imageId);
      if (ticket !== this.#ticket) return true;
      this.#show(known ?? this.#newQueue(annotations), imageId);
      this.index = index;
      this.#wanted = null;
    } catch (error) {
      this.#ahead.delete(imageId);
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
    this.#noteView();
    const before = this.editor.view.place;
    this.#queue = queue;
    this.#queues.set(imageId, queue);
    this.openError = null;
    this.pictureError = null;
    if (!reopened) this.bitmap = this.pictures.peek(imageId);
    const document = {
      get image() {
        return queue.annotations.image;
      },
      get boxes() {
        return queue.annotations.boxes;
      },
      get suggestions() {
        return queue.annotations.suggestions;
      },
      apply: (operations: readonly AnnotationOperation[]) => queue.apply(operations),
    };
    this.editor.open(
      document,
      mapMarks(this.session.marks.get(imageId) ?? NO_MARKS, (id) => queue.localId(id)),
    );
    if (!reopened) {
      const kept = this.app.preferences.get('keepView') ? before : null;
      this.editor.view.goTo(this.#views.recall(imageId) ?? kept);
    }
    this.list.update(queue.annotations.image);
    this.#rememberPlace(imageId);
    // What was fetched ahead may be older than what another window has made of it.
    this.app.attempt(() => queue.refresh());
  }

  /** Notes where the view is and which boxes are hidden or locked, for when the image is looked at again. */
  rememberView(): void {
    this.#noteView();
    if (this.#queue) this.#rememberPlace(this.#queue.imageId);
  }

  #noteView(): void {
    const queue = this.#queue;
    if (!queue) return;
    this.#views.remember(queue.imageId, this.editor.view.place);
    const { hidden, locked } = this.editor.marks;
    if (hidden.size + locked.size === 0) this.session.marks.delete(queue.imageId);
    else
      this.session.marks.set(
        queue.imageId,
        mapMarks({ hidden, locked }, (id) => queue.storedId(id)),
      );
    this.session.activeClassId = this.editor.activeClassId;
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

  /** Once for a key that is held down. */
  #sayRefused(count: number): void {
    const now = performance.now();
    if (now - this.#refusedAt > REFUSED_QUIET) this.app.toast(t('label.refused', { count }), 'bad');
    this.#refusedAt = now;
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

  /** What the services say of an image, from here where it is here. */
  async #annotationsOf(imageId: number): Promise<ImageAnnotations> {
    return this.#queues.get(imageId)?.annotations ?? this.#ahead.get(imageId) ?? this.#port.get(imageId);
  }

  #prepareNeighbours(): void {
    const current = this.#queue?.imageId;
    if (current === undefined) return;
    if (this.index >= 0) this.list.want(this.index - AHEAD.length, this.index + AHEAD.length);
    const neighbours = AHEAD.flatMap((offset) => {
      const neighbour = this.index < 0 ? undefined : this.list.item(this.index + offset);
      return neighbour ? [neighbour] : [];
    });
    this.pictures.ahead(
      current,
      neighbours.map(({ id }) => id),
    );
    for (const neighbour of neighbours) {
      if (this.#ahead.has(neighbour.id) || this.#queues.has(neighbour.id)) continue;
      const annotations = this.#port.get(neighbour.id);
      annotations.catch(() => this.#ahead.delete(neighbour.id));
      this.#ahead.set(neighbour.id, annotations);
      const oldest = this.#ahead.keys().next().value;
      if (this.#ahead.size > 16 && oldest !== undefined) this.#ahead.delete(oldest);
    }
  }

  /** The project has changed, here or in another window. */
  projectChanged({ what, imageIds }: ProjectChange): void {
    const current = this.#queue;
    if (what === 'images' || what === 'classes') {
      this.#ahead.clear();
      this.app.attempt(async () => {
        await Promise.all([this.list.refresh(), current?.refresh()]);
        await this.#refreshPictures();
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
    this.editor.interrupt();
    this.#queue?.undo();
  }

  redo(): void {
    this.editor.interrupt();
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
    // Nobody has seen the image that is still on its way.
    if (this.#wanted !== null) return;
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
    const place = { imageId, filter, sort, descending, views: this.#views.entries };
    writePlace(this.app.project?.path ?? '', place);
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

  /** The drawn box gets its class, and later boxes too; without one, the selected boxes get it. */
  classForDrawn(classId: number): void {
    const drawn = this.drawn;
    this.endChoosing();
    if (!drawn) this.editor.setClass(classId);
    else {
      this.editor.activeClassId = classId;
      this.editor.addBoxes([newBox(drawn, classId)]);
    }
  }

  /** New boxes no longer get a class that is none of these: the next one asks for its class. */
  forgetClassBut(ids: ReadonlySet<number>): void {
    const { activeClassId } = this.editor;
    if (activeClassId !== null && !ids.has(activeClassId)) this.editor.activeClassId = null;
  }

  /** A class is no longer asked for; a box that was drawn for it was never made. */
  endChoosing(): void {
    this.drawn = null;
    this.choosingClass = false;
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

  /** Copies the selected boxes onto the next image, where what they show is likely to be again. */
  async copyToNext(): Promise<void> {
    const boxes = this.editor.selectedBoxes.map(copyOf);
    const next = this.index < 0 ? undefined : await this.list.at(this.index + 1);
    if (!next) {
      this.app.toast(t('label.noNext'), 'bad');
      return;
    }
    this.#ahead.delete(next.id);
    const queue = this.#queues.get(next.id) ?? this.#newQueue(await this.#port.get(next.id));
    this.#queues.set(next.id, queue);
    const copies = copiesInside(boxes, queue.annotations.image);
    queue.apply(copies.map((box) => ({ type: 'add-box', box })));
    this.app.toast(t('label.copiedToNext', { count: copies.length }));
  }

  copySelected(): void {
    const count = this.editor.copySelected();
    this.session.clipboard = this.editor.clipboard;
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

const NO_DOCUMENT = { image: { width: 1, height: 1 }, boxes: [], suggestions: [], apply: () => [] };

function mapMarks({ hidden, locked }: Marks, map: (id: number) => number): Marks {
  return { hidden: new Set([...hidden].map(map)), locked: new Set([...locked].map(map)) };
}
