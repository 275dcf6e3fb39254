import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { createKernels } from '../engine/kernels.ts';
import type { Engine } from '../engine/types.ts';
import { globalAverage, Layers } from './layers.ts';
import { declareModel, storeOf } from './parameters.ts';
import { randomFrom } from './random.ts';
import { createTrainStep, stateName } from './step.ts';
import type { NamedTensors, TaskLoss, TrainStep } from './step.ts';

/** The networks by which the speed of a step is compared with other frameworks: the same layers, batch and optimiser. */
export type ReferenceName = 'small' | 'plain';

export interface ReferenceNetwork {
  readonly name: ReferenceName;
  readonly batch: number;
  /** Parameters, statistics and Adam's moments, for the step. The caller disposes of them. */
  readonly state: Record<string, Tensor>;
  /** Random images, labels and the scalars of the first step. The caller disposes of them. */
  readonly example: Record<string, Tensor>;
  /** One training step with Adam at 1e-3; output `report`, whose first value is the loss. */
  readonly step: TrainStep['run'];
  /** Parameters and statistics by name, for `infer`. They are tensors of `state`. */
  readonly parameters: Record<string, Tensor>;
  /** Takes `images`, gives `logits` (and `boxes` in `plain`), with running statistics. */
  readonly infer: (parameters: NamedTensors, inputs: NamedTensors) => Record<string, Tensor>;
}

const CLASSES = 10;
const BOX_OUTPUTS = 20;

type Outputs = Record<'logits', Tensor2D> & Partial<Record<'boxes', Tensor2D>>;

/** 3 × (convolution, batch norm, ReLU, max-pool 2), global average pool, dense 10. */
function small(layers: Layers, images: Tensor4D): Outputs {
  let x = images;
  for (const channels of [32, 64, 128]) {
    x = layers.tf.maxPool(layers.convolutionNormRelu(`conv${channels}`, x, { channels }), 2, 2, 'valid');
  }
  return { logits: layers.dense('classifier', globalAverage(layers.tf, x), CLASSES) };
}

/** 3 × (convolution with bias, ReLU), average-pool 2 and 4 to 6×6, dense 10 beside dense 1024, ReLU, dense 20. */
function plain(layers: Layers, images: Tensor4D): Outputs {
  const { tf, kernels } = layers;
  let x = images;
  for (const channels of [64, 128, 256]) {
    x = kernels.relu(layers.convolutionBias(`conv${channels}`, x, { channels }));
  }
  const pooled = tf.avgPool(tf.avgPool(x, 2, 2, 'valid'), 4, 4, 'valid');
  const flat: Tensor2D = tf.reshape(pooled, [images.shape[0], pooled.size / images.shape[0]]);
  const hidden = kernels.relu(layers.dense('hidden', flat, 1024));
  return {
    logits: layers.dense('classifier', flat, CLASSES),
    boxes: layers.dense('boxes', hidden, BOX_OUTPUTS),
  };
}

const NETWORKS = {
  small: { build: small, batch: 64, size: 64 },
  plain: { build: plain, batch: 32, size: 48 },
} as const;

/** Builds a reference network on an engine, ready to be compiled or run. */
export function createReferenceNetwork(engine: Engine, name: ReferenceName): ReferenceNetwork {
  const { tf } = engine;
  const kernels = createKernels(engine);
  const { build, batch, size } = NETWORKS[name];
  const { shape, initial } = declareModel(tf, 1, (store) => {
    build(new Layers(tf, kernels, 'inference', store, 'trunk/'), tf.zeros([1, size, size, 3]));
  });
  const losses = (layers: Layers, inputs: NamedTensors): Record<string, TaskLoss> => {
    const outputs = build(layers.within('trunk'), inputs['images'] as Tensor4D);
    const loss = tf.mean(kernels.softmaxCrossEntropy(outputs.logits, inputs['labels'] as Tensor2D));
    const { boxes } = outputs;
    const what: Record<string, TaskLoss> = { imageClass: { loss, terms: {} } };
    if (boxes === undefined) return what;
    return { ...what, boxes: { loss: tf.mean(tf.square(boxes.sub(inputs['boxes']!))), terms: {} } };
  };
  const { run } = createTrainStep(tf, kernels, {
    shape,
    losses,
    taskWeights: {},
    weightDecay: 0,
    trunkMultiplier: 1,
    clipNorm: 0,
    ema: false,
    norms: false,
  });
  const state: Record<string, Tensor> = {};
  const parameters: Record<string, Tensor> = {};
  for (const { name: parameter, shape: sides } of shape.parameters) {
    const values = tf.tensor(initial.get(parameter)!, [...sides]);
    parameters[parameter] = values;
    state[stateName.parameter(parameter)] = values;
    state[stateName.m(parameter)] = tf.zeros([...sides]);
    state[stateName.v(parameter)] = tf.zeros([...sides]);
  }
  for (const { name: statistic, shape: sides } of shape.statistics) {
    const values = tf.tensor(initial.get(statistic)!, [...sides]);
    parameters[statistic] = values;
    state[stateName.statistic(statistic)] = values;
  }
  const random = randomFrom('reference', name);
  const labels = Array.from({ length: batch }, () => random.integer(CLASSES));
  const example: Record<string, Tensor> = {
    images: tf.tensor4d(
      Float32Array.from({ length: batch * size * size * 3 }, () => random.normal()),
      [batch, size, size, 3],
    ),
    labels: tf.tidy(() => tf.cast(tf.oneHot(labels, CLASSES), 'float32')),
    learningRate: tf.scalar(1e-3),
    beta1Power: tf.scalar(0.9),
    beta2Power: tf.scalar(0.999),
  };
  if (name === 'plain') example['boxes'] = tf.zeros([batch, BOX_OUTPUTS]);
  return {
    name,
    batch,
    state,
    example,
    step: run,
    parameters,
    infer: (given, inputs) => ({
      ...build(new Layers(tf, kernels, 'inference', storeOf(given), 'trunk/'), inputs['images'] as Tensor4D),
    }),
  };
}
