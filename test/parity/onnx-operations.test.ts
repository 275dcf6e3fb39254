import type { Tensor, Tensor1D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKernels } from '../../electron/engine/kernels.ts';
import type { Kernels } from '../../electron/engine/kernels.ts';
import type { Engine } from '../../electron/engine/types.ts';
import { encodeModel } from '../../electron/export/formats/onnx/messages.ts';
import type { OnnxGraph } from '../../electron/export/formats/onnx/messages.ts';
import { translate } from '../../electron/export/formats/onnx/translate.ts';
import { recordTwice } from '../../electron/export/formats/recordings.ts';
import { inOpset, NEWEST_OPSET, OPSET } from '../../electron/export/formats/onnx/opset.ts';
import { openOnnx } from '../../electron/export/formats/onnx/runtime.ts';
import { translatedOperations } from '../../electron/export/formats/onnx/translate.ts';
import { loadNativeEngine } from '../engine/graph/native-engine.ts';
import { tensorOf } from '../engine/graph/networks.ts';

let engine: Engine;
let tf: Engine['tf'];
let kernels: Kernels;
beforeAll(async () => {
  engine = await loadNativeEngine();
  tf = engine.tf;
  kernels = createKernels(engine);
});

const HEIGHT = 9;
const WIDTH = 12;
const CHANNELS = 4;

const weights = (shape: number[], seed: number) => tensorOf(engine, shape, seed, 0.5) as Tensor4D;
const vector = (seed: number, size = CHANNELS) => tensorOf(engine, [size], seed) as Tensor1D;
const conv = (x: Tensor4D, channels = CHANNELS, seed = 2): Tensor4D =>
  tf.conv2d(x, weights([3, 3, x.shape[3], channels], seed), 1, 'same');

function native(x: Tensor, operation: string): Tensor {
  const backend = tf.backend() as unknown as {
    binding: { TF_ATTR_TYPE: number };
    executeSingleOutput(name: string, attributes: object[], inputs: Tensor[]): Tensor;
  };
  return backend.executeSingleOutput(
    operation,
    [{ name: 'T', type: backend.binding.TF_ATTR_TYPE, value: 1 }],
    [x],
  );
}

const norm = (x: Tensor4D, seed = 5): Tensor4D => {
  const [scale, offset, mean] = [vector(seed), vector(seed + 1), vector(seed + 2)] as const;
  const variance: Tensor1D = tf.add(tf.square(vector(seed + 3)), 0.1);
  return kernels.batchNormInference(x, scale, offset, mean, variance, 1e-3);
};

/** Functions of images [batch, 9, 12, 4] that have to give the same in ONNX's own runtime. */
const functions: Record<string, (x: Tensor4D) => Tensor> = {
  'convolution, same, stride 1': (x) => conv(x),
  'convolution, same, stride 2, even and odd sides': (x) => tf.conv2d(x, weights([3, 3, 4, 5], 2), 2, 'same'),
  'convolution, same, stride 3, kernel 5 × 2': (x) => tf.conv2d(x, weights([5, 2, 4, 5], 2), 3, 'same'),
  'convolution, same, kernel 1, stride 2': (x) => tf.conv2d(x, weights([1, 1, 4, 5], 2), 2, 'same'),
  'convolution, valid, strides 2 and 1': (x) => tf.conv2d(x, weights([3, 3, 4, 5], 2), [2, 1], 'valid'),
  'convolution, dilated': (x) => tf.conv2d(x, weights([3, 3, 4, 5], 2), 1, 'same', 'NHWC', 2),
  'depthwise convolution, stride 2': (x) => tf.depthwiseConv2d(x, weights([3, 3, 4, 1], 2), 2, 'same'),
  'depthwise convolution, two outputs a channel': (x) =>
    tf.depthwiseConv2d(x, weights([5, 3, 4, 2], 2), 1, 'same'),
  'maximum pooling, same, odd sides': (x) => tf.maxPool(x, 3, 2, 'same'),
  'maximum pooling of negative numbers at the border': (x) => tf.maxPool(x.sub<Tensor4D>(5), 3, 2, 'same'),
  'average pooling, same, odd sides': (x) => tf.avgPool(x, 3, 2, 'same'),
  'average pooling, valid': (x) => tf.avgPool(x, [2, 3], [2, 3], 'valid'),
  'bias, ReLU': (x) => kernels.relu(kernels.biasAdd(conv(x), vector(3))),
  'ReLU6 and friends': (x) => tf.addN([kernels.relu6(x.mul(9)), tf.elu(x), tf.selu(x), tf.leakyRelu(x, 0.1)]),
  'batch norm after a convolution': (x) => norm(conv(x)),
  'batch norm after a convolution with bias': (x) => norm(kernels.biasAdd(conv(x), vector(4))),
  'batch norm of a convolution that is used twice': (x) => {
    const y = conv(x);
    return norm(y).add(y);
  },
  'batch norm alone': (x) => norm(x),
  'two batch norms in a row': (x) => norm(norm(conv(x)), 15),
  'residual block': (x) => conv(x).add(kernels.relu(norm(conv(x, 4, 7)))),
  'constants of every rank on maps': (x) =>
    tf.addN([
      conv(x).mul(2),
      conv(x).add(vector(3)),
      conv(x).sub(tensorOf(engine, [WIDTH, 1], 4)),
      conv(x).div(tensorOf(engine, [HEIGHT, 1, CHANNELS], 5).add(2)),
      tensorOf(engine, [1, HEIGHT, WIDTH, 1], 6).mul(conv(x)),
    ]),
  'a vector of each image on its map': (x) =>
    conv(x).mul(tf.reshape(tf.mean(x, [1, 2]), [x.shape[0], 1, 1, CHANNELS])),
  'nearest enlargement by 2': (x) => tf.image.resizeNearestNeighbor(conv(x), [HEIGHT * 2, WIDTH * 2]),
  'nearest, uneven, half pixels, corners': (x) =>
    tf.concat(
      [
        tf.image.resizeNearestNeighbor(x, [5, 17]),
        tf.image.resizeNearestNeighbor(x, [5, 17], false, true),
        tf.image.resizeNearestNeighbor(x, [5, 17], true),
      ],
      3,
    ),
  'bilinear, uneven, half pixels, corners': (x) =>
    tf.concat(
      [
        tf.image.resizeBilinear(x, [5, 17]),
        tf.image.resizeBilinear(x, [5, 17], false, true),
        tf.image.resizeBilinear(x, [5, 17], true),
      ],
      3,
    ),
  'reduction over places': (x) => tf.mean(conv(x), [1, 2]),
  'reductions over one axis': (x) =>
    tf.addN([
      tf.mean(conv(x), [3]).sum(1),
      tf.sum(conv(x), [1]).sum(2),
      tf.max(conv(x), [2]).sum(2).mean(1, true).tile([1, WIDTH]),
    ]),
  'reductions that keep the axes': (x) =>
    tf
      .max(conv(x), [3], true)
      .add(tf.min(conv(x), [1, 2], true))
      .mul(tf.prod(conv(x), 1, true)),
  'flatten, dense': (x) =>
    tf.matMul(tf.reshape(tf.maxPool(conv(x), 4, 4, 'same'), [x.shape[0], -1]), tensorOf(engine, [36, 7], 8)),
  'reshape, softmax, product of matrices': (x) => {
    const places: Tensor3D = tf.reshape(conv(x), [x.shape[0], HEIGHT * WIDTH, CHANNELS]);
    return tf.matMul(tf.softmax(tf.transpose(places, [0, 2, 1])), places);
  },
  'products with a transposed side': (x) => {
    const places: Tensor3D = tf.reshape(x, [x.shape[0], HEIGHT * WIDTH, CHANNELS]);
    return tf
      .matMul(places, places, true, false)
      .add(tf.matMul(tf.transpose(places, [0, 2, 1]), tf.transpose(places, [0, 2, 1]), false, true));
  },
  'transpositions of a map': (x) =>
    tf.transpose(conv(x), [0, 2, 1, 3]).add(tf.transpose(tf.transpose(conv(x), [0, 3, 1, 2]), [0, 3, 2, 1])),
  'joining maps along each axis': (x) =>
    tf.concat(
      [
        tf.concat([conv(x), conv(x, 2)], 3),
        tf.concat([conv(x, 6), conv(x, 6)], 3).slice([0, 0, 0, 0], [x.shape[0], HEIGHT, WIDTH, 6]),
      ],
      1,
    ),
  'splitting and cutting maps': (x) => {
    const [a, , b] = tf.split(conv(x, 6), [1, 2, 3], 3) as [Tensor4D, Tensor4D, Tensor4D];
    return tf
      .add(a, tf.slice(b, [0, 0, 0, 2], [x.shape[0], HEIGHT, WIDTH, 1]))
      .add(tf.slice(x, [0, 1, 0, 0], [x.shape[0], 1, WIDTH, 1]));
  },
  'padding a map': (x) =>
    tf.pad(
      conv(x),
      [
        [0, 0],
        [1, 2],
        [0, 3],
        [1, 0],
      ],
      0.5,
    ),
  'stack and unstack': (x) => tf.stack(tf.unstack(tf.mean(conv(x), [2]), 2), 1),
  'expand, squeeze, tile': (x) => tf.tile(tf.squeeze(tf.expandDims(tf.mean(x, [1, 2]), 1), [1]), [1, 3]),
  'exp, minimum, maximum, power': (x) =>
    tf.exp(tf.minimum(conv(x), 2)).add(tf.pow(tf.maximum(conv(x), 0.1), 1.5)),
  'other elementwise functions': (x) =>
    tf.addN([
      tf.sigmoid(x),
      tf.tanh(x),
      tf.softplus(x),
      tf.log(x.abs().add(1)),
      tf.log1p(x.abs()),
      tf.sqrt(x.abs()),
      tf.rsqrt(x.abs().add(0.1)),
      tf.neg(x),
      tf.floor(x.mul(3)),
      tf.ceil(x.mul(3)),
      tf.erf(x),
      tf.square(x),
      tf.squaredDifference(x, conv(x)),
    ]),
  'log-softmax': (x) => tf.logSoftmax(tf.mean(conv(x), [1, 2])),
  'comparisons and choice': (x) => {
    const y = conv(x);
    const flags = tf.logicalAnd(
      tf.logicalOr(y.greater(0.5), y.less(-0.5)),
      tf.logicalNot(tf.logicalOr(y.greaterEqual(2), y.lessEqual(-2))),
    );
    return tf.where(tf.logicalOr(flags, y.equal(0)), y, x.mul(10));
  },
  'index of the largest, as a number': (x) => tf.cast(tf.argMax(tf.mean(conv(x, 7), [1, 2]), 1), 'float32'),
  'the largest and where they are': (x) => {
    const { values, indices } = tf.topk(tf.mean(conv(x, 7), [1, 2]), 3);
    return values.add(tf.cast(indices, 'float32'));
  },
  'look-up in a table': (x) =>
    tf.gather(tensorOf(engine, [7, 3], 4), tf.cast(tf.argMax(tf.mean(conv(x, 7), [1, 2]), 1), 'int32')),
  'a network without convolution': (x) => native(native(x, 'Relu'), 'Softplus'),
  'every second column': (x) =>
    tf.stridedSlice(tf.mean(x, [1]), [0, 1, 0], [x.shape[0], WIDTH, CHANNELS], [1, 2, 1]),
};

const graphOf = (fn: (x: Tensor4D) => Tensor): OnnxGraph =>
  translate(...recordTwice(engine, ({ x }) => ({ y: fn(x as Tensor4D) }), { x: [HEIGHT, WIDTH, CHANNELS] }), {
    inputs: {},
    outputs: {},
  });

const bytesOf = (graph: OnnxGraph, opset = OPSET) =>
  encodeModel(inOpset(graph, opset), {
    ...{ opset, name: 'test', producerVersion: '0', description: '', metadata: {} },
  });

async function expectParity(fn: (x: Tensor4D) => Tensor, graph: OnnxGraph, opset = OPSET): Promise<void> {
  const model = await openOnnx(bytesOf(graph, opset));
  try {
    for (const batch of [1, 5]) {
      const x = tensorOf(engine, [batch, HEIGHT, WIDTH, CHANNELS], 40 + batch, 2) as Tensor4D;
      const expected = fn(x);
      const channelsFirst = tf.transpose(x, [0, 3, 1, 2]);
      const { y } = await model.run({
        x: { data: channelsFirst.dataSync() as Float32Array, dims: channelsFirst.shape },
      });
      expect(y!.dims).toEqual(expected.shape);
      const values = expected.dataSync();
      y!.data.forEach((value, i) => {
        expect(Math.abs(value - values[i]!) / Math.max(1, Math.abs(values[i]!))).toBeLessThan(1e-4);
      });
    }
  } finally {
    await model.close();
  }
}

const operations = (graph: OnnxGraph) => graph.nodes.map(({ op }) => op);
const count = (graph: OnnxGraph, name: string) => operations(graph).filter((op) => op === name).length;

describe('a function written as ONNX', () => {
  it.each(Object.keys(functions))(
    'gives in the ONNX runtime what it gives here, for any number of images: %s',
    async (name) => {
      const graph = graphOf(functions[name]!);
      for (const opset of [OPSET, NEWEST_OPSET]) await expectParity(functions[name]!, graph, opset);
    },
  );

  it('covers every operation that the writer knows', async () => {
    const { record } = await import('../../electron/engine/graph/index.ts');
    const used = new Set<string>();
    for (const fn of Object.values(functions)) {
      const x = tf.zeros([2, HEIGHT, WIDTH, CHANNELS]);
      const recording = record(
        engine,
        (inputs) => ({ y: fn(inputs['x'] as Tensor4D) }),
        { x },
        { foldConstants: true },
      );
      for (const { op } of recording.ops) used.add(op);
    }
    // Names that other versions of TensorFlow.js give to operations which are covered here.
    const otherNames = [
      'AddV2',
      'SelectV2',
      'FusedBatchNorm',
      'Identity',
      'Pad',
      'MatMul',
      'Squeeze',
      'LogSoftmax',
    ];
    const untested = translatedOperations.filter((op) => !used.has(op) && !otherNames.includes(op));
    expect(untested).toEqual([]);
  });

  it('has batch norm and bias inside its convolutions', () => {
    const graph = graphOf((x) => kernels.relu(norm(kernels.biasAdd(conv(x), vector(4)))));
    expect(operations(graph)).toEqual(['Conv', 'Relu', 'Transpose', 'Identity']);
  });

  it('keeps a convolution as it is where something else uses it too', () => {
    const graph = graphOf(functions['batch norm of a convolution that is used twice']!);
    expect(count(graph, 'BatchNormalization')).toBe(1);
  });

  it('turns maps over only where their order counts', () => {
    const graph = graphOf((x) => {
      const fine = kernels.relu(norm(conv(x)));
      const coarse: Tensor4D = tf.maxPool(tf.concat<Tensor4D>([fine, fine.add(conv(fine))], 3), 2, 2, 'same');
      const up = tf.image.resizeNearestNeighbor(coarse, [HEIGHT, WIDTH]);
      return tf.reshape(tf.concat([up, conv(up, 3)], 3), [x.shape[0], HEIGHT * WIDTH, 11]);
    });
    expect(count(graph, 'Transpose')).toBe(1);
  });

  it('leaves out what no output needs', () => {
    const graph = graphOf((x) => {
      conv(x).exp();
      return x.neg();
    });
    expect(operations(graph)).toEqual(['Neg', 'Transpose', 'Identity']);
    expect(graph.initializers.size).toBe(0);
  });

  it('has a free side for the number of images', () => {
    const [input] = graphOf((x) => x.neg()).inputs;
    expect(input!.shape).toEqual(['batch', CHANNELS, HEIGHT, WIDTH]);
  });

  it('is refused where it depends on the number of images or uses an unknown operation', () => {
    expect(() => graphOf((x) => x.mul(x.shape[0]))).toThrow(/depends on the number of images/);
    expect(() => graphOf((x) => tf.cumsum(x, 1))).toThrow(/operation Cumsum/);
  });
});
