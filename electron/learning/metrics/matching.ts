import type { Rectangle } from '../../common/geometry.ts';

/** A box that is really there, in pixels of the oriented image. */
export interface TrueBox extends Rectangle {
  /** Index in the list of class names. */
  readonly classIndex: number;
  /** The box stands for a group: detections in it are neither right nor wrong. */
  readonly crowd?: boolean;
  /** Square pixels, by which the box is small, medium or large; width × height where it isn't given. */
  readonly area?: number;
}

/** A box that the network found, in pixels of the oriented image. */
export interface DetectedBox extends Rectangle {
  readonly classIndex: number;
  readonly score: number;
}

/** Everything of one class on one image. */
export interface Cell {
  readonly truths: TrueBox[];
  readonly detections: DetectedBox[];
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

/** What became of a detection at one threshold and area range. */
export const OUTCOME = { wrong: 0, right: 1, ignored: 2 } as const;

export interface ClassMatches {
  /** By detection, in order of images; within an image most confident first. */
  readonly scores: Float64Array;
  /** Index of a detection among those of its image, from 0. */
  readonly ranks: Uint8Array;
  /** [area range][threshold][detection], flat: see {@link OUTCOME}. */
  readonly outcomes: Uint8Array;
  /** By area range: boxes that can be found. */
  readonly truths: Int32Array;
}

/** Overlaps [detection, truth]. Of a crowd box: the share of the detection that lies in it. */
export function fillOverlaps(
  detections: readonly DetectedBox[],
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

/**
 * Gives detections to true boxes, greedily by score, for every threshold and area range, by the rules of COCOeval
 * (github.com/cocodataset/cocoapi, `evaluateImg`): a true box takes one detection, a crowd any number; ignored boxes
 * (crowds, sizes outside the range) are taken only where no other fits, and what they take is not counted; neither
 * is an unmatched detection whose size is outside the range.
 */
export function matchClass(cells: readonly Cell[]): ClassMatches {
  const sorted = cells.map(({ detections }) =>
    [...detections].sort((a, b) => b.score - a.score).slice(0, MAX_DETECTIONS),
  );
  const total = sorted.reduce((sum, list) => sum + list.length, 0);
  const matches: ClassMatches = {
    scores: new Float64Array(total),
    ranks: new Uint8Array(total),
    outcomes: new Uint8Array(AREA_RANGES.length * IOU_THRESHOLDS.length * total),
    truths: new Int32Array(AREA_RANGES.length),
  };
  let overlaps = new Float64Array(1024);
  let start = 0;
  cells.forEach(({ truths }, c) => {
    const detections = sorted[c]!;
    detections.forEach(({ score }, rank) => {
      matches.scores[start + rank] = score;
      matches.ranks[start + rank] = rank;
    });
    const size = detections.length * truths.length;
    if (overlaps.length < size) overlaps = new Float64Array(size * 2);
    fillOverlaps(detections, truths, overlaps);
    AREA_RANGES.forEach((range, r) =>
      matchCell(truths, detections, overlaps, range, r, matches, start, total),
    );
    start += detections.length;
  });
  return matches;
}

function matchCell(
  truths: readonly TrueBox[],
  detections: readonly DetectedBox[],
  overlaps: Float64Array,
  [least, most]: readonly [number, number],
  range: number,
  matches: ClassMatches,
  start: number,
  total: number,
): void {
  const outside = (area: number): boolean => area < least || area > most;
  const isIgnored = (g: TrueBox): boolean => g.crowd === true || outside(g.area ?? g.width * g.height);
  const order: number[] = [];
  truths.forEach((g, i) => isIgnored(g) || order.push(i));
  const counted = order.length;
  matches.truths[range]! += counted;
  if (detections.length === 0) return;
  truths.forEach((g, i) => isIgnored(g) && order.push(i));
  const unmatched = detections.map((d) => (outside(d.width * d.height) ? OUTCOME.ignored : OUTCOME.wrong));
  const taken = new Uint8Array(order.length);

  for (let t = 0; t < IOU_THRESHOLDS.length; t++) {
    const threshold = IOU_THRESHOLDS[t]!;
    const base = (range * IOU_THRESHOLDS.length + t) * total + start;
    taken.fill(0);
    for (let d = 0; d < detections.length; d++) {
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
        matches.outcomes[base + d] = unmatched[d]!;
      } else {
        taken[match] = 1;
        matches.outcomes[base + d] = match < counted ? OUTCOME.right : OUTCOME.ignored;
      }
    }
  }
}
