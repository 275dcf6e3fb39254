/** Weights in `evaluation.overall` of the training configuration, by task. */
export type OverallWeights = Readonly<Record<string, number>>;

/**
 * The weighted mean of the tasks’ scores, 0 to 1, by which the best checkpoint is chosen. Parts that are null are left out; where
 * all weights left are 0 they count alike; null without any part.
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
