import { directions, lowestOnSimplex, quadratic, scalarsOf, solveWithin, supports } from './algebra.ts';
import type { Aggregation } from './types.ts';

/**
 * MGDA (Sener & Koltun 2018, equation 5): the shortest of all convex combinations of the weighted gradients,
 * min ‖Σ αᵢ gᵢ‖² over α ≥ 0, Σ α = 1. Among the tasks of its support G α is constant. A task without label would pull it
 * to 0 and is left out. With two tasks this is their γ = clip((g₂ - g₁)·g₂ / ‖g₁ - g₂‖², 0, 1).
 */
export const mgda: Aggregation = {
  shares(tf, tasks) {
    const { norms, cosines, labelled, weights } = directions(tf, tasks);
    const within = supports(tf, tasks.gram.length);
    // 1 for the shortest gradient, else less: α = ratios · x where x counts in units of length.
    const ratios = tf.min(norms).div(norms);
    const solved = tf.squeeze(solveWithin(tf, cosines, within, tf.expandDims(ratios, 1)), [2]);
    const alpha = lowestOnSimplex(tf, solved.mul(ratios), within, labelled, (points) =>
      quadratic(tf, cosines, points.div(ratios)),
    );
    return scalarsOf(tf, alpha.mul(weights));
  },
};
