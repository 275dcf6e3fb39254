import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../../engine/kernels.ts';
import type { NamedTensors, Weighting, WeightingKind, WeightingOptions } from './types.ts';

/** A loss that grew by more than this from one epoch to the next counts as having grown by this. */
const LARGEST_RATIO = 10;

/** At the first step of an epoch the epoch that has ended becomes `last`, and `last` becomes `before`. */
function rollEpoch(tf: TensorFlow, state: NamedTensors, epochStart: Tensor): Record<string, Tensor> {
  const { sum, count, last, before } = state as Record<'sum' | 'count' | 'last' | 'before', Tensor>;
  // A task that had no label in the whole epoch keeps the mean that it had.
  const seen = tf.cast(tf.greater(count, 0), 'float32');
  const mean = tf
    .div(sum, tf.maximum(count, 1))
    .mul(seen)
    .add(last.mul(tf.sub(1, seen)));
  const start = epochStart;
  const stay = tf.sub(1, start);
  return {
    sum: sum.mul(stay),
    count: count.mul(stay),
    last: mean.mul(start).add(last.mul(stay)),
    before: last.mul(start).add(before.mul(stay)),
  };
}

/**
 * Dynamic weight average (Liu, Johns & Davison 2019, equation 7): with the mean losses of the last two epochs,
 * r = L(t-1) / L(t-2) and factors = K · softmax(r / T) over the K tasks; 1 until there are two epochs.
 */
function dynamicWeightAverage({ tasks, temperature = 2 }: WeightingOptions): Weighting {
  return {
    state: { sum: 0, count: 0, last: 0, before: 0 },
    factors(tf, state, batch) {
      const { last, before } = rollEpoch(tf, state, batch['epochStart']!) as Record<
        'last' | 'before',
        Tensor
      >;
      const known = tf.cast(tf.logicalAnd(tf.greater(before, 0), tf.greater(last, 0)), 'float32');
      const ratio = tf.minimum(last.div(tf.maximum(before, 1e-12)), LARGEST_RATIO);
      const rate = ratio.mul(known).add(tf.sub(1, known));
      return tf.softmax(rate.div(temperature)).mul(tasks.length);
    },
    update({ tf }, state, batch, { losses, labelled }) {
      const rolled = rollEpoch(tf, state, batch['epochStart']!);
      return {
        ...rolled,
        sum: rolled['sum']!.add(losses.mul(labelled)),
        count: rolled['count']!.add(labelled),
      };
    },
  };
}

export const dwa: WeightingKind = { create: dynamicWeightAverage, needs: 'epochs' };
