import type { Split } from '../../common/entities.ts';
import type { BoxRow } from '../rows/box-rows.ts';
import type { SuggestionRow } from '../rows/suggestion-rows.ts';

/**
 * A change of one image as plain data: what rows shall be. Applying one returns its exact inverse, so edit, undo, redo,
 * import and class operations are all the same act.
 */
export interface ImagePatch {
  /** Boxes that shall be as given, whether there already or not. */
  readonly put?: readonly BoxRow[];
  /** Boxes that shall be gone. */
  readonly remove?: readonly number[];
  /** Boxes that shall have another class: `[classId, boxIds]`. */
  readonly reclass?: readonly (readonly [classId: number, boxIds: readonly number[]])[];
  readonly imageClassIds?: readonly number[];
  /** Where nothing is labelled; `labelled` follows from boxes and classes. */
  readonly state?: 'unseen' | 'empty';
  readonly verified?: boolean;
  readonly note?: string;
  readonly flagged?: boolean;
  /** Suggestions that shall be as given, whether there already or not; the id 0 makes a new one. */
  readonly suggest?: readonly SuggestionRow[];
  /** Suggestions that shall be gone. */
  readonly unsuggest?: readonly number[];
  readonly split?: Split;
  readonly group?: string | null;
  /** Fields that imports brought and nobody here knows, by format, as JSON; see extra-fields.ts. */
  readonly extra?: string;
  /** Whether it is no longer an image of the project. */
  readonly removed?: boolean;
}

/** What later edits have taken into their own hands, and an undo of something earlier leaves alone. */
export interface Protected {
  readonly boxIds: ReadonlySet<number>;
  readonly imageClasses: boolean;
  readonly state: boolean;
  readonly verified: boolean;
  readonly suggestionIds: ReadonlySet<number>;
}

const LABELS = ['put', 'remove', 'reclass', 'imageClassIds', 'state'] as const;
const ANNOTATIONS = [...LABELS, 'verified', 'note', 'flagged'] as const;
const LEARNED_FROM = [...LABELS, 'split', 'removed'] as const;
const ANYTHING = [...ANNOTATIONS, 'suggest', 'unsuggest', 'split', 'group', 'extra', 'removed'] as const;

function hasSome(patch: ImagePatch, fields: readonly (keyof ImagePatch)[]): boolean {
  return fields.some((field) => patch[field] !== undefined);
}

/** Whether it says anything about labels. Suggestions are none: they never stand in the way of undoing labels. */
export const touchesAnnotations = (patch: ImagePatch): boolean => hasSome(patch, ANNOTATIONS);

/** Whether it changes what a model learns from or is evaluated on. */
export const touchesLabels = (patch: ImagePatch): boolean => hasSome(patch, LEARNED_FROM);

export const isEmptyPatch = (patch: ImagePatch): boolean => !hasSome(patch, ANYTHING);

export function boxIdsOf(patch: ImagePatch): number[] {
  return [
    ...(patch.put ?? []).map(({ id }) => id),
    ...(patch.remove ?? []),
    ...(patch.reclass ?? []).flatMap(([, boxIds]) => boxIds),
  ];
}

export function suggestionIdsOf(patch: ImagePatch): number[] {
  return [...(patch.suggest ?? []).map(({ id }) => id), ...(patch.unsuggest ?? [])];
}

/** Classes that the patch would give to a box, to the image or to a suggestion: they have to exist. */
export function classIdsOf(patch: ImagePatch): Set<number> {
  return new Set([
    ...(patch.put ?? []).map(({ classId }) => classId),
    ...(patch.reclass ?? []).map(([classId]) => classId),
    ...(patch.imageClassIds ?? []),
    ...(patch.suggest ?? []).map(({ classId }) => classId),
  ]);
}

/** The part of `patch` that concerns nothing protected. An image that was edited since stays in the project. */
export function without(patch: ImagePatch, kept: Protected): ImagePatch {
  const free = (id: number): boolean => !kept.boxIds.has(id);
  return compact({
    put: patch.put?.filter(({ id }) => free(id)),
    remove: patch.remove?.filter(free),
    reclass: patch.reclass?.map(([classId, ids]) => [classId, ids.filter(free)] as const),
    imageClassIds: kept.imageClasses ? undefined : patch.imageClassIds,
    state: kept.state ? undefined : patch.state,
    verified: kept.verified ? undefined : patch.verified,
    note: patch.note,
    flagged: patch.flagged,
    suggest: patch.suggest?.filter(({ id }) => !kept.suggestionIds.has(id)),
    unsuggest: patch.unsuggest?.filter((id) => !kept.suggestionIds.has(id)),
    split: patch.split,
    group: patch.group,
    extra: patch.extra,
    removed: patch.removed === true ? undefined : patch.removed,
  });
}

/** Leaves out what says nothing. */
export function compact(patch: ImagePatch): ImagePatch {
  const reclass = patch.reclass?.filter(([, ids]) => ids.length > 0);
  return {
    ...(patch.put?.length ? { put: patch.put } : {}),
    ...(patch.remove?.length ? { remove: patch.remove } : {}),
    ...(reclass?.length ? { reclass } : {}),
    ...(patch.imageClassIds === undefined ? {} : { imageClassIds: patch.imageClassIds }),
    ...(patch.state === undefined ? {} : { state: patch.state }),
    ...(patch.verified === undefined ? {} : { verified: patch.verified }),
    ...(patch.note === undefined ? {} : { note: patch.note }),
    ...(patch.flagged === undefined ? {} : { flagged: patch.flagged }),
    ...(patch.suggest?.length ? { suggest: patch.suggest } : {}),
    ...(patch.unsuggest?.length ? { unsuggest: patch.unsuggest } : {}),
    ...(patch.split === undefined ? {} : { split: patch.split }),
    ...(patch.group === undefined ? {} : { group: patch.group }),
    ...(patch.extra === undefined ? {} : { extra: patch.extra }),
    ...(patch.removed === undefined ? {} : { removed: patch.removed }),
  };
}
