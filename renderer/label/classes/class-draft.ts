import { classColor } from '../../../electron/common/class-colors.ts';
import type { ClassKind, LabelClass } from '../../../electron/common/entities.ts';

/** What the class dialog edits: a class that is there, or one to be made. */
export type ClassDraft = LabelClass | { readonly kind: ClassKind };

export function isStored(draft: ClassDraft): draft is LabelClass {
  return 'id' in draft;
}

/** Those that the store gives to the first classes: told apart by the colour-blind. */
export const OFFERED_COLORS: readonly string[] = Array.from({ length: 12 }, (_, index) => classColor(index));

/** The offered colour that is used least, the first of equals. */
export function proposeColor(used: readonly string[]): string {
  const uses = (color: string): number => used.filter((other) => other.toUpperCase() === color).length;
  return OFFERED_COLORS.reduce((best, color) => (uses(color) < uses(best) ? color : best));
}
