import type { ImageCounts } from './bootstrap.ts';
import { RECALL_POINTS } from './matching.ts';

/** The detections of a class that count, most confident first, and the boxes to be found. */
export interface DrawableList {
  readonly images: Int32Array;
  /** By detection, a bit for each threshold of the overlap: it finds a box. */
  readonly right: Uint16Array;
  /** As `right`: it finds none. With neither bit it lies in a group. */
  readonly wrong: Uint16Array;
  readonly truths: readonly { readonly image: number; readonly count: number }[];
}

/** Average precision of a list of right detections, most confident first, as meanPrecision has it. */
function precisionOf(recalls: readonly number[], precisions: number[]): number {
  for (let at = precisions.length - 1; at > 0; at--)
    if (precisions[at]! > precisions[at - 1]!) precisions[at - 1] = precisions[at]!;
  let sum = 0;
  let at = 0;
  for (const point of RECALL_POINTS) {
    while (at < recalls.length && recalls[at]! < point) at++;
    if (at === recalls.length) break;
    sum += precisions[at]!;
  }
  return sum / RECALL_POINTS.length;
}

/**
 * Average precisions, by threshold, of a sample in which images count several times: copies of a detection lie side by
 * side. Null where the sample has no box of the class.
 * @param thresholds how many of them, from the lowest on
 */
export function sampledPrecisions(
  { images, right, wrong, truths }: DrawableList,
  counts: ImageCounts,
  thresholds: number,
): number[] | null {
  const toFind = truths.reduce((sum, { image, count }) => sum + count * counts[image]!, 0);
  if (toFind === 0) return null;
  const all = 2 ** thresholds - 1;
  const lists = Array.from({ length: thresholds }, () => ({
    ...{ found: 0, missed: 0, recalls: [] as number[], precisions: [] as number[] },
  }));
  // Most detections overlap no box and are wrong at every threshold alike.
  let wrongAlike = 0;
  for (let at = 0; at < images.length; at++) {
    const count = counts[images[at]!]!;
    if (count === 0) continue;
    if ((wrong[at]! & all) === all) {
      wrongAlike += count;
      continue;
    }
    for (let t = 0; t < thresholds; t++) {
      const list = lists[t]!;
      if (((wrong[at]! >> t) & 1) === 1) list.missed += count;
      else if (((right[at]! >> t) & 1) === 1) {
        list.found += count;
        list.recalls.push(list.found / toFind);
        list.precisions.push(list.found / (list.found + list.missed + wrongAlike));
      }
    }
  }
  return lists.map(({ recalls, precisions }) => precisionOf(recalls, precisions));
}
