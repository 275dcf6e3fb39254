import type { DetectionInput } from './detection.ts';
import { bestOverlap, fillOverlaps } from './matching.ts';

/** From this overlap on a detection and a box belong together. */
const TOGETHER = 0.5;

/**
 * counts[truth][detected] of boxes; the last row is background (nothing is there), the last column are boxes that
 * were not found. Of the detections from `minScore` on, the surest first, each takes the free box of its class that
 * it overlaps most, from 0.5 on; those left over take a free box of any class. In a group nothing is counted.
 */
export function confuseBoxes({ images, classNames }: DetectionInput, minScore: number): number[][] {
  const none = classNames.length;
  const counts = Array.from({ length: none + 1 }, () => new Array<number>(none + 1).fill(0));
  for (const { truths, detections } of images) {
    const sure = detections.filter(({ score }) => score >= minScore).sort((a, b) => b.score - a.score);
    const overlaps = new Float64Array(sure.length * truths.length);
    fillOverlaps(sure, truths, overlaps);
    const free = truths.map(({ crowd }) => crowd !== true);
    const best = (d: number, fits: (t: number) => boolean): number =>
      bestOverlap(overlaps, truths.length, d, TOGETHER, fits);
    const leftOver: number[] = [];
    for (const [d, { classIndex }] of sure.entries()) {
      const own = (t: number): boolean => truths[t]!.classIndex === classIndex;
      const match = best(d, (t) => free[t] === true && own(t));
      if (match >= 0) {
        free[match] = false;
        counts[classIndex]![classIndex]!++;
      } else if (best(d, (t) => truths[t]!.crowd === true && own(t)) < 0) leftOver.push(d);
    }
    for (const d of leftOver) {
      const match = best(d, (t) => free[t] === true);
      if (match >= 0) free[match] = false;
      counts[match >= 0 ? truths[match]!.classIndex : none]![sure[d]!.classIndex]!++;
    }
    for (const [t, { classIndex }] of truths.entries()) if (free[t] === true) counts[classIndex]![none]!++;
  }
  return counts;
}
