import { indexOfLargest } from './classification.ts';

/** The class that an example is labelled with, beside what the network says of it. */
export interface LabelledExample {
  readonly label: number;
  readonly probabilities: ArrayLike<number>;
}

/** A label that may be wrong. */
export interface SuspectLabel {
  /** Index of the example. */
  readonly example: number;
  /** How suspicious it is, 0 to 1: 1 less the probability of the class that it is labelled with. */
  readonly score: number;
  /** The class that it may be of instead. */
  readonly likely: number;
}

/** Rounding must not make a class that all examples have the same probability of unsure. */
const EPSILON = 1e-6;

/**
 * Labels that may be wrong, the most suspicious first, by confident learning (Northcutt et al. 2021, "Confident Learning:
 * Estimating Uncertainty in Dataset Labels", equations 1 and 2): a class is said confidently from its own mean probability
 * on the examples that are labelled with it; suspicious is a label other than the likeliest class that is said so. That is
 * the off-diagonal of the confident joint, as cleanlab's `filter_by="confident_learning"` has it, ranked by
 * self-confidence. Probabilities should come from a network that has not been trained on these examples.
 */
export function suspectLabels(examples: readonly LabelledExample[], classes: number): SuspectLabel[] {
  const sums = new Float64Array(classes);
  const counts = new Int32Array(classes);
  for (const { label, probabilities } of examples) {
    sums[label]! += probabilities[label]!;
    counts[label]!++;
  }
  const confident = sums.map((sum, index) =>
    counts[index] === 0 ? Infinity : sum / counts[index]! - EPSILON,
  );
  return examples
    .flatMap(({ label, probabilities }, example) => {
      const said = Float64Array.from(probabilities, (value, index) =>
        value >= confident[index]! ? value : -Infinity,
      );
      const likely = indexOfLargest(said);
      // A label that the network finds likelier than what it says confidently is no suspect.
      if (said[likely] === -Infinity || probabilities[likely]! - probabilities[label]! <= EPSILON) return [];
      return [{ example, score: 1 - probabilities[label]!, likely }];
    })
    .sort((a, b) => b.score - a.score || a.example - b.example);
}
