import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TwinheadError } from '../../electron/common/errors.ts';
import { openProject } from '../../electron/store/index.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
beforeEach(() => {
  app = new TestApp();
});
afterEach(() => app.remove());

/** Runs as a later version, or a person with an editor, leaves them: ended, evaluated, with a file of weights. */
function runs(...configs: Record<string, unknown>[]): void {
  const store = openProject(app.project, { create: true });
  for (const [index, config] of configs.entries()) {
    const given = { seed: 1, epochs: 3, dataRevision: 0, engine: 'cpu' };
    const { id } = store.runs.create({ ...given, config, appVersion: '9.1.0', name: `run of ${index}` });
    store.runs.update(id, { state: 'stopped', epoch: 2, bestEpoch: 2, bestScore: 0.5 });
    store.runs.saveEvaluation(id, {
      ...{ run: id, split: 'val', dataRevision: 0, images: 4, seconds: 1, overall: 0.5 },
      ...{ imageClass: null, boxes: null },
    });
    mkdirSync(store.runs.folder(id), { recursive: true });
    writeFileSync(path.join(store.runs.folder(id), 'last.safetensors'), 'weights of a later version');
  }
  store.close();
}

describe('a run whose configuration this version does not know', () => {
  it('is listed by name, with what is unknown and which version to use', async () => {
    runs({ network: 'vit' }, { boxHead: 'polygons' }, { twin: { heads: 3 } }, {});
    await app.call('project.open', { path: app.project });
    const listed = (await app.call('runs.list', {})).runs.toReversed();
    expect(listed.map(({ name }) => name)).toEqual(['run of 0', 'run of 1', 'run of 2', 'run of 3']);
    const remedy = 'Open the project with the version that trained it, 9.1.0.';
    expect(listed[0]?.unknown).toEqual([
      expect.stringMatching(/^This version of Twinhead can’t use the run “run of 0”\. .*network.*vit/),
      remedy,
    ]);
    expect(listed[1]?.unknown?.[0]).toMatch(/boxHead.*polygons/);
    expect(listed[2]?.unknown?.[0]).toMatch(/twin/);
    expect(listed[3]?.unknown).toBeNull();
    expect((await app.call('runs.get', { runId: 'run of 1' })).unknown).toEqual(listed[1]?.unknown);
  });

  it('is refused wherever it would be worked with, and nothing is changed', async () => {
    runs({ network: 'vit' });
    await app.call('project.open', { path: app.project });
    const runId = 'r0001';
    const state = async () => ({
      run: await app.call('runs.get', { runId }),
      evaluation: await app.call('evaluation.get', { runId, split: 'val' }),
      files: readdirSync(path.join(app.project, 'runs', runId)),
      weights: readFileSync(path.join(app.project, 'runs', runId, 'last.safetensors'), 'utf8'),
      jobs: (await app.call('jobs.history', {})).jobs,
    });
    const before = await state();
    const refused = async (work: Promise<unknown>) => {
      const error = await work.then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(TwinheadError);
      expect(error).toMatchObject({
        code: 'unusable-input',
        message: expect.stringContaining('can’t use the run “run of 0”') as string,
        details: { remedy: expect.stringContaining('9.1.0') as string },
      });
    };
    await refused(app.call('runs.resume', { runId }));
    await refused(app.call('evaluation.start', { runId, split: 'val' }));
    await refused(app.call('models.export', { runId, format: 'onnx', out: path.join(app.folder, 'out') }));
    await refused(app.call('predict.images', { runId, imageIds: [1] }));
    await refused(app.call('suggestions.start', { runId }));
    await refused(app.call('predict.start', { runId, split: 'val' }));
    expect(await state()).toEqual(before);
    // It can be told apart and taken away all the same.
    expect((await app.call('runs.rename', { runId, name: 'of 9.1' })).unknown).not.toBeNull();
    await app.call('runs.delete', { runId });
    expect((await app.call('runs.list', {})).runs).toEqual([]);
  });
});
