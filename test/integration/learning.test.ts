import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainingEvent } from '../../electron/common/entities.ts';
import { toErrorReport, TwinheadError } from '../../electron/common/errors.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { nodeBackend } from '../../electron/engine/graph/backend.ts';
import type { Engine } from '../../electron/engine/index.ts';
import {
  BEST_CHECKPOINT,
  LAST_CHECKPOINT,
  readCheckpoint,
  writeCheckpoint,
} from '../../electron/learning/training/checkpoint.ts';
import {
  applySettings,
  loadModel,
  parseTrainingConfig,
  startPrediction,
  startTraining,
} from '../../electron/learning/index.ts';
import type { TrainingConfig, TrainingDataset } from '../../electron/learning/index.ts';
import { Trainer } from '../../electron/learning/training/trainer.ts';
import type { TrainerRequest } from '../../electron/learning/training/training-setup.ts';
import { nativeChoice, nativeEngine, squaresDataset, temporaryFolder } from '../learning/support.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { asEnglish, saying } from '../support/in-english.ts';
import { thorough } from '../support/thorough.ts';

const SMALL = ['inputSize=64', 'batch=8', 'neckChannels=16', 'epochs=3', 'schedule.warmupEpochs=0.5'];
const configure = (...settings: string[]): TrainingConfig =>
  applySettings(parseTrainingConfig({}), [...SMALL, ...settings]);

let engine: Engine;

beforeAll(async () => {
  engine = await nativeEngine();
});

interface Sitting {
  readonly events: TrainingEvent[];
  readonly result: Awaited<ReturnType<Trainer['run']>>;
  readonly tensors: number[];
}

/** Trains in this thread; stops before step `stopBefore`. */
async function sit(request: TrainerRequest, stopBefore = Infinity): Promise<Sitting> {
  const events: TrainingEvent[] = [];
  const tensors: number[] = [];
  let asked = 0;
  let prepared = false;
  const trainer = new Trainer(
    engine,
    request,
    (event) => {
      events.push(asEnglish(event));
      if (event.type === 'epoch') tensors.push(trainer.tensorCount);
      prepared ||= event.type === 'status' && inEnglish(event.message).includes('multiply-adds');
    },
    () => prepared && ++asked > stopBefore,
  );
  return { events, result: await trainer.run(), tensors };
}

const epochs = (events: readonly TrainingEvent[]) =>
  events.flatMap((event) => (event.type === 'epoch' ? [{ ...event, seconds: 0 }] : []));

function without(dataset: TrainingDataset, split: 'val'): TrainingDataset {
  return { ...dataset, samples: dataset.samples.filter((sample) => sample.split !== split) };
}

/** Resuming from a checkpoint with one tensor's values changed. @returns the error, after which the file is as it was */
async function resumedFrom(
  request: TrainerRequest,
  isWanted: (name: string) => boolean,
  change: (data: Float32Array) => unknown,
): Promise<{ readonly name: string; readonly error: unknown }> {
  const file = path.join(request.runFolder, LAST_CHECKPOINT);
  const checkpoint = await readCheckpoint(file);
  const name = [...checkpoint.tensors.keys()].find(isWanted)!;
  change(checkpoint.tensors.get(name)!.data);
  await writeCheckpoint(file, checkpoint);
  const before = fs.readFileSync(file);
  const longer = { ...request, config: { ...request.config, epochs: 2 }, resume: true };
  const error: unknown = await sit(longer).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TwinheadError);
  expect(fs.readFileSync(file).equals(before)).toBe(true);
  return { name, error };
}

describe.each(['compiled', 'eager'] as const)('a training, %s', (execution) => {
  const folder = temporaryFolder();
  const dataset = squaresDataset(folder.path, 24, 8);
  let whole: Sitting;

  const request = (name: string): TrainerRequest => {
    const runFolder = path.join(folder.path, name);
    fs.mkdirSync(runFolder, { recursive: true });
    // Three steps an epoch: what is seen at the fourth is what the second epoch tells.
    const config = configure('augment.flip=0.5', 'log.gradients=4');
    return { config, dataset, runFolder, resume: false, execution };
  };

  beforeAll(async () => {
    whole = await sit(request('whole'));
  });
  afterAll(() => folder[Symbol.dispose]());

  it('stopped in the middle of an epoch and resumed ends as if it had not been', async () => {
    const first = await sit(request('broken'), 4);
    expect(first.result).toMatchObject({ state: 'stopped', reason: saying('stopped by you'), step: 4 });
    const second = await sit({ ...request('broken'), resume: true });
    expect(epochs([...first.events, ...second.events])).toEqual(epochs(whole.events));
    const compared = epochs(whole.events).map(({ gradientCosines }) => Object.keys(gradientCosines!));
    expect(compared).toEqual([[], ['imageClass.boxes'], ['imageClass.boxes']]);
    for (const file of [LAST_CHECKPOINT, BEST_CHECKPOINT]) {
      const [one, other] = await Promise.all(
        ['whole', 'broken'].map((name) => readCheckpoint(path.join(folder.path, name, file))),
      );
      expect({ ...other!.position, seconds: 0 }).toEqual({ ...one!.position, seconds: 0 });
      for (const [name, { data }] of one!.tensors) expect(other!.tensors.get(name)!.data, name).toEqual(data);
    }
  });

  it('shows at each epoch what its validation has found on the same few images, as a resumed one does', async () => {
    const shown = ({ events }: Sitting) => events.filter((event) => event.type === 'samples');
    expect(shown(whole).map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 3],
      [2, 6],
      [3, 9],
    ]);
    const validation = dataset.samples.filter(({ split }) => split === 'val').map(({ imageId }) => imageId);
    for (const { images } of shown(whole)) {
      expect(images).toHaveLength(6);
      for (const { imageId, imageClass } of images) {
        expect(validation).toContain(imageId);
        expect(imageClass?.score).toBeGreaterThan(0.4);
      }
    }
    expect(new Set(shown(whole).map(({ images }) => String(images.map(({ imageId }) => imageId)))).size).toBe(
      1,
    );
    const first = await sit(request('shown'), 4);
    const second = await sit({ ...request('shown'), resume: true });
    expect([...shown(first), ...shown(second)]).toEqual(shown(whole));
  });

  it('keeps the number of tensors over epochs', () => {
    expect(whole.tensors).toHaveLength(3);
    expect(new Set(whole.tensors).size).toBe(1);
  });

  it('tells of the last step of each epoch, so that its curves end where it does', () => {
    const steps = whole.events.flatMap((event) => (event.type === 'step' ? [event] : []));
    const ends = steps.filter(({ step, steps: anEpoch }) => step % anEpoch === 0);
    expect(ends.map(({ step, steps: anEpoch }) => step / anEpoch)).toEqual([1, 2, 3]);
    expect(steps.at(-1)).toBe(ends.at(-1));
  });

  it('says from its second step on how long it will take: the first also pays for the graph', () => {
    const [first] = whole.events.flatMap((event) => (event.type === 'step' ? [event] : []));
    expect(first!.step).toBe(2);
    expect(first!.secondsLeft).toBeGreaterThan(0);
    expect(first!.secondsLeft).toBeLessThan(60);
  });
});

// Of the network with weights of its own: compiled anew, once more in each sitting, it takes minutes.
const JOINS: [string, string[], number][] = [
  ['whose trunk joins later', ['network=lite0', 'freeze.epochs=1'], 4],
];
describe.each([
  ...thorough({ part: [], all: JOINS }),
  ['on kept features of a frozen trunk', ['freeze.stages=5', 'freeze.variants=2'], 5],
  [
    'on mosaics and crops, with rare classes repeated',
    ['augment.mosaic=0.6', 'augment.mosaicUntil=0.7', 'augment.crop=0.4', 'sampling.balance=0.9'],
    5,
  ],
])('a training %s', (_, settings, stopBefore) => {
  it('stopped and resumed ends as if it had not been, and says what it does', async () => {
    using folder = temporaryFolder();
    const dataset = squaresDataset(folder.path, 24, 8);
    const request = (name: string): TrainerRequest => {
      const runFolder = path.join(folder.path, name);
      fs.mkdirSync(runFolder, { recursive: true });
      return { config: configure('augment.flip=0.5', ...settings), dataset, runFolder, resume: false };
    };
    const whole = await sit(request('whole'));
    const first = await sit(request('broken'), stopBefore);
    expect(first.result.state).toBe('stopped');
    const second = await sit({ ...request('broken'), resume: true });
    expect(epochs([...first.events, ...second.events])).toEqual(epochs(whole.events));
    const [one, other] = await Promise.all(
      ['whole', 'broken'].map((name) => readCheckpoint(path.join(folder.path, name, LAST_CHECKPOINT))),
    );
    for (const [name, { data }] of one!.tensors) expect(other!.tensors.get(name)!.data, name).toEqual(data);
    const said = whole.events
      .flatMap((event) => (event.type === 'status' ? [inEnglish(event.message)] : []))
      .join();
    expect(said).toMatch(
      /the trunk learns from here on; recompiled in|features of 2 copies of each image|classes are balanced/,
    );
  });
});

describe('a training that is stopped before its first epoch', () => {
  const settings = ['freeze.stages=5', 'freeze.variants=2'];
  it.each([
    ['before anything is computed', null, /features|compiling/],
    ['while it computes features', /features of the frozen trunk/, /compiling/],
    ['while it compiles', /compiling/, /multiply-adds/],
  ])('%s ends without what comes after', async (_, stopAt, never) => {
    using folder = temporaryFolder();
    const dataset = squaresDataset(folder.path, 24, 8);
    const request = { config: configure(...settings), dataset, runFolder: folder.path, resume: false };
    let stop = stopAt === null;
    const told: string[] = [];
    const emit = (event: TrainingEvent): void => {
      if (event.type !== 'status') return;
      told.push(inEnglish(event.message));
      stop ||= stopAt?.test(told.at(-1)!) === true;
    };
    const result = await new Trainer(engine, request, emit, () => stop).run();
    expect(result).toMatchObject({ state: 'stopped', epoch: 0, step: 0 });
    expect(told.filter((message) => never.test(message))).toEqual([]);
  });
});

describe('a run that comes to the end of its epochs', () => {
  it.each([
    ['says so where the last epoch was the best', ['optimizer.learningRate=0.003'], true],
    ['says nothing where it was not', ['weights.boxes=0', 'optimizer.learningRate=0.000000001'], false],
  ])('%s', async (_, settings, improving) => {
    using folder = temporaryFolder();
    const dataset = squaresDataset(folder.path, 16, 8);
    const config = configure('epochs=2', ...settings);
    const request = { config, dataset, runFolder: folder.path, resume: false, execution: 'eager' } as const;
    const { events, result } = await sit(request);
    expect(result.bestEpoch === 2).toBe(improving);
    const told = events.filter(
      (event) => event.type === 'status' && /still improving/.test(inEnglish(event.message)),
    );
    expect(told).toHaveLength(improving ? 1 : 0);
  });
});

describe('a training', () => {
  const learners: [name: string, head: string, settings: string[]][] = [
    ['the dense head', 'dense', []],
    ['the slots head', 'slots', []],
  ];
  const more: typeof learners = [
    [
      'the dense head, task-aligned, with CIoU',
      'dense',
      ['dense.assignment=taskAligned', 'dense.overlap=ciou'],
    ],
    ['the dense head, task-aligned', 'dense', ['dense.assignment=taskAligned']],
  ];
  it.each(thorough({ part: learners, all: [...learners, ...more] }))(
    'learns a handful of images by heart with %s',
    async (_, head, settings) => {
      using folder = temporaryFolder();
      const { samples, ...dataset } = squaresDataset(folder.path, 10, 0);
      // The same images judge it: the question is whether it can learn at all. Ten of each make an epoch of ten steps.
      const byHeart = [
        ...Array.from({ length: 10 }, () => samples).flat(),
        ...samples.map((sample) => ({ ...sample, split: 'val' as const })),
      ];
      const config = configure(
        `boxHead=${head}`,
        'batch=10',
        'epochs=40',
        'earlyStopping.patience=0',
        'augment.scale=0',
        'augment.translate=0',
        'augment.color=0',
        'imageHead.dropout=0',
        'slots.count=2',
        'slots.hidden=128',
        'ema=0.9',
        ...settings,
      );
      const { events } = await sit({
        config,
        dataset: { ...dataset, samples: byHeart },
        runFolder: folder.path,
        resume: false,
      });
      const told = epochs(events);
      for (const { step, gradientCosines } of told) {
        expect(Object.keys(gradientCosines!)).toEqual(step < 100 ? [] : ['imageClass.boxes']);
      }
      const last = told.at(-1)!;
      expect(last.step).toBeGreaterThan(100);
      expect(last.metrics['imageClass.accuracy']).toBe(1);
      // Over all overlaps from 0.5 to 0.95: 1.000 was reached with every head and seed tried, by step 390 at the latest.
      expect(last.metrics['boxes.map']).toBeGreaterThan(head === 'dense' ? 0.999 : 0.99);
    },
  );

  it('stops where a loss is not a number, names head and term, and keeps the last good checkpoint', async () => {
    using folder = temporaryFolder();
    const dataset = squaresDataset(folder.path, 16, 8);
    const request = { config: configure('epochs=1'), dataset, runFolder: folder.path, resume: false };
    await sit(request);
    const { error } = await resumedFrom(
      request,
      (name) => name === 'parameters/imageClass/classifier/kernel',
      (data) => data.fill(3e38),
    );
    expect(error).toMatchObject({
      code: 'training-failed',
      details: { head: 'imageClass', step: 3, epoch: 2 },
    });
    expect((error as TwinheadError).message).toMatch(/NaN in imageClass at step 3/);
  });

  it('stops where a running statistic is infinite that no loss shows', async () => {
    using folder = temporaryFolder();
    const dataset = squaresDataset(folder.path, 16, 8);
    const request = { config: configure('epochs=1'), dataset, runFolder: folder.path, resume: false };
    await sit(request);
    // Squared, what such weights answer is beyond what 32 bits hold.
    const { error } = await resumedFrom(
      request,
      (name) => /^parameters\/trunk\/.*kernel$/.test(name),
      (data) => data.fill(1e25),
    );
    expect(error).toMatchObject({ code: 'training-failed', details: { head: 'trunk', epoch: 2 } });
    expect((error as TwinheadError).message).toMatch(
      /running statistics of batch norm became (NaN|infinite) in trunk/,
    );
  });

  it('goes on from no checkpoint that holds an infinite value', async () => {
    using folder = temporaryFolder();
    const dataset = squaresDataset(folder.path, 16, 8);
    const request = { config: configure('epochs=1'), dataset, runFolder: folder.path, resume: false };
    await sit(request);
    const { name, error } = await resumedFrom(
      request,
      (key) => key.startsWith('ema/boxes/'),
      (data) => (data[0] = Infinity),
    );
    expect(error).toMatchObject({ code: 'unusable-input' });
    expect((error as TwinheadError).message).toContain(`${name} holds values that are not finite numbers`);
  });

  it('stops where it learns so fast that nothing stays finite, and keeps no such state', async () => {
    using folder = temporaryFolder();
    const dataset = squaresDataset(folder.path, 16, 8);
    const settings = [
      'optimizer.method=sgd',
      'optimizer.learningRate=1',
      'optimizer.clipNorm=0',
      'epochs=30',
    ];
    const config = configure(...settings, 'batchNorm=false', 'schedule.warmupEpochs=4');
    const request = { config, dataset, runFolder: folder.path, resume: false };
    await expect(sit(request)).rejects.toMatchObject({ code: 'training-failed' });
    for (const file of [LAST_CHECKPOINT, BEST_CHECKPOINT]) {
      const { tensors } = await readCheckpoint(path.join(folder.path, file));
      for (const [name, { data }] of tensors) expect(data.every(Number.isFinite), name).toBe(true);
    }
  });

  it('trains on one image of one class, however small', async () => {
    using folder = temporaryFolder();
    const { samples, ...dataset } = squaresDataset(folder.path, 1, 1, 32);
    const config = configure('inputSize=32', 'batch=8', 'epochs=2');
    const single = {
      ...dataset,
      imageClasses: [],
      objectClasses: dataset.objectClasses.slice(0, 1),
      samples: samples.map((sample) => ({
        ...sample,
        imageClass: null,
        boxes: sample.boxes!.slice(0, 1).map((box) => ({ ...box, classIndex: 0 })),
      })),
    };
    const { events, result } = await sit({
      config,
      dataset: single,
      runFolder: folder.path,
      resume: false,
    });
    expect(result).toMatchObject({ state: 'done', step: 2 });
    expect(Number.isFinite(epochs(events).at(-1)!.validationLoss)).toBe(true);
    const { imageClasses, objectClasses, parameters } = await loadModel(
      path.join(folder.path, LAST_CHECKPOINT),
    );
    expect([imageClasses.length, objectClasses.length]).toEqual([0, 1]);
    for (const [name, { data }] of parameters) expect(data.every(Number.isFinite), name).toBe(true);
  });

  it('tells 300 classes apart in either head, most of them without an example', async () => {
    using folder = temporaryFolder();
    const dataset = squaresDataset(folder.path, 16, 8);
    const named = (first: number) =>
      Array.from({ length: 300 }, (_, place) => ({ id: first + place, name: `class ${place}` }));
    const many = { ...dataset, imageClasses: named(1), objectClasses: named(1001) };
    const config = configure('epochs=2', 'sampling.balance=0.5');
    const { events, result } = await sit({
      config,
      dataset: many,
      runFolder: folder.path,
      resume: false,
    });
    expect(result).toMatchObject({ state: 'done', epoch: 2 });
    for (const { trainLoss, validationLoss } of epochs(events)) {
      expect([trainLoss, validationLoss].every(Number.isFinite)).toBe(true);
    }
    const said = events.flatMap((event) => (event.type === 'status' ? [inEnglish(event.message)] : []));
    expect(said.filter((message) => message.includes('298 classes have no'))).toHaveLength(2);
    const { parameters } = await loadModel(path.join(folder.path, BEST_CHECKPOINT));
    expect([...parameters.values()].some(({ shape }) => shape.at(-1) === 300)).toBe(true);
  });

  it('stops early where the validation score no longer rises', async () => {
    using folder = temporaryFolder();
    const dataset = squaresDataset(folder.path, 16, 8);
    const config = configure('optimizer.learningRate=1e-9', 'epochs=20', 'earlyStopping.patience=2', 'ema=0');
    const { result } = await sit({ config, dataset, runFolder: folder.path, resume: false });
    expect(result.reason).toEqual(saying('early stop'));
    expect(result.epoch).toBeLessThan(20);
  });

  it('that asks for bfloat16 where an operation lacks it computes in float32, and says so', async () => {
    using folder = temporaryFolder();
    const dataset = squaresDataset(folder.path, 16, 8);
    const request = (precision: string): TrainerRequest => {
      const runFolder = path.join(folder.path, precision);
      fs.mkdirSync(runFolder);
      return { config: configure('epochs=2', `precision=${precision}`), dataset, runFolder, resume: false };
    };
    const plain = await sit(request('float32'));
    const backend = nodeBackend(engine);
    const { binding } = backend;
    let refused = 0;
    // As TensorFlow refuses a graph with an operation that the device lacks: when it is first run.
    const runSavedModel: typeof binding.runSavedModel = (...given) => {
      if (given[3].includes('updated') && refused++ === 0) {
        throw new Error(
          'Could not find device for node: {{node o12half}} = Conv2D[T=DT_BFLOAT16]\nAll kernels: …',
        );
      }
      return binding.runSavedModel(...given);
    };
    backend.binding = Object.create(binding, { runSavedModel: { value: runSavedModel } }) as typeof binding;
    let mixed: Sitting;
    try {
      mixed = await sit(request('mixed'));
    } finally {
      backend.binding = binding;
    }
    expect(refused).toBeGreaterThan(1);
    expect(epochs(mixed.events)).toEqual(epochs(plain.events));
    const lasting = mixed.events.flatMap((event) =>
      event.type === 'status' && event.lasting === true ? [event.message] : [],
    );
    expect(lasting).toContain(
      'This device does not train in bfloat16 (Could not find device for node: {{node o12half}} = ' +
        'Conv2D[T=DT_BFLOAT16]); convolutions compute in float32 instead.',
    );
  });

  it('times the operations of a step where asked to, without another result', async () => {
    using folder = temporaryFolder();
    const dataset = squaresDataset(folder.path, 16, 8);
    const sittings = [];
    for (const profile of [false, true]) {
      const runFolder = path.join(folder.path, String(profile));
      fs.mkdirSync(runFolder);
      const request = { config: configure('epochs=2'), dataset, runFolder, resume: false, profile };
      sittings.push(await sit(request));
    }
    const [plain, profiled] = sittings;
    expect(epochs(profiled!.events)).toEqual(epochs(plain!.events));
    const found = profiled!.events.filter((event) => event.type === 'profile');
    expect(found).toHaveLength(1);
    const { operations, stepMilliseconds, trainedMilliseconds, compiled } = found[0]!;
    expect(compiled).toBe(true);
    expect(trainedMilliseconds).toBeGreaterThan(0);
    const times = operations.map(({ milliseconds }) => milliseconds);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    expect(times.reduce((a, b) => a + b, 0)).toBeLessThan(stepMilliseconds);
    // As many as the network has: 20 convolutions with batch norm or bias, of which one needs no gradient to its input.
    const count = (name: string) => operations.find(({ op }) => op === name)!.count;
    expect(count('Conv2DBackpropFilter')).toBe(count('Conv2D'));
    expect(count('Conv2DBackpropInput')).toBe(count('Conv2D') - 1);
    const file = fs.readFileSync(path.join(folder.path, 'true', 'profile.json'), 'utf8');
    expect(JSON.parse(file)).toEqual(found[0]);
    expect(plain!.events.some((event) => event.type === 'profile')).toBe(false);
  });

  it('on a disk that fills up loses nothing but the epoch (skipped where a small disk cannot be made)', async ({
    skip,
  }) => {
    using folder = temporaryFolder();
    const dataset = squaresDataset(folder.path, 16, 8);
    const request = (name: string): TrainerRequest => {
      const runFolder = path.join(folder.path, name);
      fs.mkdirSync(runFolder, { recursive: true });
      return { config: configure(), dataset, runFolder, resume: false };
    };
    const whole = await sit(request('whole'));
    const full = request('full');
    using disk = SmallDisk.under(full.runFolder, 64);
    if (disk === null) return skip();
    const file = path.join(full.runFolder, LAST_CHECKPOINT);
    const fillUp = (event: TrainingEvent) => {
      if (event.type === 'epoch') disk.fill();
    };
    const error: unknown = await new Trainer(engine, full, fillUp, () => false)
      .run()
      .catch((thrown: unknown) => thrown);
    expect(toErrorReport(error)).toMatchObject({ code: 'disk-full' });
    expect((await readCheckpoint(file)).position).toMatchObject({ epoch: 1, stepInEpoch: 0 });
    disk.empty();
    const { events } = await sit({ ...full, resume: true });
    expect(epochs(events)).toEqual(epochs(whole.events).slice(1));
  });

  it('refuses what cannot be trained and resuming from nothing', async () => {
    using folder = temporaryFolder();
    const dataset = squaresDataset(folder.path, 16, 8);
    const request = { config: configure(), dataset, runFolder: folder.path, resume: true };
    await expect(sit(request)).rejects.toMatchObject({ code: 'not-found' });
    const noValidation = { ...request, dataset: without(dataset, 'val'), resume: false };
    await expect(sit(noValidation)).rejects.toMatchObject({ code: 'not-trainable' });
  });
});

describe('on a worker thread', () => {
  it('trains, can be stopped, and its checkpoint predicts', async () => {
    using folder = temporaryFolder();
    const dataset = squaresDataset(folder.path, 16, 8);
    const request = {
      engine: nativeChoice(),
      config: configure('epochs=200'),
      dataset,
      runFolder: folder.path,
    };
    const events: TrainingEvent[] = [];
    const handle = startTraining({ ...request, resume: false }, (event) => {
      events.push(asEnglish(event));
      if (event.type === 'epoch' && event.epoch === 2) handle.stop();
    });
    const result = await handle.done;
    expect(result.state).toBe('stopped');
    expect(result.epoch).toBeGreaterThanOrEqual(2);
    expect(events.some(({ type }) => type === 'step')).toBe(true);

    const checkpointFile = path.join(folder.path, LAST_CHECKPOINT);
    const model = await loadModel(checkpointFile);
    expect(model.imageClasses.map(({ name }) => name)).toEqual(['red', 'blue']);
    const done: number[] = [];
    const samples = dataset.samples.slice(0, 5);
    const predictions = await startPrediction(
      { engine: nativeChoice(), checkpointFile, pixelFile: dataset.pixelFile, samples, minScore: 0 },
      (count) => done.push(count),
    ).done;
    expect(done.at(-1)).toBe(5);
    expect(predictions).toHaveLength(5);
    for (const { imageClass, boxes } of predictions) {
      expect(imageClass!.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      expect(boxes.length).toBeLessThanOrEqual(300);
      const scores = boxes.map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      for (const { x, y, width, height } of boxes) {
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(Math.max(x + width, y + height)).toBeLessThanOrEqual(64.001);
      }
    }
  });

  it('reports what went wrong as a typed error', async () => {
    using folder = temporaryFolder();
    const dataset = squaresDataset(folder.path, 8, 8);
    const { samples } = dataset;
    const handle = startPrediction({
      engine: nativeChoice(),
      checkpointFile: path.join(folder.path, 'none.safetensors'),
      pixelFile: dataset.pixelFile,
      samples,
    });
    await expect(handle.done).rejects.toMatchObject({ name: 'TwinheadError', code: 'not-found' });
  });
});
