import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProject } from '../../../electron/store/index.ts';
import { TestApp } from '../../support/app.ts';
import { picture } from '../../images/support.ts';

let app: TestApp;
beforeEach(() => {
  app = new TestApp();
});
afterEach(() => app.remove());

const history = async () => (await app.call('jobs.history', {})).jobs;

/** Leaves a job under way in the project, as a process does that is killed. */
function interrupted(id: string, kind: string, input: unknown): void {
  const store = openProject(app.project, { create: true });
  store.jobs.begin({ id, kind, title: `Title of ${id}`, input });
  store.close();
}

describe('a job of an earlier session', () => {
  it('is said to have been interrupted, and is started again with what it was asked for', async () => {
    const folder = path.join(app.folder, 'pictures');
    mkdirSync(folder);
    interrupted('a', 'add-images', { folders: [folder], pages: 'first' });
    await app.call('project.open', { path: app.project });
    expect(await history()).toMatchObject([{ id: 'a', state: 'interrupted' }]);

    // What it needs is still not there: it fails as it would have, and can be started once more.
    const failed = await app.call('jobs.startAgain', { jobId: 'a' });
    expect((await app.ended(failed.jobId)).state).toBe('failed');
    expect(await history()).toMatchObject([{ id: failed.jobId, state: 'failed', kind: 'add-images' }]);

    await picture(20, 30).png().toFile(path.join(folder, 'a.png'));
    const again = await app.call('jobs.startAgain', { jobId: failed.jobId });
    const job = await app.done(again.jobId);
    expect(job).toMatchObject({ kind: 'add-images', result: { added: 1 } });
    expect(await history()).toMatchObject([
      { id: again.jobId, state: 'done', endedAt: expect.any(String) as string },
    ]);
  });

  it('of this session is offered where the process ended before it did, not where a person cancelled it', async () => {
    const folder = path.join(app.folder, 'pictures');
    mkdirSync(folder);
    await Promise.all(
      Array.from({ length: 300 }, (_, n) =>
        picture(20, 30)
          .png()
          .toFile(path.join(folder, `${n}.png`)),
      ),
    );
    await app.call('project.open', { path: app.project, create: true });
    const start = async () => (await app.call('images.add', { folders: [folder] })).jobId;
    const cancelled = await start();
    await app.call('jobs.cancel', { jobId: cancelled });
    await app.ended(cancelled);
    expect(await history()).toMatchObject([{ state: 'cancelled' }]);
    const cut = await start();
    await app.end();
    const store = openProject(app.project, { create: false });
    expect(store.jobs.find(cut).state).toBe('interrupted');
    store.close();
  });

  it('is refused in words where this version does not know its kind, or nobody could repeat it', async () => {
    interrupted('newer', 'segment', { anything: [1] });
    interrupted('frames', 'add-frames', null);
    await app.call('project.open', { path: app.project });
    await expect(app.call('jobs.startAgain', { jobId: 'newer' })).rejects.toMatchObject({
      code: 'not-allowed',
      message: 'This version of Twinhead knows no jobs of the kind “segment”.',
    });
    await expect(app.call('jobs.startAgain', { jobId: 'frames' })).rejects.toMatchObject({
      code: 'not-allowed',
      message: '“Title of frames” can’t be started again.',
    });
    expect(await history()).toHaveLength(2);
  });

  it('is refused where it was asked for something that this version does not know, in whatever depth', async () => {
    interrupted('flat', 'import', { paths: ['/labels'], polygons: true });
    interrupted('deep', 'import', { paths: ['/labels'], mapping: { columns: { depth: 2 } } });
    await app.call('project.open', { path: app.project });
    await expect(app.call('jobs.startAgain', { jobId: 'flat' })).rejects.toMatchObject({
      code: 'not-allowed',
      message: '“Title of flat” was asked for with “polygons”, which this version of Twinhead doesn’t know.',
    });
    await expect(app.call('jobs.startAgain', { jobId: 'deep' })).rejects.toMatchObject({
      code: 'not-allowed',
    });
    expect(await history()).toHaveLength(2);
  });

  it('is refused as its call would be where what it was asked for is no longer right', async () => {
    interrupted('old', 'evaluate', { runId: 'r0001', split: 'everything' });
    await app.call('project.open', { path: app.project });
    await expect(app.call('jobs.startAgain', { jobId: 'old' })).rejects.toMatchObject({
      code: 'invalid-input',
      details: { place: 'split' },
    });
    expect(await history()).toMatchObject([{ id: 'old', state: 'interrupted' }]);
  });
});
