import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { drawName } from '../../electron/learning/multitask/weighting/types.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKernels } from '../../electron/engine/kernels.ts';
import type { Kernels } from '../../electron/engine/kernels.ts';
import type { Engine } from '../../electron/engine/index.ts';
import { BatchMaker } from '../../electron/learning/data/batches.ts';
import type { BatchArrays } from '../../electron/learning/samples/batch-arrays.ts';
import { applySettings, parseTrainingConfig } from '../../electron/learning/config/config.ts';
import { foldBatchNorm } from '../../electron/learning/networks/fold.ts';
import { Model } from '../../electron/learning/model/model.ts';
import { parameterCount } from '../../electron/learning/base/parameters.ts';
import { PixelFile } from '../../electron/learning/samples/pixel-file.ts';
import { createCompiledRunner, createEagerRunner } from '../../electron/learning/model/runner.ts';
import type { StateArrays } from '../../electron/learning/model/runner.ts';
import { learningRateAt, stepScalars } from '../../electron/learning/training/schedule.ts';
import { createTrainStep, stateName } from '../../electron/learning/model/step.ts';
import type { TrainStep } from '../../electron/learning/model/step.ts';
import { FLOAT32_ROUNDING, nativeEngine, roundingOf, squaresDataset, temporaryFolder } from './support.ts';

let engine: Engine;
let kernels: Kernels;

beforeAll(async () => {
  engine = await nativeEngine();
  kernels = createKernels(engine);
});

const SMALL = ['inputSize=64', 'batch=4', 'neckChannels=16', 'optimizer.weightDecay=0.05'];
/** A gradient of the first convolution is a sum over so many positions: batch 4, a map of 32 × 32. */
const TERMS = 4 * 32 * 32;

function setUp(folder: string, settings: string[], classes = { imageClasses: 2, objectClasses: 2 }) {
  const config = applySettings(parseTrainingConfig({}), [...SMALL, ...settings]);
  const data = squaresDataset(folder, 8, 4);
  const model = new Model(config, classes);
  const { shape, initial, pooledFeatures } = model.declare(engine.tf, kernels);
  const samples = data.samples.filter(({ split }) => split === 'train');
  const pixels = new PixelFile(data.pixelFile, 64);
  const batches = new BatchMaker(model, data, pixels, samples, { training: true, pooledFeatures });
  const state: StateArrays = new Map();
  for (const { name, shape: sides } of shape.parameters) {
    const values = initial.get(name)!;
    state.set(stateName.parameter(name), { shape: sides, data: values });
    state.set(stateName.ema(name), { shape: sides, data: values });
    state.set(stateName.m(name), { shape: sides, data: new Float32Array(values.length) });
    state.set(stateName.v(name), { shape: sides, data: new Float32Array(values.length) });
  }
  for (const { name, shape: sides } of shape.statistics) {
    state.set(stateName.statistic(name), { shape: sides, data: initial.get(name)! });
  }
  const step = createTrainStep(engine.tf, kernels, {
    shape,
    losses: (layers, batch) => model.losses(layers, batch),
    taskWeights: config.weights,
    weightDecay: config.optimizer.weightDecay,
    trunkMultiplier: config.optimizer.trunkMultiplier,
    clipNorm: config.optimizer.clipNorm,
    ema: true,
  });
  return { config, model, shape, batches, state, step, initial };
}

function named(step: TrainStep, report: Float32Array): Record<string, number> {
  return Object.fromEntries(step.reportNames.map((name, i) => [name, report[i]!]));
}

const largestOf = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/**
 * Checks that two states are the same but for the rounding of gradients, `tolerance` of a tensor's largest value. No
 * gradient is known better than sums of the largest ones round, since it may be the difference of two. Adam divides a
 * gradient by its own size, so that its error counts the more the smaller it is, up to a step to the other side.
 */
function expectSameState(
  one: StateArrays,
  other: StateArrays,
  tolerance: number,
  learningRate: number,
): void {
  const moments = [...one].filter(([name]) => name.startsWith('adam.m/'));
  const largest = Math.max(...moments.map(([, { data }]) => largestOf(data)));
  const floor = FLOAT32_ROUNDING * Math.sqrt(TERMS) * largest;
  for (const [name, { data }] of one) {
    const values = other.get(name)!.data;
    const parameter = /^(parameters|ema)\/(.*)/.exec(name)?.[2];
    const gradient = parameter === undefined ? null : one.get(stateName.m(parameter))!.data;
    const noise = tolerance * largestOf(gradient ?? data) + floor;
    let excess = -Infinity;
    data.forEach((value, i) => {
      const moved = gradient && learningRate * Math.min(2, (4 * noise) / Math.abs(gradient[i]!));
      const allowed = moved === null ? noise : tolerance * Math.abs(value) + moved;
      excess = Math.max(excess, Math.abs(value - values[i]!) - allowed);
    });
    expect(excess, name).toBeLessThanOrEqual(0);
  }
}

/** As if every place or slot had been given a box of the first class. */
function matchEverywhere(batch: BatchArrays): void {
  batch['boxes.classIndex']!.data.fill(0);
  batch['boxes.boxWeight']!.data.fill(1);
  batch['boxes.boxes']!.data.forEach((_, i, corners) => (corners[i] = [8, 8, 40, 40][i % 4]!));
}

describe('a training step', () => {
  it.each([
    ['by place', []],
    ['by how well they do', ['dense.assignment=taskAligned', 'dense.overlap=ciou']],
  ])('gives the same losses and state compiled as op by op, places given %s', (_, settings) => {
    using folder = temporaryFolder();
    const { config, batches, state, step, shape } = setUp(folder.path, settings);
    const order = batches.order(0);
    const example = batches.make(order, 0, 0);
    const eager = createEagerRunner(engine, step, state);
    const compiled = createCompiledRunner(engine, step, state, example, stepScalars(config, 0, 2));
    const tolerance = roundingOf(shape, TERMS);
    // The first step collects moments only: both runners take the second one from the same weights.
    for (const [i, learningRate] of [0, config.optimizer.learningRate].entries()) {
      const batch = batches.make(order, 0, i);
      const scalars = { ...stepScalars(config, i, 2), learningRate };
      const [one, other] = [eager, compiled].map((runner) => runner.run(batch, scalars));
      one!.forEach((value, j) => {
        expect(Math.abs(value - other![j]!) / Math.abs(value), step.reportNames[j]).toBeLessThan(tolerance);
      });
    }
    const { learningRate } = config.optimizer;
    expectSameState(eager.readState(), compiled.readState(), tolerance, learningRate);
    eager.dispose();
    compiled.dispose();
  });

  it('gives nearly the same losses and gradients with convolutions in bfloat16, and not quite the same', () => {
    using folder = temporaryFolder();
    const { config, batches, state, step } = setUp(folder.path, []);
    const batch = batches.make(batches.order(0), 0, 0);
    const scalars = stepScalars(config, 0, 2);
    const [exact, mixed] = (['float32', 'bfloat16'] as const).map((convolutions) => {
      const runner = createCompiledRunner(engine, step, state, batch, scalars, { convolutions });
      const report = named(step, runner.run(batch, scalars));
      runner.dispose();
      return report;
    });
    // A number of bfloat16 is off by 2⁻⁸ at most, and some 16 convolutions follow one another.
    for (const [name, value] of Object.entries(exact!)) {
      expect(Math.abs(mixed![name]! - value) / Math.abs(value), name).toBeLessThan(16 * 2 ** -8);
    }
    expect(mixed!['loss']).not.toBe(exact!['loss']);
  });

  const parts = {
    network: ['nano', 'plain'],
    boxHead: ['dense', 'slots'],
    pooling: ['attention', 'average'],
  };
  const builds = parts.network.flatMap((network) =>
    parts.boxHead.flatMap((boxHead) =>
      parts.pooling.flatMap((pooling) =>
        [
          [2, 2],
          [2, 0],
          [0, 1],
        ].map(([imageClasses, objectClasses]) => ({
          network,
          boxHead,
          pooling,
          imageClasses,
          objectClasses,
        })),
      ),
    ),
  );

  it.each(builds)(
    'reaches every parameter of $network, $boxHead, $pooling with $imageClasses image and $objectClasses object classes',
    ({ network, boxHead, pooling, imageClasses, objectClasses }) => {
      using folder = temporaryFolder();
      const settings = [
        ...[`network=${network}`, `boxHead=${boxHead}`, `imageHead.pooling=${pooling}`],
        ...['slots.count=2', 'slots.hidden=16'],
      ];
      const classes = { imageClasses: imageClasses!, objectClasses: objectClasses! };
      const { config, batches, state, step, shape } = setUp(folder.path, settings, classes);
      const batch = batches.make(batches.order(0), 0, 0);
      if (objectClasses! > 0) matchEverywhere(batch);
      const runner = createEagerRunner(engine, step, state);
      runner.run(batch, stepScalars(config, 0, 2));
      const after = runner.readState();
      for (const { name } of shape.parameters) {
        expect(
          after.get(stateName.m(name))!.data.some((value) => value !== 0),
          name,
        ).toBe(true);
      }
      runner.dispose();
    },
  );

  it.each(['atss', 'taskAligned'])('keeps the number of tensors: %s', (assignment) => {
    using folder = temporaryFolder();
    const { config, batches, state, step } = setUp(folder.path, [`dense.assignment=${assignment}`]);
    const runner = createEagerRunner(engine, step, state);
    const order = batches.order(0);
    runner.run(batches.make(order, 0, 0), stepScalars(config, 0, 2));
    const before = engine.tf.memory().numTensors;
    for (let i = 1; i < 4; i++) runner.run(batches.make(order, 0, i % 2), stepScalars(config, i, 2));
    expect(engine.tf.memory().numTensors).toBe(before);
    runner.dispose();
  });

  it.each(['atss', 'taskAligned'])(
    'learns and breaks nothing from a batch without labels: %s',
    (assignment) => {
      using folder = temporaryFolder();
      const settings = ['optimizer.weightDecay=0', `dense.assignment=${assignment}`];
      const { config, batches, state, step } = setUp(folder.path, settings);
      const batch: BatchArrays = batches.make(batches.order(0), 0, 0);
      if (assignment === 'taskAligned') batch['boxes.classIndex']!.data.fill(-1);
      batch['boxes.regions']?.data.fill(0);
      batch['imageClass.imageMask']!.data.fill(0);
      batch['boxes.boxWeight']!.data.fill(0);
      const runner = createEagerRunner(engine, step, state);
      const report = named(step, runner.run(batch, stepScalars(config, 0, 2)));
      expect(report).toMatchObject({ loss: 0, imageClass: 0, boxes: 0, gradientNorm: 0 });
      const trained = runner.readState();
      for (const [name, { data }] of trained) {
        if (name.startsWith('parameters/')) expect(data, name).toEqual(state.get(name)!.data);
      }
      runner.dispose();
    },
  );

  it('trains only the head whose labels a batch has', () => {
    using folder = temporaryFolder();
    const { config, batches, state, step } = setUp(folder.path, ['optimizer.weightDecay=0']);
    const batch = batches.make(batches.order(0), 0, 0);
    batch['boxes.boxWeight']!.data.fill(0);
    const runner = createEagerRunner(engine, step, state);
    const report = named(step, runner.run(batch, stepScalars(config, 0, 2)));
    expect(report['boxes']).toBe(0);
    expect(report['imageClass']).toBeGreaterThan(0.1);
    expect(report['gradientNorm.boxes']).toBe(0);
    expect(report['gradientNorm.trunk']).toBeGreaterThan(0);
    runner.dispose();
  });

  it('leaves a trunk with the multiplier 0 as it was', () => {
    using folder = temporaryFolder();
    const { config, batches, state, step } = setUp(folder.path, ['optimizer.trunkMultiplier=0']);
    const runner = createEagerRunner(engine, step, state);
    runner.run(batches.make(batches.order(0), 0, 0), stepScalars(config, 0, 2));
    for (const [name, { data }] of runner.readState()) {
      if (!name.startsWith('parameters/')) continue;
      if (!name.endsWith('/kernel')) continue;
      const same = data.every((value, i) => value === state.get(name)!.data[i]);
      expect(same, name).toBe(name.startsWith('parameters/trunk/'));
    }
    runner.dispose();
  });

  it('cuts gradients to the clip norm', () => {
    using folder = temporaryFolder();
    const moved = (clip: number) => {
      const { config, batches, state, step } = setUp(folder.path, [`optimizer.clipNorm=${clip}`]);
      const runner = createEagerRunner(engine, step, state);
      runner.run(batches.make(batches.order(0), 0, 0), stepScalars(config, 0, 2));
      let squares = 0;
      for (const [name, { data }] of runner.readState()) {
        if (name.startsWith('adam.m/')) squares += data.reduce((sum, value) => sum + value * value, 0);
      }
      runner.dispose();
      // The first moment after one step is a tenth of the gradient.
      return Math.sqrt(squares) * 10;
    };
    expect(moved(0.5)).toBeCloseTo(0.5, 3);
    expect(moved(0)).toBeGreaterThan(1);
  });
});

describe('a network', () => {
  it('has the parameters that its layers add up to', () => {
    const sizes = (network: string) => {
      const config = applySettings(parseTrainingConfig({}), ['inputSize=64', `network=${network}`]);
      const { shape } = new Model(config, { imageClasses: 10, objectClasses: 10 }).declare(
        engine.tf,
        kernels,
      );
      const trunk = shape.parameters.filter(({ name }) => /^trunk\/(?!neck)/.test(name));
      const statistics = shape.statistics.filter(({ name }) => /^trunk\/(?!neck)/.test(name));
      const count = (parameters: typeof trunk) => parameterCount({ ...shape, parameters });
      return { trunk: count(trunk), statistics: count(statistics), all: parameterCount(shape) };
    };
    // Three convolutions of 3×3 with biases: 3→64, 64→128, 128→256.
    expect(sizes('plain').trunk).toBe(27 * 64 + 64 + 576 * 128 + 128 + 1152 * 256 + 256);
    // About a million, heads included.
    expect(sizes('nano').all).toBeGreaterThan(0.8e6);
    expect(sizes('nano').all).toBeLessThan(1.3e6);
    // The published 2,998,304 without the running statistics.
    expect(sizes('lite0').trunk).toBe(2_998_304 - sizes('lite0').statistics);
  });

  it.each(['nano', 'lite0'])(
    'gives the same outputs with batch norm folded into its convolutions: %s',
    (network) => {
      using folder = temporaryFolder();
      const { model, shape, initial } = setUp(folder.path, [`network=${network}`, 'pretrained=false']);
      const { tf } = engine;
      const stored = (specs: typeof shape.parameters, change: (value: number, i: number) => number) =>
        new Map(
          specs.map(({ name, shape: sides }) => [
            name,
            { shape: sides, data: initial.get(name)!.map(change) },
          ]),
        );
      const parameters = stored(shape.parameters, (value, i) => value + 0.01 * Math.sin(i));
      const statistics = stored(shape.statistics, (value, i) => value + 0.3 + 0.2 * Math.cos(i));
      const images: Tensor4D = tf.randomUniform([2, 64, 64, 3], 0, 255, 'float32', 3);
      const tensors = (arrays: StateArrays): Record<string, Tensor> =>
        Object.fromEntries(
          [...arrays].map(([name, { shape: sides, data }]) => [name, tf.tensor(data, [...sides])]),
        );
      const plain = model.infer(
        tf,
        kernels,
        tensors(new Map([...parameters, ...statistics])),
        images,
        'inference',
      );
      const folded = model.infer(
        tf,
        kernels,
        tensors(foldBatchNorm(parameters, statistics)),
        images,
        'folded',
      );
      for (const name of ['imageClass.classLogits', 'boxes.boxes', 'boxes.scores'] as const) {
        const [a, b] = [plain[name]!.dataSync(), folded[name]!.dataSync()];
        const scale = Math.max(1, ...a.map(Math.abs));
        a.forEach((value, i) => expect(Math.abs(value - b[i]!) / scale).toBeLessThan(1e-4));
      }
    },
  );

  it('starts the same for the same seed, whatever the heads, and otherwise for another', () => {
    const declare = (settings: string[], objectClasses: number) => {
      const config = applySettings(parseTrainingConfig({}), [...SMALL, ...settings]);
      return new Model(config, { imageClasses: 2, objectClasses }).declare(engine.tf, kernels).initial;
    };
    const both = declare([], 2);
    const one = declare([], 0);
    const other = declare(['seed=2'], 2);
    expect(one.size).toBeLessThan(both.size);
    expect(one.get('trunk/stem/kernel')).toEqual(both.get('trunk/stem/kernel'));
    expect(other.get('trunk/stem/kernel')).not.toEqual(both.get('trunk/stem/kernel'));
  });
});

describe('running averages', () => {
  it('follow the first steps closely, so that a short run is judged by what it has learned', () => {
    using folder = temporaryFolder();
    const { config, batches, state, step } = setUp(folder.path, []);
    const runner = createEagerRunner(engine, step, state);
    const order = batches.order(0);
    for (let i = 0; i < 12; i++) {
      runner.run(batches.make(order, 0, i % 2), { ...stepScalars(config, i, 2), learningRate: 0 });
    }
    const after = runner.readState();
    runner.dispose();
    // Weights that never moved: the averaged statistics are those of the batches, and nothing of the start is left.
    const name = stateName.statistic('trunk/stem/variance');
    const alone = createEagerRunner(engine, step, state);
    const seen = [0, 1].map((i) => {
      alone.run(batches.make(order, 0, i), {
        ...stepScalars(config, 0, 2),
        learningRate: 0,
        statisticsDecay: 0,
      });
      return alone.readState([name]).get(name)!.data;
    });
    alone.dispose();
    after.get(name)!.data.forEach((value, i) => {
      const [low, high] = [Math.min(seen[0]![i]!, seen[1]![i]!), Math.max(seen[0]![i]!, seen[1]![i]!)];
      expect(value).toBeGreaterThan(low * 0.99);
      expect(value).toBeLessThan(high * 1.01);
    });
  });

  it('have the same window for statistics and weights, which are judged together', () => {
    const scalars = stepScalars(parseTrainingConfig({}), 5000, 10);
    expect(scalars['statisticsDecay']).toBe(scalars['emaDecay']);
    expect(stepScalars(parseTrainingConfig({ ema: 0 }), 5000, 10)['statisticsDecay']).toBeLessThan(0.99);
  });
});

describe('a layer without normalisation', () => {
  it('moves the more slowly the more inputs it has, so that its output moves as far', () => {
    const config = applySettings(parseTrainingConfig({}), ['boxHead=slots', 'slots.hidden=512']);
    const { shape } = new Model(config, { imageClasses: 2, objectClasses: 2 }).declare(engine.tf, kernels);
    const rate = (name: string) => shape.parameters.find((spec) => spec.name === name)!.rate;
    // 96 channels on 6×6 places, and the hidden layer's units.
    expect(rate('boxes/hidden/kernel')).toBeCloseTo(128 / (96 * 36), 8);
    expect(rate('boxes/slots/kernel')).toBeCloseTo(128 / 512, 8);
    expect(rate('boxes/slots/bias')).toBe(1);
    expect(rate('trunk/down16/kernel')).toBe(1);
  });
});

describe('the learning rate', () => {
  it('rises over the warm-up and falls along a cosine to its floor', () => {
    const config = applySettings(parseTrainingConfig({}), [
      'epochs=11',
      'optimizer.learningRate=0.01',
      'schedule.floor=0.1',
      'schedule.warmupEpochs=1',
    ]);
    const at = (step: number) => learningRateAt(config, step, 10);
    expect(at(0)).toBeCloseTo(0.001, 8);
    expect(at(9)).toBeCloseTo(0.01, 8);
    expect(at(10)).toBeCloseTo(0.01, 8);
    expect(at(60)).toBeCloseTo(0.0055, 8);
    expect(at(110)).toBeCloseTo(0.001, 8);
  });

  it('goes its way anew after a restart, for the epochs that are left', () => {
    const settings = ['optimizer.learningRate=0.01', 'schedule.floor=0.1', 'schedule.warmupEpochs=1'];
    const rates = (...more: string[]) => {
      const config = applySettings(parseTrainingConfig({}), [...settings, ...more]);
      return Array.from({ length: config.epochs * 10 }, (_, step) => learningRateAt(config, step, 10));
    };
    const [short, long] = [rates('epochs=6'), rates('epochs=11')];
    expect(rates('epochs=17', 'schedule.restart=6')).toEqual([...short, ...long]);
    expect(rates('epochs=6', 'schedule.restart=6')).toEqual(short);
  });

  it('stays, or is multiplied every so many epochs, where it is told so', () => {
    const settings = ['epochs=9', 'optimizer.learningRate=0.01', 'schedule.warmupEpochs=1'];
    const at = (shape: string, step: number) =>
      learningRateAt(
        applySettings(parseTrainingConfig({}), [
          ...settings,
          `schedule.shape=${shape}`,
          'schedule.stepEpochs=3',
          'schedule.stepFactor=0.1',
        ]),
        step,
        10,
      );
    for (const shape of ['constant', 'step']) expect(at(shape, 4)).toBeCloseTo(0.005, 8);
    for (const step of [10, 50, 89]) expect(at('constant', step)).toBeCloseTo(0.01, 8);
    expect(at('step', 29)).toBeCloseTo(0.01, 8);
    expect(at('step', 30)).toBeCloseTo(0.001, 8);
    expect(at('step', 60)).toBeCloseTo(0.0001, 8);
  });

  it('comes with the beginning of an epoch where weights follow epochs', () => {
    const starts = (weighting: 'dwa' | 'stch' | 'fixed') =>
      [0, 1, 3, 4, 6].map((step) => stepScalars(parseTrainingConfig({ weighting }), step, 3)['epochStart']);
    expect(starts('dwa')).toEqual([0, 0, 1, 0, 1]);
    expect(starts('stch')).toEqual([0, 0, 1, 0, 1]);
    expect(starts('fixed').every((value) => value === undefined)).toBe(true);
  });

  it('comes with numbers for random weights that follow from seed and step alone', () => {
    const draws = (seed: number, step: number): number[] => {
      const scalars = stepScalars(parseTrainingConfig({ weighting: 'rlw', seed }), step, 3);
      return ['imageClass', 'boxes'].map((task) => scalars[drawName(task)]!);
    };
    expect(draws(1, 7)).toEqual(draws(1, 7));
    expect(new Set([draws(1, 7), draws(1, 8), draws(2, 7)].flat()).size).toBe(6);
    const many = Array.from({ length: 500 }, (_, step) => draws(1, step)).flat();
    const mean = many.reduce((a, b) => a + b) / many.length;
    const variance = many.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / many.length;
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(Math.abs(variance - 1)).toBeLessThan(0.15);
  });
});
