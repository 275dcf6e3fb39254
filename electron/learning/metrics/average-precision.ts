import { OUTCOME, RECALL_POINTS } from './matching.ts';

/**
 * Mean precision at 101 recall points, precision made non-increasing first (COCOeval `accumulate`). After a wrong
 * detection precision is lower than at the right one before it, so right ones alone say all.
 * @param precisions at right detections, most confident first; overwritten
 * @param right how many of them count
 */
export function meanPrecision(precisions: Float64Array, right: number, truths: number): number {
  for (let i = right - 1; i > 0; i--) {
    if (precisions[i]! > precisions[i - 1]!) precisions[i - 1] = precisions[i]!;
  }
  let sum = 0;
  let at = 0;
  for (const point of RECALL_POINTS) {
    while (at < right && (at + 1) / truths < point) at++;
    if (at === right) break;
    sum += precisions[at]!;
  }
  return sum / RECALL_POINTS.length;
}

/** The same by the outcomes of all detections, most confident first. */
export function averagePrecision(outcomes: Uint8Array, truths: number): number {
  const precisions = new Float64Array(outcomes.length);
  let right = 0;
  let wrong = 0;
  for (let i = 0; i < outcomes.length; i++) {
    const outcome = outcomes[i]!;
    if (outcome === OUTCOME.wrong) wrong++;
    else if (outcome === OUTCOME.right) {
      right++;
      precisions[right - 1] = right / (right + wrong);
    }
  }
  return meanPrecision(precisions, right, truths);
}
