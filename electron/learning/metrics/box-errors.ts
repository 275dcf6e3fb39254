import { BOX_ERROR_KINDS } from '../../common/heads.ts';
import type { BoxErrorKind } from '../../common/heads.ts';
import { averagePrecision, byFallingScore } from './average-precision.ts';
import type { DetectionInput } from './detection.ts';
import { bestOverlap, fillOverlaps, MAX_DETECTIONS, OUTCOME } from './matching.ts';
import type { DetectedBox, TrueBox } from './matching.ts';

/** From this overlap on a box is found; up to the other one a detection has nothing to do with it. */
const FOUND = 0.5;
const BACKGROUND = 0.1;

interface Truth {
  readonly box: TrueBox;
  taken: boolean;
  /** The surest detection that would find it but for its class or its place. */
  nearly: Detection | null;
}

interface Detection {
  readonly box: DetectedBox;
  outcome: number;
  kind: BoxErrorKind | null;
  /** The box that was meant, where class or place alone is wrong. */
  meant: Truth | null;
}

/** Errors of one kind: how many there are, and by how much mAP50 would rise if there were none (0 to 1). */
export interface BoxErrors {
  readonly kind: BoxErrorKind;
  readonly count: number;
  readonly cost: number;
}

/**
 * Sorts what is wrong by its kind, after TIDE (Bolya et al. 2020, "TIDE: A General Toolbox for Identifying Object
 * Detection Errors"): a wrong detection has the wrong class, the wrong place (overlap 0.1 to 0.5), both, is a second
 * one of a box already found, or lies on background; a box that no detection means is missed. The cost of a kind is
 * what mAP50 gains when its errors alone are mended; costs do not add up. A class all of whose boxes are missed
 * counts as 1 once they are mended.
 * @param countedFrom score from which errors are counted; costs take all detections, as mAP50 does
 */
export function judgeBoxErrors({ images, classNames }: DetectionInput, countedFrom: number): BoxErrors[] {
  const truths: Truth[] = [];
  const byClass = classNames.map((): Detection[] => []);
  for (const image of images) {
    const judged = judgeImage(image.truths, image.detections, classNames.length);
    for (const truth of judged.truths) if (truth.box.crowd !== true) truths.push(truth);
    for (const detection of judged.detections) byClass[detection.box.classIndex]!.push(detection);
  }
  const missed = truths.filter(({ taken, nearly }) => !taken && nearly === null);
  const toFind = countByClass(truths, classNames.length);
  const notMeant = countByClass(missed, classNames.length);
  const columns = byClass.map(columnsOf);
  const renamed = renamedTo(byClass, classNames.length);

  const mean = (mended: BoxErrorKind | null): number => {
    let sum = 0;
    let counted = 0;
    for (const [c, own] of columns.entries()) {
      if (toFind[c] === 0) continue;
      counted++;
      const left = toFind[c]! - (mended === 'missed' ? notMeant[c]! : 0);
      // Under their right name some come to another class.
      const more = mended === 'class' ? renamed[c]! : [];
      const all = more.length > 0 ? columnsOf([...byClass[c]!, ...more]) : own;
      sum += left === 0 ? 1 : averagePrecision(outcomesWithout(mended, all, c), all.order, left);
    }
    return counted === 0 ? 0 : sum / counted;
  };
  const now = mean(null);
  const counts = countKinds(columns, countedFrom);
  return BOX_ERROR_KINDS.map((kind, index) => ({
    kind,
    count: kind === 'missed' ? missed.length : counts[index]!,
    cost: Math.max(0, mean(kind) - now),
  }));
}

/** The detections of a class side by side: they are gone through once for each kind. */
interface Columns {
  readonly scores: Float64Array;
  readonly outcomes: Uint8Array;
  /** Index of the kind; {@link NO_ERROR}. */
  readonly kinds: Uint8Array;
  /** Class of the box that the detection finds once it is mended; -1 where it finds none. */
  readonly finds: Int32Array;
  /** Places, surest first. */
  readonly order: Uint32Array;
}

const NO_ERROR = BOX_ERROR_KINDS.length;

function columnsOf(detections: readonly Detection[]): Columns {
  const scores = Float64Array.from({ length: detections.length }, (_, i) => detections[i]!.box.score);
  return {
    scores,
    outcomes: Uint8Array.from({ length: detections.length }, (_, i) => detections[i]!.outcome),
    kinds: Uint8Array.from({ length: detections.length }, (_, i) => {
      const { kind } = detections[i]!;
      return kind === null ? NO_ERROR : BOX_ERROR_KINDS.indexOf(kind);
    }),
    finds: Int32Array.from({ length: detections.length }, (_, i) => {
      const { meant } = detections[i]!;
      return meant !== null && meant.nearly === detections[i] ? meant.box.classIndex : -1;
    }),
    order: byFallingScore(scores),
  };
}

/** Outcomes in the list of a class once errors of a kind are mended: what is gone counts as ignored. */
function outcomesWithout(mended: BoxErrorKind | null, columns: Columns, listOf: number): Uint8Array {
  if (mended === null || mended === 'missed') return columns.outcomes;
  const kind = BOX_ERROR_KINDS.indexOf(mended);
  const outcomes = columns.outcomes.slice();
  for (let i = 0; i < outcomes.length; i++) {
    if (columns.kinds[i] !== kind) continue;
    outcomes[i] = columns.finds[i] === listOf ? OUTCOME.right : OUTCOME.ignored;
  }
  return outcomes;
}

function countByClass(truths: readonly Truth[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const { box } of truths) counts[box.classIndex]!++;
  return counts;
}

/** By kind, and those that are no errors last. */
function countKinds(columns: readonly Columns[], countedFrom: number): number[] {
  const counts = new Array<number>(NO_ERROR + 1).fill(0);
  for (const { kinds, scores } of columns)
    for (let i = 0; i < kinds.length; i++) if (scores[i]! >= countedFrom) counts[kinds[i]!]!++;
  return counts;
}

/** By true class: detections that would find a box of it under its right name. */
function renamedTo(byClass: readonly (readonly Detection[])[], classes: number): Detection[][] {
  const lists = Array.from({ length: classes }, (): Detection[] => []);
  for (const list of byClass)
    for (const one of list)
      if (one.kind === 'class' && one.meant?.nearly === one) lists[one.meant.box.classIndex]!.push(one);
  return lists;
}

/** Matched class by class at the overlap 0.5 as for mAP50; what is left over is given its kind. */
function judgeImage(
  boxes: readonly TrueBox[],
  found: readonly DetectedBox[],
  classCount: number,
): { readonly truths: Truth[]; readonly detections: Detection[] } {
  const truths = boxes.map((box): Truth => ({ box, taken: false, nearly: null }));
  const left = new Array<number>(classCount).fill(MAX_DETECTIONS);
  const sorted = [...found]
    .sort((a, b) => b.score - a.score)
    .filter(({ classIndex }) => left[classIndex]!-- > 0);
  const overlaps = new Float64Array(sorted.length * boxes.length);
  fillOverlaps(sorted, boxes, overlaps);
  /** The truth that fits best from this overlap on, or null. */
  const best = (d: number, least: number, fits: (truth: Truth) => boolean): Truth | null => {
    const t = bestOverlap(overlaps, boxes.length, d, least, (index) => fits(truths[index]!));
    return truths[t] ?? null;
  };
  const detections = sorted.map((box, d): Detection => {
    const own = ({ box: truth }: Truth): boolean => truth.classIndex === box.classIndex;
    const match = best(d, FOUND, (truth) => own(truth) && truth.box.crowd !== true && !truth.taken);
    if (match !== null) {
      match.taken = true;
      return { box, outcome: OUTCOME.right, kind: null, meant: null };
    }
    const inCrowd = best(d, FOUND, (truth) => own(truth) && truth.box.crowd === true) !== null;
    return { box, outcome: inCrowd ? OUTCOME.ignored : OUTCOME.wrong, kind: null, meant: null };
  });
  for (const [d, detection] of detections.entries()) {
    if (detection.outcome !== OUTCOME.wrong) continue;
    const { classIndex } = detection.box;
    const one = (truth: Truth): boolean => truth.box.crowd !== true;
    const own = (truth: Truth): boolean => one(truth) && truth.box.classIndex === classIndex;
    const other = (truth: Truth): boolean => one(truth) && truth.box.classIndex !== classIndex;
    const misplaced = best(d, BACKGROUND, own);
    const double = best(d, FOUND, own);
    const misnamed = best(d, FOUND, other);
    if (misplaced !== null && double === null) means(detection, 'place', misplaced);
    else if (misnamed !== null) means(detection, 'class', misnamed);
    else if (double !== null) detection.kind = 'double';
    else detection.kind = best(d, BACKGROUND, one) === null ? 'background' : 'both';
  }
  return { truths, detections };
}

/** Detections come surest first: the first that means a box is the one that would find it. */
function means(detection: Detection, kind: 'place' | 'class', truth: Truth): void {
  detection.kind = kind;
  detection.meant = truth;
  if (!truth.taken) truth.nearly ??= detection;
}
