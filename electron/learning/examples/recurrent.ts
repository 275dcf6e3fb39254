import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Layers } from '../base/layers.ts';
import { heNormal } from '../base/parameters.ts';

/** Rows of a learned table [entries, width] by whole numbers of any shape: [...indices, width]. */
export function embedding(
  { tf, store }: Layers,
  name: string,
  indices: Tensor,
  { entries, width }: { readonly entries: number; readonly width: number },
): Tensor {
  const table = store.parameter({
    name: `${name}/table`,
    shape: [entries, width],
    decays: false,
    // Unit variance of a row's numbers over √width: as long as what a dense layer would give.
    initial: heNormal(2 * width),
  });
  return tf.gather(table as Tensor2D, tf.cast(indices, 'int32'));
}

/**
 * A long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000), unrolled:
 * i, f, o = σ(·), g = tanh(·) of [x, h]·K + b; c ← f·c + i·g; h ← o·tanh(c). The forget gate's bias begins at 1, so
 * that it remembers before it has learned to.
 * @param sequence one [batch, inputs] a step
 * @returns h [batch, units] after each step
 */
export function lstm(layers: Layers, name: string, sequence: readonly Tensor2D[], units: number): Tensor2D[] {
  const { tf, store } = layers;
  const [batch, inputs] = sequence[0]!.shape;
  const kernel = store.parameter({
    name: `${name}/kernel`,
    shape: [inputs + units, 4 * units],
    decays: true,
    // Glorot's variance 2 / (inputs + outputs) of a gate, for the saturating functions that follow.
    initial: heNormal(inputs + 2 * units),
  }) as Tensor2D;
  const bias = store.parameter({
    name: `${name}/bias`,
    shape: [4 * units],
    decays: false,
    initial: (size) => new Float32Array(size).fill(1, units, 2 * units),
  });
  store.countMultiplyAdds(sequence.length * (inputs + units) * 4 * units);
  let hidden: Tensor2D = tf.zeros([batch, units]);
  let memory: Tensor2D = tf.zeros([batch, units]);
  return sequence.map((x) => {
    const gates = tf.add(tf.matMul(tf.concat([x, hidden], 1), kernel), bias);
    const [input, forget, candidate, output] = tf.split(gates, 4, 1) as [
      Tensor2D,
      Tensor2D,
      Tensor2D,
      Tensor2D,
    ];
    const kept = tf.mul<Tensor2D>(tf.sigmoid(forget), memory);
    memory = tf.add(kept, tf.mul(tf.sigmoid(input), tf.tanh(candidate)));
    hidden = tf.mul(tf.sigmoid(output), tf.tanh(memory));
    return hidden;
  });
}

/** [batch, steps, width] → one [batch, width] a step. */
export function stepsOf({ tf }: Layers, x: Tensor): Tensor2D[] {
  return tf.unstack(x, 1) as Tensor2D[];
}
