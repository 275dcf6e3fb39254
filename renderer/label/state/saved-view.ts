import type { SortBy } from '../../../electron/common/contract.ts';
import type { ImageFilter } from '../../../electron/common/entities.ts';
import type { ViewPosition } from '../../editor/kernels/viewport.ts';

/** Image, filter, order and views of a project as a person left them, kept in this browser. */
export interface SavedView {
  readonly imageId: number | null;
  readonly filter?: ImageFilter;
  readonly sort?: SortBy;
  readonly descending?: boolean;
  /** Where the view was on images that were not shown whole, the newest last. */
  readonly views?: readonly (readonly [imageId: number, position: ViewPosition])[];
}

const key = (project: string): string => `twinhead.place.${project}`;

export function readSavedView(project: string): SavedView {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(key(project)) ?? 'null');
    if (typeof parsed !== 'object' || parsed === null || !('imageId' in parsed)) return { imageId: null };
    return parsed as SavedView;
  } catch {
    return { imageId: null };
  }
}

export function writeSavedView(project: string, view: SavedView): void {
  try {
    localStorage.setItem(key(project), JSON.stringify(view));
  } catch {
    // Full or forbidden storage: the next start begins at the first image.
  }
}
