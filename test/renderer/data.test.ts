import { describe, expect, it } from 'vitest';
import type { TrainingEvent } from '../../electron/common/entities.ts';
import { inkOn } from '../../renderer/editor/tags.ts';
import { proposeColor } from '../../renderer/label/classes/class-draft.ts';
import { ImageFilter } from '../../electron/common/entities.ts';
import { choiceOf, countConditions, filterFrom, savedAs } from '../../renderer/label/images/filters.ts';
import { reportFigures } from '../../renderer/dataset/report-figures.ts';
import { readServerSentEvents } from '../../renderer/server-sent-events.ts';
import { projectPathFor } from '../../renderer/start/paths.ts';
import {
  checkValue,
  COMMON_SETTINGS,
  hasWords,
  pickDials,
  readAt,
  readNumber,
  readSchema,
} from '../../renderer/train/config-schema.ts';
import { addEvents, NO_CURVES } from '../../renderer/train/run-curves.svelte.ts';
import { settingName } from '../../renderer/train/setting-name.ts';
import { smooth, thin } from '../../renderer/train/smooth.ts';
import { sortRows } from '../../renderer/ui/sort-rows.ts';
import { sentenceText } from '../../electron/common/sentences/index.ts';
import { say } from '../../electron/common/sentences/sentence.ts';
import type { Said } from '../../electron/common/sentences/sentence.ts';
import { trainingConfigJsonSchema } from '../../electron/learning/config/config.ts';

const step = (at: number): TrainingEvent => ({
  type: 'step',
  epoch: 1,
  step: at,
  steps: 10,
  loss: 1 / at,
  terms: { imageClass: 1, boxes: 2 },
  weights: {},
  learningRate: 0.001,
  gradientNorm: 1,
  imagesPerSecond: 100,
  dataWait: 0,
  secondsLeft: 5,
  memoryBytes: 1,
});

describe('curves', () => {
  it('go back to the checkpoint when a run is resumed', () => {
    const first = addEvents(NO_CURVES, [
      step(1),
      step(2),
      step(3),
      { type: 'end', state: 'stopped', reason: 'stopped by you' },
    ]);
    expect(first).toMatchObject({ ended: true, message: 'stopped by you' });
    const resumed = addEvents(first, [step(2), step(3), step(4)]);
    expect(resumed.steps.map((event) => event.step)).toEqual([1, 2, 3, 4]);
    expect(resumed.ended).toBe(false);
  });

  it('keep what was found on sample images, and take back what a resumed run makes anew', () => {
    const samples = (epoch: number): TrainingEvent => ({
      type: 'samples',
      epoch,
      step: epoch * 10,
      images: [],
    });
    const first = addEvents(NO_CURVES, [samples(1), samples(2)]);
    expect(addEvents(first, [samples(2), samples(3)]).samples.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  });

  it('advise to train on only until the run goes on', () => {
    const network: TrainingEvent = { type: 'status', lasting: true, message: 'the network' };
    const advice = (epochs: number): TrainingEvent => ({
      type: 'status',
      lasting: true,
      message: say('training.stillImproving', { epochs }),
    });
    const first = addEvents(NO_CURVES, [network, step(1), advice(4)]);
    expect(first.facts).toEqual(['the network', say('training.stillImproving', { epochs: 4 })]);
    const goneOn = addEvents(first, [step(2), { type: 'end', state: 'done', reason: 'finished' }]);
    expect(goneOn.facts).toEqual(['the network']);
    expect(addEvents(goneOn, [advice(8)]).facts).toContainEqual(
      say('training.stillImproving', { epochs: 8 }),
    );
  });

  it('say once that features of a frozen trunk are kept, also of a run that was resumed', () => {
    const kept = (seconds: string): TrainingEvent => ({
      type: 'status',
      lasting: true,
      message: say('training.featuresKept', { copies: 8, seconds, megabytes: 9 }),
    });
    const { facts } = addEvents(NO_CURVES, [kept('3.1'), step(1), kept('2.9')]);
    expect(facts).toEqual([say('training.featuresKept', { copies: 8, seconds: '2.9', megabytes: 9 })]);
  });

  it('are smoothed without a bias at the start', () => {
    const smoothed = smooth([4, 4, null, 4], 0.9);
    expect(smoothed[2]).toBeNull();
    for (const index of [0, 1, 3]) expect(smoothed[index]).toBeCloseTo(4);
  });

  it('keep their last point when thinned', () => {
    const thinned = thin(
      Array.from({ length: 1001 }, (_, index) => index),
      100,
    );
    expect(thinned.length).toBeLessThanOrEqual(100);
    expect(thinned.at(-1)).toBe(1000);
  });
});

describe('the dials', () => {
  const groups = readSchema(trainingConfigJsonSchema());
  const dials = groups.flatMap((group) => group.dials);

  it('are all of the training configuration, each explained', () => {
    expect(dials.map((dial) => dial.path)).toContain('optimizer.learningRate');
    const inChinese = (help: Said): string => sentenceText(help, 'zh-CN');
    for (const { path, help } of [...dials, ...groups.filter((group) => group.path !== '')]) {
      expect([path, inChinese(help)]).toEqual([path, expect.stringMatching(/\p{Script=Han}/u)]);
      expect([path, settingName(path)]).not.toEqual([path, path]);
    }
    expect(dials.find((dial) => dial.path === 'network')?.choices).toContain('plain');
  });

  it('are found by name, path or explanation, and the common ones are some of them, each once', () => {
    expect(new Set(COMMON_SETTINGS).size).toBe(COMMON_SETTINGS.length);
    for (const path of COMMON_SETTINGS) expect(dials.map((dial) => dial.path)).toContain(path);
    const found = pickDials(groups, ({ path }) => hasWords('RATE learning', [settingName(path), path]));
    expect(found.flatMap((group) => group.dials.map(({ path }) => path))).toEqual([
      'optimizer.learningRate',
      'optimizer.pretrainedMultiplier',
      'optimizer.trunkMultiplier',
      'gradnorm.learningRate',
      'famo.learningRate',
    ]);
    expect(settingName('of.a.newer.version')).toBe('of.a.newer.version');
  });

  it('promise features that are computed once only with more epochs than kept copies', () => {
    for (const path of ['freeze.stages', 'freeze.variants']) {
      const { help } = dials.find((dial) => dial.path === path)!;
      expect(sentenceText(help, 'en')).toMatch(/more epochs than/);
      expect(sentenceText(help, 'zh-CN')).toMatch(/轮数多于/);
    }
  });

  it('check their values', () => {
    const size = dials.find((dial) => dial.path === 'inputSize')!;
    expect(checkValue(size, 128)).toBeNull();
    expect(checkValue(size, 100)).toBe('step');
    expect(checkValue(size, 16)).toBe('range');
    expect(checkValue(size, 128.5)).toBe('whole');
    expect(checkValue(size, NaN)).toBe('number');
    const rate = dials.find((dial) => dial.path === 'optimizer.learningRate')!;
    expect(checkValue(rate, 0)).toBe('range');
    expect(checkValue(rate, 1e-9)).toBeNull();
  });

  it.each([
    ['5,000', 5000],
    ['1,000,000.5', 1_000_000.5],
    ['１２', 12],
    ['０．０１', 0.01],
    ['1e-3', 0.001],
    [' -3 ', -3],
    ['0,01', 0.01],
    ['0,125', 0.125],
    ['5,00', 5],
    ['1,2,3', '1,2,3'],
    ['１２ａ', '１２ａ'],
    ['', ''],
  ])('take %j as people write numbers, and leave what is none', (text, value) =>
    expect(readNumber(text)).toBe(value),
  );

  it('read nested values', () => expect(readAt({ a: { b: 3 } }, 'a.b')).toBe(3));
});

describe('server-sent events', () => {
  it('are read across chunks, comments and line ends', async () => {
    const chunks = [
      'retry: 1000\n\n: hello\n\nid: 1\nda',
      'ta: {"a":1}\r\n\r\nevent: end\ndata: nu',
      'll\n\n',
    ];
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
        controller.close();
      },
    });
    const events = [];
    for await (const event of readServerSentEvents(body)) events.push(event);
    expect(events).toEqual([
      { event: 'message', data: '{"a":1}' },
      { event: 'end', data: 'null' },
    ]);
  });
});

describe('small things', () => {
  it('puts dark ink on bright colours and light ink on dark ones', () => {
    expect([inkOn('#F0E442'), inkOn('#0072B2'), inkOn('#FFFFFF'), inkOn('#1A1D23')]).toEqual([
      '#000000',
      '#FFFFFF',
      '#000000',
      '#FFFFFF',
    ]);
  });

  it('proposes the colour that is used least', () => {
    expect(proposeColor([])).toBe('#E69F00');
    expect(proposeColor(['#E69F00', '#56b4e9'])).toBe('#009E73');
  });

  const NONE = choiceOf({});

  it('keeps a filter through writing and reading', () => {
    const filter = filterFrom({
      ...NONE,
      text: ' cell ',
      state: 'verified',
      split: 'val',
      classIds: [3],
      source: 'model',
      mark: 'flagged',
      attribute: 'stage',
      minBoxes: '２',
      maxBoxSide: '１２．５',
      minScore: '45,5',
    });
    expect(filter).toEqual({
      text: 'cell',
      verified: true,
      split: 'val',
      classId: 3,
      source: 'model',
      flagged: true,
      attribute: { name: 'stage' },
      minBoxes: 2,
      maxBoxSide: 12.5,
      minScore: 0.455,
    });
    expect(ImageFilter.parse(filter)).toEqual(filter);
    expect(filterFrom(choiceOf(filter))).toEqual(filter);
    expect(countConditions(filter)).toBe(9);
    expect(filterFrom(NONE)).toEqual({});
    const several = filterFrom({ ...NONE, classIds: [3, 5] });
    expect(several).toEqual({ classIds: [3, 5] });
    expect(filterFrom(choiceOf(several))).toEqual(several);
  });

  it('keeps what a link on Dataset has asked for beside its own fields', () => {
    const asked: ImageFilter = {
      folder: { rootId: 1, path: 'a/b' },
      group: 'video:clip',
      allClassIds: [3, 5],
      minAspect: 0.5,
      state: 'unseen',
    };
    expect(filterFrom(choiceOf(asked))).toEqual(asked);
    expect(filterFrom({ ...choiceOf(asked), state: 'any', asked: {} })).toEqual({ minAspect: 0.5 });
  });

  it('passes over figures that are none', () => {
    expect(filterFrom({ ...NONE, minBoxes: 'many', maxBoxes: '-1', minScore: ' ' })).toEqual({});
    expect(filterFrom({ ...NONE, maxBoxes: '0', minBoxes: '1.4' })).toEqual({ maxBoxes: 0, minBoxes: 1 });
  });

  it('knows a saved filter again, whatever the order of its conditions', () => {
    const order = { sort: 'added', descending: false } as const;
    const saved = [{ name: 'mine', filter: { split: 'val', minBoxes: 1 } as const, ...order }];
    expect(savedAs({ filter: { minBoxes: 1, split: 'val' }, ...order }, saved)?.name).toBe('mine');
    expect(
      savedAs({ filter: { minBoxes: 1, split: 'val' }, sort: 'added', descending: true }, saved),
    ).toBeUndefined();
    expect(savedAs({ filter: {}, ...order }, saved)).toBeUndefined();
  });

  it('names a project after its source', () => {
    expect(projectPathFor('/home/a', '/data/cells/')).toBe('/home/a/cells.twinhead');
    expect(projectPathFor('C:\\Users\\a', 'D:\\cells\\instances.json')).toBe(
      'C:\\Users\\a\\instances.twinhead',
    );
    expect(projectPathFor('/home/a', ' ')).toBe('');
  });

  it('sorts rows with what has no value last, either way', () => {
    const columns = [{ id: 'score', sortBy: (row: number | null) => row }];
    expect(sortRows([2, null, 3], columns, { column: 'score', descending: true })).toEqual([3, 2, null]);
    expect(sortRows([2, null, 3], columns, { column: 'score', descending: false })).toEqual([2, 3, null]);
  });

  it('names the counts of an import, and leaves out noughts that say nothing', () => {
    expect(
      reportFigures({
        images: 364,
        imagesAdded: 0,
        imagesMoved: 0,
        imagesLabelled: 0,
        boxesAdded: 0,
        boxesChanged: 0,
        boxesRemoved: 0,
        boxesKept: 0,
        choices: [],
        imagesMissing: 0,
        boxes: 0,
        suggestions: 0,
        classesCreated: 3,
        problems: 2,
        splits: { train: 300, val: 0, test: 60, none: 4 },
      }),
    ).toEqual([
      ['report.images', '364'],
      ['report.boxes', '0'],
      ['report.classesCreated', '3'],
      ['report.splits', 'train 300 · test 60 · no split 4'],
    ]);
  });
});
