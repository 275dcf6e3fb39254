import { adam } from './adam.ts';
import type { Weighting, WeightingKind } from './types.ts';

/** Logarithms of variances stay within ± this, so that a loss near 0 does not get a weight without end. */
const LOG_VARIANCE_LIMIT = 7;

/**
 * Homoscedastic uncertainty (Kendall, Gal & Cipolla 2018, equation 10, in the form of its section 3.2 with
 * s = log σ²): the objective is Σ exp(-s)·L + s/2 over the tasks that have a label, and s is learned along with the
 * network. exp(-s) is the factor; ∂/∂s = 1/2 - exp(-s)·L. At its optimum every task's weighted loss is 1/2.
 */
const weighting: Weighting = {
  state: { logVariance: 0, m: 0, v: 0 },
  factors: (tf, { logVariance }) => tf.exp(tf.neg(logVariance!)),
  update(tools, state, batch, { losses, labelled }) {
    const { tf } = tools;
    const weighted = losses.mul(tf.exp(tf.neg(state['logVariance']!)));
    const gradient = tf.sub(0.5, weighted).mul(labelled);
    const moved = adam(tools, state, 'logVariance', gradient, batch['learningRate']!, batch);
    const logVariance = tf.clipByValue(moved.parameter, -LOG_VARIANCE_LIMIT, LOG_VARIANCE_LIMIT);
    return { logVariance, m: moved.m, v: moved.v };
  },
};

export const uncertainty: WeightingKind = { create: () => weighting };
