import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobResult } from '../../electron/common/jobs.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
let dataset: string;

async function picture(file: string, shade: number): Promise<void> {
  mkdirSync(path.dirname(file), { recursive: true });
  await sharp({ create: { width: 8, height: 6, channels: 3, background: { r: shade, g: 9, b: 9 } } })
    .png()
    .toFile(file);
}

/** Two pictures in sub-folders with the same name, and labels for both. */
beforeEach(async () => {
  app = new TestApp();
  dataset = path.join(app.folder, 'data');
  const names = ['one/a.png', 'two/a.png'];
  for (const [index, name] of names.entries()) await picture(path.join(dataset, 'images', name), index * 50);
  writeFileSync(
    path.join(dataset, 'labels.json'),
    JSON.stringify({
      images: names.map((name, index) => ({ id: index, file_name: `images/${name}`, width: 8, height: 6 })),
      categories: [{ id: 1, name: 'cell' }],
      annotations: names.map((_, index) => ({
        id: index,
        image_id: index,
        category_id: 1,
        bbox: [index, 1, 3, 3],
      })),
    }),
  );
});
afterEach(() => app.remove());

async function open(project: string): Promise<void> {
  await app.call('project.open', { path: project, create: true });
}

async function importAt(source: string): Promise<JobResult<'import'>> {
  const job = await app.done((await app.call('dataset.import', { paths: [source] })).jobId);
  return job.result as JobResult<'import'>;
}

async function add(...folders: string[]): Promise<JobResult<'add-images'>> {
  const job = await app.done((await app.call('images.add', { folders })).jobId);
  return job.result as JobResult<'add-images'>;
}

/** Where every image is, and where its box begins. */
async function images(): Promise<string[]> {
  const { items } = await app.call('images.list', {});
  const all = await Promise.all(
    items.map(async ({ id, path: name }) => {
      const { boxes } = await app.call('annotations.get', { imageId: id });
      const { state } = await app.call('images.check', { imageId: id });
      return `${name} ${boxes.map(({ x }) => x).join()} ${state}`;
    }),
  );
  return all.sort();
}

it('a file that is found in its own folder stays with it, though that lies in another one of the project', async () => {
  await open(app.project);
  const outer = path.join(dataset, 'images');
  await add(outer);
  const inner = path.join(outer, 'three');
  for (const [index, name] of ['a.png', 'b.png'].entries())
    await picture(path.join(inner, name), 120 + 40 * index);
  await add(inner);
  renameSync(path.join(inner, 'a.png'), path.join(inner, 'c.png'));
  const { items } = await app.call('images.list', {
    filter: { named: 'a.png' },
    sort: 'added',
    descending: true,
  });
  const editId = crypto.randomUUID();
  await app.call('images.relink', { imageId: items[0]!.id, file: path.join(inner, 'c.png'), editId });
  const { figures } = await app.call('dataset.review', {});
  const rows = figures.groups.map(({ name, images: count }) => [name, count]);
  expect(rows.filter(([name]) => String(name).endsWith('three'))).toEqual([['three', 2]]);
});

describe('a folder that was moved', () => {
  it('with the project in it: importing its labels again finds the images and doubles nothing', async () => {
    await open(path.join(dataset, 'project.twinhead'));
    await importAt(dataset);
    await app.call('project.close', {});
    const moved = path.join(app.folder, 'moved');
    renameSync(dataset, moved);
    await open(path.join(moved, 'project.twinhead'));
    expect(await importAt(moved)).toMatchObject({ images: 2, imagesAdded: 0, imagesMoved: 2 });
    expect(await images()).toEqual(['a.png 0 same', 'a.png 1 same']);
    expect(await app.call('project.get', {})).toMatchObject({ images: 2, boxes: 2 });
  });

  it('is said by the dry run, which changes nothing', async () => {
    await open(app.project);
    await importAt(dataset);
    const moved = path.join(app.folder, 'moved');
    renameSync(dataset, moved);
    const job = await app.done((await app.call('dataset.import', { paths: [moved], dryRun: true })).jobId);
    expect(job.result).toMatchObject({ images: 2, imagesAdded: 0, imagesMoved: 2 });
    expect((await images()).every((line) => line.endsWith('missing'))).toBe(true);
  });

  it('or renamed, or deeper than before: adding it finds its images, as one step that can be undone', async () => {
    await open(app.project);
    await importAt(dataset);
    const moved = path.join(app.folder, 'disk', 'photos');
    mkdirSync(path.dirname(moved));
    renameSync(dataset, moved);
    expect(await add(path.join(app.folder, 'disk'))).toEqual({
      images: 2,
      added: 0,
      unchanged: 0,
      moved: 2,
      changed: 0,
    });
    expect(await app.call('project.get', {})).toMatchObject({ images: 2, boxes: 2, missing: 0 });
    expect((await images()).every((line) => line.endsWith('same'))).toBe(true);
    expect((await app.call('project.undo', {})).undone).toMatchObject({ kind: 'relink', images: 2 });
    expect((await images()).every((line) => line.endsWith('missing'))).toBe(true);
  });

  it('is looked through for what is missing, of which nothing new comes in', async () => {
    await open(app.project);
    await importAt(dataset);
    const moved = path.join(app.folder, 'disk', 'photos');
    mkdirSync(path.dirname(moved));
    renameSync(dataset, moved);
    await picture(path.join(moved, 'images', 'new.png'), 200);
    rmSync(path.join(moved, 'images', 'two', 'a.png'));
    const find = async (folder: string) =>
      (await app.done((await app.call('images.findMissing', { folders: [folder] })).jobId)).result;
    const empty = path.join(app.folder, 'empty');
    mkdirSync(empty);
    expect(await find(empty)).toEqual({ missing: 2, found: 0 });
    expect(await find(path.join(app.folder, 'disk'))).toEqual({ missing: 2, found: 1 });
    expect(await images()).toEqual(['a.png 1 missing', 'photos/images/one/a.png 0 same']);
    expect((await app.call('project.undo', {})).undone).toMatchObject({ kind: 'relink' });
    expect(await find(moved)).toEqual({ missing: 2, found: 1 });
    await picture(path.join(moved, 'back.png'), 50);
    expect(await find(moved)).toEqual({ missing: 1, found: 1 });
    expect(await find(moved)).toEqual({ missing: 0, found: 0 });
    expect(await app.call('project.get', {})).toMatchObject({ images: 2, boxes: 2 });
  });

  it.each(['C:\\Users\\me\\photos', '\\\\server\\share\\photos', '/Users/me/Pictures/photos'])(
    'of another system (%s): the project opens, says what is missing and finds it where it is now',
    async (folder) => {
      await open(app.project);
      await importAt(dataset);
      await app.call('project.close', {});
      const connection = new Database(path.join(app.project, 'project.db'));
      connection.prepare("UPDATE roots SET folder = ? || '/' || id, inside_project = 0").run(folder);
      connection.close();
      await open(app.project);
      const check = await app.done((await app.call('images.checkFiles', {})).jobId);
      expect(check.result).toMatchObject({ images: 2, missing: 2 });
      expect(await app.call('project.get', {})).toMatchObject({ images: 2, boxes: 2, missing: 2 });
      const { items } = await app.call('images.list', {});
      expect(items.map(({ fileName }) => fileName)).toEqual(['a.png', 'a.png']);
      const { findings, figures } = await app.call('dataset.review', {});
      expect(findings.some(({ filter }) => filter?.missing === true)).toBe(true);
      expect(figures.groups.map(({ images: count }) => count)).toEqual([1, 1]);
      const renamed = path.join(app.folder, 'pictures of mine');
      renameSync(path.join(dataset, 'images'), renamed);
      expect(await add(renamed)).toMatchObject({ images: 2, added: 0, moved: 2 });
      expect((await images()).every((line) => line.endsWith('same'))).toBe(true);
      expect((await app.call('project.undo', {})).undone).toMatchObject({ kind: 'relink', images: 2 });
    },
  );

  it('gives equal pictures back to the images of their own names', async () => {
    const folder = path.join(app.folder, 'equal');
    for (const name of ['a.png', 'b.png', 'c.png']) await picture(path.join(folder, name), 90);
    await open(app.project);
    await add(folder);
    const { items } = await app.call('images.list', {});
    const moved = path.join(app.folder, 'elsewhere');
    renameSync(folder, moved);
    rmSync(path.join(moved, 'a.png'));
    expect(await add(moved)).toMatchObject({ added: 0, moved: 2 });
    const states = await Promise.all(
      items.map(async ({ id, path: name }) => [
        name,
        (await app.call('images.check', { imageId: id })).state,
      ]),
    );
    expect(states).toEqual([
      ['a.png', 'missing'],
      ['b.png', 'same'],
      ['c.png', 'same'],
    ]);
  });

  it('takes back its images where doubled ones were removed from the project', async () => {
    await open(app.project);
    await importAt(dataset);
    const copy = path.join(app.folder, 'copy');
    for (const name of ['one/a.png', 'two/a.png']) {
      mkdirSync(path.dirname(path.join(copy, name)), { recursive: true });
      copyFileSync(path.join(dataset, 'images', name), path.join(copy, name));
    }
    expect(await add(copy)).toMatchObject({ added: 2 });
    await app.call('project.undo', {});
    rmSync(path.join(dataset, 'images'), { recursive: true });
    expect(await add(copy)).toMatchObject({ added: 0, moved: 2 });
    expect(await app.call('project.get', {})).toMatchObject({ images: 2, boxes: 2 });
    await app.call('project.undo', {});
    expect((await images()).every((line) => line.endsWith('missing'))).toBe(true);
  });
});

describe('a folder that is there already', () => {
  it('is not doubled by adding one above it, one inside it, or both at once', async () => {
    await open(app.project);
    expect(await add(path.join(dataset, 'images'), path.join(dataset, 'images', 'one'))).toMatchObject({
      added: 2,
    });
    expect(await add(dataset)).toMatchObject({ added: 0, unchanged: 2 });
    expect(await add(path.join(dataset, 'images', 'one'))).toMatchObject({ added: 0, unchanged: 1 });
    expect((await app.call('project.get', {})).images).toBe(2);
  });

  it('is added to where a picture is a copy of one that is still there', async () => {
    await open(app.project);
    await add(path.join(dataset, 'images', 'one'));
    copyFileSync(path.join(dataset, 'images', 'one', 'a.png'), path.join(dataset, 'images', 'one', 'b.png'));
    expect(await add(path.join(dataset, 'images', 'one'))).toMatchObject({
      added: 1,
      unchanged: 1,
      moved: 0,
    });
  });
});
