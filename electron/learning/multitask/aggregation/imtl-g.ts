import { directions, scalarsOf, SMALLEST, solveWithin } from './algebra.ts';
import type { Aggregation } from './types.ts';

/** The coefficients' sum is taken for at least this share of the sum of their sizes. */
const LEAST_SUM = 0.1;

/**
 * IMTL-G (Liu et al. 2021, section 3.1): the combination with Σ α = 1 whose projections on all the unit gradients
 * uᵢ = gᵢ / ‖gᵢ‖ are equal, in closed form. With U and D the rows u₁ - uᵢ and g₁ - gᵢ the paper has
 * α₂.. = g₁ Uᵀ (D Uᵀ)⁻¹; the same from the cosines C is αᵢ = xᵢ / ‖gᵢ‖ over their sum, C x = 1. Two tasks:
 * α = (‖g₂‖, ‖g₁‖) / (‖g₁‖ + ‖g₂‖). From three tasks on α may be negative, and where it sums to about 0 the paper's step
 * has no bound, or turns round: here |α| sums to at most 10 and the projections stay positive. A task without gradient
 * is left out.
 */
export const imtlG: Aggregation = {
  shares(tf, tasks) {
    const { norms, cosines, active, weights } = directions(tf, tasks);
    const right = tf.ones([tasks.gram.length, 1]);
    const x = tf.reshape(solveWithin(tf, cosines, tf.expandDims(active, 0), right), [-1]);
    const unscaled = x.mul(active).mul(tf.min(norms).div(norms));
    const least = tf.sum(tf.abs(unscaled)).mul(LEAST_SUM);
    const alpha = unscaled.div(tf.maximum(tf.maximum(tf.sum(unscaled), least), SMALLEST));
    return scalarsOf(tf, alpha.mul(weights));
  },
};
