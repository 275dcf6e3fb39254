import { adam } from './adam.ts';
import type { Weighting, WeightingKind } from './types.ts';

/** Logarithms of scales stay within ± this, so that a loss near 0 does not get a weight without end. */
const LOG_SCALE_LIMIT = 7;

const weighting: Weighting = {
  state: { logScale: 0, m: 0, v: 0 },
  factors: (tf, { logScale }) => tf.exp(logScale!),
  update(tools, state, batch, { losses, labelled }) {
    const { tf } = tools;
    const gradient = losses.mul(tf.exp(state['logScale']!)).sub(1).mul(labelled);
    const moved = adam(tools, state, 'logScale', gradient, batch['learningRate']!, batch);
    const logScale = tf.clipByValue(moved.parameter, -LOG_SCALE_LIMIT, LOG_SCALE_LIMIT);
    return { logScale, m: moved.m, v: moved.v };
  },
};

/**
 * IMTL-L (Liu et al. 2021, section 3.2): the objective is Σ exp(s)·L - s over the tasks that have a label, and s is
 * learned along with the network. exp(s) is the factor; ∂/∂s = exp(s)·L - 1. At its optimum every task's weighted loss
 * is 1.
 */
export const imtlL: WeightingKind = { create: () => weighting };
