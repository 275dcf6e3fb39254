import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resultOf } from '../../electron/common/jobs.ts';
import type { Job } from '../../electron/common/jobs.ts';
import { TIMED_BATCHES } from '../../electron/common/resources.ts';
import { loadModel } from '../../electron/learning/index.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
let runId: string;
const call: TestApp['call'] = (name, input) => app.call(name, input);
const measure = async (): Promise<Job> => app.done((await call('resources.start', { runId })).jobId);
const out = (): string => path.join(app.folder, 'exported');

beforeAll(async () => {
  app = new TestApp();
  await app.sample({ train: 24, val: 8, test: 4 });
  const settings = ['inputSize=64', 'batch=8', 'neckChannels=16', 'epochs=1'];
  const started = await call('runs.start', { name: 'small', settings });
  ({ runId } = started);
  await app.done(started.jobId);
  await app.done((await call('models.export', { runId, format: 'onnx', out: out() })).jobId);
});
afterAll(() => app.remove());

it('counts the network, times the engine and the exported model at every batch, and keeps that with the run', async () => {
  expect((await call('resources.get', { runId })).resources).toBeNull();
  const job = await measure();
  expect(job.problems).toEqual([]);
  const resources = resultOf('resources', job)!;
  const checkpoint = path.join(app.project, 'runs', runId, 'best.safetensors');
  const { parameters } = await loadModel(checkpoint);
  const counted = [...parameters.values()].reduce((sum, { data }) => sum + data.length, 0);
  expect(resources).toMatchObject({ run: runId, epoch: 1, inputSize: 64, parameters: counted });
  expect(resources.multiplyAdds).toBeGreaterThan(counted);
  expect(resources.decode?.images).toBe(32);
  expect(resources.runtimes.map(({ name, file }) => [name.split(' ')[0], file])).toEqual([
    ['TensorFlow', null],
    ['ONNX', path.join(out(), 'model.onnx')],
  ]);
  for (const { batches } of resources.runtimes) {
    expect(batches.map(({ batch }) => batch)).toEqual([...TIMED_BATCHES]);
    for (const { least, median, most, runs, peakMemoryBytes } of batches) {
      expect(least).toBeGreaterThan(0);
      expect(median).toBeGreaterThanOrEqual(least);
      expect(most).toBeGreaterThanOrEqual(median);
      expect(runs).toBeGreaterThanOrEqual(5);
      expect(peakMemoryBytes).toBeGreaterThan(0);
    }
  }
  await app.restart();
  expect((await call('resources.get', { runId })).resources).toEqual(resources);
  await app.done((await call('evaluation.start', { runId, split: 'val' })).jobId);
  const report = path.join(app.folder, 'report.html');
  await call('evaluation.report', { runId, split: 'val', out: report, language: 'zh-CN' });
  expect(readFileSync(report, 'utf8')).toContain('资源用量');
});

it('says which exported model can’t be run, and leaves out one that is gone', async () => {
  writeFileSync(path.join(out(), 'model.onnx'), 'no model');
  const damaged = await measure();
  expect(damaged.problems).toMatchObject([{ file: path.join(out(), 'model.onnx'), severity: 'warning' }]);
  expect(resultOf('resources', damaged)?.runtimes).toHaveLength(1);
  rmSync(path.join(out(), 'model.onnx'));
  const gone = await measure();
  expect(gone.problems).toEqual([]);
  expect(resultOf('resources', gone)?.runtimes).toHaveLength(1);
});

it('ends when it is cancelled, and keeps what was measured before', async () => {
  const before = await call('resources.get', { runId });
  const { jobId } = await call('resources.start', { runId });
  await app.until(jobId, ({ total }) => total !== null);
  await call('jobs.cancel', { jobId });
  expect((await app.ended(jobId)).state).toBe('cancelled');
  expect(await call('resources.get', { runId })).toEqual(before);
});
