import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../../engine/kernels.ts';
import type { StepLosses } from './types.ts';

/** A loss that is smaller counts as this where it is divided by or its logarithm taken. */
export const LEAST_LOSS = 1e-6;

/**
 * Factors of the gradient of Σ share · log loss, brought to the sum K over the K tasks that have a label.
 * @param shares [tasks], 0 for the others
 */
export function ofLogarithms(tf: TensorFlow, shares: Tensor, { losses, labelled }: StepLosses): Tensor {
  const slopes = shares.div(tf.maximum(losses, LEAST_LOSS));
  return slopes.mul(tf.sum(labelled)).div(tf.maximum(tf.sum(slopes), 1e-30));
}

/** softmax over the tasks that have a label; 0 for the others. */
export function softmaxOver(tf: TensorFlow, logits: Tensor, labelled: Tensor): Tensor {
  const highest = tf.max(logits.mul(labelled).sub(tf.sub(1, labelled).mul(1e9)));
  const weights = tf.exp(tf.minimum(logits.sub(highest), 0)).mul(labelled);
  return weights.div(tf.maximum(tf.sum(weights), 1e-30));
}
