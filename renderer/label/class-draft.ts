import type { ClassKind, LabelClass } from '../../electron/common/entities.ts';

/** What the class dialog edits: a class that is there, or one to be made. */
export type ClassDraft = LabelClass | { readonly kind: ClassKind };

export function isStored(draft: ClassDraft): draft is LabelClass {
  return 'id' in draft;
}

const OKABE_ITO = ['#E69F00', '#56B4E9', '#009E73', '#F0E442', '#0072B2', '#D55E00', '#CC79A7'] as const;
/** Offered beside Okabe and Ito's seven: steps of the golden angle at one lightness, as the store continues them. */
const MORE = ['#8C7CF0', '#4FC1B0', '#E07A9B', '#A9B84A', '#B98A5A'] as const;
export const OFFERED_COLORS: readonly string[] = [...OKABE_ITO, ...MORE];

/** The offered colour that is used least, the first of equals. */
export function proposeColor(used: readonly string[]): string {
  const uses = (color: string): number => used.filter((other) => other.toUpperCase() === color).length;
  return OFFERED_COLORS.reduce((best, color) => (uses(color) < uses(best) ? color : best));
}
