import type { Rank, Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { createKernels } from '../../../electron/engine/kernels.ts';
import type { Kernels } from '../../../electron/engine/kernels.ts';
import type { NamedTensors, StepFunction } from '../../../electron/engine/graph/index.ts';
import type { Engine } from '../../../electron/engine/types.ts';

/** The networks of the speed comparison (shared/bench), small enough to read, as pure steps on state and batch. */
export interface ExampleNetwork {
  readonly step: StepFunction;
  readonly infer: (parameters: NamedTensors, inputs: NamedTensors) => NamedTensors;
  readonly state: Record<string, Tensor>;
  readonly batch: Record<string, Tensor>;
}

export interface Size {
  readonly batch: number;
  readonly side: number;
  /** Divides every width. */
  readonly thinner: number;
}

/** Numbers between -1 and 1 that look random and are the same every time. */
export function noise(count: number, seed: number): Float32Array {
  let state = seed * 2654435761 + 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 4294967296) * 2 - 1;
  });
}

export function tensorOf(engine: Engine, shape: number[], seed: number, scale = 1): Tensor {
  const size = shape.reduce((product, side) => product * side, 1);
  return engine.tf.tensor(
    noise(size, seed).map((value) => value * scale),
    shape,
  );
}

type Forward = (
  parameters: NamedTensors,
  images: Tensor4D,
  training: boolean,
  moved: Record<string, Tensor>,
) => Tensor[];

function networkOf(
  engine: Engine,
  parameters: Record<string, Tensor>,
  statistics: Record<string, Tensor>,
  batch: Record<string, Tensor>,
  forward: Forward,
): ExampleNetwork {
  const { tf } = engine;
  const kernels = createKernels(engine);
  const names = Object.keys(parameters);
  const state: Record<string, Tensor> = { ...parameters, ...statistics };
  for (const name of names) {
    state[`m/${name}`] = tf.zerosLike(parameters[name]!);
    state[`v/${name}`] = tf.zerosLike(parameters[name]!);
  }
  const step: StepFunction = (current, fed) => {
    const moved: Record<string, Tensor> = {};
    const loss = (...values: Tensor[]): Scalar => {
      const all: Record<string, Tensor> = { ...current };
      names.forEach((name, i) => (all[name] = values[i]!));
      const [logits, boxes] = forward(all, fed['images'] as Tensor4D, true, moved);
      const classes = tf.mean<Scalar>(
        kernels.softmaxCrossEntropy(logits as Tensor2D, fed['classes'] as Tensor2D),
      );
      return boxes === undefined ? classes : classes.add(tf.mean(tf.square(boxes.sub(fed['boxes']!))));
    };
    const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => current[name]!));
    const next: Record<string, Tensor> = { ...moved };
    names.forEach((name, i) => {
      const before = { parameter: current[name]!, m: current[`m/${name}`]!, v: current[`v/${name}`]! };
      const rates = {
        learningRate: fed['learningRate']!,
        beta1Power: fed['beta1Power']!,
        beta2Power: fed['beta2Power']!,
      };
      const after = kernels.adamUpdate(before, grads[i]!, rates, { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 });
      next[name] = after.parameter;
      next[`m/${name}`] = after.m;
      next[`v/${name}`] = after.v;
    });
    return { state: next, outputs: { loss: value, firstGradient: grads[0]! } };
  };
  const infer: ExampleNetwork['infer'] = (values, inputs) => {
    const [logits, boxes] = forward(values, inputs['images'] as Tensor4D, false, {});
    const outputs: Record<string, Tensor> = { logits: logits! };
    if (boxes !== undefined) outputs['boxes'] = boxes;
    return outputs;
  };
  return { step, infer, state, batch: { ...batch, ...ratesAt(engine, 1) } };
}

/** Scalars of Adam at step t. */
export function ratesAt(engine: Engine, t: number): Record<string, Tensor> {
  const { tf } = engine;
  return {
    learningRate: tf.scalar(1e-3),
    beta1Power: tf.scalar(0.9 ** t),
    beta2Power: tf.scalar(0.999 ** t),
  };
}

function batchNorm(
  tf: Engine['tf'],
  kernels: Kernels,
  p: NamedTensors,
  name: string,
  x: Tensor4D,
  training: boolean,
  moved: Record<string, Tensor>,
): Tensor4D {
  const [scale, offset, mean, variance] = ['scale', 'offset', 'mean', 'variance'].map(
    (part) => p[`${name}/${part}`] as Tensor1D,
  );
  if (!training) return kernels.batchNormInference(x, scale!, offset!, mean!, variance!, 1e-3);
  const result = kernels.batchNormTraining(x, scale!, offset!, mean!, variance!, {
    epsilon: 1e-3,
    momentum: 0.9,
  });
  moved[`${name}/mean`] = tf.keep(result.mean);
  moved[`${name}/variance`] = tf.keep(result.variance);
  return result.y;
}

function oneHotBatch(engine: Engine, { batch, side }: Size): Record<string, Tensor> {
  const { tf } = engine;
  const classes = Array.from({ length: batch }, (_, i) => (i * 7) % 10);
  return {
    images: tensorOf(engine, [batch, side, side, 3], 1),
    classes: tf.oneHot(tf.tensor1d(classes, 'int32'), 10).toFloat(),
  };
}

/** Convolution, batch norm, ReLU, max-pool three times; global average; dense 10. */
export function small(engine: Engine, size: Size = { batch: 64, side: 64, thinner: 1 }): ExampleNetwork {
  const { tf } = engine;
  const kernels = createKernels(engine);
  const widths = [32, 64, 128].map((width) => width / size.thinner);
  const parameters: Record<string, Tensor> = {};
  const statistics: Record<string, Tensor> = {};
  widths.forEach((width, i) => {
    const inputs = i === 0 ? 3 : widths[i - 1]!;
    parameters[`conv${i}/kernel`] = tensorOf(
      engine,
      [3, 3, inputs, width],
      i + 2,
      Math.sqrt(2 / (9 * inputs)),
    );
    parameters[`conv${i}/scale`] = tf.ones([width]);
    parameters[`conv${i}/offset`] = tf.zeros([width]);
    statistics[`conv${i}/mean`] = tf.zeros([width]);
    statistics[`conv${i}/variance`] = tf.ones([width]);
  });
  parameters['dense/kernel'] = tensorOf(engine, [widths[2]!, 10], 9, 0.1);
  parameters['dense/bias'] = tf.zeros([10]);
  const forward: Forward = (p, images, training, moved) => {
    let x = images;
    widths.forEach((_, i) => {
      x = tf.conv2d(x, p[`conv${i}/kernel`] as Tensor4D, 1, 'same');
      x = kernels.relu(batchNorm(tf, kernels, p, `conv${i}`, x, training, moved));
      x = tf.maxPool(x, 2, 2, 'valid');
    });
    const pooled = tf.mean<Tensor2D>(x, [1, 2]);
    return [kernels.biasAdd(tf.matMul(pooled, p['dense/kernel'] as Tensor2D), p['dense/bias'] as Tensor1D)];
  };
  return networkOf(engine, parameters, statistics, oneHotBatch(engine, size), forward);
}

/** Three convolutions with bias and ReLU at full size, average pools, two dense heads. */
export function plain(engine: Engine, size: Size = { batch: 32, side: 48, thinner: 1 }): ExampleNetwork {
  const { tf } = engine;
  const kernels = createKernels(engine);
  const widths = [64, 128, 256].map((width) => width / size.thinner);
  const hidden = 1024 / size.thinner;
  const cells = Math.floor(size.side / 8) ** 2 * widths[2]!;
  const parameters: Record<string, Tensor> = {};
  const dense = (name: string, inputs: number, units: number, seed: number) => {
    parameters[`${name}/kernel`] = tensorOf(engine, [inputs, units], seed, Math.sqrt(1 / inputs));
    parameters[`${name}/bias`] = tf.zeros([units]);
  };
  widths.forEach((width, i) => {
    const inputs = i === 0 ? 3 : widths[i - 1]!;
    parameters[`conv${i}/kernel`] = tensorOf(
      engine,
      [3, 3, inputs, width],
      i + 2,
      Math.sqrt(2 / (9 * inputs)),
    );
    parameters[`conv${i}/bias`] = tf.zeros([width]);
  });
  dense('classes', cells, 10, 10);
  dense('hidden', cells, hidden, 11);
  dense('boxes', hidden, 20, 12);
  const forward: Forward = (p, images) => {
    let x = images;
    widths.forEach((_, i) => {
      const y = tf.conv2d(x, p[`conv${i}/kernel`] as Tensor4D, 1, 'same');
      x = kernels.relu(kernels.biasAdd(y, p[`conv${i}/bias`] as Tensor1D));
    });
    x = tf.avgPool(tf.avgPool(x, 2, 2, 'valid'), 4, 4, 'valid');
    const flat = tf.reshape<Rank.R2>(x, [x.shape[0], cells]);
    const layer = (name: string, input: Tensor2D): Tensor =>
      kernels.biasAdd(tf.matMul(input, p[`${name}/kernel`] as Tensor2D), p[`${name}/bias`] as Tensor1D);
    return [layer('classes', flat), layer('boxes', kernels.relu(layer('hidden', flat) as Tensor2D))];
  };
  const batch = { ...oneHotBatch(engine, size), boxes: tf.zeros([size.batch, 20]) };
  return networkOf(engine, parameters, {}, batch, forward);
}
