/** Weights in `evaluation.overall` of the training configuration, by task. */
export type OverallWeights = Readonly<Record<string, number>>;

/**
 * The weighted mean of the tasks' scores (accuracy, mAP50), 0 to 1: the score that chooses the best checkpoint. A part
 * that is null (no such head, nothing to evaluate it on) is left out. Where every part left has the weight 0, all count
 * alike, so that there still is a best one; null where there is no part at all, which is not a score of 0.
 */
export function overallScore(
  parts: Readonly<Record<string, number | null>>,
  weights: OverallWeights,
): number | null {
  const present = Object.entries(parts).flatMap(([task, value]) =>
    value === null ? [] : [{ value, weight: weights[task] ?? 1 }],
  );
  const total = present.reduce((sum, { weight }) => sum + weight, 0);
  if (present.length === 0) return null;
  if (total === 0) return present.reduce((sum, { value }) => sum + value, 0) / present.length;
  return present.reduce((sum, { value, weight }) => sum + value * weight, 0) / total;
}
