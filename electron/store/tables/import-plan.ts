import type { Attributes, Unknown } from '../../common/dataset.ts';
import type { ClassKind, Split } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import type { Rectangle, Size } from '../../common/geometry.ts';
import { requireFiniteAttributes } from '../../common/labels/attribute-values.ts';
import { kit } from '../../common/labels/kits.ts';
import type { ImagePatch } from '../history/patch.ts';
import { attributesText } from './rows.ts';
import type { BoxRow } from './rows.ts';
import type { SuggestionRow } from './suggestion-rows.ts';

/** merge: what is there stays, and what is new is added; replace: labels become what the source says. */
export type ImportMode = 'merge' | 'replace';

/** In pixels of the oriented image, inside it: the caller clips. */
export interface ImportedBox extends Rectangle {
  /** Of an object class. */
  readonly className: string;
  readonly score: number | null;
  readonly attributes: Attributes;
  /** Fields that Twinhead has no word for, kept for the way back. */
  readonly extra: Unknown | null;
}

/** What a source says about one image; null where it says nothing of that sort. */
export interface ImportedImage {
  readonly imageId: number;
  readonly boxes: readonly ImportedBox[] | null;
  readonly imageClassNames: readonly string[] | null;
  /** Of the names, in their order, where a source of suggestions has scores. */
  readonly imageClassScores?: readonly (number | null)[];
  readonly split: Split | null;
  /** Somebody looked and there is nothing: counts where the image has no label afterwards. */
  readonly verifiedEmpty: boolean;
}

/** The image as it is, as far as an import goes. */
export interface ImportTarget extends Size {
  readonly boxes: readonly BoxRow[];
  readonly imageClassIds: readonly number[];
}

export interface ImportPlan {
  /** New boxes, without ids (0). */
  readonly added: readonly BoxRow[];
  readonly patch: ImagePatch;
  /** The image kept its own class where the source says another one and only one is allowed. */
  readonly classKept: boolean;
}

/** How far, in pixels, two coordinates may be apart and still be the same: formats print a few digits only. */
const SAME = 1e-6;

function isSameBox(a: BoxRow | SuggestionRow, b: BoxRow): boolean {
  if (a.x === null || a.y === null || a.width === null || a.height === null) return false;
  if (a.classId !== b.classId) return false;
  return (
    Math.abs(a.x - b.x) <= SAME &&
    Math.abs(a.y - b.y) <= SAME &&
    Math.abs(a.width - b.width) <= SAME &&
    Math.abs(a.height - b.height) <= SAME
  );
}

function rowOf(box: ImportedBox, classId: number): BoxRow {
  const { score, attributes, extra } = box;
  return {
    id: 0,
    classId,
    ...kit.encode(box),
    source: 'import',
    score,
    attributes: attributesText(attributes),
    extra: extra === null || Object.keys(extra).length === 0 ? null : JSON.stringify(extra),
  };
}

/** Same score, attributes and unknown fields; who drew it doesn't matter. */
function saysTheSame(a: BoxRow, b: BoxRow): boolean {
  return a.score === b.score && a.attributes === b.attributes && a.extra === b.extra;
}

function planBoxes(
  there: readonly BoxRow[],
  wanted: readonly BoxRow[],
  mode: ImportMode,
): { added: BoxRow[]; put: BoxRow[]; remove: number[] } {
  // Each box there stands for one of the source: a source that has a box twice keeps it twice.
  const unmatched = [...there];
  const added: BoxRow[] = [];
  const put: BoxRow[] = [];
  for (const box of wanted) {
    const place = unmatched.findIndex((one) => isSameBox(one, box));
    if (place < 0) {
      added.push(box);
      continue;
    }
    const match = unmatched.splice(place, 1)[0]!;
    if (mode === 'replace' && !saysTheSame(match, box)) put.push({ ...box, id: match.id });
  }
  return { added, put, remove: mode === 'replace' ? unmatched.map(({ id }) => id) : [] };
}

function planClasses(
  there: readonly number[],
  wanted: readonly number[],
  mode: ImportMode,
  several: boolean,
): { ids: number[]; kept: boolean } {
  if (mode === 'replace') return { ids: [...wanted], kept: false };
  const ids = [...new Set([...there, ...wanted])].sort((a, b) => a - b);
  if (several || ids.length <= 1) return { ids, kept: false };
  // A class that the image has is a word that was said in this project: it stays.
  return { ids: [...there], kept: true };
}

/**
 * What an import comes to for one image. Changes nothing.
 * @param place of the image in the import, for errors: "images[3]"
 * @param classIds gives the id of a class by its name, and refuses a name that is not allowed
 * @throws TwinheadError `invalid-input`, naming the place
 */
export function planImport(
  image: ImportedImage,
  target: ImportTarget,
  rules: { readonly mode: ImportMode; readonly several: boolean; readonly place: string },
  classIds: (kind: ClassKind, name: string, place: string) => number,
): ImportPlan {
  const wanted = image.boxes?.map((box, index) => {
    const place = `${rules.place}.boxes[${index}]`;
    kit.requireInside(box, target, place);
    requireFiniteAttributes(box.attributes, box.score, place);
    return rowOf(box, classIds('object', box.className, place));
  });
  const named = image.imageClassNames?.map((name) =>
    classIds('image', name, `${rules.place}.imageClassNames`),
  );
  const distinct = named === undefined ? undefined : [...new Set(named)].sort((a, b) => a - b);
  if (distinct !== undefined && distinct.length > 1 && !rules.several) {
    throw new TwinheadError('invalid-input', 'In this project an image has one class.', {
      place: `${rules.place}.imageClassNames`,
      remedy: 'Allow several image classes in the project settings, or leave one.',
    });
  }
  const boxes =
    wanted === undefined ? { added: [], put: [], remove: [] } : planBoxes(target.boxes, wanted, rules.mode);
  const classes =
    distinct === undefined ? null : planClasses(target.imageClassIds, distinct, rules.mode, rules.several);
  const left = target.boxes.length + boxes.added.length - boxes.remove.length;
  const labelled = left > 0 || (classes?.ids ?? target.imageClassIds).length > 0;
  return {
    added: boxes.added,
    patch: {
      put: boxes.put,
      remove: boxes.remove,
      ...(classes === null ? {} : { imageClassIds: classes.ids }),
      ...(image.verifiedEmpty && !labelled ? { state: 'empty' as const } : {}),
      ...(image.split === null ? {} : { split: image.split }),
    },
    classKept: classes?.kept ?? false,
  };
}

/**
 * What a source suggests of one image that is neither labelled nor suggested so already: a second import of the same
 * file adds nothing. Changes nothing.
 * @param rules.place of the image in the import, for errors
 * @throws TwinheadError `invalid-input`, naming the place
 */
export function planSuggestions(
  image: ImportedImage,
  target: ImportTarget & { readonly suggestions: readonly SuggestionRow[] },
  rules: { readonly sourceId: number; readonly place: string },
  classIds: (kind: ClassKind, name: string, place: string) => number,
): SuggestionRow[] {
  const { sourceId, place } = rules;
  const planned: SuggestionRow[] = [];
  for (const [index, box] of (image.boxes ?? []).entries()) {
    const at = `${place}.boxes[${index}]`;
    kit.requireInside(box, target, at);
    requireFiniteAttributes(box.attributes, box.score, at);
    const wanted = rowOf(box, classIds('object', box.className, at));
    const there = [...target.boxes, ...target.suggestions, ...planned];
    if (there.some((one) => isSameBox(one, wanted))) continue;
    const { classId, score, attributes, extra } = wanted;
    planned.push({ id: 0, classId, ...kit.encode(wanted), sourceId, score, attributes, extra });
  }
  for (const [index, name] of (image.imageClassNames ?? []).entries()) {
    const at = `${place}.imageClassNames`;
    const classId = classIds('image', name, at);
    const score = image.imageClassScores?.[index] ?? null;
    requireFiniteAttributes({}, score, at);
    const suggested = [...target.suggestions, ...planned].some(
      (one) => one.classId === classId && one.x === null,
    );
    if (suggested || target.imageClassIds.includes(classId)) continue;
    const bare = { x: null, y: null, width: null, height: null, attributes: null, extra: null };
    planned.push({ id: 0, classId, sourceId, score, ...bare });
  }
  return planned;
}
