import { LEAST_LOSS } from './losses.ts';
import type { Weighting, WeightingKind } from './types.ts';

const weighting: Weighting = {
  state: {},
  factors(tf, _state, _batch, { losses, labelled }) {
    const count = tf.maximum(tf.sum(labelled), 1);
    const positive = tf.maximum(losses, LEAST_LOSS);
    const mean = tf.exp(tf.sum(tf.log(positive).mul(labelled)).div(count));
    return mean.div(positive.mul(count)).mul(labelled);
  },
  update: () => ({}),
};

/**
 * Geometric loss strategy (Chennupati et al. 2019, equation 3): the objective is the geometric mean of the K losses that
 * have a label, L = (Π Lᵢ)^(1/K). ∂L/∂Lᵢ = L / (K Lᵢ) is the factor, and Σ factor · loss is L itself. Weights of the losses
 * scale L as a whole.
 */
export const gls: WeightingKind = { create: () => weighting };
