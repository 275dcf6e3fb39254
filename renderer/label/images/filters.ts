import type { SavedFilter, SortBy } from '../../../electron/common/contract.ts';
import type { ImageFilter, ImageState, Split } from '../../../electron/common/entities.ts';
import { isSameFilter } from '../../../electron/common/saved-filters.ts';
import type { BoxSource } from '../../../electron/common/labels/box-fields.ts';
import { typedNumber } from '../../ui/typed-number.ts';

/** States as the filter offers them: "verified" is a mark beside the state, but people look for it here. */
export type StateFilter = ImageState | 'verified';
export const IMAGE_STATE_FILTERS: readonly StateFilter[] = ['unseen', 'labelled', 'empty', 'verified'];
export const SPLIT_NAMES: readonly Split[] = ['train', 'val', 'test', 'none'];
export const SOURCES: readonly BoxSource[] = ['person', 'import', 'model'];
export const MARKS = ['suggestions', 'flagged', 'noted', 'missing'] as const;
export type Mark = (typeof MARKS)[number];

/** Orders as the list offers them, each in the direction that people look in first. */
export const SORTS: readonly { readonly sort: SortBy; readonly descending: boolean }[] = [
  { sort: 'path', descending: false },
  { sort: 'added', descending: false },
  { sort: 'added', descending: true },
  { sort: 'boxes', descending: true },
  { sort: 'boxes', descending: false },
  { sort: 'edited', descending: true },
  { sort: 'score', descending: true },
  { sort: 'score', descending: false },
];
/** Offered where the filter lists images one by one. */
export const AS_LISTED = { sort: 'listed', descending: false } as const;

export const sortKey = ({ sort, descending }: { sort: SortBy; descending: boolean }) =>
  `${sort}.${descending ? 'down' : 'up'}` as const;

/** Conditions that only a link makes: a folder, a video, a test set, an evaluated set, classes together, where boxes lie. */
export const ASKED = ['folder', 'group', 'testSet', 'evaluated', 'allClassIds', 'centre'] as const;
export type Asked = (typeof ASKED)[number];

/** What the controls of the filter hold. Figures are as they were typed; empty for none. */
export interface FilterChoice {
  text: string;
  state: StateFilter | 'any';
  split: Split | 'any';
  /** Any one of these; none for any class. */
  classIds: readonly number[];
  source: BoxSource | 'any';
  mark: Mark | 'any';
  /** Empty for any. */
  attribute: string;
  /** Images of a check's finding; null for any. */
  imageIds: ImageFilter['imageIds'] | null;
  /** What Dataset has asked for, which no field of the filter says. */
  asked: Pick<ImageFilter, Asked>;
  minBoxes: string;
  maxBoxes: string;
  minBoxSide: string;
  maxBoxSide: string;
  minAspect: string;
  maxAspect: string;
  /** Per cent. */
  minScore: string;
  maxScore: string;
}

const FIGURES = [
  ...(['minBoxes', 'maxBoxes', 'minBoxSide', 'maxBoxSide'] as const),
  ...(['minAspect', 'maxAspect', 'minScore', 'maxScore'] as const),
];
type Figure = (typeof FIGURES)[number];

/** What is typed as a figure, where it is one: whole and not negative for counts. */
function figure(name: Figure, typed: string): number | undefined {
  const value = typedNumber(typed);
  if (!Number.isFinite(value) || value < 0) return undefined;
  if (name === 'minBoxes' || name === 'maxBoxes') return Math.round(value);
  return name === 'minScore' || name === 'maxScore' ? value / 100 : value;
}

export function filterFrom(choice: FilterChoice): ImageFilter {
  const { text, state, split, classIds, source, mark, attribute, imageIds, asked } = choice;
  const figures = FIGURES.flatMap((name) => {
    const value = figure(name, choice[name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...(text.trim() === '' ? {} : { text: text.trim() }),
    ...(state === 'any' ? {} : state === 'verified' ? { verified: true } : { state }),
    ...(split === 'any' ? {} : { split }),
    ...(classIds.length === 0
      ? {}
      : classIds.length === 1
        ? { classId: classIds[0] }
        : { classIds: [...classIds] }),
    ...(source === 'any' ? {} : { source }),
    ...(mark === 'any' ? {} : { [mark]: true }),
    ...(attribute === '' ? {} : { attribute: { name: attribute } }),
    ...(imageIds === null ? {} : { imageIds }),
    ...asked,
    ...Object.fromEntries(figures),
  };
}

/** The controls for a filter, as {@link filterFrom} would read them. */
export function choiceOf(filter: ImageFilter): FilterChoice {
  const typed = (name: Figure): string => {
    const value = filter[name];
    if (value === undefined) return '';
    return String(name === 'minScore' || name === 'maxScore' ? Math.round(value * 1e4) / 100 : value);
  };
  return {
    text: filter.text ?? '',
    state: filter.verified === true ? 'verified' : (filter.state ?? 'any'),
    split: filter.split ?? 'any',
    classIds: filter.classIds ?? (filter.classId === undefined ? [] : [filter.classId]),
    source: filter.source ?? 'any',
    mark: MARKS.find((mark) => filter[mark] === true) ?? 'any',
    attribute: filter.attribute?.name ?? '',
    imageIds: filter.imageIds ?? null,
    asked: Object.fromEntries(
      ASKED.flatMap((name) => (filter[name] === undefined ? [] : [[name, filter[name]]])),
    ),
    minBoxes: typed('minBoxes'),
    maxBoxes: typed('maxBoxes'),
    minBoxSide: typed('minBoxSide'),
    maxBoxSide: typed('maxBoxSide'),
    minAspect: typed('minAspect'),
    maxAspect: typed('maxAspect'),
    minScore: typed('minScore'),
    maxScore: typed('maxScore'),
  };
}

/** How many conditions there are beside the text, which has a field of its own. */
export function countConditions(filter: ImageFilter): number {
  return Object.keys(filter).filter((name) => name !== 'text').length;
}

/** The saved filter that is just what the list shows, if there is one. */
export function savedAs(
  shown: Omit<SavedFilter, 'name'>,
  saved: readonly SavedFilter[],
): SavedFilter | undefined {
  return saved.find(
    ({ filter, sort, descending }) =>
      sort === shown.sort && descending === shown.descending && isSameFilter(filter, shown.filter),
  );
}
