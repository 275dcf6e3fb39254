import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Evaluation, Prediction } from '../../electron/common/entities.ts';
import type { RunThresholds } from '../../electron/common/thresholds.ts';
import { Robustness } from '../../electron/common/robustness.ts';
import { openProject } from '../../electron/store/index.ts';
import { ended, Workplace, written } from '../support/command.ts';

const BCCD = fileURLToPath(new URL('../../../shared/data/bccd', import.meta.url));

let place: Workplace;
beforeAll(async () => {
  place = new Workplace();
  const sample = await place.run('sample', 'digits', '--train', '96', '--val', '24', '--test', '24');
  expect(sample).toMatchObject({ status: 0 });
});
afterAll(() => place.remove());

const json = (text: string): unknown => JSON.parse(text);

it('lists who suggests what, and clears one source or all', async () => {
  const [picture] = readdirSync(place.path('digits.twinhead', 'sample'), {
    recursive: true,
    encoding: 'utf8',
  }).filter((name) => /\.(png|jpe?g|webp)$/.test(name));
  for (const [name, count] of [
    ['sure.json', 1],
    ['unsure.json', 3],
  ] as const) {
    const annotations = Array.from({ length: count }, (_, place) => ({
      id: place + 1,
      image_id: 1,
      category_id: 1,
      bbox: [10 * place, 20 * count, 15, 25],
      score: 0.5,
    }));
    const images = [{ id: 1, file_name: path.basename(picture!), width: 128, height: 128 }];
    writeFileSync(
      place.path(name),
      JSON.stringify({ images, categories: [{ id: 1, name: '3' }], annotations }),
    );
    const folder = path.dirname(place.path('digits.twinhead', 'sample', picture!));
    const taken = await place.run('import', 'ideas', name, '--images', folder, '--as-suggestions');
    expect(taken.status, taken.stderr).toBe(0);
  }
  const sources = async (): Promise<unknown> =>
    json((await place.run('suggestions', 'list', 'ideas', '--json')).stdout);
  expect(await sources()).toMatchObject({
    sources: [
      { name: 'unsure.json', kind: 'import', suggestions: 3, images: 1 },
      { name: 'sure.json', kind: 'import', suggestions: 1, images: 1 },
    ],
  });
  expect((await place.run('suggestions', 'list', 'ideas', '--source', 'sure.json')).stdout).toMatch(
    /^source .*\nsure\.json .* 1 +1\n$/,
  );
  const unknown = await place.run('suggestions', 'clear', 'ideas', '--source', 'nobody');
  expect(unknown).toMatchObject({ status: 3, stdout: '' });
  expect(unknown.stderr).toContain('nobody');
  const one = await place.run('suggestions', 'clear', 'ideas', '--source', 'unsure.json');
  expect(one).toMatchObject({ status: 0, stdout: 'Cleared suggestions: 3, on images: 1.\n' });
  expect(await sources()).toMatchObject({ sources: [{ name: 'sure.json' }] });
  const all = await place.run('suggestions', 'clear', 'ideas', '--json');
  expect(json(all.stdout)).toEqual({ images: 1, suggestions: 1 });
  expect((await place.run('suggestions', 'list', 'ideas')).stdout).toBe('No suggestions are waiting.\n');
});

describe('the whole job by the command line', () => {
  it('trains, judges, predicts and exports, each with one JSON document on standard output', async () => {
    const train = await place.run('train', 'digits', '--name', 'first', '--set', 'epochs=2', '--json');
    expect(train.status, train.stderr).toBe(0);
    expect(json(train.stdout)).toMatchObject({ run: { name: 'first', state: 'done', epoch: 2 } });

    const evaluate = await place.run('evaluate', 'digits', '--run', 'first', '--split', 'test', '--json');
    const evaluation = Evaluation.parse(json(evaluate.stdout));
    expect(evaluation.images).toBe(24);
    expect(evaluate.stderr).toContain('warning: Only 24 images: these scores may be far off.');
    expect(evaluation.imageClass?.confusion?.counts.flat().reduce((a, b) => a + b, 0)).toBe(24);
    expect(evaluation.boxes?.perClass).toHaveLength(10);

    const training = ['digits', '--run', 'first', '--split', 'train', '--json'];
    const robust = await place.run('robustness', ...training, '--images', '4');
    const robustness = Robustness.parse(json(robust.stdout));
    expect(robustness).toMatchObject({ images: 4, seed: 1 });
    const all = ['--images', 'all', '--split', 'val', '--json', '--quiet'];
    const whole = await place.run('robustness', 'digits', '--run', 'first', ...all);
    expect(json(whole.stdout)).toMatchObject({ images: 24, of: 24, split: 'val' });
    const own = await place.run('evaluate', ...training, '--quiet');
    expect(own.stderr).toMatch(/warning: All \d+ images were in the training set/);
    expect(json(own.stdout)).toMatchObject({ robustness, resources: null });

    const nobody = await place.run('suggestions', 'make', 'digits', '--run', 'last', '--filter', 'of nobody');
    expect(nobody).toMatchObject({ status: 2, stdout: '' });
    expect(nobody.stderr).toContain('no saved filter');
    const store = openProject(place.path('digits.twinhead'));
    const order = { sort: 'added', descending: false } as const;
    store.settings.saveFilter({ name: 'test set', filter: { split: 'test' }, ...order });
    store.close();
    const made = await place.run(
      'suggestions',
      'make',
      'digits',
      '--run',
      'last',
      '--filter',
      'test set',
      '--json',
    );
    expect(made.status, made.stderr).toBe(0);
    expect(json(made.stdout)).toMatchObject({ result: { images: expect.any(Number) as number } });
    await place.run('suggestions', 'clear', 'digits');

    const predict = await place.run('predict', 'digits', '--run', 'last', '--split', 'test', '--json');
    const { run, predictions } = json(predict.stdout) as { run: string; predictions: unknown[] };
    expect(run).toBe(evaluation.run);
    expect(predictions).toHaveLength(24);
    for (const one of predictions.map((value) => Prediction.parse(value))) {
      expect(one.imageClass).toHaveLength(10);
      const scores = one.boxes.map(({ score }) => score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      expect(Math.min(1, ...scores)).toBeGreaterThanOrEqual(0.05);
      for (const { x, y, width, height } of one.boxes) {
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(Math.max(x + width, y + height)).toBeLessThanOrEqual(128 + 1e-6);
      }
    }

    const model = place.path('model');
    const exported = await place.run(
      'export-model',
      'digits',
      '--run',
      'best',
      '--format',
      'onnx',
      '--out',
      model,
      '--json',
    );
    expect(exported.status, exported.stderr).toBe(0);
    const { result } = json(exported.stdout) as { result: { files: string[]; largestDifference: number } };
    expect(result.largestDifference).toBeLessThan(1e-4);
    expect(result.files.every(existsSync)).toBe(true);
    expect(result.files.some((file) => file.endsWith('.onnx'))).toBe(true);

    const chosen = ['suppression=true', 'preprocessing=bytes'];
    const sameRun = ['export-model', 'digits', '--run', 'best', '--format', 'onnx', '--out', model];
    const inside = await place.run(...sameRun, '--option', ...chosen, '--json');
    expect(inside.status, inside.stderr).toBe(0);
    const { certificate } = (json(inside.stdout) as { result: { certificate: { detections: number } } })
      .result;
    expect(certificate.detections).toBeGreaterThan(0);
    const wrong = await place.run(...sameRun, '--option', 'preprocessing=words');
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('one of none, bytes, unit');
    const formats = await place.run('formats');
    expect(formats.stdout).toContain('suppression=true|false preprocessing=none|bytes|unit');
  });

  it('takes boxes from the scores that were chosen for the run, in predictions and exports', async () => {
    const evaluate = await place.run('evaluate', 'digits', '--run', 'first', '--quiet');
    expect(evaluate.status, evaluate.stderr).toBe(0);
    const chosen = await place.run(
      'thresholds',
      'digits',
      '--run',
      'first',
      '--goal',
      'false-alarms=50',
      '--json',
    );
    const { thresholds } = json(chosen.stdout) as { thresholds: RunThresholds };
    const from = new Map(thresholds.classes.map(({ name, score }) => [name, score]));
    expect(Math.max(...from.values())).toBeGreaterThan(0.05);
    const boxes = async (...more: string[]) => {
      const { stdout } = await place.run(
        'predict',
        'digits',
        '--run',
        'first',
        '--split',
        'val',
        '--json',
        ...more,
      );
      const { predictions } = json(stdout) as { predictions: unknown[] };
      return predictions.flatMap((one) => Prediction.parse(one).boxes);
    };
    const taken = await boxes();
    expect(taken.filter(({ class: name, score }) => score < (from.get(name) ?? 0.05))).toEqual([]);
    // A score that is given overrides them.
    const all = await boxes('--min-score', '0.01');
    expect(all.length).toBeGreaterThan(taken.length);
    const out = place.path('with-thresholds');
    const exported = await place.run(
      'export-model',
      'digits',
      '--run',
      'first',
      '--format',
      'onnx',
      '--out',
      out,
    );
    expect(exported.status, exported.stderr).toBe(0);
    const card = json(readFileSync(path.join(out, 'model.json'), 'utf8')) as {
      boxes: { thresholds: Record<string, number> };
    };
    expect(Object.values(card.boxes.thresholds).sort()).toEqual([...from.values()].sort());
    await place.run('thresholds', 'digits', '--run', 'first', '--clear');
  });

  it('stops at an interrupt with a checkpoint, and goes on to the end', async () => {
    const training = place.start('train', 'digits', '--name', 'stopped', '--set', 'epochs=4');
    await written(training, /epoch 1\/4 {2}loss/);
    training.kill('SIGINT');
    expect(await ended(training)).toBe(1);
    const status = json((await place.run('status', 'digits', '--json')).stdout);
    const { runs } = status as { runs: { name: string; state: string }[] };
    expect(runs.find(({ name }) => name === 'stopped')?.state).toBe('stopped');
    const resumed = await place.run('train', 'digits', '--resume', 'stopped', '--json');
    expect(json(resumed.stdout)).toMatchObject({ run: { state: 'done', epoch: 4 } });
  });

  it('loses no label when training is killed, and goes on from the last checkpoint', async () => {
    const training = place.start('train', 'digits', '--name', 'killed', '--set', 'epochs=3');
    await written(training, /epoch 1\/3 {2}loss/);
    training.kill('SIGKILL');
    expect(await ended(training)).toBe('SIGKILL');
    const check = await place.run('status', 'digits', '--check', '--json');
    expect(check.status, check.stderr).toBe(0);
    const resumed = await place.run('train', 'digits', '--resume', 'killed', '--json');
    expect(json(resumed.stdout)).toMatchObject({ run: { state: 'done', epoch: 3 } });
  });
});

describe('input that cannot be used', () => {
  const refused: [what: string, args: string[], status: number, says: RegExp][] = [
    ['a project that is not there', ['status', 'nowhere'], 3, /no Twinhead project in .*nowhere/],
    ['an unknown setting', ['train', 'digits', '--set', 'epoch=3'], 2, /Did you mean “epochs”/],
    [
      'a value of the wrong type',
      ['train', 'digits', '--set', 'batch=lots'],
      2,
      /whole number from 1 to 512/,
    ],
    ['an unknown run', ['evaluate', 'digits', '--run', 'nope'], 3, /no run “nope”/],
    ['an unknown command', ['frobnicate'], 2, /Unknown command 'frobnicate'/],
    [
      'a format that there is not',
      ['import', 'digits', '.', '--format', 'nonsense'],
      2,
      /a dataset format “nonsense”/,
    ],
    ['a data set that is not there', ['import', 'digits', 'nothing'], 3, /No file or folder has this name/],
    ['an engine that does not exist', ['train', 'digits', '--engine', 'abacus'], 2, /abacus/],
  ];
  for (const [what, args, status, says] of refused) {
    it(`is refused with status ${status} and a word: ${what}`, async () => {
      const result = await place.run(...args, '--json');
      expect(result.stderr).toMatch(says);
      expect(result.status).toBe(status);
      expect(json(result.stdout)).toHaveProperty('error.message');
    });
  }

  it('is named for a project without images, without labels and without validation images', async () => {
    await place.run('new', 'empty');
    expect((await place.run('train', 'empty')).stderr).toContain('no images');

    mkdirSync(place.path('pictures'));
    copyFileSync(
      place.path('digits.twinhead', 'sample', 'train', 'scene-00001.jpg'),
      place.path('pictures', 'a.jpg'),
    );
    writeFileSync(place.path('pictures', 'b.jpg'), '');
    const made = await place.run('new', 'unlabelled', '--images', 'pictures');
    expect(made).toMatchObject({ status: 0 });
    expect(made.stderr).toMatch(/b\.jpg: The file is empty/);
    const train = await place.run('train', 'unlabelled');
    expect(train.status).toBe(3);
    expect(train.stderr).toContain('The only image has no label yet');

    await place.run('sample', 'noval', '--train', '8', '--val', '0', '--test', '0');
    expect((await place.run('train', 'noval')).stderr).toContain('validation split');
  });

  it('leaves nothing behind: a folder without pictures makes no project', async () => {
    mkdirSync(place.path('bare'));
    expect((await place.run('new', 'bare-project', '--images', 'bare')).status).toBe(3);
    expect(existsSync(place.path('bare-project.twinhead'))).toBe(false);
  });

  it('is not remembered: a project that an import only tried, or could not fill', async () => {
    mkdirSync(place.path('bare-source'));
    expect((await place.run('import', 'refused', 'bare-source')).status).toBe(3);
    const [picture] = readdirSync(place.path('digits.twinhead', 'sample'), {
      recursive: true,
      encoding: 'utf8',
    }).filter((name) => /\.(png|jpe?g|webp)$/.test(name));
    for (const name of ['one', 'two']) {
      copyFileSync(place.path('digits.twinhead', 'sample', picture!), place.path(`${name}.jpg`));
      writeFileSync(
        place.path(`${name}.json`),
        JSON.stringify({
          images: [{ id: 1, file_name: `${name}.jpg`, width: 128, height: 128 }],
          categories: [{ id: 1, name: '3' }],
          annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [10, 20, 15, 25] }],
        }),
      );
    }
    const dry = await place.run('import', 'tried', 'one.json', 'two.json', '--dry-run', '--json');
    expect(dry.status, dry.stderr).toBe(0);
    expect(json(dry.stdout)).toMatchObject({ dryRun: true, result: { images: 2, boxes: 2 } });
    const settings = readFileSync(place.path('config', 'twinhead', 'settings.json'), 'utf8');
    expect(settings).toContain('digits.twinhead');
    expect(settings).not.toMatch(/refused|dry-run/);
  });

  it('is a damaged project file, which stays as it is', async () => {
    mkdirSync(place.path('junk.twinhead'));
    const file = place.path('junk.twinhead', 'project.db');
    writeFileSync(file, 'hello');
    const result = await place.run('status', 'junk');
    expect(result.status).toBe(3);
    expect(result.stderr).toContain('damaged');
    expect(readFileSync(file, 'utf8')).toBe('hello');
  });

  it('is a project that is open elsewhere, and a port in use', async () => {
    const server = place.start('serve', 'digits', '--no-open', '--port', '0');
    await written(server, 'http://127.0.0.1');
    const second = await place.run('status', 'digits');
    expect(second.status).toBe(3);
    expect(second.stderr).toContain('is already open');
    server.kill('SIGINT');
    expect(await ended(server)).toBe(0);

    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const result = await place.run('serve', 'digits', '--no-open', '--port', String(port));
    taken.close();
    expect(result.status).toBe(1);
    expect(result.stderr).toContain(`The port ${port} is in use`);
  });
});

describe.skipIf(!existsSync(BCCD))('BCCD (skipped where ../shared is not there)', () => {
  it('is looked through without a trace, imported, and trained on for an epoch', async () => {
    const dry = await place.run('import', 'cells', BCCD, '--dry-run', '--json');
    expect(json(dry.stdout)).toMatchObject({
      dryRun: true,
      result: { images: 364, boxes: 4886, problems: 2, splits: { train: 205, val: 87, test: 72, none: 0 } },
    });
    const told = await place.run('import', 'cells', BCCD, '--dry-run');
    expect(told.stdout).toMatch(
      /^Read as voc\.\n364 images.*\nSplits: train 205, val 87, test 72\.\n\nclass in the source +of +uses +here\nRBC +boxes +4153 +no\n/,
    );
    expect(existsSync(place.path('cells.twinhead'))).toBe(false);

    const imported = await place.run('import', 'cells', BCCD, '--json');
    expect(json(imported.stdout)).toMatchObject({
      project: { images: 364, boxes: 4886, bySplit: { train: 205, val: 87, test: 72, none: 0 } },
    });
    const again = await place.run('import', 'cells', BCCD, '--json');
    expect(json(again.stdout)).toMatchObject({ project: { images: 364, boxes: 4886 } });

    const suggested = await place.run('import', 'cell-ideas', BCCD, '--as-suggestions', '--json');
    expect(json(suggested.stdout)).toMatchObject({
      result: { images: 364, suggestions: 4886 },
      project: { images: 364, boxes: 0, byState: { unseen: 364 } },
    });

    const train = await place.run('train', 'cells', '--set', 'epochs=1', 'inputSize=128', '--json');
    expect(train.status, train.stderr).toBe(0);
    const evaluate = await place.run('evaluate', 'cells', '--run', 'last', '--split', 'test', '--json');
    expect(Evaluation.parse(json(evaluate.stdout)).images).toBe(72);
  });
});
