import type { AnnotationOperation, ImageAnnotations } from '../../../electron/common/entities.ts';
import { withImageClass } from '../../../electron/common/labels/operations.ts';
import { t } from '../../i18n/index.svelte.ts';
import type { AppState } from '../../state/app.svelte.ts';

/** The open image, as its edits need it. */
export interface ImageEditsPort {
  /** Null while no image is open. */
  annotations(): ImageAnnotations | null;
  apply(operations: readonly AnnotationOperation[]): void;
}

/** Edits of the open image as a whole: its classes, what a person has seen of it, flag and note. */
export class ImageEdits {
  readonly #app: AppState;
  readonly #port: ImageEditsPort;

  constructor(app: AppState, port: ImageEditsPort) {
    this.#app = app;
    this.#port = port;
  }

  /** Sets the image's class, or, where the project allows several, adds it or takes it away. */
  toggleClass(classId: number): void {
    const ids = this.#port.annotations()?.image.imageClassIds;
    if (!ids) return;
    const has = ids.includes(classId);
    const several = this.#app.project?.multipleImageClasses ?? false;
    const classIds = has ? ids.filter((id) => id !== classId) : withImageClass(ids, classId, several);
    this.#port.apply([{ type: 'set-image-classes', classIds }]);
  }

  /** Says that a person has looked: an image without labels is thereby known to be empty. */
  verify(): void {
    const image = this.#port.annotations()?.image;
    if (!image || (image.verified && image.state !== 'unseen')) return;
    const operations: AnnotationOperation[] = [];
    if (image.state === 'unseen') operations.push({ type: 'set-state', state: 'empty' });
    if (!image.verified) operations.push({ type: 'set-verified', verified: true });
    this.#port.apply(operations);
  }

  markEmpty(): void {
    const image = this.#port.annotations()?.image;
    if (!image) return;
    if (image.state === 'labelled') this.#app.toast(t('label.notEmpty'), 'bad');
    else if (image.state === 'empty')
      this.#port.apply([
        { type: 'set-verified', verified: false },
        { type: 'set-state', state: 'unseen' },
      ]);
    else this.verify();
  }

  toggleFlag(): void {
    const image = this.#port.annotations()?.image;
    if (image) this.#port.apply([{ type: 'set-flag', flagged: !image.flagged }]);
  }

  /** An edit of its own only where it says something new. */
  setNote(note: string): void {
    const annotations = this.#port.annotations();
    if (annotations && note !== annotations.note) this.#port.apply([{ type: 'set-note', note }]);
  }
}
