import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../../engine/kernels.ts';
import { directions, lowest, quadratic, RIDGE, scalarsOf, SMALLEST, solveWithin } from './algebra.ts';
import type { Aggregation } from './types.ts';

/** Two tasks: the first point is the solution. More: enough where the gradients nearly cancel each other. */
const iterations = (tasks: number): number => (tasks === 2 ? 0 : 8);

/** Lengths of Newton's step that are tried: where the gradients nearly cancel, β is far from the start. */
const TRIALS = [0.5, 1, 2, 4, 8, 16];

/**
 * β > 0 with C β = 1 / β among the active tasks: the least point of ½ βᵀ C β - Σ log βᵢ. Of points along a ray the least
 * has βᵀ C β = K, which leaves f = K/2 log βᵀ C β - Σ log βᵢ; each iteration takes the lowest f along Newton's step s,
 * β (1 - t s) and β exp(-t s) for several t.
 */
function bargain(tf: TensorFlow, cosines: Tensor, active: Tensor): Tensor {
  const tasks = active.shape[0];
  const curved = cosines.add(tf.eye(tasks).mul(RIDGE));
  const count = tf.sum(active);
  const among = tf.expandDims(active, 0);
  const trials = tf.tensor2d(TRIALS, [TRIALS.length, 1]);
  // Rounding leaves nothing of a quadratic form that is a smaller share of its terms.
  const form = (points: Tensor): Tensor =>
    tf.maximum(
      quadratic(tf, curved, points),
      tf
        .sum(points.square(), 1)
        .mul(RIDGE / 4)
        .add(SMALLEST),
    );
  const scaled = (point: Tensor): Tensor => point.mul(tf.sqrt(count.div(form(tf.expandDims(point, 0)))));
  const value = (points: Tensor): Tensor =>
    tf
      .log(form(points))
      .mul(count.div(2))
      .sub(tf.sum(tf.log(points.add(tf.sub(1, active))), 1));
  /** Newton's step in units of β, and its decrement squared. */
  const newton = (beta: Tensor): { step: Tensor; decrease: Tensor } => {
    const terms = curved.mul(beta).mul(tf.expandDims(beta, 1));
    const slope = tf.sum(terms, 1).sub(active);
    const curvature = terms.add(tf.eye(tasks));
    const step = tf.reshape(solveWithin(tf, curvature, among, tf.expandDims(slope, 1)), [-1]);
    return { step, decrease: tf.sum(slope.mul(step)) };
  };
  let beta = scaled(active);
  for (let i = 0; i < iterations(tasks); i++) {
    const change = tf.neg(trials.mul(newton(beta).step));
    const factors = tf.concat([
      tf.ones([1, tasks]),
      tf.maximum(change.add(1), 1e-3),
      tf.exp(tf.clipByValue(change, -5, 5)),
    ]);
    const points = factors.mul(beta);
    const best = lowest(tf, tf.expandDims(points, 2), tf.expandDims(value(points), 1));
    beta = scaled(tf.squeeze(best, [1]));
  }
  if (iterations(tasks) === 0) return beta;
  // Near the solution rounding hides which f is lower, but not where the slope is 0.
  const { step, decrease } = newton(beta);
  const near = tf.cast(tf.less(decrease, 0.06), 'float32');
  return beta.mul(tf.sub(1, tf.clipByValue(step, -0.5, 0.5).mul(near)));
}

/**
 * Nash-MTL (Navon et al. 2022, claim 3.1): the bargaining solution, G α = 1 / α element by element, α > 0. With
 * αᵢ = βᵢ / ‖gᵢ‖ it depends on the cosines C alone: C β = 1 / β. The paper approximates it by a sequence of convex
 * programmes. As in the authors' code G is taken over its Frobenius norm, so that the step is as long as the gradients
 * are. Two tasks: β = 1 / √(1 + cos). A task without gradient is left out.
 */
export const nashMtl: Aggregation = {
  shares(tf, tasks) {
    const { norms, cosines, active, weights } = directions(tf, tasks);
    const beta = bargain(tf, cosines, active);
    // ‖G‖ in units of the longest gradient, whose square may be too large a number.
    const longest = tf.max(norms);
    const lengths = norms.mul(active).div(longest);
    const products = cosines.mul(lengths).mul(tf.expandDims(lengths, 1));
    const frobenius = tf.sqrt(tf.maximum(tf.sum(products.square()), SMALLEST));
    const alpha = beta.mul(tf.sqrt(frobenius)).mul(longest.div(norms));
    return scalarsOf(tf, alpha.mul(weights));
  },
};
