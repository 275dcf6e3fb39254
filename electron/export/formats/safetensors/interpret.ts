import type { Tensor, Tensor4D, TensorLike } from '@tensorflow/tfjs';
import { say } from '../../../common/sentences/sentence.ts';
import type { Engine } from '../../../engine/types.ts';
import { mismatch } from '../../parity.ts';
import type { Layer } from '../layers.ts';
import type { NetworkConfig } from './config.ts';

/** What a layer does, of its inputs and attributes alone. */
type Operation = (tf: Engine['tf'], inputs: readonly Tensor[], given: Given) => Tensor | Tensor[];

/** Attributes of a layer, by what they should be. */
class Given {
  readonly #layer: Layer;

  constructor(layer: Layer) {
    this.#layer = layer;
  }

  number(name: string): number {
    const value = this.#layer.attributes[name];
    return typeof value === 'number' ? value : this.#missing(name);
  }

  numbers(name: string): number[] {
    return this.#list(name).map((one) => (typeof one === 'number' ? one : this.#missing(name)));
  }

  pair(name: string): [number, number] {
    const [first, second] = this.numbers(name);
    return first === undefined || second === undefined ? this.#missing(name) : [first, second];
  }

  pairs(name: string): [number, number][] {
    return this.#list(name).map((one) =>
      typeof one === 'number' || one.length !== 2 ? this.#missing(name) : [one[0]!, one[1]!],
    );
  }

  #list(name: string): readonly (number | readonly number[])[] {
    const value = this.#layer.attributes[name];
    return value === undefined || typeof value === 'number' ? this.#missing(name) : value;
  }

  #missing(name: string): never {
    throw mismatch(say('export.onnx.attribute', { operation: this.#layer.op, attribute: name }));
  }
}

const asMap = (x: Tensor | undefined): Tensor4D => x as Tensor4D;

const padded = (tf: Engine['tf'], x: Tensor | undefined, given: Given): Tensor4D =>
  tf.pad(asMap(x), [[0, 0], ...given.pairs('padding'), [0, 0]]);

const one =
  (run: (tf: Engine['tf'], x: Tensor) => Tensor): Operation =>
  (tf, [x]) =>
    run(tf, x!);
const two =
  (run: (tf: Engine['tf'], x: Tensor, y: Tensor) => Tensor): Operation =>
  (tf, [x, y]) =>
    run(tf, x!, y!);

/** By the names in config.json. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  add: two((tf, x, y) => tf.add(x, y)),
  subtract: two((tf, x, y) => tf.sub(x, y)),
  multiply: two((tf, x, y) => tf.mul(x, y)),
  divide: two((tf, x, y) => tf.div(x, y)),
  minimum: two((tf, x, y) => tf.minimum(x, y)),
  maximum: two((tf, x, y) => tf.maximum(x, y)),
  matmul: two((tf, x, y) => tf.matMul(x, y)),
  exp: one((tf, x) => tf.exp(x)),
  log1p: one((tf, x) => tf.log1p(x)),
  relu: one((tf, x) => tf.relu(x)),
  relu6: one((tf, x) => tf.relu6(x)),
  selu: one((tf, x) => tf.selu(x)),
  sigmoid: one((tf, x) => tf.sigmoid(x)),
  softmax: one((tf, x) => tf.softmax(x)),
  reshape: (tf, [x], given) => tf.reshape(x!, given.numbers('shape')),
  transpose: (tf, [x], given) => tf.transpose(x!, given.numbers('axes')),
  concatenate: (tf, parts, given) => tf.concat([...parts], given.number('axis')),
  split: (tf, [x], given) => tf.split(x!, given.numbers('sizes'), given.number('axis')),
  mean: (tf, [x], given) => tf.mean(x!, given.numbers('axes')),
  sum: (tf, [x], given) => tf.sum(x!, given.numbers('axes')),
  max: (tf, [x], given) => tf.max(x!, given.numbers('axes')),
  resize_nearest: (tf, [x], given) => tf.image.resizeNearestNeighbor(asMap(x), given.pair('size')),
  average_pool2d: (tf, [x], given) =>
    tf.avgPool(asMap(x), given.pair('window'), given.pair('strides'), 'valid'),
  conv2d: (tf, [x, kernel], given) =>
    tf.conv2d(padded(tf, x, given), asMap(kernel), given.pair('strides'), 'valid'),
  depthwise_conv2d: (tf, [x, kernel], given) =>
    tf.depthwiseConv2d(padded(tf, x, given), asMap(kernel), given.pair('strides'), 'valid'),
};

/**
 * Runs the layers of a config.json, op by op. What no later layer takes is released at once.
 * @param weights by name; they stay @returns the named outputs, which belong to the caller
 * @throws TwinheadError `export-mismatch` where a layer, or what it takes, is unknown
 */
export function runLayers(
  { tf }: Engine,
  { layers, outputs }: NetworkConfig,
  weights: ReadonlyMap<string, Tensor>,
  input: { readonly name: string; readonly data: TensorLike; readonly shape: number[] },
): Record<string, Tensor> {
  return tf.tidy(() => {
    const values = new Map<string, Tensor>([[input.name, tf.tensor(input.data, input.shape, 'float32')]]);
    const kept = new Set(Object.values(outputs).map(({ value }) => value));
    const lastUse = new Map(layers.flatMap(({ inputs }, index) => inputs.map((name) => [name, index])));
    const valueOf = (name: string | number): Tensor => {
      if (typeof name === 'number') return tf.scalar(name);
      const value = values.get(name) ?? weights.get(name);
      if (value === undefined) throw mismatch(say('export.graph.order'));
      return value;
    };
    for (const [index, layer] of layers.entries()) {
      const operation = OPERATIONS[layer.op];
      if (operation === undefined) throw mismatch(say('export.graph.operation', { operation: layer.op }));
      const given = new Given(layer);
      const results = tf.tidy(() => [operation(tf, layer.inputs.map(valueOf), given)].flat());
      results.forEach((result, at) => values.set(layer.outputs[at]!, result));
      for (const name of layer.inputs) {
        if (typeof name === 'number' || lastUse.get(name) !== index || kept.has(name)) continue;
        values.get(name)?.dispose();
        values.delete(name);
      }
    }
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, valueOf(value)]));
  });
}
