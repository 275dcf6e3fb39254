import type { ImageFilter, ImageState, Split } from '../../electron/common/entities.ts';

/** States as the filter offers them: "verified" is a mark beside the state, but people look for it here. */
export type StateFilter = ImageState | 'verified';
export const IMAGE_STATE_FILTERS: readonly StateFilter[] = ['unseen', 'labelled', 'empty', 'verified'];
export const SPLIT_NAMES: readonly Split[] = ['train', 'val', 'test', 'none'];

export interface FilterChoice {
  readonly text: string;
  readonly state: StateFilter | 'any';
  readonly split: Split | 'any';
  /** 0 for any. */
  readonly classId: number;
}

export function filterFrom({ text, state, split, classId }: FilterChoice): ImageFilter {
  return {
    ...(text.trim() === '' ? {} : { text: text.trim() }),
    ...(state === 'any' ? {} : state === 'verified' ? { verified: true } : { state }),
    ...(split === 'any' ? {} : { split }),
    ...(classId === 0 ? {} : { classId }),
  };
}

export function stateFilterOf(filter: ImageFilter): StateFilter | 'any' {
  return filter.verified === true ? 'verified' : (filter.state ?? 'any');
}
