import type { AnnotationOperation, Box, ImageAnnotations } from '../../electron/common/entities.ts';

let next = -1;

/** An id for a box that the store has not named yet. */
export const newLocalId = (): number => next--;

/**
 * The ids of an image's boxes. One made here keeps its negative local id for as long as the image is open, so that a
 * gesture or selection never loses its box when the store names it.
 */
export class BoxNames {
  readonly #local = new Map<number, number>();
  readonly #stored = new Map<number, number>();

  /** The store's id of a box, the local one where it isn't stored yet. */
  stored(id: number): number {
    return this.#stored.get(id) ?? id;
  }

  /** The id that a stored box has for as long as the image is open. */
  local(id: number): number {
    return this.#local.get(id) ?? id;
  }

  /** The store has named boxes that were made here. */
  pair(localIds: readonly number[], storedIds: readonly number[]): void {
    localIds.forEach((localId, index) => {
      const storedId = storedIds[index];
      if (storedId === undefined) return;
      this.#stored.set(localId, storedId);
      this.#local.set(storedId, localId);
    });
  }

  toLocal(stored: ImageAnnotations): ImageAnnotations {
    const boxes = stored.boxes.map((b): Box => ({ ...b, id: this.local(b.id) }));
    return { ...stored, boxes };
  }

  toStored(operation: AnnotationOperation): AnnotationOperation {
    if (operation.type !== 'update-box' && operation.type !== 'delete-box') return operation;
    return { ...operation, boxId: this.stored(operation.boxId) };
  }
}
