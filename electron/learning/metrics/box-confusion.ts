import { bestOverlap } from './matching.ts';
import type { DetectedBox, TrueBox } from './matching.ts';

/** From this overlap on a detection and a box belong together. */
const TOGETHER = 0.5;

/** What detections were taken for on an image. */
export interface ConfusedImage {
  /** By detection, index of its box; -1: nothing is there; null: not counted, or it lies in a group. */
  readonly truths: readonly (number | null)[];
  /** Boxes that were not found. */
  readonly notFound: readonly number[];
}

/**
 * Matches detections with boxes, the surest first: each takes the free box of its class that it overlaps most, from 0.5
 * on; those left over take a free box of any class. In a group nothing is counted.
 * @param overlaps as fillOverlaps fills them
 * @param isCounted whether a detection, by its index, is one of those that count
 */
export function confuseImage(
  truths: readonly TrueBox[],
  detections: readonly DetectedBox[],
  overlaps: Float64Array,
  isCounted: (d: number) => boolean = () => true,
): ConfusedImage {
  const free = truths.map(({ crowd }) => crowd !== true);
  const best = (d: number, fits: (t: number) => boolean): number =>
    bestOverlap(overlaps, truths.length, d, TOGETHER, fits);
  const found = new Array<number | null>(detections.length).fill(null);
  const leftOver: number[] = [];
  for (const [d, { classIndex }] of detections.entries()) {
    if (!isCounted(d)) continue;
    const own = (t: number): boolean => truths[t]!.classIndex === classIndex;
    const match = best(d, (t) => free[t] === true && own(t));
    if (match >= 0) {
      free[match] = false;
      found[d] = match;
    } else if (best(d, (t) => truths[t]!.crowd === true && own(t)) < 0) leftOver.push(d);
  }
  for (const d of leftOver) {
    const match = best(d, (t) => free[t] === true);
    if (match >= 0) free[match] = false;
    found[d] = match;
  }
  return { truths: found, notFound: truths.flatMap((_, t) => (free[t] === true ? [t] : [])) };
}
