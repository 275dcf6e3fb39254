import { OUTCOME, RECALL_POINTS } from './matching.ts';

/** Places of `scores`, highest first; of equal scores the earlier one goes first, as in the reference. */
export function byFallingScore(scores: Float64Array): Uint32Array {
  return Uint32Array.from({ length: scores.length }, (_, i) => i).sort(
    (a, b) => scores[b]! - scores[a]! || a - b,
  );
}

/**
 * Mean precision at 101 recall points, precision made non-increasing first (COCOeval `accumulate`).
 * @param order detections, most confident first
 */
export function averagePrecision(outcomes: Uint8Array, order: Uint32Array, truths: number): number {
  const precision = new Float64Array(order.length);
  const recall = new Float64Array(order.length);
  let right = 0;
  let wrong = 0;
  for (let i = 0; i < order.length; i++) {
    const outcome = outcomes[order[i]!]!;
    if (outcome === OUTCOME.right) right++;
    else if (outcome === OUTCOME.wrong) wrong++;
    precision[i] = right === 0 ? 0 : right / (right + wrong);
    recall[i] = right / truths;
  }
  for (let i = order.length - 1; i > 0; i--) {
    if (precision[i]! > precision[i - 1]!) precision[i - 1] = precision[i]!;
  }
  let sum = 0;
  let at = 0;
  for (const point of RECALL_POINTS) {
    while (at < order.length && recall[at]! < point) at++;
    if (at === order.length) break;
    sum += precision[at]!;
  }
  return sum / RECALL_POINTS.length;
}
