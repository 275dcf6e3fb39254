import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAST_CHECKPOINT, readCheckpoint } from '../../electron/learning/training/checkpoint.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
const call: TestApp['call'] = (name, input) => app.call(name, input);

beforeAll(async () => {
  app = new TestApp();
  await app.sample({ train: 24, val: 8, test: 8 });
});
afterAll(() => app.remove());

const SETTINGS = ['inputSize=64', 'batch=8', 'neckChannels=16', 'epochs=3', 'seed=5'];
const start = (name: string) => call('runs.start', { name, settings: SETTINGS });

async function weightsOf(runId: string): Promise<Map<string, readonly number[]>> {
  const { tensors } = await readCheckpoint(path.join(app.project, 'runs', runId, LAST_CHECKPOINT));
  return new Map([...tensors].map(([name, { data }]) => [name, [...data]]));
}

describe('beside a training', () => {
  it('others wait or are refused, and it learns what it learns alone', async () => {
    const alone = await start('alone');
    await app.done(alone.jobId);

    const beside = await start('beside');
    await app.until(beside.jobId, ({ message }) => message === 'training');
    const evaluation = await call('evaluation.start', { runId: 'alone', split: 'val' });
    const out = path.join(app.folder, 'exported');
    const exported = await call('models.export', { runId: 'alone', format: 'onnx', out });
    await expect(start('second')).rejects.toMatchObject({
      code: 'not-allowed',
      message: 'The training of “beside” is in progress.',
    });
    for (const { jobId } of [evaluation, exported])
      await app.until(jobId, ({ message }) => message === 'waiting for “Train beside”');
    const predicted = await call('predict.start', { runId: 'alone', split: 'test' });
    await call('jobs.cancel', { jobId: predicted.jobId });
    expect((await app.ended(predicted.jobId)).state).toBe('cancelled');
    expect((await call('jobs.get', { jobId: beside.jobId })).state).toBe('running');

    await app.done(beside.jobId);
    await app.done(evaluation.jobId);
    await app.done(exported.jobId);
    expect((await call('evaluation.get', { runId: 'alone', split: 'val' })).evaluation).not.toBeNull();
    expect(await weightsOf(beside.runId)).toEqual(await weightsOf(alone.runId));
  });
});
