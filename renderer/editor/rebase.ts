import type { AnnotationOperation, Box, ImageAnnotations } from '../../electron/common/entities.ts';
import { sameLabels } from './optimistic.ts';

/**
 * Whether an operation that was made on `before` can be made on `now`, which someone else has changed, without
 * undoing anything of theirs: what it touches is as it was. Both are as stored, and so are the ids of the operation.
 */
export function stillApplies(
  operation: AnnotationOperation,
  before: ImageAnnotations,
  now: ImageAnnotations,
): boolean {
  switch (operation.type) {
    case 'add-box':
      return true;
    case 'update-box':
    case 'delete-box':
      return sameBox(boxOf(before, operation.boxId), boxOf(now, operation.boxId));
    case 'set-image-classes':
      return sameIds(before.image.imageClassIds, now.image.imageClassIds);
    case 'set-note':
      return before.note === now.note;
    case 'set-flag':
      return before.image.flagged === now.image.flagged;
    case 'accept-suggestion':
    case 'reject-suggestion':
      return now.suggestions.some(({ id }) => id === operation.suggestionId);
    // Said of the image as a whole, of which the person has not seen what is new.
    case 'set-state':
    case 'set-verified':
      return sameLabels(before, now);
  }
}

function boxOf({ boxes }: ImageAnnotations, id: number): Box | undefined {
  return boxes.find((box) => box.id === id);
}

/** A box that neither has is one of the edits under way, which nobody else can have changed. */
function sameBox(a: Box | undefined, b: Box | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}
