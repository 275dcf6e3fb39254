import { directions, lowest, scalarsOf, solveWithin, supports } from './algebra.ts';
import type { Aggregation } from './types.ts';

/**
 * UPGrad (Quinton & Rey 2024, section 3): each gradient is projected onto the cone of steps that are against no task,
 * {d: d·gⱼ ≥ 0 for all j}, and the projections are averaged. The projection of gᵢ is gᵢ + Σ vⱼ gⱼ with
 * v = argmin ½ vᵀ G v + vᵀ G eᵢ over v ≥ 0. Without conflict it is the mean. Tasks without label count in neither.
 */
export const upgrad: Aggregation = {
  shares(tf, tasks) {
    const { norms, cosines, labelled, weights } = directions(tf, tasks);
    const count = tasks.gram.length;
    const within = supports(tf, count);
    // A column for each gradient that is projected, in units of its length and of those it is made of.
    const candidates = tf.relu(solveWithin(tf, cosines, within, tf.neg(cosines)));
    const products = tf.matMul(tf.tile(tf.expandDims(cosines, 0), [2 ** count, 1, 1]), candidates);
    const values = tf.sum(candidates.mul(products.mul(0.5).add(cosines)), 1);
    const chosen = lowest(tf, candidates, values);
    const added = tf.sum(chosen.mul(norms), 1).div(norms);
    const total = labelled
      .add(added)
      .mul(labelled)
      .div(tf.maximum(tf.sum(labelled), 1));
    return scalarsOf(tf, total.mul(weights));
  },
};
