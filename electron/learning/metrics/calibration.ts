import { CALIBRATION_BINS } from '../../common/score-parts.ts';
import type { CalibrationBin } from '../../common/entities.ts';

/** Index of the bin of a confidence; the upper end of a bin is included. */
export const calibrationBinOf = (confidence: number): number =>
  Math.min(CALIBRATION_BINS, Math.max(1, Math.ceil(confidence * CALIBRATION_BINS))) - 1;

/** The reliability diagram: how many of the answers of each confidence are right. */
export function calibrationBins(
  confidences: readonly number[],
  correct: readonly boolean[],
): CalibrationBin[] {
  const bins = Array.from({ length: CALIBRATION_BINS }, (_, index) => ({
    from: index / CALIBRATION_BINS,
    to: (index + 1) / CALIBRATION_BINS,
    count: 0,
    right: 0,
    confidence: 0,
  }));
  confidences.forEach((confidence, i) => {
    const bin = bins[calibrationBinOf(confidence)]!;
    bin.count++;
    bin.right += Number(correct[i]);
    // A sum until all are there.
    bin.confidence += confidence;
  });
  return bins.map((bin) => ({ ...bin, confidence: bin.count === 0 ? 0 : bin.confidence / bin.count }));
}

/**
 * Expected calibration error: how far confidence and accuracy lie apart, weighted over 15 bins of equal width (Guo et
 * al. 2017, "On Calibration of Modern Neural Networks", equation 5).
 */
export function calibrationError(confidences: readonly number[], correct: readonly boolean[]): number {
  const bins = calibrationBins(confidences, correct);
  // |accuracy − confidence| × share of a bin is |right − Σ confidence| / n.
  return (
    bins.reduce((sum, { right, confidence, count }) => sum + Math.abs(right - confidence * count), 0) /
    confidences.length
  );
}

/** The probabilities of the possible answers to one question, and which of them is true. */
export interface Answered {
  readonly probabilities: ArrayLike<number>;
  readonly truth: number;
}

/** A probability of 0 has no logarithm. */
const LEAST = 1e-12;

/**
 * The probabilities that the network would give if its logits were divided by a temperature. Logarithms of probabilities
 * stand for the logits: they differ from them by a constant, which softmax takes out.
 */
export function withTemperature(probabilities: ArrayLike<number>, temperature: number): Float64Array {
  const logits = Float64Array.from(probabilities, (value) => Math.log(Math.max(LEAST, value)) / temperature);
  const highest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const exponentials = logits.map((logit) => Math.exp(logit - highest));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / sum);
}

const COLDEST = 0.05;
const HOTTEST = 20;
const STEPS = 40;

/**
 * Temperature scaling: the number by which logits are divided so that the true answers are likeliest as a whole (Guo et
 * al. 2017, section 4.2). The negative log-likelihood is convex in 1 / temperature, so the sign of its slope leads to the
 * least one: Σ (mean logit by the scaled probabilities − logit of the truth). Null where there is none between 0.05 and
 * 20: without answers, or where all are right.
 */
export function fitTemperature(answers: readonly Answered[]): number | null {
  const logits = answers.map(({ probabilities, truth }) => {
    const all = Float64Array.from(probabilities, (value) => Math.log(Math.max(LEAST, value)));
    return { all, highest: all.reduce((a, b) => Math.max(a, b), -Infinity), truth };
  });
  const slope = (inverse: number): number => {
    let total = 0;
    for (const { all, highest, truth } of logits) {
      let sum = 0;
      let mean = 0;
      for (const logit of all) {
        const weight = Math.exp(inverse * (logit - highest));
        sum += weight;
        mean += weight * logit;
      }
      total += mean / sum - all[truth]!;
    }
    return total;
  };
  let [low, high] = [Math.log(1 / HOTTEST), Math.log(1 / COLDEST)];
  if (answers.length === 0 || slope(Math.exp(low)) >= 0 || slope(Math.exp(high)) <= 0) return null;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (slope(Math.exp(middle)) < 0) low = middle;
    else high = middle;
  }
  return Math.exp(-(low + high) / 2);
}
