import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CORRUPTIONS } from '../../electron/common/corruptions.ts';
import type { InputOf } from '../../electron/common/contract.ts';
import { resultOf } from '../../electron/common/jobs.ts';
import type { Robustness } from '../../electron/common/robustness.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
let runId: string;
const call: TestApp['call'] = (name, input) => app.call(name, input);

async function measure(asked: Omit<InputOf<'robustness.start'>, 'runId'>): Promise<Robustness> {
  const { jobId } = await call('robustness.start', { runId, ...asked });
  return resultOf('robustness', await app.done(jobId))!;
}
const kept = async (split: 'val' | 'test' | 'train') =>
  (await call('robustness.get', { runId, split })).robustness;
/** What a second measurement has to find again. */
const figures = ({ images, of, clean, corruptions }: Robustness) => ({ images, of, clean, corruptions });

beforeAll(async () => {
  app = new TestApp();
  await app.sample({ train: 48, val: 20, test: 8 });
  const settings = ['inputSize=64', 'batch=8', 'neckChannels=16', 'epochs=8'];
  const started = await call('runs.start', { name: 'small', settings });
  ({ runId } = started);
  await app.done(started.jobId);
});
afterAll(() => app.remove());

it('scores the images as they are like an evaluation, and is kept with the run', async () => {
  expect(await kept('train')).toBeNull();
  const measured = await measure({ split: 'train', images: null });
  await app.done((await call('evaluation.start', { runId, split: 'train' })).jobId);
  const { evaluation } = await call('evaluation.get', { runId, split: 'train' });
  expect(measured).toMatchObject({ images: 48, of: 48, seed: 1 });
  expect(measured.clean['boxes']).toBeCloseTo(evaluation!.boxes!.map50, 5);
  expect(measured.clean['imageClass']).toBeCloseTo(evaluation!.imageClass!.accuracy, 5);
  expect(measured.corruptions.map(({ corruption }) => corruption)).toEqual([...CORRUPTIONS]);
  await app.restart();
  expect(await kept('train')).toEqual(measured);
  const out = path.join(app.folder, 'report.html');
  await call('evaluation.report', { runId, split: 'train', out, language: 'en' });
  expect(readFileSync(out, 'utf8')).toContain('Measured on 48 of 48 labelled images');
});

it('takes as many images as are asked for, and the same ones and noise for a seed', async () => {
  const first = await measure({ images: 6 });
  expect(first).toMatchObject({ images: 6, of: 20 });
  expect(figures(await measure({ images: 6 }))).toEqual(figures(first));
  expect(figures(await measure({ images: 6, seed: 2 }))).not.toEqual(figures(first));
});

it('counts as a look at the test set once it is done, not when it was cancelled', async () => {
  const looks = async (): Promise<number> => (await call('project.get', {})).testLooks;
  const before = await looks();
  const { jobId } = await call('robustness.start', { runId, split: 'test' });
  await app.until(jobId, ({ done }) => done > 0);
  await call('jobs.cancel', { jobId });
  expect(await app.ended(jobId)).toMatchObject({ state: 'cancelled' });
  expect(await kept('test')).toBeNull();
  expect(await looks()).toBe(before);
  await measure({ split: 'test', images: 2 });
  expect(await looks()).toBe(before + 1);
});

it('is refused before it starts where there is nothing to measure on', async () => {
  await call('filters.save', { name: 'none', filter: { text: 'no such' }, sort: 'path', descending: false });
  await expect(call('robustness.start', { runId, split: 'none', filter: 'none' })).rejects.toMatchObject({
    code: 'unusable-input',
  });
  await expect(call('robustness.start', { runId: 'nope' })).rejects.toMatchObject({ code: 'not-found' });
});
