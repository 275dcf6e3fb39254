import type { SortBy } from '../../../electron/common/contract.ts';
import type { ImageFilter } from '../../../electron/common/entities.ts';
import type { ViewPlace } from '../../editor/kernels/viewport.ts';

/** Where a person was in a project, remembered in this browser. */
export interface Place {
  readonly imageId: number | null;
  readonly filter?: ImageFilter;
  readonly sort?: SortBy;
  readonly descending?: boolean;
  /** Where the view was on images that were not shown whole, the newest last. */
  readonly views?: readonly (readonly [imageId: number, place: ViewPlace])[];
}

const key = (project: string): string => `twinhead.place.${project}`;

export function readPlace(project: string): Place {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(key(project)) ?? 'null');
    if (typeof parsed !== 'object' || parsed === null || !('imageId' in parsed)) return { imageId: null };
    return parsed as Place;
  } catch {
    return { imageId: null };
  }
}

export function writePlace(project: string, place: Place): void {
  try {
    localStorage.setItem(key(project), JSON.stringify(place));
  } catch {
    // Full or forbidden storage: the next start begins at the first image.
  }
}
