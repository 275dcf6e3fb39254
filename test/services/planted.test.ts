import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openProject } from '../../electron/store/index.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
let outside: string;
beforeEach(() => {
  app = new TestApp();
  outside = path.join(app.folder, 'photos');
  mkdirSync(outside);
  writeFileSync(path.join(outside, 'dear.jpg'), 'dear');
});
afterEach(() => app.remove());

const inside = (...names: string[]): string => path.join(app.project, ...names);

async function emptyProject(): Promise<void> {
  await app.call('project.open', { path: app.project, create: true });
  await app.call('project.close', {});
}

test.each(['runs', 'backups', 'cache', 'project.db', 'project.db-wal', 'project.lock', 'project.holder'])(
  'a project in which %s is a link is not opened, and what it leads to is untouched',
  async (name) => {
    await emptyProject();
    const isFile = name.startsWith('project.');
    rmSync(inside(name), { recursive: true, force: true });
    symlinkSync(isFile ? path.join(outside, 'dear.jpg') : outside, inside(name));
    await expect(app.call('project.open', { path: app.project })).rejects.toMatchObject({
      code: 'unusable-input',
      message: expect.stringContaining('is a link') as string,
    });
    expect(readdirSync(outside)).toEqual(['dear.jpg']);
    expect(readFileSync(path.join(outside, 'dear.jpg'), 'utf8')).toBe('dear');
  },
);

test('pictures are shown where folders of the cache are links, and what these lead to is neither filled nor pruned', async () => {
  const pictures = path.join(app.folder, 'pictures');
  mkdirSync(pictures);
  // Above what is shown whole: overview and tiles are made.
  const blank = { width: 3100, height: 2000, channels: 3 as const, background: '#888888' };
  await sharp({ create: blank }).jpeg().toFile(path.join(pictures, 'large.jpg'));
  const { id } = await app.call('project.open', { path: app.project, create: true });
  await app.done((await app.call('images.add', { folders: [pictures] })).jobId);
  for (const name of ['pyramids', 'overviews', 'thumbnails']) {
    rmSync(inside('cache', name), { recursive: true, force: true });
    symlinkSync(outside, inside('cache', name));
  }
  for (const what of ['size=256', 'size=overview', 'tile=0_0_0'])
    await (await app.picture(`http://x/image/1?project=${id}&${what}`)).arrayBuffer();
  await app.call('project.close', {});
  expect(readdirSync(outside)).toEqual(['dear.jpg']);
  expect(readFileSync(path.join(outside, 'dear.jpg'), 'utf8')).toBe('dear');
});

test('a run whose folder can’t be deleted is refused and still there, one whose folder is a link is deleted', async () => {
  const store = openProject(app.project, { create: true });
  const run = store.runs.create({
    config: {},
    seed: 1,
    epochs: 1,
    dataRevision: 0,
    appVersion: '0',
    engine: 'none',
  });
  store.close();
  await app.call('project.open', { path: app.project });
  rmSync(inside('runs'), { recursive: true });
  symlinkSync(outside, inside('runs'));
  await expect(app.call('runs.delete', { runId: run.id })).rejects.toMatchObject({ code: 'unusable-input' });
  expect((await app.call('runs.list', {})).runs).toHaveLength(1);
  rmSync(inside('runs'));
  mkdirSync(inside('runs'));
  symlinkSync(outside, inside('runs', run.id));
  await app.call('runs.delete', { runId: run.id });
  expect((await app.call('runs.list', {})).runs).toEqual([]);
  expect(readdirSync(outside)).toEqual(['dear.jpg']);
});

test('a backup that is a link is not one: SQLite would write beside what it leads to', async () => {
  await emptyProject();
  const theirs = path.join(outside, 'theirs');
  await app.call('project.open', { path: theirs, create: true });
  await app.call('project.close', {});
  const folder = `${theirs}.twinhead`;
  const before = readdirSync(folder);
  symlinkSync(path.join(folder, 'project.db'), inside('backups', '2026-01-01T00-00-00-000Z-auto.db'));
  expect((await app.call('project.backups', { path: app.project })).backups).not.toContainEqual(
    expect.objectContaining({ at: '2026-01-01T00:00:00.000Z' }),
  );
  await app.call('project.open', { path: app.project });
  await app.call('project.close', {});
  expect(readdirSync(folder)).toEqual(before);
});

test('a project that is a link as a whole is opened, by its own name, and is one project', async () => {
  await emptyProject();
  symlinkSync(app.project, path.join(app.folder, 'mine.twinhead'));
  const info = await app.call('project.open', { path: path.join(app.folder, 'mine') });
  expect(info.path).toBe(app.project);
  expect(await app.call('project.open', { path: app.project })).toEqual(info);
});

test('a sample replaces nothing that lies in the project already', async () => {
  await emptyProject();
  mkdirSync(inside('sample', 'train'), { recursive: true });
  writeFileSync(inside('sample', 'train', 'scene-00001.jpg'), 'mine');
  await expect(
    app.call('project.sample', { path: app.project, train: 2, val: 0, test: 0 }),
  ).rejects.toMatchObject({ code: 'unusable-input', details: { file: inside('sample') } });
  expect(readFileSync(inside('sample', 'train', 'scene-00001.jpg'), 'utf8')).toBe('mine');
});

test('a project whose file is deleted while it is open can be opened again, with everything', async () => {
  await app.call('project.open', { path: app.project, create: true });
  const create = (name: string) => app.call('classes.create', { kind: 'object', name });
  await create('kept');
  rmSync(inside('project.db'));
  await expect(create('refused')).rejects.toMatchObject({ code: 'read-only' });
  await app.call('project.open', { path: app.project });
  await create('again');
  expect((await app.call('classes.list', {})).classes.map(({ name }) => name)).toEqual(['kept', 'again']);
});

test('openings at the same time come one after another, and each is answered', async () => {
  const folders = ['a', 'b', 'c'].map((name) => path.join(app.folder, `${name}.twinhead`));
  const opened = await Promise.all(
    Array.from({ length: 12 }, (_, n) => app.call('project.open', { path: folders[n % 3]!, create: true })),
  );
  expect(opened.map(({ path: folder }) => folder)).toEqual(opened.map((_, n) => folders[n % 3]));
  expect((await app.call('project.get', {})).path).toBe(folders[2]);
});
