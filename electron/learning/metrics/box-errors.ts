import { BOX_ERROR_KINDS } from '../../common/heads.ts';
import type { BoxErrorKind } from '../../common/heads.ts';
import { averagePrecision } from './average-precision.ts';
import { bestOverlap, OUTCOME } from './matching.ts';
import type { DetectedBox, TrueBox } from './matching.ts';

/** From this overlap on a box is found; up to the other one a detection has nothing to do with it. */
const FOUND = 0.5;
const BACKGROUND = 0.1;

/** Errors of one kind: how many there are, and by how much mAP50 would rise if there were none (0 to 1). */
export interface BoxErrors {
  readonly kind: BoxErrorKind;
  readonly count: number;
  readonly cost: number;
}

/** What a detection is, and which box of its image it finds, or would find or stands beside. */
export interface ClassifiedDetection {
  outcome: number;
  kind: BoxErrorKind | null;
  /** Index of that box; -1: there is none. */
  truth: number;
  /** It would find that box once its class or its place is mended. */
  finds: boolean;
}

export interface ClassifiedImage {
  /** In the order given. */
  readonly detections: readonly ClassifiedDetection[];
  /** Boxes that no detection finds or means by a wrong class or place. */
  readonly missed: readonly number[];
}

/**
 * Sorts what is wrong on an image by its kind, after TIDE (Bolya et al. 2020, "TIDE: A General Toolbox for Identifying
 * Object Detection Errors"): a wrong detection has the wrong class, the wrong place (overlap 0.1 to 0.5), both, is a
 * second one of a box already found, or lies on background; a box that no detection means is missed.
 * @param detections that count, most confident first
 * @param overlaps as fillOverlaps fills them
 */
export function classifyErrors(
  truths: readonly TrueBox[],
  detections: readonly DetectedBox[],
  overlaps: Float64Array,
): ClassifiedImage {
  const taken = new Uint8Array(truths.length);
  const meant = new Uint8Array(truths.length);
  const best = (d: number, least: number, fits: (truth: number) => boolean): number =>
    bestOverlap(overlaps, truths.length, d, least, fits);
  const one = (t: number): boolean => truths[t]!.crowd !== true;
  const classified = detections.map(({ classIndex }, d): ClassifiedDetection => {
    const own = (t: number): boolean => truths[t]!.classIndex === classIndex;
    const truth = best(d, FOUND, (t) => own(t) && one(t) && taken[t] === 0);
    if (truth >= 0) {
      taken[truth] = 1;
      return { outcome: OUTCOME.right, kind: null, truth, finds: false };
    }
    const inCrowd = best(d, FOUND, (t) => own(t) && !one(t)) >= 0;
    return { outcome: inCrowd ? OUTCOME.ignored : OUTCOME.wrong, kind: null, truth: -1, finds: false };
  });
  for (const [d, detection] of classified.entries()) {
    if (detection.outcome !== OUTCOME.wrong) continue;
    if (best(d, BACKGROUND, one) < 0) {
      detection.kind = 'background';
      continue;
    }
    const { classIndex } = detections[d]!;
    const own = (t: number): boolean => one(t) && truths[t]!.classIndex === classIndex;
    const other = (t: number): boolean => one(t) && truths[t]!.classIndex !== classIndex;
    const misplaced = best(d, BACKGROUND, own);
    const double = best(d, FOUND, own);
    const misnamed = best(d, FOUND, other);
    if (misplaced >= 0 && double < 0) Object.assign(detection, { kind: 'place', truth: misplaced });
    else if (misnamed >= 0) Object.assign(detection, { kind: 'class', truth: misnamed });
    else if (double >= 0) Object.assign(detection, { kind: 'double', truth: double });
    else Object.assign(detection, { kind: 'both', truth: best(d, BACKGROUND, one) });
    const { kind, truth } = detection;
    // Detections come surest first: the first that means a box is the one that would find it.
    if ((kind !== 'place' && kind !== 'class') || taken[truth] === 1 || meant[truth] === 1) continue;
    meant[truth] = 1;
    detection.finds = true;
  }
  const missed = truths.flatMap((_, t) => (one(t) && taken[t] === 0 && meant[t] === 0 ? [t] : []));
  return { detections: classified, missed };
}

/** A class's detections as its errors need them, most confident first. */
export interface ErrorList {
  readonly scores: Float64Array;
  /** At the overlap by which mAP50 matches, sizes of all kinds. */
  readonly outcomes: Uint8Array;
  /** Index of the kind; {@link NO_ERROR}. */
  readonly kinds: Uint8Array;
  /** Class of the box that the detection finds once it is mended; -1 where it finds none. */
  readonly finds: Int32Array;
  readonly truths: number;
  readonly missed: number;
}

export const NO_ERROR = BOX_ERROR_KINDS.length;
const CLASS = BOX_ERROR_KINDS.indexOf('class');

/**
 * AP50 of a class by the kind of errors that is mended: the surest detection with a wrong class or place becomes right
 * where its box is free, others go; missed boxes are no longer asked for. Null where the class has no box.
 * @param renamed scores of other classes' detections that find a box of this one under its right name
 */
export function mendedPrecisions(
  list: ErrorList,
  ofClass: number,
  renamed: Float64Array,
): readonly number[] | null {
  if (list.truths === 0) return null;
  return BOX_ERROR_KINDS.map((kind, index) => {
    const left = list.truths - (kind === 'missed' ? list.missed : 0);
    if (left === 0) return 1;
    if (kind === 'missed') return averagePrecision(list.outcomes, left);
    const outcomes = list.outcomes.slice();
    for (let i = 0; i < outcomes.length; i++) {
      if (list.kinds[i] !== index) continue;
      outcomes[i] = list.finds[i] === ofClass ? OUTCOME.right : OUTCOME.ignored;
    }
    return averagePrecision(index === CLASS ? withRenamed(outcomes, list.scores, renamed) : outcomes, left);
  });
}

/** Outcomes with right ones put in by their score. */
function withRenamed(outcomes: Uint8Array, scores: Float64Array, renamed: Float64Array): Uint8Array {
  if (renamed.length === 0) return outcomes;
  const more = renamed.toSorted((a, b) => b - a);
  const all = new Uint8Array(outcomes.length + more.length).fill(OUTCOME.right);
  let at = 0;
  let next = 0;
  for (let i = 0; i < outcomes.length; i++) {
    while (next < more.length && more[next]! > scores[i]!) {
      next++;
      at++;
    }
    all[at++] = outcomes[i]!;
  }
  return all;
}
