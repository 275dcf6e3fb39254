import {
  directions,
  lowestOnSimplex,
  quadratic,
  scalarsOf,
  solveWithin,
  SMALLEST,
  supports,
} from './algebra.ts';
import type { Aggregation } from './types.ts';

/**
 * CAGrad (Liu et al. 2021, equation 3 and algorithm 1): of all steps within c·‖g₀‖ of the mean gradient g₀ the one that
 * helps the worst-off task most. With w on the simplex, g_w = Σ wᵢ gᵢ and φ = c²‖g₀‖²,
 * w = argmin g_w·g₀ + √φ ‖g_w‖ and d = g₀ + (√φ / ‖g_w‖) g_w.
 *
 * On the support of w, κ = √φ / ‖g_w‖ and ν the multiplier of Σ w = 1: κ G w + G a = ν 1, where g₀ = Σ aᵢ gᵢ. With
 * p = G⁻¹ 1, q = G⁻¹ G a, P = 1·p, Q = 1·q and R = q·G a that is κ w = ν p - q, ν = (Q + κ) / P and
 * κ² = Q² - P (R - φ). c = 0 is the mean. A task that alone has labels is taken whole.
 */
export const cagrad: Aggregation = {
  shares(tf, tasks, { aversion = 0.5 }) {
    const { norms, cosines, labelled, active, weights } = directions(tf, tasks);
    const within = supports(tf, tasks.gram.length);
    const lengths = norms.div(tf.max(norms));
    const count = tf.sum(labelled);
    const mean = labelled.div(tf.maximum(count, 1));
    // Products with g₀ over the length of each gradient.
    const toMean = tf.squeeze(tf.matMul(cosines, tf.expandDims(lengths.mul(mean), 1)), [1]);
    const squared = tf.relu(tf.sum(lengths.mul(mean).mul(toMean)));
    const phi = squared.mul(aversion ** 2);
    const inverse = tf.div(1, lengths);
    const [p, q] = tf.unstack(solveWithin(tf, cosines, within, tf.stack([inverse, toMean], 1)), 2);
    const upperP = tf.sum(p!.mul(inverse), 1, true);
    const upperQ = tf.sum(q!.mul(inverse), 1, true);
    const upperR = tf.sum(q!.mul(toMean), 1, true);
    const kappa = tf.sqrt(tf.relu(upperQ.square().sub(upperP.mul(upperR.sub(phi)))));
    const nu = upperQ.add(kappa).div(tf.maximum(upperP, SMALLEST));
    const candidates = nu.mul(p!).sub(q!).mul(inverse);
    const length = (points: Parameters<typeof quadratic>[2]) =>
      tf.sqrt(tf.relu(quadratic(tf, cosines, points.mul(lengths))));
    const w = lowestOnSimplex(tf, candidates, within, active, (points) =>
      tf.sum(points.mul(lengths).mul(toMean), 1).add(tf.sqrt(phi).mul(length(points))),
    );
    const several = tf.cast(tf.greater(count, 1), 'float32');
    const pull = tf
      .sqrt(phi)
      .mul(several)
      .div(tf.maximum(tf.squeeze(length(tf.expandDims(w, 0))), 1e-9));
    return scalarsOf(tf, mean.add(w.mul(pull)).mul(weights));
  },
};
