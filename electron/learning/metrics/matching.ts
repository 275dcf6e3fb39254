import type { Rectangle } from '../../common/geometry.ts';

/** A box that is really there, in pixels of the oriented image. */
export interface TrueBox extends Rectangle {
  /** Index in the list of class names. */
  readonly classIndex: number;
  /** The box stands for a group: detections in it are neither right nor wrong. */
  readonly crowd?: boolean | undefined;
  /** Square pixels, by which the box is small, medium or large; width × height where it isn't given. */
  readonly area?: number;
}

/** A box that the network found, in pixels of the oriented image. */
export interface DetectedBox extends Rectangle {
  readonly classIndex: number;
  readonly score: number;
}

/**
 * `count` numbers from `first` to `last`, rounded as NumPy's `linspace` rounds them: an overlap or a recall that
 * falls on a threshold must fall on the same side as in the reference.
 */
function evenlySpaced(first: number, last: number, count: number): Float64Array {
  const step = (last - first) / (count - 1);
  const values = Float64Array.from({ length: count }, (_, i) => i * step + first);
  values[count - 1] = last;
  return values;
}

/** 0.5, 0.55 … 0.95. */
export const IOU_THRESHOLDS = evenlySpaced(0.5, 0.95, 10);
/** 0, 0.01 … 1. */
export const RECALL_POINTS = evenlySpaced(0, 1, 101);
/** Detections of one class on one image that count, most confident first. */
export const MAX_DETECTIONS = 100;

/** Square pixels, both ends included: all, small, medium, large. */
export const AREA_RANGES = [
  [0, 1e10],
  [0, 32 ** 2],
  [32 ** 2, 96 ** 2],
  [96 ** 2, 1e10],
] as const;

/** Pairs of area range and threshold, by which outcomes are laid out: range · thresholds + threshold. */
export const COMBINATIONS = AREA_RANGES.length * IOU_THRESHOLDS.length;

/** What became of a detection at one threshold and area range. */
export const OUTCOME = { wrong: 0, right: 1, ignored: 2 } as const;

/** Overlaps [detection, truth]. Of a crowd box: the share of the detection that lies in it. */
export function fillOverlaps(
  detections: readonly Rectangle[],
  truths: readonly TrueBox[],
  into: Float64Array,
): void {
  let at = 0;
  for (const d of detections) {
    const right = d.x + d.width;
    const bottom = d.y + d.height;
    const detectedArea = d.width * d.height;
    for (const g of truths) {
      const width = Math.min(right, g.x + g.width) - Math.max(d.x, g.x);
      const height = Math.min(bottom, g.y + g.height) - Math.max(d.y, g.y);
      let overlap = 0;
      if (width > 0 && height > 0) {
        const shared = width * height;
        overlap = shared / (g.crowd === true ? detectedArea : detectedArea + g.width * g.height - shared);
      }
      into[at++] = overlap;
    }
  }
}

/**
 * The true box that a detection overlaps most, from `least` on and of those that fit; of equal ones the last, as in
 * COCOeval. -1 where there is none.
 * @param overlaps as {@link fillOverlaps} has filled them for `truths` boxes
 */
export function bestOverlap(
  overlaps: Float64Array,
  truths: number,
  detection: number,
  least: number,
  fits: (truth: number) => boolean,
): number {
  let overlap = least;
  let best = -1;
  for (let truth = 0; truth < truths; truth++) {
    const here = overlaps[detection * truths + truth]!;
    if (here < overlap || !fits(truth)) continue;
    overlap = here;
    best = truth;
  }
  return best;
}

const outside = (area: number, [least, most]: readonly [number, number]): boolean =>
  area < least || area > most;
/** A bit for each area range in which a detection that matches nothing is wrong. */
export const rangesOf = ({ width, height }: Rectangle): number =>
  AREA_RANGES.reduce((bits, range, index) => bits | (Number(!outside(width * height, range)) << index), 0);
export const areaOf = (truth: TrueBox): number => truth.area ?? truth.width * truth.height;

/** Whether a box is to be found in an area range: it is no crowd and of that size. */
export const counts = (truth: TrueBox, range: number): boolean =>
  truth.crowd !== true && !outside(areaOf(truth), AREA_RANGES[range]!);

/** Everything of one class on one image. */
export interface Cell {
  readonly truths: readonly TrueBox[];
  /** By falling score. One that overlaps no box by 0.5 may be left out: it takes none. */
  readonly detections: readonly DetectedBox[];
  /** [detection, truth], as {@link fillOverlaps} fills them. */
  readonly overlaps: Float64Array;
}

/**
 * Gives detections to true boxes, greedily by score, for every threshold and area range, by the rules of COCOeval
 * (github.com/cocodataset/cocoapi, `evaluateImg`): a true box takes one detection, a crowd any number; ignored boxes
 * (crowds, sizes outside the range) are taken only where no other fits, and what they take is not counted; neither
 * is an unmatched detection whose size is outside the range.
 * @returns of each detection what became of it, by combination
 */
export function matchCell({ truths, detections, overlaps }: Cell): Uint8Array[] {
  const outcomes = detections.map(() => new Uint8Array(COMBINATIONS));
  const all = [...truths.keys()];
  for (const [range, sizes] of AREA_RANGES.entries()) {
    const order = all.filter((g) => counts(truths[g]!, range));
    const counted = order.length;
    order.push(...all.filter((g) => !counts(truths[g]!, range)));
    const taken = new Uint8Array(order.length);
    for (const [t, threshold] of IOU_THRESHOLDS.entries()) {
      const combination = range * IOU_THRESHOLDS.length + t;
      taken.fill(0);
      for (const [d, { width, height }] of detections.entries()) {
        let best = threshold;
        let match = -1;
        for (let g = 0; g < order.length; g++) {
          if (g === counted && match !== -1) break;
          const truth = order[g]!;
          if (taken[g] === 1 && truths[truth]!.crowd !== true) continue;
          const overlap = overlaps[d * truths.length + truth]!;
          if (overlap < best) continue;
          best = overlap;
          match = g;
        }
        if (match === -1) {
          outcomes[d]![combination] = outside(width * height, sizes) ? OUTCOME.ignored : OUTCOME.wrong;
        } else {
          taken[match] = 1;
          outcomes[d]![combination] = match < counted ? OUTCOME.right : OUTCOME.ignored;
        }
      }
    }
  }
  return outcomes;
}
