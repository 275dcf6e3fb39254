import type { ImageCounts } from './bootstrap.ts';
import { RECALL_POINTS } from './matching.ts';

/** The detections of a class that count at the overlap 0.5, most confident first, and the boxes to be found. */
export interface DrawableList {
  readonly images: Int32Array;
  /** 1: it finds a box. */
  readonly right: Uint8Array;
  readonly truths: readonly { readonly image: number; readonly count: number }[];
}

/**
 * Average precision at 101 recall points, as meanPrecision, of a sample in which images count several times: copies of a
 * detection lie side by side. Null where the sample has no box of the class.
 */
export function sampledPrecision(
  { images, right, truths }: DrawableList,
  counts: ImageCounts,
): number | null {
  const toFind = truths.reduce((sum, { image, count }) => sum + count * counts[image]!, 0);
  if (toFind === 0) return null;
  let found = 0;
  let wrong = 0;
  const recalls: number[] = [];
  const precisions: number[] = [];
  for (let at = 0; at < images.length; at++) {
    const count = counts[images[at]!]!;
    if (count === 0) continue;
    if (right[at] === 0) {
      wrong += count;
      continue;
    }
    found += count;
    recalls.push(found / toFind);
    precisions.push(found / (found + wrong));
  }
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
