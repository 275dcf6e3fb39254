import type { Tensor } from '@tensorflow/tfjs';
import { SMALLEST } from './algebra.ts';
import type { Aggregation } from './types.ts';

/**
 * PCGrad (Yu et al. 2020, algorithm 1): from each task's gradient the part is taken that points against another
 * task's, gᵢ ← gᵢ - (gᵢ·gⱼ / ‖gⱼ‖²) gⱼ where gᵢ·gⱼ < 0, one other task after the other, and the results are summed. The
 * paper draws the order of the others; here it is that of the tasks, beginning after i, so that a step follows from state
 * and batch alone. With two tasks there is one order only. A task without gradient conflicts with none.
 */
export const pcgrad: Aggregation = {
  shares(tf, { gram, weights }) {
    const weighted = gram.map((row, i) => row.map((product, j) => product.mul(weights[i]!).mul(weights[j]!)));
    const count = gram.length;
    const sums = gram.map(() => tf.scalar(0) as Tensor);
    for (let i = 0; i < count; i++) {
      // The gradient as a combination of the original ones: its product with gⱼ is that combination of a column.
      const shares: Tensor[] = gram.map((_, k) => tf.scalar(k === i ? 1 : 0));
      for (let step = 1; step < count; step++) {
        const j = (i + step) % count;
        const product = tf.addN(shares.map((share, k) => share.mul(weighted[k]![j]!)));
        const squared = weighted[j]![j]!;
        const excess = tf.minimum(product, 0).div(tf.maximum(squared, SMALLEST));
        shares[j] = shares[j]!.sub(excess);
      }
      shares.forEach((share, k) => (sums[k] = sums[k]!.add(share)));
    }
    return sums.map((share, i) => share.mul(weights[i]!));
  },
};
