import type { AnnotationOperation, Box, Suggestion } from '../entities.ts';
import type { Labels } from './operations.ts';

/**
 * Whether an operation that was made on `before` can be made on `now`, which someone else has changed, without
 * undoing anything of theirs: all that it touches is as it was. The ids of the operation are the stored ones.
 */
export function stillApplies(
  operation: AnnotationOperation,
  before: Labels,
  now: Labels,
  severalImageClasses: boolean,
): boolean {
  switch (operation.type) {
    case 'add-box':
      return true;
    case 'update-box':
    case 'delete-box':
      // A box that neither has is one of the edits under way, which nobody else can have changed.
      return same(withId(before.boxes, operation.boxId), withId(now.boxes, operation.boxId));
    case 'set-image-classes':
      return sameIds(before.image.imageClassIds, now.image.imageClassIds);
    case 'set-note':
      return before.note === now.note;
    case 'set-flag':
      return before.image.flagged === now.image.flagged;
    case 'accept-suggestion': {
      const waiting = withId(now.suggestions, operation.suggestionId);
      if (waiting === undefined || !same(withId(before.suggestions, waiting.id), waiting)) return false;
      const replacesClass = waiting.box === null && !severalImageClasses;
      return !replacesClass || sameIds(before.image.imageClassIds, now.image.imageClassIds);
    }
    case 'reject-suggestion': {
      const waiting = withId(now.suggestions, operation.suggestionId);
      return waiting !== undefined && same(withId(before.suggestions, waiting.id), waiting);
    }
    // Said of the image as a whole, of which the person has not seen what is new.
    case 'set-state':
    case 'set-verified':
      return sameLabels(before, now);
  }
}

/** Whether two states of an image say the same in every field, ids included. */
export function sameLabels(a: Labels, b: Labels): boolean {
  return (
    sameIds(a.image.imageClassIds, b.image.imageClassIds) &&
    a.image.state === b.image.state &&
    a.image.verified === b.image.verified &&
    a.image.flagged === b.image.flagged &&
    a.note === b.note &&
    sameItems(a.boxes, b.boxes) &&
    sameItems(a.suggestions, b.suggestions)
  );
}

function withId<Item extends { readonly id: number }>(items: readonly Item[], id: number): Item | undefined {
  return items.find((item) => item.id === id);
}

function sameItems<Item extends Box | Suggestion>(a: readonly Item[], b: readonly Item[]): boolean {
  const known = new Map(a.map((item) => [item.id, item]));
  return a.length === b.length && b.every((item) => same(known.get(item.id), item));
}

/** Plain data, whatever the order of its fields. */
function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [entries, others] = [Object.entries(a), new Map(Object.entries(b))];
  return entries.length === others.size && entries.every(([key, value]) => same(value, others.get(key)));
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}
