import { say } from '../../common/sentences/sentence.ts';
import type { Column, ExampleMetric } from './types.ts';

/** Rows of one-hot targets or scores [rows, classes] → the index of the largest. */
export function largest(values: ArrayLike<number>, classes: number): number[] {
  return Array.from({ length: values.length / classes }, (_, row) => {
    let best = 0;
    for (let index = 1; index < classes; index++) {
      if (values[row * classes + index]! > values[row * classes + best]!) best = index;
    }
    return best;
  });
}

/** Share of the rows whose largest logit is the right one, beside always naming the training data's most frequent class. */
export function accuracyMetric(
  task: string,
  logits: Float32Array,
  { train, test }: { readonly train: Column; readonly test: Column },
): ExampleMetric {
  const [classes = 1] = test.shape;
  const truths = largest(test.data, classes);
  const found = largest(logits, classes);
  const counts = new Array<number>(classes).fill(0);
  for (const index of largest(train.data, classes)) counts[index]!++;
  const frequent = counts.indexOf(Math.max(...counts));
  const share = (hit: (truth: number, row: number) => boolean): number =>
    truths.filter(hit).length / truths.length;
  return {
    task,
    metric: 'accuracy',
    value: share((truth, row) => truth === found[row]),
    baseline: share((truth) => truth === frequent),
    baselineIs: say('learning.example.mostFrequent'),
  };
}

/** 1 − Σ(y − ŷ)² / Σ(y − ȳ)²: the share of the variance that is explained; naming the mean explains none. */
export function explainedVariance(task: string, values: Float32Array, test: Column): ExampleMetric {
  const truths = Float64Array.from(test.data);
  const mean = truths.reduce((sum, value) => sum + value, 0) / truths.length;
  let residual = 0;
  let total = 0;
  truths.forEach((value, row) => {
    residual += (value - values[row]!) ** 2;
    total += (value - mean) ** 2;
  });
  return {
    task,
    metric: 'R²',
    value: 1 - residual / total,
    baseline: 0,
    baselineIs: say('learning.example.mean'),
  };
}

/**
 * Area under the ROC curve: how often a positive gets more than a negative, ties half (Mann-Whitney U / n₊n₋).
 * @param test 0 or 1
 */
export function areaUnderCurve(task: string, scores: Float32Array, test: Column): ExampleMetric {
  const order = Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  let ranks = 0;
  let positives = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) end++;
    // Equal scores share the mean of their ranks, counted from 1.
    for (let i = start; i < end; i++) {
      if (test.data[order[i]!] !== 1) continue;
      ranks += (start + 1 + end) / 2;
      positives++;
    }
    start = end;
  }
  const negatives = order.length - positives;
  return {
    task,
    metric: 'AUC',
    value: (ranks - (positives * (positives + 1)) / 2) / (positives * negatives),
    baseline: 0.5,
    baselineIs: say('learning.example.chance'),
  };
}
