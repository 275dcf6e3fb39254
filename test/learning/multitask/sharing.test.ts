import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../electron/engine/index.ts';
import { createKernels } from '../../../electron/engine/kernels.ts';
import type { Kernels } from '../../../electron/engine/kernels.ts';
import { BatchMaker, PixelFile } from '../../../electron/learning/batches.ts';
import { applySettings, parseTrainingConfig } from '../../../electron/learning/config.ts';
import { foldBatchNorm } from '../../../electron/learning/fold.ts';
import { Model } from '../../../electron/learning/model.ts';
import { parameterCount } from '../../../electron/learning/parameters.ts';
import type { ModelShape } from '../../../electron/learning/parameters.ts';
import { createCompiledRunner, createEagerRunner } from '../../../electron/learning/runner.ts';
import type { StateArrays } from '../../../electron/learning/runner.ts';
import { stepScalars } from '../../../electron/learning/schedule.ts';
import { freshState, stepOptionsOf, withoutEffect } from '../../../electron/learning/step-options.ts';
import { createTrainStep, stateName, stateSpecs } from '../../../electron/learning/step.ts';
import { nativeEngine, squaresDataset, temporaryFolder } from '../support.ts';

let engine: Engine;
let kernels: Kernels;

beforeAll(async () => {
  engine = await nativeEngine();
  kernels = createKernels(engine);
});

const SIZE = 32;
const SMALL = [`inputSize=${SIZE}`, 'batch=2', 'neckChannels=16', 'slots.hidden=16', 'slots.count=3'];
const configure = (settings: readonly string[]) =>
  applySettings(parseTrainingConfig({}), [...SMALL, ...settings]);

const COUNTS = { imageClasses: 2, objectClasses: 2 };
const modelOf = (settings: readonly string[], counts = COUNTS) => new Model(configure(settings), counts);
const shapeOf = (settings: readonly string[], counts = COUNTS): ModelShape =>
  modelOf(settings, counts).declare(engine.tf, kernels).shape;

const part = (shape: ModelShape, prefix: string): number =>
  parameterCount({ ...shape, parameters: shape.parameters.filter(({ name }) => name.startsWith(prefix)) });

const SHARINGS: Record<string, string[]> = {
  parallel: [],
  'sequential, boxes first': ['sharing=sequential'],
  'sequential, image class first': ['sharing=sequential', 'sequential.first=imageClass'],
  subnetworks: ['sharing=subnetworks'],
  soft: ['sharing=soft'],
  'soft with cross-stitch units': ['sharing=soft', 'soft.crossStitch=true'],
};
const NETWORKS = ['nano', 'plain'];
const HEADS = ['dense', 'slots'];
const kinds = Object.keys(SHARINGS).flatMap((sharing) =>
  NETWORKS.flatMap((network) => HEADS.map((head) => ({ sharing, network, head }))),
);
const settingsOf = ({ sharing, network, head }: (typeof kinds)[number]) => [
  ...SHARINGS[sharing]!,
  `network=${network}`,
  `boxHead=${head}`,
];

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

function setUp(settings: readonly string[]) {
  const config = configure(settings);
  const data = squaresDataset(folder.path, 4, 2, SIZE);
  const model = new Model(config, COUNTS);
  const { shape, initial, pooledFeatures } = model.declare(engine.tf, kernels);
  const samples = data.samples.filter(({ split }) => split === 'train');
  const pixels = new PixelFile(data.pixelFile, SIZE);
  const batches = new BatchMaker(model, data, pixels, samples, { training: true, pooledFeatures });
  const options = stepOptionsOf(model, shape);
  const state = freshState(stateSpecs(options), initial);
  const batch = batches.make(batches.order(0), 0, 0);
  if (config.boxHead === 'slots') batch['boxWeight']!.data.fill(1);
  return { config, model, shape, initial, options, state, batch, scalars: stepScalars(config, 0, 2) };
}

const reportOf = (names: readonly string[], report: Float32Array): Record<string, number> =>
  Object.fromEntries(names.map((name, i) => [name, report[i]!]));

describe.each(kinds)('$sharing sharing of $network with the $head head', (kind) => {
  it('trains the same compiled as operation by operation, with every parameter in use', () => {
    const { options, state, batch, scalars, shape } = setUp([...settingsOf(kind), 'optimizer.weightDecay=0']);
    const step = createTrainStep(engine.tf, kernels, options);
    const eager = createEagerRunner(engine, step, state);
    const compiled = createCompiledRunner(engine, step, state, batch, scalars);
    try {
      const one = reportOf(step.reportNames, eager.run(batch, scalars));
      const other = reportOf(step.reportNames, compiled.run(batch, scalars));
      for (const [name, value] of Object.entries(one)) {
        expect(Math.abs(other[name]! - value) / Math.max(1, Math.abs(value)), name).toBeLessThan(1e-5);
      }
      const after = eager.readState();
      for (const { name } of shape.parameters) {
        if (!name.endsWith('/kernel')) continue;
        const before = state.get(stateName.parameter(name))!.data;
        expect(
          after.get(stateName.parameter(name))!.data.some((value, i) => value !== before[i]),
          name,
        ).toBe(true);
      }
    } finally {
      eager.dispose();
      compiled.dispose();
    }
  });

  it('predicts the same with batch norm folded into its convolutions', () => {
    const { model, shape, initial } = setUp(settingsOf(kind));
    const { tf } = engine;
    const stored = (specs: ModelShape['parameters'], change: (value: number, i: number) => number) =>
      new Map(
        specs.map(({ name, shape: sides }) => [name, { shape: sides, data: initial.get(name)!.map(change) }]),
      );
    const parameters = stored(shape.parameters, (value, i) => value + 0.01 * Math.sin(i));
    const statistics = stored(shape.statistics, (value, i) => value + 0.3 + 0.2 * Math.cos(i));
    const images: Tensor4D = tf.randomUniform([2, SIZE, SIZE, 3], 0, 255, 'float32', 3);
    const tensors = (arrays: StateArrays): Record<string, Tensor> =>
      Object.fromEntries(
        [...arrays].map(([name, { shape: sides, data }]) => [name, tf.tensor(data, [...sides])]),
      );
    const all = tensors(new Map([...parameters, ...statistics]));
    const plain = model.infer(tf, kernels, all, images, 'inference');
    const folded = model.infer(tf, kernels, tensors(foldBatchNorm(parameters, statistics)), images, 'folded');
    for (const name of ['classLogits', 'boxes', 'scores'] as const) {
      const [a, b] = [plain[name]!.dataSync(), folded[name]!.dataSync()];
      const scale = Math.max(1, ...a.map(Math.abs));
      a.forEach((value, i) => expect(Math.abs(value - b[i]!) / scale).toBeLessThan(1e-4));
    }
  });
});

describe('the size of a network', () => {
  const plain = () => shapeOf([]);

  it('grows by one trunk where each head has its own, and by four numbers a channel with cross-stitch units', () => {
    const soft = shapeOf(['sharing=soft']);
    expect(part(soft, 'trunk/')).toBe(2 * part(plain(), 'trunk/'));
    for (const head of ['imageClass/', 'boxes/']) expect(part(soft, head)).toBe(part(plain(), head));
    const trunk = plain().multiplyAdds * 2 - soft.multiplyAdds;
    const heads = shapeOf(['sharing=soft'], { ...COUNTS, objectClasses: 0 }).multiplyAdds;
    // Twice the trunk and once the heads: what twice the whole has too much is the heads, less than one head's network.
    expect(trunk).toBeGreaterThan(0);
    expect(trunk).toBeLessThan(heads);
    const stitched = shapeOf(['sharing=soft', 'soft.crossStitch=true']);
    // Levels of 64, 128 and 192 channels, and three of 16 in the pyramid.
    expect(parameterCount(stitched) - parameterCount(soft)).toBe(4 * (64 + 128 + 192 + 3 * 16));
  });

  it('grows by 3×3 convolutions with batch norm on every level that a head reads', () => {
    const block = (channels: number) => 9 * channels ** 2 + 2 * channels;
    const two = shapeOf(['sharing=subnetworks', 'subnetworks.depth=2']);
    expect(part(two, 'trunk/')).toBe(part(plain(), 'trunk/'));
    expect(part(two, 'boxes/') - part(plain(), 'boxes/')).toBe(2 * 3 * block(16));
    // The finest level of the pyramid and the coarsest of the trunk.
    expect(part(two, 'imageClass/') - part(plain(), 'imageClass/')).toBe(2 * (block(16) + block(192)));
    const places = [4, 2, 1].map((side) => side ** 2);
    const boxes = 2 * 9 * 16 ** 2 * places.reduce((a, b) => a + b);
    const image = 2 * 9 * (16 ** 2 * 16 + 192 ** 2);
    expect(two.multiplyAdds - plain().multiplyAdds).toBe(boxes + image);
  });

  it('grows by what the second head reads of the first', () => {
    const boxesFirst = shapeOf(['sharing=sequential']);
    // Two numbers for each of two object classes, to two image classes.
    expect(parameterCount(boxesFirst) - parameterCount(plain())).toBe(2 * 2 * 2);
    const imageFirst = shapeOf(['sharing=sequential', 'sequential.first=imageClass']);
    // On three levels of 16 channels: two classes and a bias.
    expect(parameterCount(imageFirst) - parameterCount(plain())).toBe(3 * (2 + 1) * 16);
  });
});

describe('sequential sharing', () => {
  it.each([
    ['boxes', 'boxWeight', 'boxes/level8/class/kernel'],
    ['imageClass', 'imageMask', 'imageClass/classifier/kernel'],
  ])('with %s first teaches that head by the loss of the other one', (first, mask, kernel) => {
    for (const sharing of ['parallel', 'sequential']) {
      const { options, state, batch, scalars } = setUp([
        `sharing=${sharing}`,
        `sequential.first=${first}`,
        'optimizer.weightDecay=0',
      ]);
      batch[mask]!.data.fill(0);
      const runner = createEagerRunner(engine, createTrainStep(engine.tf, kernels, options), state);
      runner.run(batch, scalars);
      const name = stateName.parameter(kernel);
      const { data } = runner.readState([name]).get(name)!;
      const moved = data.some((value, i) => value !== state.get(name)!.data[i]);
      expect(moved, sharing).toBe(sharing === 'sequential');
      runner.dispose();
    }
  });
});

describe('soft sharing', () => {
  it('begins with two equal trunks, which the tie then holds together', () => {
    const apart = (tie: number) => {
      const { options, state, batch, scalars, initial } = setUp(['sharing=soft', `soft.tie=${tie}`]);
      expect(initial.get('trunk/boxes/down8/kernel')).toEqual(initial.get('trunk/imageClass/down8/kernel'));
      const step = createTrainStep(engine.tf, kernels, options);
      const runner = createEagerRunner(engine, step, state);
      const first = reportOf(step.reportNames, runner.run(batch, scalars))['regularization'] ?? 0;
      for (let i = 1; i < 8; i++) runner.run(batch, stepScalars(configure([]), i, 2));
      const of = (tower: string) =>
        runner.readState().get(stateName.parameter(`trunk/${tower}/down8/kernel`))!.data;
      const [one, other] = [of('boxes'), of('imageClass')];
      runner.dispose();
      return { first, distance: one.reduce((sum, value, i) => sum + (value - other[i]!) ** 2, 0) };
    };
    const [loose, tied] = [apart(0), apart(10)];
    expect(tied.first).toBe(0);
    expect(tied.distance).toBeLessThan(loose.distance * 0.6);
  });

  it('is one trunk where there is one head, and says that sharing has no effect', () => {
    const alone = modelOf(['sharing=soft', 'aggregation=mgda'], { ...COUNTS, imageClasses: 0 });
    const { shape } = alone.declare(engine.tf, kernels);
    expect(shape.parameters.some(({ name }) => name === 'trunk/stem/kernel')).toBe(true);
    expect(stepOptionsOf(alone, shape).multitask).toBeUndefined();
    expect(withoutEffect(alone)).toMatch(/sharing soft, aggregation mgda has no effect/);
    expect(withoutEffect(modelOf(['sharing=soft']))).toBeNull();
  });
});

describe('the style of layers', () => {
  it('without batch norm has biases in its place and no statistics', () => {
    const shape = shapeOf(['batchNorm=false']);
    expect(shape.statistics).toEqual([]);
    expect(shape.parameters.map(({ name }) => name)).toContain('trunk/stem/bias');
    expect(shape.parameters.map(({ name }) => name)).not.toContain('trunk/stem/scale');
  });

  it('SELU keeps the size of signals through many layers, where its kernels start smaller', () => {
    const { tf } = engine;
    const spread = (settings: string[]) => {
      const { model, initial, shape } = setUp(['batchNorm=false', 'network=plain', ...settings]);
      const tensors: Record<string, Tensor> = {};
      for (const { name, shape: sides } of shape.parameters)
        tensors[name] = tf.tensor(initial.get(name)!, [...sides]);
      const images: Tensor4D = tf.randomUniform([4, SIZE, SIZE, 3], 0, 255, 'float32', 5);
      const logits = model.infer(tf, kernels, tensors, images, 'inference').classLogits!;
      return [...logits.dataSync()];
    };
    expect(spread(['activation=selu'])).not.toEqual(spread([]));
    for (const value of spread(['activation=selu'])) expect(Math.abs(value)).toBeLessThan(10);
  });

  it.each(['activation=selu', 'batchNorm=false'])(
    '%s trains the same compiled as operation by operation',
    (setting) => {
      const { options, state, batch, scalars } = setUp([setting]);
      const step = createTrainStep(engine.tf, kernels, options);
      const eager = createEagerRunner(engine, step, state);
      const compiled = createCompiledRunner(engine, step, state, batch, scalars);
      const [one, other] = [eager, compiled].map((runner) => runner.run(batch, scalars));
      one!.forEach((value, i) => {
        expect(Math.abs(other![i]! - value) / Math.max(1, Math.abs(value))).toBeLessThan(1e-5);
      });
      eager.dispose();
      compiled.dispose();
    },
  );
});
