import type { Attributes, Unknown } from '../../common/dataset.ts';
import type { ClassKind, OnConflict, Split } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { intersectionOverUnion } from '../../common/geometry.ts';
import type { Rectangle, Size } from '../../common/geometry.ts';
import { requireFiniteAttributes } from '../../common/labels/attribute-values.ts';
import { DRAWN } from '../../common/labels/box-fields.ts';
import { kit } from '../../common/labels/kits.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { ImagePatch } from '../history/patch.ts';
import type { Provenance } from './provenance.ts';
import { rowFields } from '../rows/box-rows.ts';
import { hasBounds, NO_BOUNDS } from '../rows/bounds.ts';
import type { BoxRow } from '../rows/box-rows.ts';
import type { SuggestionRow } from '../rows/suggestion-rows.ts';

/** What an import may do with the labels of one image: what else there is to choose is settled before. */
type PlannedMode = Exclude<OnConflict, 'skip' | 'suggest'>;

/** In pixels of the oriented image, inside it: the caller clips. */
export interface ImportedBox extends Rectangle {
  /** Name of an object class. */
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
  /** Scores of the names, in their order, where a source of suggestions has scores. */
  readonly imageClassScores?: readonly (number | null)[];
  readonly split: Split | null;
  /** Kept where the image has none: not in the journal, since it is no label. */
  readonly group?: string | null;
  /** Somebody looked and there is nothing: counts where the image has no label afterwards. */
  readonly verifiedEmpty: boolean;
  /** Fields that the source brought and nobody here knows, by its format. */
  readonly extra?: Readonly<Record<string, Unknown>>;
}

/** The image as it is, as far as an import goes. */
export interface ImportTarget extends Size {
  readonly boxes: readonly BoxRow[];
  readonly imageClassIds: readonly number[];
  /** Asked for only where it matters. */
  readonly provenance: () => Provenance;
}

export interface ImportPlan {
  /** New boxes, without ids (0). */
  readonly added: readonly BoxRow[];
  readonly patch: ImagePatch;
  /** The image kept its own class where the source says another one and only one is allowed. */
  readonly classKept: boolean;
  /** Boxes of the source that were left out: a person has changed or deleted them here, or it is unclear which box they correct. */
  readonly boxesKept: number;
}

/** How far, in pixels, two coordinates may be apart and still be the same: formats print a few digits only. */
const SAME = 1e-6;

function isSameBox(a: BoxRow | SuggestionRow, b: BoxRow): boolean {
  return a.classId === b.classId && hasBounds(a) && kit.alike(a, b, SAME);
}

function rowOf(box: ImportedBox, classId: number): BoxRow {
  const { score, attributes, extra } = box;
  return {
    id: 0,
    classId,
    ...kit.encode(box),
    ...rowFields({ ...DRAWN, source: 'import', score, attributes }),
    extra: extra === null || Object.keys(extra).length === 0 ? null : JSON.stringify(extra),
  };
}

/** Same score, attributes and unknown fields; who drew it doesn't matter. */
function sameContent(a: BoxRow, b: BoxRow): boolean {
  return a.score === b.score && a.attributes === b.attributes && a.extra === b.extra;
}

interface BoxPlan {
  readonly added: readonly BoxRow[];
  readonly put: readonly BoxRow[];
  readonly remove: readonly number[];
  readonly kept: number;
}

const NO_BOXES: BoxPlan = { added: [], put: [], remove: [], kept: 0 };

function planBoxes(
  wanted: readonly BoxRow[],
  { boxes: there, provenance }: ImportTarget,
  mode: PlannedMode,
): BoxPlan {
  // Each box there stands for one of the source: a source that has a box twice keeps it twice.
  const unmatched = [...there];
  const rest: BoxRow[] = [];
  const matched: (readonly [there: BoxRow, wanted: BoxRow])[] = [];
  for (const box of wanted) {
    const index = unmatched.findIndex((one) => isSameBox(one, box));
    if (index < 0) rest.push(box);
    else matched.push([unmatched.splice(index, 1)[0]!, box]);
  }
  if (mode === 'merge') return { ...NO_BOXES, added: rest };
  const put = matched
    .filter(([one, box]) => !sameContent(one, box))
    .map(([one, box]) => ({ ...box, id: one.id }));
  if (mode === 'replace') return { added: rest, put, remove: unmatched.map(({ id }) => id), kept: 0 };
  if (rest.length + unmatched.length + put.length === 0) return NO_BOXES;
  return updateBoxes({ rest, unmatched, put }, provenance());
}

/** A box of the source that overlaps one of its class here this much is the same one, corrected. */
const SAME_OBJECT_IOU = 0.5;

function updateBoxes(
  { rest, unmatched, put }: { rest: readonly BoxRow[]; unmatched: readonly BoxRow[]; put: readonly BoxRow[] },
  { touched, former, ofSource, emptied }: Provenance,
): BoxPlan {
  if (emptied) return { ...NO_BOXES, kept: rest.length };
  const past = [...former];
  const fresh = rest.filter((box) => {
    const index = past.findIndex((one) => isSameBox(one, box));
    if (index >= 0) past.splice(index, 1);
    return index < 0;
  });
  const pairs = fresh
    .flatMap((box) => unmatched.map((one) => ({ box, one, iou: intersectionOverUnion(box, one) })))
    .filter(({ box, one, iou }) => box.classId === one.classId && iou >= SAME_OBJECT_IOU)
    .sort((a, b) => b.iou - a.iou);
  const taken = new Map<BoxRow, BoxRow>();
  const corrected = new Set<BoxRow>();
  for (const { box, one } of pairs) {
    if (taken.has(box) || corrected.has(one)) continue;
    taken.set(box, one);
    corrected.add(one);
  }
  // What another file brought is only corrected where no other box could be meant: near ones may be two objects.
  const meant = (box: BoxRow, one: BoxRow): boolean =>
    ofSource.has(one.id) || pairs.filter((pair) => pair.box === box || pair.one === one).length === 1;
  const corrections = [...taken].filter(([box, one]) => !touched.has(one.id) && meant(box, one));
  return {
    added: fresh.filter((box) => !taken.has(box)),
    put: [
      ...put.filter(({ id }) => !touched.has(id)),
      ...corrections.map(([box, one]) => ({ ...box, id: one.id })),
    ],
    remove: unmatched
      .filter((one) => !corrected.has(one) && ofSource.has(one.id) && !touched.has(one.id))
      .map(({ id }) => id),
    kept: rest.length - fresh.length + taken.size - corrections.length,
  };
}

function planClasses(
  wanted: readonly number[],
  { imageClassIds: there, provenance }: ImportTarget,
  mode: PlannedMode,
  several: boolean,
): { ids: number[]; kept: boolean } {
  if (mode === 'replace') return { ids: [...wanted], kept: false };
  const ids = [...new Set([...there, ...wanted])].sort((a, b) => a - b);
  const differs = there.length > 0 && (ids.length > there.length || ids.length > wanted.length);
  if (mode === 'update' && differs && provenance().classesOfSource) return { ids: [...wanted], kept: false };
  if (several || ids.length <= 1) return { ids, kept: false };
  // A class that the image has is a word that was said in this project: it stays.
  return { ids: [...there], kept: ids.length > there.length };
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
  rules: { readonly mode: PlannedMode; readonly several: boolean; readonly place: string },
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
    throw new TwinheadError('invalid-input', say('labels.oneClass'), {
      place: `${rules.place}.imageClassNames`,
      remedy: say('store.severalClasses'),
    });
  }
  const boxes = wanted === undefined ? NO_BOXES : planBoxes(wanted, target, rules.mode);
  const classes = distinct === undefined ? null : planClasses(distinct, target, rules.mode, rules.several);
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
    boxesKept: boxes.kept,
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
  target: Omit<ImportTarget, 'provenance'> & { readonly suggestions: readonly SuggestionRow[] },
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
      (one) => one.classId === classId && !hasBounds(one),
    );
    if (suggested || target.imageClassIds.includes(classId)) continue;
    planned.push({ id: 0, classId, ...NO_BOUNDS, sourceId, score, attributes: null, extra: null });
  }
  return planned;
}
