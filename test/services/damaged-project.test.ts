import { readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backupName } from '../../electron/store/file/backup-files.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
beforeEach(() => {
  app = new TestApp();
});
afterEach(() => app.remove());

const file = () => path.join(app.project, 'project.db');
const backups = () => path.join(app.project, 'backups');

/** The sample, closed, with a backup from before it had images and one of it as it is. */
async function closedSample(): Promise<void> {
  await app.sample({ train: 3, val: 1, test: 1 });
  for (const name of readdirSync(backups()))
    renameSync(path.join(backups(), name), path.join(backups(), backupName(new Date('2026-01-01'), 'auto')));
  await app.call('project.close', {});
}

describe('a project whose file is damaged', () => {
  test('has a backup of what it was when it was closed, and says what each holds', async () => {
    await closedSample();
    truncateSync(file(), 5000);
    await expect(app.call('project.open', { path: app.project })).rejects.toMatchObject({
      code: 'project-corrupt',
      details: { file: file(), damage: expect.any(String) as unknown },
    });
    const listed = await app.call('project.backups', { path: app.project });
    expect(listed.backups).toMatchObject([
      { reason: 'auto', holds: { images: 5 } },
      { at: '2026-01-01T00:00:00.000Z', holds: { images: 0, boxes: 0 } },
    ]);
    expect(listed.backups[0]?.holds?.boxes).toBeGreaterThan(0);
  });

  test('is put back by name; the damaged file is kept beside it', async () => {
    await closedSample();
    writeFileSync(file(), '');
    const [newest] = (await app.call('project.backups', { path: app.project })).backups;
    const { movedTo } = await app.call('project.restore', { path: app.project, backup: newest?.name });
    expect(readFileSync(movedTo ?? '')).toHaveLength(0);
    expect(await app.call('project.open', { path: app.project })).toMatchObject({ images: 5 });
    expect(await app.call('project.check', {})).toMatchObject({ ok: true });
  });

  test('that the host was started with is named to pages, which try to open it', async () => {
    await closedSample();
    writeFileSync(file(), 'hello');
    app.startWith(app.project.replace(/\.twinhead$/, ''));
    const { startProject, recentProjects } = await app.call('system.info', {});
    expect(startProject).toBe(app.project);
    expect(recentProjects).toMatchObject([{ path: app.project, open: false }]);
    await expect(app.call('project.open', { path: startProject ?? '' })).rejects.toMatchObject({
      code: 'project-corrupt',
    });
  });
});

test('a project that is open here is not read out: only SQLite may open its file meanwhile', async () => {
  await app.sample({ train: 3, val: 1, test: 1 });
  const target = path.join(app.folder, 'new.twinhead');
  for (const source of [app.project, file()])
    await expect(app.call('project.rescue', { source, path: target })).rejects.toMatchObject({
      code: 'project-in-use',
    });
  await app.call('project.close', {});
  expect(await app.call('project.rescue', { source: app.project, path: target })).toMatchObject({
    images: 5,
  });
});
