import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applySettings, parseTrainingConfig } from '../../electron/learning/index.ts';
import type { TrainingDataset } from '../../electron/learning/index.ts';
import { BEST_CHECKPOINT } from '../../electron/learning/training/checkpoint.ts';
import { predict } from '../../electron/learning/predictor.ts';
import { Trainer } from '../../electron/learning/training/trainer.ts';
import { nativeEngine, squaresDataset, temporaryFolder } from '../learning/support.ts';
import { TestApp } from '../support/app.ts';
import { thorough } from '../support/thorough.ts';

/** Squares whose colours, one or both, are the classes of their image. */
function colouredDataset(folder: string): TrainingDataset {
  const dataset = squaresDataset(folder, 10, 0);
  const samples = dataset.samples.flatMap((sample) => {
    const [imageClass, ...furtherClasses] = sample.boxes!.map(({ classIndex }) => classIndex);
    const labelled = { ...sample, imageClass: imageClass!, furtherClasses };
    return [labelled, { ...labelled, split: 'val' as const }];
  });
  return { ...dataset, samples };
}

describe('images with several classes', () => {
  const sequential = ['sharing=sequential', 'sequential.first=imageClass'];
  it.each(thorough({ part: [[sequential]], all: [[[]], [sequential]] }))(
    'are learned by heart, each class by itself %j',
    async (settings: readonly string[]) => {
      using folder = temporaryFolder();
      const engine = await nativeEngine();
      const dataset = colouredDataset(folder.path);
      expect(new Set(dataset.samples.map(({ furtherClasses }) => furtherClasses!.length)).size).toBe(2);
      const config = applySettings(parseTrainingConfig({}), [
        ...['imageHead.classes=several', 'inputSize=64', 'batch=10', 'neckChannels=16', 'epochs=90'],
        ...['augment.scale=0', 'augment.translate=0', 'augment.color=0', 'ema=0', 'optimizer.weightDecay=0'],
        ...['imageHead.dropout=0', 'earlyStopping.patience=0', ...settings],
      ]);
      const request = { config, dataset, runFolder: folder.path, resume: false };
      await new Trainer(
        engine,
        request,
        () => undefined,
        () => false,
      ).run();
      const samples = dataset.samples.filter(({ split }) => split === 'val');
      const predictions = await predict(
        engine,
        { checkpointFile: path.join(folder.path, BEST_CHECKPOINT), pixelFile: dataset.pixelFile, samples },
        () => undefined,
        () => false,
      );
      const said = predictions.map(({ imageClass }) =>
        [...imageClass!.keys()].filter((place) => imageClass![place]! >= 0.5),
      );
      expect(said).toEqual(
        samples.map((sample) => [sample.imageClass, ...sample.furtherClasses!].toSorted((a, b) => a! - b!)),
      );
    },
  );
});

describe('a project in which an image can have several classes', () => {
  const app = new TestApp();
  let runId: string;

  beforeAll(async () => {
    await app.sample({ train: 24, val: 8, test: 8 });
    await app.call('project.updateSettings', { multipleImageClasses: true });
    const { items } = await app.call('images.list', { filter: {}, limit: 100 });
    const { classes } = await app.call('classes.list', {});
    const named = classes.filter(({ kind }) => kind === 'image');
    for (const { id: imageId, revision, imageClassIds } of items) {
      const [own] = imageClassIds;
      const other = named.find(({ id }) => id !== own)!.id;
      await app.call('annotations.edit', {
        imageId,
        expectedRevision: revision,
        editId: crypto.randomUUID(),
        operations: [{ type: 'set-image-classes', classIds: [own!, other] }],
      });
    }
    const settings = ['inputSize=64', 'batch=8', 'neckChannels=16', 'epochs=2'];
    const started = await app.call('runs.start', { name: 'several', settings });
    runId = started.runId;
    await app.done(started.jobId);
  });
  afterAll(() => app.remove());

  it('is proposed a head for several classes, and judged class by class', async () => {
    expect((await app.call('runs.get', { runId })).config).toMatchObject({
      imageHead: { classes: 'several' },
    });
    await app.done((await app.call('evaluation.start', { runId, split: 'test' })).jobId);
    const { evaluation } = await app.call('evaluation.get', { runId, split: 'test' });
    expect(evaluation!.imageClass).toMatchObject({ images: 8, confusion: null });
    const labels = evaluation!.imageClass!.perClass.reduce((sum, { support }) => sum + support, 0);
    expect(labels).toBeGreaterThan(8);
  });

  it('is evaluated on a test set by its name: on its images alone, counted for it alone', async () => {
    const { items } = await app.call('images.list', { filter: { split: 'test' } });
    await app.call('testSets.add', { name: 'night', imageIds: items.slice(0, 3).map(({ id }) => id) });
    const before = await app.call('project.get', {});
    const on = { runId, split: 'test', testSet: 'night' } as const;
    const { result } = await app.done((await app.call('evaluation.start', on)).jobId);
    expect(result).toMatchObject({ split: 'test', images: 3 });
    const after = await app.call('project.get', {});
    expect(after.testSets).toEqual([{ name: 'night', images: 3, looks: 1 }]);
    expect(after.testLooks).toBe(before.testLooks);
    const whole = await app.call('evaluation.get', { runId, split: 'test' });
    expect(whole.evaluation).toMatchObject({ images: 8 });
    for (const wrong of [{ testSet: 'day' }, { split: 'val', testSet: 'night' }] as const)
      await expect(app.call('evaluation.start', { ...on, ...wrong })).rejects.toThrow(/“(day|night)”/);
    await app.done((await app.call('evaluation.start', { runId, split: 'test' })).jobId);
    expect((await app.call('project.get', {})).testSets).toMatchObject([{ looks: 2 }]);
  });

  it('gets every class that a prediction is sure of', async () => {
    const { jobId } = await app.call('predict.start', { runId, split: 'test' });
    await app.done(jobId);
    const { items, total } = await app.call('predictions.list', { runId });
    expect(items).toHaveLength(total);
    for (const { imageClass } of items) {
      for (const { score, present } of imageClass) expect(present).toBe(score >= 0.5);
    }
  });

  it('exports probabilities that stand each for itself, checked in the other runtime', async () => {
    const out = path.join(app.folder, 'exported');
    const job = await app.done((await app.call('models.export', { runId, format: 'onnx', out })).jobId);
    expect(job).toMatchObject({ state: 'done', title: 'Export several as ONNX' });
    const card = fs.readFileSync(path.join(out, 'README.md'), 'utf8');
    expect(card).toContain(
      'probability of each image class on its own; the image has every class that reaches 0.5',
    );
  });

  it('refuses a head for one class, and says what to set', async () => {
    const refused = app.call('runs.start', { name: 'one', settings: ['imageHead.classes=one'] });
    await expect(refused).rejects.toThrow(/images have several classes, but imageHead\.classes is one/);
  });
});
