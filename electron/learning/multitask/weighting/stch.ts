import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../../engine/kernels.ts';
import { LEAST_LOSS, ofLogarithms, softmaxOver } from './losses.ts';
import type { NamedTensors, Weighting, WeightingKind, WeightingOptions } from './types.ts';

/** The mean losses of the first epoch, once it has ended; 0 before, and for a task that had no label yet. */
function reference(tf: TensorFlow, { sum, count, first }: NamedTensors, epochStart: Tensor): Tensor {
  const begins = tf.cast(tf.equal(first!, 0), 'float32').mul(epochStart);
  return first!.add(sum!.div(tf.maximum(count!, 1)).mul(begins));
}

function create({ mu = 0.5 }: WeightingOptions): Weighting {
  return {
    state: { sum: 0, count: 0, first: 0 },
    factors(tf, state, batch, now) {
      const first = reference(tf, state, batch['epochStart']!);
      const known = tf.cast(tf.greater(first, 0), 'float32');
      const ratio = tf.log(tf.maximum(now.losses, LEAST_LOSS).div(tf.maximum(first, LEAST_LOSS)));
      return ofLogarithms(tf, softmaxOver(tf, ratio.mul(known).div(mu), now.labelled), now);
    },
    update({ tf }, state, batch, { losses, labelled }) {
      const first = reference(tf, state, batch['epochStart']!);
      return {
        first,
        sum: state['sum']!.add(losses.mul(labelled)),
        count: state['count']!.add(labelled),
      };
    },
  };
}

/**
 * Smooth Tchebycheff scalarisation (Lin et al. 2024, equation 5): the objective is μ log Σ exp(fᵢ / μ), a smooth maximum
 * of the tasks, with fᵢ = log(Lᵢ / L̄ᵢ) as in the authors' experiments on networks and L̄ᵢ the mean loss of the first
 * epoch; in that epoch it is Σ log Lᵢ. ∂/∂Lᵢ = softmax(f / μ)ᵢ / Lᵢ; the factors are that, brought to the sum K over the K
 * tasks that have a label. μ = 1 is fixed weights 1 / L̄ᵢ.
 */
export const stch: WeightingKind = { create, needs: 'epochs' };
