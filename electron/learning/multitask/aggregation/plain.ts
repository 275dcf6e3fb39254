import type { Aggregation } from './types.ts';

/** Σ w·g. */
export const sum: Aggregation = { shares: null };

/** Σ w·g over the number of tasks that the batch has labels for. */
export const mean: Aggregation = {
  shares: null,
  weights(tf, weights, labelled) {
    const count = tf.maximum(tf.addN([...labelled]), 1);
    return weights.map((weight) => weight.div(count));
  },
};
