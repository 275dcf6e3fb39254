import type { InputOf, OutputOf } from '../../../electron/common/contract.ts';
import type { ImageAnnotations } from '../../../electron/common/entities.ts';
import { toCallError } from '../../client.ts';
import { EditQueue } from '../../editor/edit-queue.ts';
import type { EditPort, QueueListener } from '../../editor/edit-port.ts';
import type { AppState } from '../../state/app.svelte.ts';

/** Images whose labels are kept before they are looked at. */
const KEPT_AHEAD = 16;

/** What is reported of the edits of one image. */
export interface EditsListener extends Pick<QueueListener, 'dropped'> {
  /** Labels or saved state of an image have changed. True while it is shown, which keeps its queue. */
  changed(queue: EditQueue): boolean;
  /** The store has undone an edit that was made at a time. */
  undone(imageId: number, edit: UndoneEdit): void;
}

export type UndoneEdit = NonNullable<OutputOf<'annotations.undo'>['undone']>;

/**
 * The labels of images at hand: those with edits on their way to the store, and those fetched ahead. There is one for a
 * project, whatever page is looked at: edits that are not saved yet go on, and are there when their image is opened again.
 */
export class EditQueues {
  readonly #app: AppState;
  readonly #port: EditPort;
  readonly #absent: EditsListener;
  #listener: EditsListener;
  readonly #queues = new Map<number, EditQueue>();
  /** Undefined: removed meanwhile, or not heard of. */
  readonly #ahead = new Map<number, Promise<ImageAnnotations | undefined>>();

  /** @param absent told while nobody looks at the labels */
  constructor(app: AppState, absent: EditsListener) {
    this.#app = app;
    this.#absent = absent;
    this.#listener = absent;
    this.#port = {
      get: (imageId) => app.client.call('annotations.get', { imageId }),
      find: async (imageId) => {
        const { items } = await app.client.call('annotations.list', { imageIds: [imageId] });
        return items[0] ?? null;
      },
      edit: (request) => this.#change('annotations.edit', request),
      undo: async (request) => {
        const { undone, ...annotations } = await this.#change('annotations.undo', request);
        if (undone !== null) this.#listener.undone(request.imageId, undone);
        return annotations;
      },
      redo: (request) => this.#change('annotations.redo', request),
    };
  }

  /** Told from now on. @returns what ends it */
  listen(listener: EditsListener): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener !== listener) return;
      this.#listener = this.#absent;
      // Nobody hears from now on of what others change.
      this.#ahead.clear();
    };
  }

  /** What the services say of an image, from here where it is here. */
  async labels(imageId: number): Promise<ImageAnnotations> {
    return (
      this.#queues.get(imageId)?.annotations ?? (await this.#ahead.get(imageId)) ?? this.#port.get(imageId)
    );
  }

  /** The image's queue, the same for all who ask, until it is released: whoever asked may want another image by now. */
  async queue(imageId: number): Promise<EditQueue> {
    const known = this.#queues.get(imageId);
    if (known) return known;
    try {
      const annotations = (await this.#ahead.get(imageId)) ?? (await this.#port.get(imageId));
      const queue = this.#queues.get(imageId) ?? this.#newQueue(annotations);
      this.keep(queue);
      return queue;
    } finally {
      this.#ahead.delete(imageId);
    }
  }

  keep(queue: EditQueue): void {
    this.#queues.set(queue.imageId, queue);
  }

  /** The image is no longer shown. Edits still under way go on; one that is all saved needs no queue. */
  release(queue: EditQueue): void {
    if (queue.unsavedEdits === 0) this.#queues.delete(queue.imageId);
  }

  fetchAhead(imageIds: readonly number[]): void {
    const wanted = imageIds.filter((id) => !this.#ahead.has(id) && !this.#queues.has(id));
    if (wanted.length === 0) return;
    const answer = this.#app.client.call('annotations.list', { imageIds: wanted });
    // Said where the image is opened: it is asked for again then.
    const found = answer.then(
      ({ items }) => new Map(items.map((one) => [one.image.id, one])),
      () => new Map<number, ImageAnnotations>(),
    );
    for (const imageId of wanted) {
      this.#ahead.set(
        imageId,
        found.then((items) => items.get(imageId)),
      );
      const oldest = this.#ahead.keys().next().value;
      if (this.#ahead.size > KEPT_AHEAD && oldest !== undefined) this.#ahead.delete(oldest);
    }
  }

  /** Others have changed these images, or, without a list, any: what was fetched ahead of them is old. */
  forgetAhead(imageIds?: readonly number[]): void {
    if (imageIds) for (const id of imageIds) this.#ahead.delete(id);
    else this.#ahead.clear();
  }

  retrySaving(): void {
    for (const queue of this.#queues.values()) if (queue.saveState === 'failed') queue.retryNow();
  }

  #change<Name extends 'annotations.edit' | 'annotations.undo' | 'annotations.redo'>(
    name: Name,
    request: InputOf<Name>,
  ): Promise<OutputOf<Name>> {
    this.#app.changes.expectEdit(request.editId);
    return this.#app.client.call(name, request);
  }

  #newQueue(annotations: ImageAnnotations): EditQueue {
    const imageId = annotations.image.id;
    const listener: QueueListener = {
      changed: () => {
        const queue = this.#queues.get(imageId);
        if (queue && !this.#listener.changed(queue)) this.release(queue);
        this.#reportSaving();
      },
      stored: (before, after) => {
        if (figures(before) !== figures(after)) this.#app.figuresChanged();
      },
      dropped: (steps) => this.#listener.dropped(steps),
      failed: (error) => this.#app.report(error),
    };
    return new EditQueue(this.#port, listener, annotations, () => ({
      classes: this.#app.classes,
      severalImageClasses: this.#app.project?.multipleImageClasses ?? false,
      attributes: this.#app.project?.attributes ?? [],
    }));
  }

  #reportSaving(): void {
    const queues = [...this.#queues.values()];
    const unsaved = queues.reduce((sum, queue) => sum + queue.unsavedEdits, 0);
    const failed = queues.find((queue) => queue.saveState === 'failed');
    const state = failed ? 'failed' : unsaved > 0 ? 'saving' : 'saved';
    this.#app.saving = { state, unsaved, error: failed ? toCallError(failed.failure) : null };
  }
}

/** What an image counts for in the figures of project and classes. */
function figures({ image, boxes }: ImageAnnotations): string {
  return JSON.stringify([image.state, image.imageClassIds, boxes.map(({ classId }) => classId).sort()]);
}
