import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  GraphError,
  compileFunction,
  record,
  statelessUniform,
} from '../../../electron/engine/graph/index.ts';
import type { NamedTensors } from '../../../electron/engine/graph/index.ts';
import type { Engine } from '../../../electron/engine/types.ts';
import { loadNativeEngine } from './native-engine.ts';
import { tensorOf } from './networks.ts';

let engine: Engine;
let tf: Engine['tf'];
beforeAll(async () => {
  engine = await loadNativeEngine();
  tf = engine.tf;
});

const elements = (tensor: Tensor): number[] => Array.from(tensor.dataSync());

/** Functions of one tensor [2, 6, 7, 4] between -1 and 1: each has to come back the same from its graph. */
const functions: Record<string, (x: Tensor4D) => Tensor> = {
  arithmetic: (x) => x.add(2).mul(3).sub(x.square()).div(x.abs().add(1)),
  'comparison and choice': (x) =>
    tf.where(tf.logicalAnd(x.greater(0), tf.logicalNot(x.greater(0.5))), x, tf.neg(x)),
  'elementwise functions': (x) =>
    tf.addN([
      tf.exp(x),
      tf.log1p(x.abs()),
      tf.tanh(x),
      tf.sigmoid(x),
      tf.softplus(x),
      tf.rsqrt(x.abs().add(1)),
    ]),
  activations: (x) =>
    tf.addN([
      tf.relu(x),
      tf.relu6(x),
      tf.elu(x),
      tf.selu(x),
      tf.leakyRelu(x, 0.1),
      tf.clipByValue(x, -0.5, 0.5),
    ]),
  'reshape, transpose, reverse': (x) => tf.reverse(tf.transpose(tf.reshape(x, [2, 42, 4]), [0, 2, 1]), 1),
  'expand and squeeze': (x) => tf.squeeze(tf.expandDims(x, 1).mul(2), [1]),
  'slice, stridedSlice, split': (x) =>
    tf
      .concat(
        [
          tf.slice(x, [0, 1, 1, 0], [2, 3, 3, 4]),
          tf.stridedSlice(x, [0, 0, 0, 0], [2, 6, 6, 4], [1, 2, 2, 1]),
        ],
        1,
      )
      .add(tf.split(tf.slice(x, [0, 0, 0, 0], [2, 6, 6, 4]), 2, 2)[0]!),
  'concat, stack, unstack, tile, pad': (x) =>
    tf.pad(
      tf.tile(tf.stack([tf.unstack(x, 3)[0]!, tf.unstack(tf.concat([x, x], 3), 3)[5]!], 3), [1, 2, 1, 1]),
      [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ],
    ),
  reductions: (x) =>
    tf.addN([
      tf.sum(x, [1, 2]),
      tf.mean(x, [1, 2]),
      tf.max(x, [1, 2]),
      tf.min(x, [1, 2]),
      tf.prod(x.abs().add(1), 2).sum(1),
    ]),
  'reductions of flags': (x) =>
    tf
      .any(x.greater(0.9), 1)
      .toFloat()
      .add(tf.all(x.greater(-0.9), 1).toFloat()),
  'moments and norm': (x) => tf.moments(x, [1, 2]).variance.add(tf.norm(x)),
  'arg max, one-hot, cast': (x) => tf.oneHot(tf.argMax(x, 3).toInt(), 4).toFloat().mul(x),
  'top k': (x) => tf.topk(tf.reshape(x, [2, -1]), 5).values,
  'top k indices, gather': (x) =>
    tf.gather(tf.reshape(x, [-1, 1]), tf.reshape(tf.topk(tf.reshape(x, [2, -1]), 5).indices, [-1])),
  'gather of batches': (x) =>
    tf.gather(tf.reshape(x, [2, 42, 4]), tf.argMax(tf.reshape(x, [2, 42, 4]), 1), 1, 1),
  'soft-max, log-soft-max': (x) =>
    tf
      .softmax(x)
      .add(tf.logSoftmax(x))
      .add(tf.logSumExp(x, 3, true)),
  'matrix product': (x) => tf.matMul(tf.reshape(x, [2, 42, 4]), tf.reshape(x, [2, 42, 4]), true, false),
  convolution: (x) => tf.conv2d(x, tensorOf(engine, [3, 3, 4, 5], 2) as Tensor4D, 2, 'same'),
  'dilated convolution': (x) =>
    tf.conv2d(x, tensorOf(engine, [3, 3, 4, 5], 2) as Tensor4D, 1, 'valid', 'NHWC', 2),
  'depthwise convolution': (x) =>
    tf.depthwiseConv2d(x, tensorOf(engine, [3, 3, 4, 2], 2) as Tensor4D, 1, 'same'),
  'transposed convolution': (x) =>
    tf.conv2dTranspose(x, tensorOf(engine, [2, 2, 3, 4], 2) as Tensor4D, [2, 12, 14, 3], 2, 'same'),
  pooling: (x) => tf.maxPool(x, 3, 2, 'same').add(tf.avgPool(x, 3, 2, 'same')),
  resizing: (x) => tf.image.resizeBilinear(x, [12, 14]).add(tf.image.resizeNearestNeighbor(x, [12, 14])),
  'batch norm': (x) => tf.batchNorm(x, tf.zeros<Rank.R1>([4]), tf.ones<Rank.R1>([4])),
  cumulative: (x) => tf.cumsum(x, 1, true, true),
  'minimum, maximum, power, remainder': (x) =>
    tf.addN([
      tf.minimum(x, 0.2),
      tf.maximum(x, 0.1),
      tf.pow(x.abs(), 1.5),
      tf.mod(x, 0.3),
      tf.floorDiv(x, 0.3),
    ]),
  'scatter by segments': (x) =>
    tf.unsortedSegmentSum(
      tf.reshape(x, [-1, 4]),
      tf.argMax(tf.reshape(x, [-1, 4]), 1).toInt() as Tensor1D,
      4,
    ),
  'gradient of all of it': (x) =>
    tf.grad((y: Tensor) => {
      const z = tf.depthwiseConv2d(
        tf.relu(y) as Tensor4D,
        tensorOf(engine, [3, 3, 4, 1], 2) as Tensor4D,
        1,
        'same',
      );
      const pooled = tf.avgPool(
        tf.maxPool(tf.conv2d(z, tensorOf(engine, [3, 3, 4, 4], 3) as Tensor4D, 1, 'same'), 2, 2, 'same'),
        2,
        2,
        'same',
      );
      const wide = tf.image.resizeBilinear(pooled, [6, 7]);
      return tf
        .sum(
          tf
            .softmax(tf.concat([wide, y], 3))
            .slice([0, 0, 0, 0], [2, 6, 7, 2])
            .square(),
        )
        .add(tf.mean(tf.gather(y, [0, 0])));
    })(x),
};

describe('a recorded function', () => {
  it.each(Object.keys(functions))('gives for other inputs what it gives op by op: %s', (name) => {
    const fn = ({ x }: NamedTensors): NamedTensors => ({ y: functions[name]!(x as Tensor4D) });
    const compiled = compileFunction(
      engine,
      (_, inputs) => fn(inputs),
      {},
      { x: tensorOf(engine, [2, 6, 7, 4], 1) },
    );
    const x = tensorOf(engine, [2, 6, 7, 4], 77);
    const actual = compiled.run({ x })['y']!;
    const expected = fn({ x })['y']!;
    compiled.dispose();
    expect(actual.shape).toEqual(expected.shape);
    expect(actual.dtype).toBe(expected.dtype);
    const [a, b] = [elements(actual), elements(expected)];
    a.forEach((value, i) => expect(value).toBeCloseTo(b[i]!, 4));
  });

  it('is a list of TensorFlow operations in order, with constants beside it', () => {
    const recording = record(engine, ({ x }) => ({ y: tf.relu(x!.mul(3)) }), { x: tf.tensor1d([1, -2]) });
    expect(recording.ops.map(({ op }) => op)).toEqual(['Mul', 'Relu']);
    const [multiply, relu] = recording.ops;
    expect(multiply!.inputs[0]).toBe(recording.inputs['x']);
    expect(Array.from(recording.constants.get(multiply!.inputs[1]!)!.data)).toEqual([3]);
    expect(recording.outputs['y']).toBe(relu!.outputs[0]);
    expect(recording.values[recording.outputs['y']!]).toEqual({
      dtype: 'float32',
      shape: [2],
      source: 'op',
      varies: true,
    });
  });

  it('may return an input, a constant or a tensor from outside', () => {
    const outside = tf.tensor1d([4, 5]).square();
    const compiled = compileFunction(
      engine,
      (_, { x }) => ({ x: x!, same: tf.reshape(x!, [2, 1]), constant: tf.ones([2]), outside }),
      {},
      { x: tf.tensor1d([0, 0]) },
    );
    const result = compiled.run({ x: tf.tensor1d([1, 2]) });
    expect(elements(result['x']!)).toEqual([1, 2]);
    expect(result['same']!.shape).toEqual([2, 1]);
    expect(elements(result['constant']!)).toEqual([1, 1]);
    expect(elements(result['outside']!)).toEqual([16, 25]);
    compiled.dispose();
  });

  it('takes the same tensor for two inputs apart', () => {
    const x = tf.tensor1d([1, 1]);
    const compiled = compileFunction(engine, (_, { a, b }) => ({ y: a!.sub(b!) }), {}, { a: x, b: x });
    expect(elements(compiled.run({ a: Float32Array.of(5, 5), b: Float32Array.of(1, 2) })['y']!)).toEqual([
      4, 3,
    ]);
    compiled.dispose();
  });

  it('keeps parameters in the session where asked to, and replaces them', () => {
    const fn = (p: NamedTensors, { x }: NamedTensors): NamedTensors => ({
      y: tf.matMul(x as Tensor2D, p['w'] as Tensor2D),
    });
    const compiled = compileFunction(
      engine,
      fn,
      { w: tf.ones([2, 1]) },
      { x: tf.ones([1, 2]) },
      { parameters: 'variable' },
    );
    expect(elements(compiled.run({ x: tf.ones([1, 2]) })['y']!)).toEqual([2]);
    compiled.writeParameters({ w: tf.tensor2d([[3], [4]]) });
    expect(elements(compiled.run({ x: tf.ones([1, 2]) })['y']!)).toEqual([7]);
    compiled.dispose();
  });

  it('draws the same numbers from the same seed, others from another', () => {
    const fn = ({ seed }: NamedTensors): NamedTensors => ({ y: statelessUniform(engine, seed!, [4]) });
    const compiled = compileFunction(
      engine,
      (_, inputs) => fn(inputs),
      {},
      { seed: tf.tensor1d([1, 2], 'int32') },
    );
    const draw = (a: number, b: number) => elements(compiled.run({ seed: Int32Array.of(a, b) })['y']!);
    expect(draw(3, 4)).toEqual(elements(fn({ seed: tf.tensor1d([3, 4], 'int32') })['y']!));
    expect(draw(3, 4)).toEqual(draw(3, 4));
    expect(draw(3, 4)).not.toEqual(draw(5, 4));
    compiled.dispose();
  });
});

describe('a function that cannot be recorded faithfully', () => {
  const x = () => ({ x: tf.tensor1d([1, 2]) });
  const refused = (fn: (inputs: Record<string, Tensor>) => NamedTensors) =>
    expect(() => record(engine, fn, x()));

  it('is refused when it reads a value that follows from an input', () => {
    refused(({ x }) => (x!.sum().dataSync()[0]! > 0 ? { y: x! } : { y: x!.neg() })).toThrow(
      /reads the elements/,
    );
  });

  it('is refused even when it swallows that error', () => {
    refused(({ x }) => {
      try {
        x!.sum().arraySync();
      } catch {
        return { y: x!.neg() };
      }
      return { y: x! };
    }).toThrow(GraphError);
  });

  it('may read what does not follow from an input', () => {
    expect(() =>
      record(engine, ({ x }) => ({ y: x!.mul(tf.ones([2]).sum().dataSync()[0]!) }), x()),
    ).not.toThrow();
  });

  it('is refused when it draws random numbers outside the graph', () => {
    refused(({ x }) => ({ y: x!.add(tf.randomUniform([2])) })).toThrow(/random numbers outside the graph/);
    refused(({ x }) => ({ y: tf.dropout(x!, 0.5) })).toThrow(/random numbers outside the graph/);
  });

  it('is refused when it uses a variable that is not part of its state', () => {
    const weight = tf.variable(tf.ones([2]), true, 'forgotten-weight');
    refused(({ x }) => ({ y: x!.mul(weight) })).toThrow(/forgotten-weight/);
    weight.dispose();
  });

  it('is refused when it returns a tensor that is gone', () => {
    refused(({ x }) => {
      const y = x!.neg();
      y.dispose();
      return { y };
    }).toThrow(/disposed/);
  });

  it('leaves the engine as it was', () => {
    refused(({ x }) => ({ y: x!.add(tf.randomUniform([2])) })).toThrow();
    expect(Math.random()).toBeLessThan(1);
    expect(elements(tf.tensor1d([1, 2]).add(1))).toEqual([2, 3]);
    expect(() => record(engine, ({ x }) => ({ y: x! }), x())).not.toThrow();
  });
});
