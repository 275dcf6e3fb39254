import type { Tensor } from '@tensorflow/tfjs';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { createKernels } from '../../engine/kernels.ts';
import type { Engine } from '../../engine/types.ts';
import { Layers } from '../base/layers.ts';
import { tiedPairs } from '../multitask/sharing.ts';
import { ADAM } from '../base/optimizer.ts';
import { declareModel, parameterCount, storeOf } from '../base/parameters.ts';
import type { ModelShape } from '../base/parameters.ts';
import { permutation, randomFrom } from '../base/random.ts';
import { batchTensors, createRunner } from '../model/runner.ts';
import type { StateArrays } from '../model/runner.ts';
import { createTrainStep, stateName, stateSpecs } from '../model/step.ts';
import { freshState } from '../model/step-options.ts';
import type { StepOptions, TrainStep } from '../model/step.ts';
import type { Column, Example, ExampleResult, Table } from './types.ts';

export interface ExampleOptions {
  readonly seed: number;
  /** `compiled` where the engine can. */
  readonly execution?: 'compiled' | 'eager';
  /** Steps done, now and then. */
  readonly onProgress?: (done: number) => void;
  /** Asked between steps. */
  readonly shouldStop?: () => boolean;
}

type Arrays = Record<string, Column>;

const NO_PENALTY = { l1: 0, l2: 0 };

function tieOf({ tie }: Example, { parameters }: ModelShape): StepOptions['regularization'] {
  if (tie === undefined) return undefined;
  return { trunk: NO_PENALTY, heads: NO_PENALTY, tie: { weight: tie, pairs: tiedPairs(parameters) } };
}

/** Some rows of a table as one batch: [rows, ...shape of the column]. */
function batchOf({ columns }: Table, rows: readonly number[]): Arrays {
  const batch: Arrays = {};
  for (const [name, { shape, data }] of Object.entries(columns)) {
    const size = shape.reduce((product, side) => product * side, 1);
    const picked =
      data instanceof Int32Array ? new Int32Array(rows.length * size) : new Float32Array(rows.length * size);
    rows.forEach((row, index) => picked.set(data.subarray(row * size, (row + 1) * size), index * size));
    batch[name] = { shape: [rows.length, ...shape], data: picked };
  }
  return batch;
}

const allRows = ({ rows }: Table): number[] => Array.from({ length: rows }, (_, row) => row);

/** Rises over the first twentieth, then falls along a cosine to nothing. */
function learningRateAt({ learningRate, steps }: Example, step: number): number {
  const warmup = steps / 20;
  if (step < warmup) return (learningRate * (step + 1)) / warmup;
  return (learningRate * (1 + Math.cos((Math.PI * (step - warmup)) / (steps - warmup)))) / 2;
}

/**
 * Trains an example from scratch by the core's own step and evaluates it on its held-out samples.
 * @throws TwinheadError `training-failed` where a loss is no number, `cancelled`
 */
export async function runExample(
  engine: Engine,
  example: Example,
  { seed, execution = 'compiled', onProgress = () => undefined, shouldStop = () => false }: ExampleOptions,
): Promise<ExampleResult> {
  const { tf } = engine;
  const kernels = createKernels(engine);
  const started = performance.now();
  const data = example.makeData(seed);
  const { shape, initial } = declareModel(tf, seed, (store) => {
    const one = batchTensors(engine, batchOf(data.train, [0]), {});
    example.predict(new Layers(tf, kernels, 'inference', store), one);
  });
  const options: StepOptions = {
    shape,
    losses: (layers, batch) => example.losses(layers, example.predict(layers, batch), batch),
    taskWeights: example.taskWeights,
    regularization: tieOf(example, shape),
    weightDecay: 0.001,
    trunkMultiplier: 1,
    clipNorm: example.clipNorm,
    ema: false,
  };
  const step = createTrainStep(tf, kernels, options);
  const state = freshState(stateSpecs(options), initial);
  const batches = createBatches(data.train, example.batch, seed);
  const scalarsAt = (index: number): Record<string, number> => ({
    learningRate: learningRateAt(example, index),
    beta1Power: ADAM.beta1 ** (index + 1),
    beta2Power: ADAM.beta2 ** (index + 1),
  });
  const runner = createRunner(engine, step, state, batches(0), scalarsAt(0), { execution });
  try {
    for (let index = 0; index < example.steps; index++) {
      if (shouldStop())
        throw new TwinheadError('cancelled', say('learning.example.stopped', { name: example.name }));
      const report = runner.run(batches(index), scalarsAt(index));
      checkFinite(example, step, report, index);
      onProgress(index + 1);
      // Lets messages of the thread through.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    const predictions = predictAll(engine, example, runner.readState(), shape, data.test);
    return {
      name: example.name,
      seed,
      trainSamples: data.train.rows,
      testSamples: data.test.rows,
      parameters: parameterCount(shape),
      steps: example.steps,
      seconds: (performance.now() - started) / 1000,
      compiled: runner.compiled,
      device: engine.device,
      metrics: example.evaluate(predictions, data),
    };
  } finally {
    runner.dispose();
  }
}

/** The batch of a step: every epoch takes the samples in another order, the rest that fills no batch waits for the next. */
function createBatches(table: Table, batch: number, seed: number): (step: number) => Arrays {
  const stepsAnEpoch = Math.floor(table.rows / batch);
  let epoch = -1;
  let order: number[] = [];
  return (step) => {
    const wanted = Math.floor(step / stepsAnEpoch);
    if (wanted !== epoch) {
      epoch = wanted;
      order = permutation(table.rows, randomFrom('order', seed, epoch));
    }
    const start = (step % stepsAnEpoch) * batch;
    return batchOf(table, order.slice(start, start + batch));
  };
}

function checkFinite(
  { name }: Example,
  { reportNames }: TrainStep,
  report: Float32Array,
  index: number,
): void {
  const broken = report.findIndex((value) => !Number.isFinite(value));
  if (broken < 0) return;
  throw new TwinheadError(
    'training-failed',
    say('learning.example.notFinite', {
      loss: reportNames[broken] ?? say('learning.example.loss'),
      name,
      step: index + 1,
    }),
  );
}

function predictAll(
  engine: Engine,
  example: Example,
  state: StateArrays,
  shape: ModelShape,
  test: Table,
): Record<string, Float32Array> {
  const { tf } = engine;
  const result: Record<string, Float32Array> = {};
  tf.tidy(() => {
    const parameters: Record<string, Tensor> = {};
    for (const { name } of shape.parameters) {
      const { data, shape: sides } = state.get(stateName.parameter(name))!;
      parameters[name] = tf.tensor(data, [...sides]);
    }
    const layers = new Layers(tf, createKernels(engine), 'inference', storeOf(parameters));
    const outputs = example.predict(layers, batchTensors(engine, batchOf(test, allRows(test)), {}));
    for (const [task, tensor] of Object.entries(outputs)) result[task] = Float32Array.from(tensor.dataSync());
  });
  return result;
}
