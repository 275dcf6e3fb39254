import fs from 'node:fs';
import path from 'node:path';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainingEvent } from '../../electron/common/entities.ts';
import type { Engine } from '../../electron/engine/index.ts';
import { createKernels } from '../../electron/engine/kernels.ts';
import type { Kernels } from '../../electron/engine/kernels.ts';
import { LAST_CHECKPOINT, readCheckpoint } from '../../electron/learning/training/checkpoint.ts';
import { foldBatchNorm } from '../../electron/learning/networks/fold.ts';
import { applySettings, loadModel, parseTrainingConfig } from '../../electron/learning/index.ts';
import type { ModelShape } from '../../electron/learning/base/parameters.ts';
import { createCompiledRunner, createEagerRunner } from '../../electron/learning/model/runner.ts';
import type { StateArrays } from '../../electron/learning/model/runner.ts';
import { createTrainStep, stateName } from '../../electron/learning/model/step.ts';
import { Trainer } from '../../electron/learning/training/trainer.ts';
import { SIZE, prepare, reportOf } from '../learning/multitask/model-support.ts';
import { nativeEngine, squaresDataset, temporaryFolder } from '../learning/support.ts';
import { thorough } from '../support/thorough.ts';

let engine: Engine;
let kernels: Kernels;

beforeAll(async () => {
  engine = await nativeEngine();
  kernels = createKernels(engine);
});

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
const everyKind = Object.keys(SHARINGS).flatMap((sharing) =>
  NETWORKS.flatMap((network) => HEADS.map((head) => ({ sharing, network, head }))),
);
/** Every two of sharing, network and head meet: half of what there is. */
const halfOfThem = everyKind.filter(({ sharing, network, head }) => {
  const indexes = [
    Object.keys(SHARINGS).indexOf(sharing),
    NETWORKS.indexOf(network),
    HEADS.indexOf(head),
  ] as const;
  return indexes.reduce((sum, index) => sum + index, 0) % 2 === 0;
});
const kinds = thorough({ part: halfOfThem, all: everyKind });
kinds.push({ sharing: 'soft with cross-stitch units', network: 'lite0', head: 'dense' });
const settingsOf = ({ sharing, network, head }: (typeof kinds)[number]) => [
  ...SHARINGS[sharing]!,
  `network=${network}`,
  `boxHead=${head}`,
];

/** How far apart the gradients of two first steps are, as a share of their length: Adam's m is a tenth of them. */
function gradientDifference({ parameters }: ModelShape, one: StateArrays, other: StateArrays): number {
  let [apart, length] = [0, 0];
  for (const { name } of parameters) {
    const values = other.get(stateName.m(name))!.data;
    one.get(stateName.m(name))!.data.forEach((value, i) => {
      apart += (value - values[i]!) ** 2;
      length += value ** 2;
    });
  }
  return Math.sqrt(apart / length);
}

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const setUp = (settings: readonly string[]) => prepare(engine, folder.path, settings);

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
      expect(gradientDifference(shape, after, compiled.readState())).toBeLessThan(1e-5);
      for (const { name } of shape.parameters) {
        // Where no box falls on a level, nothing is learned of the sides of boxes there.
        if (!name.endsWith('/kernel') || /^boxes\/level\d+\/box/.test(name)) continue;
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
    for (const name of ['imageClass.classLogits', 'boxes.boxes', 'boxes.scores'] as const) {
      const [a, b] = [plain[name]!.dataSync(), folded[name]!.dataSync()];
      const scale = Math.max(1, ...a.map(Math.abs));
      a.forEach((value, i) => expect(Math.abs(value - b[i]!) / scale).toBeLessThan(1e-4));
    }
  });
});

const SMALL = ['inputSize=64', 'batch=10', 'neckChannels=16', 'schedule.warmupEpochs=0.5'];

/** Ten images, ten times an epoch, judged on themselves: the question is whether a network can learn at all. */
async function learnByHeart(
  settings: readonly string[],
  onEvent: (event: TrainingEvent) => void = () => undefined,
): Promise<Record<string, number>> {
  using run = temporaryFolder();
  const { samples, ...dataset } = squaresDataset(run.path, 10, 0);
  const config = applySettings(parseTrainingConfig({}), [
    ...SMALL,
    'epochs=15',
    'earlyStopping.patience=0',
    'augment.scale=0',
    'augment.translate=0',
    'augment.color=0',
    'imageHead.dropout=0',
    'ema=0.9',
    ...settings,
  ]);
  const byHeart = [
    ...Array.from({ length: 10 }, () => samples).flat(),
    ...samples.map((sample) => ({ ...sample, split: 'val' as const })),
  ];
  let metrics: Record<string, number> = {};
  const request = { config, dataset: { ...dataset, samples: byHeart }, runFolder: run.path, resume: false };
  const trainer = new Trainer(
    engine,
    request,
    (event: TrainingEvent) => {
      if (event.type === 'epoch') metrics = event.metrics;
      onEvent(event);
    },
    () => false,
  );
  await trainer.run();
  return metrics;
}

describe('ten images are learned by heart', () => {
  // The parallel kind is learned by heart in learning.test.ts, with more asked of its boxes.
  const hardest = ['soft with cross-stitch units'];
  it.each(thorough({ part: hardest, all: Object.keys(SHARINGS) }))('with %s sharing', async (sharing) => {
    const metrics = await learnByHeart(SHARINGS[sharing]!);
    expect(metrics['imageClass.accuracy']).toBe(1);
    expect(metrics['boxes.map50']).toBeGreaterThan(0.999);
  });

  const one = ['weighting=gradnorm', 'aggregation=pcgrad'];
  const others = [
    ['weighting=uncertainty', 'aggregation=pcgrad'],
    ['weighting=gradnorm', 'aggregation=mean'],
    ['weighting=dwa', 'aggregation=sum'],
    ['activation=selu', 'batchNorm=false', 'optimizer.learningRate=0.004', 'epochs=30'],
    ['optimizer.method=sgd', 'optimizer.learningRate=0.03', 'optimizer.nesterov=true'],
  ];
  it.each(thorough({ part: [one], all: [one, ...others] }))('with %s, %s', async (...settings) => {
    const metrics = await learnByHeart(settings);
    expect(metrics['imageClass.accuracy']).toBe(1);
    expect(metrics['boxes.map50']).toBeGreaterThan(0.99);
  });
});

describe('the point of least norm', () => {
  it('goes with the head whose gradient is the shorter, so that boxes wait once the image class is learned', async () => {
    const shares: Record<string, number>[] = [];
    const metrics = await learnByHeart(['aggregation=mgda'], (event) => {
      if (event.type === 'epoch') shares.push(event.weights!);
    });
    expect(metrics['imageClass.accuracy']).toBe(1);
    expect(metrics['boxes.map50']).toBeLessThan(0.95);
    expect(shares.at(-1)!['trunk.imageClass']).toBeGreaterThan(0.9);
  });
});

describe('a training with moving weights and two trunks', () => {
  it('stopped in the middle of an epoch and resumed ends as if it had not been', async () => {
    using run = temporaryFolder();
    const dataset = squaresDataset(run.path, 24, 8);
    const sit = async (name: string, resume: boolean, stopBefore = Infinity) => {
      const runFolder = path.join(run.path, name);
      fs.mkdirSync(runFolder, { recursive: true });
      const config = applySettings(parseTrainingConfig({}), [
        ...SMALL,
        'batch=8',
        'epochs=3',
        'sharing=soft',
        'soft.crossStitch=true',
        'weighting=dwa',
        'aggregation=pcgrad',
        'optimizer.method=sgd',
        'optimizer.nesterov=true',
        'log.gradients=2',
      ]);
      let asked = 0;
      const events: TrainingEvent[] = [];
      const trainer = new Trainer(
        engine,
        { config, dataset, runFolder, resume },
        (event) => events.push(event),
        () => ++asked > stopBefore,
      );
      await trainer.run();
      return events.flatMap((event) => (event.type === 'epoch' ? [{ ...event, seconds: 0 }] : []));
    };
    const whole = await sit('whole', false);
    const broken = [...(await sit('broken', false, 5)), ...(await sit('broken', true))];
    expect(broken).toEqual(whole);
    expect(whole.at(-1)!.weights!['imageClass']).not.toBe(1);
    expect(Object.keys(whole.at(-1)!.gradientCosines!)).toEqual(['imageClass.boxes']);
    const files = ['whole', 'broken'].map((name) => path.join(run.path, name, LAST_CHECKPOINT));
    const [one, other] = await Promise.all(files.map((file) => readCheckpoint(file)));
    expect([...one!.tensors.keys()].filter((name) => name.startsWith('weighting/'))).toHaveLength(4);
    for (const [name, { data }] of one!.tensors) expect(other!.tensors.get(name)!.data, name).toEqual(data);
    // What predicts and exports reads the same network out of it.
    const { folded } = await loadModel(files[0]!);
    expect(folded.has('trunk/boxes/stem/bias')).toBe(true);
  });
});
