import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { createRandom } from '../../../electron/common/random.ts';
import type { Engine } from '../../../electron/engine/index.ts';
import type { Kernels } from '../../../electron/engine/kernels.ts';
import type { BatchArrays } from '../../../electron/learning/samples/batch-arrays.ts';
import { Layers } from '../../../electron/learning/base/layers.ts';
import type { MultitaskOptions } from '../../../electron/learning/multitask/types.ts';
import { drawName } from '../../../electron/learning/multitask/weighting/types.ts';
import { declareModel } from '../../../electron/learning/base/parameters.ts';
import type { ModelShape } from '../../../electron/learning/base/parameters.ts';
import type { StateArrays } from '../../../electron/learning/model/runner.ts';
import { freshState } from '../../../electron/learning/model/step-options.ts';
import { createTrainStep, stateSpecs } from '../../../electron/learning/model/step.ts';
import type {
  NamedTensors,
  StepOptions,
  TaskLoss,
  TrainStep,
} from '../../../electron/learning/model/step.ts';

export const SAMPLES = 6;
const INPUTS = 3;
const CLASSES = 3;

/** A network of two tasks without images: a class and a number from a row of three numbers. */
function network(layers: Layers, batch: NamedTensors): { classes: Tensor2D; number: Tensor2D } {
  const rows = batch['rows'] as Tensor2D;
  const hidden = layers.tf.tanh(layers.within('trunk').dense('hidden', rows, 4));
  return {
    classes: layers.within('what').dense('logits', hidden, CLASSES),
    number: layers.within('how').dense('value', hidden, 1),
  };
}

/** Losses that are 0 where `labelled` [2] says that the batch has no label. */
function losses(layers: Layers, batch: NamedTensors): Record<string, TaskLoss> {
  const { tf, kernels } = layers;
  const { classes, number } = network(layers, batch);
  const [what, how] = tf.split(batch['labelled']!, 2).map((part) => tf.reshape(part, [])) as [Tensor, Tensor];
  const entropy = tf.mean(kernels.softmaxCrossEntropy(classes, batch['classTargets'] as Tensor2D));
  const error = tf.mean(tf.square(number.sub(batch['numberTargets']!)));
  return {
    what: { loss: entropy.mul(what), terms: {}, labelled: what },
    how: { loss: error.mul(how), terms: { error: error.mul(how) }, labelled: how },
  };
}

/** Four tasks of the same network: the two, and two more that ask something else of the class's logits. */
export function fourLosses(layers: Layers, batch: NamedTensors): Record<string, TaskLoss> {
  const { tf } = layers;
  const { what, how } = losses(layers, batch) as Record<'what' | 'how', TaskLoss>;
  const [first, second] = tf.split(network(layers, batch).classes, CLASSES, 1) as [Tensor, Tensor];
  return {
    what,
    how,
    near: { loss: tf.mean(tf.square(first.sub(batch['numberTargets']!))), terms: {} },
    far: { loss: tf.mean(tf.square(second.add(batch['numberTargets']!))).mul(0.1), terms: {} },
  };
}

export interface TinyTask {
  readonly step: TrainStep;
  readonly shape: ModelShape;
  readonly options: StepOptions;
  readonly state: StateArrays;
}

export const WEIGHTS = { what: 1, how: 2 } as const;

export function tinyTask(
  { tf }: Engine,
  kernels: Kernels,
  multitask: Omit<MultitaskOptions, 'tasks'>,
  changes: Partial<StepOptions> = {},
): TinyTask {
  const { shape, initial } = declareModel(tf, 3, (store) => {
    network(new Layers(tf, kernels, 'inference', store), { rows: tf.zeros([1, INPUTS]) });
  });
  const options: StepOptions = {
    shape,
    losses,
    taskWeights: WEIGHTS,
    multitask: { tasks: ['what', 'how'], ...multitask },
    weightDecay: 0.01,
    trunkMultiplier: 1,
    clipNorm: 10,
    ema: false,
    ...changes,
  };
  return {
    step: createTrainStep(tf, kernels, options),
    shape,
    options,
    state: freshState(stateSpecs(options), initial),
  };
}

/** The same batch for the same seed. @param labelled whether it has labels for `what` and `how` */
export function tinyBatch(seed: number, labelled: readonly [number, number] = [1, 1]): BatchArrays {
  const random = createRandom(seed);
  const rows = Float32Array.from({ length: SAMPLES * INPUTS }, () => random.normal());
  const classTargets = new Float32Array(SAMPLES * CLASSES);
  const numberTargets = new Float32Array(SAMPLES);
  for (let i = 0; i < SAMPLES; i++) {
    classTargets[i * CLASSES + random.integer(CLASSES)] = 1;
    numberTargets[i] = 3 * random.normal();
  }
  return {
    rows: { shape: [SAMPLES, INPUTS], data: rows },
    classTargets: { shape: [SAMPLES, CLASSES], data: classTargets },
    numberTargets: { shape: [SAMPLES, 1], data: numberTargets },
    labelled: { shape: [2], data: Float32Array.from(labelled) },
  };
}

export function tinyScalars(step: number, stepsAnEpoch = 3): Record<string, number> {
  return {
    learningRate: 0.01,
    beta1Power: 0.9 ** (step + 1),
    beta2Power: 0.999 ** (step + 1),
    epochStart: step > 0 && step % stepsAnEpoch === 0 ? 1 : 0,
    [drawName('what')]: Math.sin(step),
    [drawName('how')]: Math.cos(3 * step),
  };
}
