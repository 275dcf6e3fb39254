import { beforeAll, describe, expect, it } from 'vitest';
import { createKernels } from '../../electron/engine/kernels.ts';
import type { Kernels } from '../../electron/engine/kernels.ts';
import type { Engine } from '../../electron/engine/index.ts';
import { BatchMaker } from '../../electron/learning/data/batches.ts';
import { applySettings, parseTrainingConfig } from '../../electron/learning/config/config.ts';
import { computeFeatures } from '../../electron/learning/data/feature-cache.ts';
import {
  freezeStages,
  frozenEpochsFrom,
  frozenStages,
  isOfBackbone,
  keepsStatistics,
} from '../../electron/learning/config/freezing.ts';
import { Model } from '../../electron/learning/model/model.ts';
import { PixelFile } from '../../electron/learning/samples/pixel-file.ts';
import { networks } from '../../electron/learning/networks/index.ts';
import { createCompiledRunner, createEagerRunner } from '../../electron/learning/model/runner.ts';
import type { StateArrays } from '../../electron/learning/model/runner.ts';
import { learningRateAt, stepScalars } from '../../electron/learning/training/schedule.ts';
import { createTrainStep, stateName } from '../../electron/learning/model/step.ts';
import { nativeEngine, roundingOf, squaresDataset, temporaryFolder } from './support.ts';

let engine: Engine;
let kernels: Kernels;

beforeAll(async () => {
  engine = await nativeEngine();
  kernels = createKernels(engine);
});

const configure = (...settings: string[]) =>
  applySettings(parseTrainingConfig({}), ['inputSize=64', 'batch=4', 'neckChannels=16', ...settings]);

function setUp(folder: string, stages: number, ...settings: string[]) {
  const config = configure(...settings);
  const data = squaresDataset(folder, 8, 0);
  const model = new Model(config, { imageClasses: 2, objectClasses: 2 });
  const { shape, initial, pooledFeatures } = model.declare(engine.tf, kernels);
  const pixels = new PixelFile(data.pixelFile, 64);
  const batches = new BatchMaker(model, data, pixels, data.samples, { training: true, pooledFeatures });
  const state: StateArrays = new Map();
  for (const { name, shape: sides } of shape.parameters) {
    const values = initial.get(name)!;
    for (const key of [stateName.parameter(name), stateName.ema(name)])
      state.set(key, { shape: sides, data: values });
    for (const key of [stateName.m(name), stateName.v(name)]) {
      state.set(key, { shape: sides, data: new Float32Array(values.length) });
    }
  }
  for (const { name, shape: sides } of shape.statistics) {
    state.set(stateName.statistic(name), { shape: sides, data: initial.get(name)! });
  }
  const step = createTrainStep(engine.tf, kernels, {
    shape: freezeStages(config, shape, stages),
    losses: (layers, batch) => model.losses(layers, batch, stages),
    taskWeights: config.weights,
    weightDecay: 0.05,
    trunkMultiplier: 1,
    clipNorm: 10,
    ema: true,
  });
  return { config, model, shape, initial, batches, state, step };
}

describe('the stages of a trunk', () => {
  it.each(['lite0', 'nano', 'plain'] as const)('of %s hold all its layers, each one some', (network) => {
    const config = configure(`network=${network}`, 'pretrained=false', 'inputSize=32');
    const { shape } = new Model(config, { imageClasses: 2, objectClasses: 2 }).declare(engine.tf, kernels);
    const { stages } = networks[network];
    const frozen = (count: number) => freezeStages(config, shape, count).frozen!.map(({ name }) => name);
    expect(frozen(0)).toEqual([]);
    for (let stage = 1; stage <= stages; stage++) {
      expect(frozen(stage).length).toBeGreaterThan(frozen(stage - 1).length);
    }
    expect(frozen(stages)).toEqual(shape.parameters.map(({ name }) => name).filter(isOfBackbone));
    expect(freezeStages(config, shape, stages).parameters.every(({ name }) => !isOfBackbone(name))).toBe(
      true,
    );
  });
});

describe('the recipe for a pretrained trunk', () => {
  it('moves the heads first, then everything, and without pretrained weights everything at once', () => {
    const at = (epoch: number, ...settings: string[]) => frozenStages(configure(...settings), epoch);
    expect([0, 1, 2, 9].map((epoch) => at(epoch, 'network=lite0'))).toEqual([5, 5, 0, 0]);
    expect([0, 4].map((epoch) => at(epoch, 'network=lite0', 'freeze.epochs=4', 'freeze.stages=2'))).toEqual([
      5, 2,
    ]);
    expect(at(0, 'network=lite0', 'pretrained=false')).toBe(0);
    expect(at(0, 'network=nano')).toBe(0);
    expect(at(0, 'network=plain', 'freeze.stages=5')).toBe(3);
  });

  it('counts the epochs for which features can be kept', () => {
    const from = (epoch: number, ...settings: string[]) =>
      frozenEpochsFrom(configure('network=lite0', 'epochs=20', ...settings), epoch);
    expect([0, 1, 2].map((epoch) => from(epoch))).toEqual([2, 1, 0]);
    expect(from(3, 'freeze.stages=5')).toBe(17);
    expect(from(0, 'freeze.epochs=50')).toBe(20);
  });

  it('keeps batch norm’s statistics in small batches of a pretrained trunk, never those of the pyramid', () => {
    const keeps = (stages: number, ...settings: string[]) => {
      const kept = keepsStatistics(configure('network=lite0', ...settings), stages);
      return ['trunk/stem', 'trunk/block15/project', 'trunk/neck/lateral8', 'boxes/level8/class0'].map(kept);
    };
    expect(keeps(0)).toEqual([true, true, false, false]);
    expect(keeps(0, 'batch=32')).toEqual([false, false, false, false]);
    expect(keeps(1, 'batch=32')).toEqual([true, false, false, false]);
    expect(keeps(0, 'freeze.statistics=batch')).toEqual([false, false, false, false]);
    expect(keeps(0, 'batch=32', 'freeze.statistics=keep')).toEqual([true, true, false, false]);
    expect(keeps(0, 'pretrained=false')).toEqual([false, false, false, false]);
  });

  it('starts from the shipped weights and moves them a tenth as fast', () => {
    const config = configure('network=lite0');
    const { shape, initial } = new Model(config, { imageClasses: 2, objectClasses: 2 }).declare(
      engine.tf,
      kernels,
    );
    const rate = (name: string) => shape.parameters.find((spec) => spec.name === name)!.rate;
    expect(rate('trunk/block4/expand/kernel')).toBeCloseTo(0.1, 8);
    expect(rate('trunk/neck/lateral8/kernel')).toBe(1);
    expect(initial.get('trunk/stem/mean')!.some((value) => value !== 0)).toBe(true);
    const scratch = new Model(configure('network=lite0', 'pretrained=false'), {
      imageClasses: 2,
      objectClasses: 2,
    });
    expect(
      scratch
        .declare(engine.tf, kernels)
        .initial.get('trunk/stem/mean')!
        .every((value) => value === 0),
    ).toBe(true);
  });

  it('gives each of two towers the shipped weights, and freezes both', () => {
    const config = configure('network=lite0', 'sharing=soft');
    const model = new Model(config, { imageClasses: 2, objectClasses: 2 });
    const { shape, initial } = model.declare(engine.tf, kernels);
    const [one, other] = ['imageClass', 'boxes'].map((task) => initial.get(`trunk/${task}/stem/mean`)!);
    expect(one!.some((value) => value !== 0)).toBe(true);
    expect(other).toEqual(one);
    const { parameters, frozen } = freezeStages(config, shape, 5);
    expect(frozen).toHaveLength(2 * 144);
    expect(parameters.every(({ name }) => !name.includes('block'))).toBe(true);
  });

  it('lets the learning rate rise anew, and Adam begin anew, where the trunk begins to move', () => {
    const config = configure('network=lite0', 'epochs=10');
    const rates = Array.from({ length: 100 }, (_, step) => learningRateAt(config, step, 10));
    expect(rates[19]! / rates[20]!).toBeGreaterThan(5);
    expect(rates[29]!).toBeGreaterThan(rates[19]! * 0.8);
    expect(stepScalars(config, 19, 10)['beta1Power']).toBeCloseTo(0.9 ** 20, 8);
    expect(stepScalars(config, 20, 10)['beta1Power']).toBeCloseTo(0.9, 8);
    expect(stepScalars(configure('epochs=10'), 20, 10)['beta1Power']).toBeCloseTo(0.9 ** 21, 8);
  });
});

describe('a step with frozen stages', () => {
  it.each(['eager', 'compiled'] as const)('moves what is not frozen and nothing else, %s', (kind) => {
    using folder = temporaryFolder();
    const { config, batches, state, step, shape } = setUp(folder.path, 3, 'network=lite0');
    const batch = batches.make(batches.order(0), 0, 0);
    const scalars = stepScalars(config, 0, 2);
    const runner =
      kind === 'eager'
        ? createEagerRunner(engine, step, state)
        : createCompiledRunner(engine, step, state, batch, scalars);
    runner.run(batch, scalars);
    const after = runner.readState();
    const frozen = new Set(freezeStages(config, shape, 3).frozen!.map(({ name }) => name));
    for (const { name } of shape.parameters) {
      if (!name.endsWith('/kernel')) continue;
      const key = stateName.parameter(name);
      const same = after.get(key)!.data.every((value, i) => value === state.get(key)!.data[i]);
      expect(same, name).toBe(frozen.has(name));
    }
    for (const { name } of shape.statistics.filter(({ name: layer }) => isOfBackbone(layer))) {
      expect(after.get(stateName.statistic(name))!.data, name).toEqual(
        state.get(stateName.statistic(name))!.data,
      );
    }
    runner.dispose();
  });

  it('gives the same losses and gradients compiled as operation by operation', () => {
    using folder = temporaryFolder();
    const { config, batches, state, step, shape } = setUp(folder.path, 0, 'network=lite0');
    const batch = batches.make(batches.order(0), 0, 0);
    const scalars = stepScalars(config, 0, 2);
    // Batch 4, and a map of 32 × 32 after the first convolution.
    const tolerance = roundingOf(shape, 4 * 32 * 32);
    const eager = createEagerRunner(engine, step, state);
    const compiled = createCompiledRunner(engine, step, state, batch, scalars);
    const [one, other] = [eager, compiled].map((runner) => runner.run(batch, scalars));
    one!.forEach((value, i) => {
      expect(Math.abs(value - other![i]!) / Math.abs(value), step.reportNames[i]).toBeLessThan(tolerance);
    });
    eager.dispose();
    compiled.dispose();
  });

  it('learns from kept features what it learns from the images that they were computed of', () => {
    using folder = temporaryFolder();
    const moves = ['augment.flip=0.5', 'imageHead.dropout=0'];
    const { config, model, batches, state, step, shape, initial } = setUp(
      folder.path,
      5,
      'network=lite0',
      ...moves,
    );
    const part = (specs: readonly { name: string; shape: readonly number[] }[]): StateArrays =>
      new Map(
        specs
          .filter(({ name }) => isOfBackbone(name))
          .map(({ name, shape: sides }) => [name, { shape: sides, data: initial.get(name)! }]),
      );
    const backbone = { parameters: part(shape.parameters), statistics: part(shape.statistics) };
    const features = computeFeatures(engine, kernels, model, backbone, batches, 2, () => false)!;
    expect(features.copies).toBe(2);
    const scalars = { ...stepScalars(config, 0, 2), learningRate: 0 };
    const runner = createEagerRunner(engine, step, state);
    const order = [0, 1, 2, 3, 4, 5, 6, 7];
    const kept = (epoch: number) => {
      batches.useFeatures(features);
      const batch = batches.make(order, epoch, 1);
      return { boxes: [...batches.boxesOfBatch], loss: runner.run(batch, scalars)[0]! };
    };
    // A copy is augmented as one of the epochs before the first; in epoch 0 images at even places are in copy 0.
    const computed = (copy: number) => {
      batches.useFeatures(null);
      const batch = batches.make(order, -1 - copy, 1);
      return { boxes: [...batches.boxesOfBatch], loss: runner.run(batch, scalars)[0]! };
    };
    const mixed = kept(0);
    const [one, other] = [computed(0), computed(1)];
    mixed.boxes.forEach((boxes, i) => expect(boxes).toEqual((i % 2 === 0 ? one : other).boxes[i]));
    expect(one.boxes).not.toEqual(other.boxes);
    // Losses of dense heads are sums over places: half of each batch has to be put together to be compared.
    const single = computeFeatures(engine, kernels, model, backbone, batches, 1, () => false)!;
    batches.useFeatures(single);
    const batch = batches.make(order, 0, 1);
    expect(batch['images']).toBeUndefined();
    expect(Math.abs(runner.run(batch, scalars)[0]! - one.loss) / one.loss).toBeLessThan(1e-4);
    expect(Math.abs(mixed.loss - one.loss)).toBeGreaterThan(1e-4);
    runner.dispose();
  });
});
