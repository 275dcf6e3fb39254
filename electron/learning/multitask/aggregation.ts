import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/kernels.ts';
import type { AggregationMethod } from './types.ts';

/** Scalar products of the tasks' gradients on the shared weights: gram[i][j] = gᵢ · gⱼ, each a scalar. */
export type Gram = readonly (readonly Tensor[])[];

export interface TaskScalars {
  /** Weight of each task's loss in the total, a scalar each. */
  readonly weights: readonly Tensor[];
  /** 1 where the batch has a label for the task, else 0. */
  readonly labelled: readonly Tensor[];
}

/**
 * How the tasks' gradients on the shared weights become one: every method here gives a linear combination of them,
 * whose coefficients follow from their scalar products alone.
 * @returns a coefficient a task, for the gradients before weighting
 */
export function aggregate(
  tf: TensorFlow,
  method: AggregationMethod,
  gram: Gram,
  { weights, labelled }: TaskScalars,
): Tensor[] {
  const weighted = gram.map((row, i) => row.map((product, j) => product.mul(weights[i]!).mul(weights[j]!)));
  if (method === 'pcgrad') return conflictFree(tf, weighted).map((share, i) => share.mul(weights[i]!));
  if (method === 'mgda') return leastNorm(tf, weighted, labelled).map((share, i) => share.mul(weights[i]!));
  return method === 'mean' ? meanWeights(tf, weights, labelled) : [...weights];
}

/** Weights of the mean over the tasks that the batch has labels for. */
export function meanWeights(
  tf: TensorFlow,
  weights: readonly Tensor[],
  labelled: readonly Tensor[],
): Tensor[] {
  const count = tf.maximum(tf.addN([...labelled]), 1);
  return weights.map((weight) => weight.div(count));
}

/**
 * PCGrad (Yu et al. 2020, algorithm 1): from each task's gradient the part is taken that points against another
 * task's, gᵢ ← gᵢ - (gᵢ·gⱼ / ‖gⱼ‖²) gⱼ where gᵢ·gⱼ < 0, one other task after the other, and the results are summed. The
 * paper draws the order of the others; here it is that of the tasks, beginning after i, so that a step follows from state
 * and batch alone. With two tasks there is one order only. A task without gradient conflicts with none.
 */
function conflictFree(tf: TensorFlow, gram: Gram): Tensor[] {
  const count = gram.length;
  const sums = gram.map(() => tf.scalar(0) as Tensor);
  for (let i = 0; i < count; i++) {
    // The gradient as a combination of the original ones: its product with gⱼ is that combination of a column.
    const shares: Tensor[] = gram.map((_, k) => tf.scalar(k === i ? 1 : 0));
    for (let step = 1; step < count; step++) {
      const j = (i + step) % count;
      const product = tf.addN(shares.map((share, k) => share.mul(gram[k]![j]!)));
      const squared = gram[j]![j]!;
      const excess = tf.minimum(product, 0).div(tf.maximum(squared, SMALLEST));
      shares[j] = shares[j]!.sub(excess);
    }
    shares.forEach((share, k) => (sums[k] = sums[k]!.add(share)));
  }
  return sums;
}

/**
 * MGDA for two tasks (Sener & Koltun 2018, equation 5 and algorithm 1): the point of least norm between the two
 * gradients, γ = clip((g₂ - g₁)·g₂ / ‖g₁ - g₂‖², 0, 1), γ·g₁ + (1 - γ)·g₂. A task without label would pull it to 0: then
 * the other one's gradient is taken whole. Equal gradients: γ = 1/2.
 */
function leastNorm(tf: TensorFlow, gram: Gram, labelled: readonly Tensor[]): [Tensor, Tensor] {
  if (gram.length !== 2) throw new Error(`MGDA is for two tasks, not ${gram.length}`);
  const [[one, mixed], [, two]] = gram as unknown as [[Tensor, Tensor], [Tensor, Tensor]];
  const distance = one.sub(mixed.mul(2)).add(two);
  const apart = tf.cast(tf.greater(distance, 0), 'float32');
  const ratio = two.sub(mixed).div(tf.maximum(distance, SMALLEST)).mul(apart);
  const best = tf.clipByValue(ratio.add(tf.sub(1, apart).mul(0.5)), 0, 1);
  const [first, second] = labelled as [Tensor, Tensor];
  // Both: best; only the first: 1; only the second: 0.
  const share = best
    .mul(first)
    .mul(second)
    .add(first.mul(tf.sub(1, second)));
  return [share, tf.sub(1, share)];
}

/** The smallest normal number of float32: what is divided by it stays finite where the dividend is as small. */
const SMALLEST = 1.2e-38;
