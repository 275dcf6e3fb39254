import { adam } from './adam.ts';
import { LEAST_LOSS, ofLogarithms, softmaxOver } from './losses.ts';
import type { Weighting, WeightingKind, WeightingOptions } from './types.ts';

function create({ famoLearningRate = 0.025, famoDecay = 0.01 }: WeightingOptions): Weighting {
  return {
    state: { logit: 0, last: 0, m: 0, v: 0 },
    factors: (tf, { logit }, _batch, now) => ofLogarithms(tf, softmaxOver(tf, logit!, now.labelled), now),
    update(tools, state, batch, { losses, labelled }) {
      const { tf } = tools;
      const last = state['last']!;
      const logit = state['logit']!;
      const both = tf.cast(tf.greater(last, 0), 'float32').mul(labelled);
      const logarithm = (of: typeof last) => tf.log(tf.maximum(of, LEAST_LOSS));
      const fallen = logarithm(last).sub(logarithm(losses)).mul(both);
      // The transposed Jacobian of softmax: z ∘ (v - z·v).
      const shares = tf.softmax(logit);
      const pull = shares.mul(fallen.sub(tf.sum(shares.mul(fallen))));
      const gradient = pull.add(logit.mul(famoDecay));
      const moved = adam(tools, state, 'logit', gradient, tf.scalar(famoLearningRate), batch);
      return {
        logit: moved.parameter,
        last: losses.mul(labelled).add(last.mul(tf.sub(1, labelled))),
        m: moved.m,
        v: moved.v,
      };
    },
  };
}

/**
 * FAMO (Liu et al. 2023, algorithm 1): with z = softmax(ξ) the step is along Σ zᵢ ∇log Lᵢ, so that all losses fall at the
 * same rate: factors zᵢ / Lᵢ, brought to the sum K over the K tasks that have a label (the paper: 1). ξ follows
 * Jᵀ (log L(t) - log L(t+1)) + γ ξ with the Jacobian J of z, by Adam as in the authors' code. They look at one batch before
 * and after the step; here L(t) and L(t+1) are the losses of one batch and of the next that has the task, so that a step
 * stays one pass forward and one backward.
 */
export const famo: WeightingKind = { create };
