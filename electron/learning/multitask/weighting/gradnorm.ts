import type { Tensor } from '@tensorflow/tfjs';
import { adam } from './adam.ts';
import type { Weighting, WeightingKind, WeightingOptions } from './types.ts';

/** A factor of GradNorm never gets lower: at 0 a task could not come back. */
const LEAST_FACTOR = 1e-3;

/**
 * GradNorm (Chen et al. 2018, algorithm 1): the factors w are learned so that the norm G = w·‖∇L‖ of each task's
 * gradient on the shared weights comes near mean(G) · r^α, where r = (L / L₀) / mean(L / L₀) says how much slower than
 * the others the task learns (equations 1 and 2). The targets count as constants, so that the gradient of
 * Σ |G - target| to w is sign(G - target) · ‖∇L‖. After each step the factors are brought back to the sum K. Means go
 * over the tasks that the batch has labels for; the others' factors do not move by it. L₀ is the first labelled loss.
 */
function create({ tasks, alpha = 1.5, weightLearningRate = 0.025 }: WeightingOptions): Weighting {
  return {
    state: { factor: 1, first: 0, m: 0, v: 0 },
    factors: (_tf, { factor }) => factor!,
    update(tools, state, batch, { losses, labelled, norms }) {
      const { tf } = tools;
      if (norms === null) throw new Error('GradNorm needs the norms of the gradients');
      const { factor, first } = state as Record<'factor' | 'first', Tensor>;
      const isFirst = tf.cast(tf.equal(first, 0), 'float32').mul(labelled);
      const start = first.add(losses.mul(isFirst));
      const count = tf.maximum(tf.sum(labelled), 1);
      const meanOf = (values: Tensor) => tf.sum(values.mul(labelled)).div(count);
      const ratio = losses.div(tf.maximum(start, 1e-6));
      const rate = ratio.div(tf.maximum(meanOf(ratio), 1e-6));
      const gradientNorm = factor.mul(norms);
      const target = meanOf(gradientNorm).mul(tf.pow(rate, alpha));
      const gradient = tf.sign(gradientNorm.sub(target)).mul(norms).mul(labelled);
      const moved = adam(tools, state, 'factor', gradient, tf.scalar(weightLearningRate), batch);
      const positive = tf.maximum(moved.parameter, LEAST_FACTOR);
      const normalised = positive.mul(tf.div(tasks.length, tf.sum(positive)));
      return { factor: normalised, first: start, m: moved.m, v: moved.v };
    },
  };
}

export const gradnorm: WeightingKind = { create, needs: 'norms' };
