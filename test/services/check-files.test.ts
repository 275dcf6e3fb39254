import { mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommandLine } from '../../electron/cli/program.ts';
import type { Problem } from '../../electron/common/entities.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { openProject } from '../../electron/store/index.ts';
import { TestApp } from '../support/app.ts';

/** More than are looked for at once. */
const IMAGES = 70;
const WELL = { images: IMAGES, missing: 0, changed: 0, unreadable: 0 };

let app: TestApp;
let photos: string;
beforeEach(async () => {
  app = new TestApp();
  photos = path.join(app.folder, 'photos');
  mkdirSync(photos);
  for (let index = 0; index < IMAGES; index += 1)
    await sharp({ create: { width: 2, height: 2, channels: 3, background: { r: index, g: 0, b: 0 } } })
      .png()
      .toFile(path.join(photos, `${index}.png`));
  await app.call('project.open', { path: app.project, create: true });
  await app.done((await app.call('images.add', { folders: [photos] })).jobId);
});
afterEach(() => app.remove());

const check = async () => (await app.done((await app.call('images.checkFiles', {})).jobId)).result;

/** What the project, the filter and the review say of missing files. */
async function said(): Promise<readonly unknown[]> {
  const { missing } = await app.call('project.get', {});
  const { total } = await app.call('images.list', { filter: { missing: true } });
  const { findings } = await app.call('dataset.review', {});
  const finding = findings.find(({ filter }) => filter?.missing === true);
  return [missing, total, finding && inEnglish(finding.message)];
}

it('a check of all files finds those that went, and those that came back', async () => {
  rmSync(path.join(photos, '0.png'));
  rmSync(path.join(photos, '69.png'));
  mkdirSync(path.join(photos, '69.png'));
  expect(await said()).toEqual([0, 0, undefined]);
  expect(await check()).toEqual({ ...WELL, missing: 2 });
  expect(await said()).toEqual([2, 2, expect.stringContaining('2 ')]);
  const elsewhere = path.join(app.folder, 'elsewhere');
  renameSync(photos, elsewhere);
  expect(await check()).toEqual({ ...WELL, missing: IMAGES });
  renameSync(elsewhere, photos);
  expect(await check()).toEqual({ ...WELL, missing: 2 });
  expect(await said()).toEqual([2, 2, expect.stringContaining('2 ')]);
});

it('an image whose file is back brings word of all others that are back with it', async () => {
  const elsewhere = path.join(app.folder, 'elsewhere');
  renameSync(photos, elsewhere);
  await check();
  renameSync(elsewhere, photos);
  rmSync(path.join(photos, '69.png'));
  const { items } = await app.call('images.list', {});
  const imageId = items.find(({ fileName }) => fileName === '0.png')!.id;
  expect(await app.call('images.check', { imageId })).toMatchObject({ state: 'same' });
  expect(await said()).toEqual([1, 1, expect.stringContaining('1 ')]);
});

it('any image that is looked at brings word of others whose files are back', async () => {
  const elsewhere = path.join(app.folder, 'elsewhere');
  mkdirSync(elsewhere);
  for (const name of ['7.png', '8.png']) renameSync(path.join(photos, name), path.join(elsewhere, name));
  await check();
  const { items } = await app.call('images.list', {});
  const imageId = items.find(({ fileName }) => fileName === '0.png')!.id;
  await app.call('images.check', { imageId });
  expect(await said()).toEqual([2, 2, expect.stringContaining('2 ')]);
  renameSync(path.join(elsewhere, '8.png'), path.join(photos, '8.png'));
  await app.call('images.check', { imageId });
  expect(await said()).toEqual([1, 1, expect.stringContaining('1 ')]);
});

/** Other content than when it was added, none, and the beginning of it; and one that was only touched. */
async function overwriteSome(): Promise<void> {
  await sharp({ create: { width: 3, height: 3, channels: 3, background: '#0000ff' } })
    .png()
    .toFile(path.join(photos, '3.png'));
  writeFileSync(path.join(photos, '4.png'), 'no picture');
  writeFileSync(path.join(photos, '5.png'), readFileSync(path.join(photos, '5.png')).subarray(0, 60));
  utimesSync(path.join(photos, '6.png'), 1, 1);
}

it('a check of all files finds those that were overwritten', async () => {
  expect(await check()).toEqual(WELL);
  await overwriteSome();
  const { jobId } = await app.call('images.checkFiles', {});
  const { result, problems } = await app.done(jobId);
  expect(result).toEqual({ ...WELL, changed: 1, unreadable: 2 });
  expect(problems.map(({ file, message }) => [path.basename(file!), inEnglish(message)])).toEqual([
    ['3.png', 'This file has changed since it was added. Its labels are kept.'],
    ['4.png', 'This file can’t be read as an image any more. Its labels are kept.'],
    ['5.png', 'This file can’t be read as an image any more. Its labels are kept.'],
  ]);
  const { findings } = await app.call('dataset.review', {});
  const said = findings.filter(({ message }) => /^\d image files? (can’t|has)/.test(inEnglish(message)));
  expect(said.map(({ message }) => inEnglish(message))).toEqual([
    '2 image files can’t be read: 4.png, 5.png. Replace them with intact copies.',
    '1 image file has changed since it was added: 3.png. Check its labels.',
  ]);
  const { items } = await app.call('images.list', { filter: said[0]!.filter! });
  expect(items.map(({ fileName }) => fileName)).toEqual(['4.png', '5.png']);
  // Nor does a look at the pixels take what was cut off for another picture.
  const { result: looked } = await app.done((await app.call('images.look', {})).jobId);
  expect(looked).toMatchObject({ changed: 1, unreadable: 2 });
});

it('a picture that was copied over one of another split is found to be the same as that', async () => {
  const idOf = async (name: string): Promise<number> =>
    (await app.call('images.list', {})).items.find(({ fileName }) => fileName === name)!.id;
  const [learned, judged] = [await idOf('8.png'), await idOf('7.png')];
  await app.call('images.setSplit', { imageIds: [learned], split: 'train' });
  await app.call('images.setSplit', { imageIds: [judged], split: 'test' });
  const original = readFileSync(path.join(photos, '7.png'));
  writeFileSync(path.join(photos, '7.png'), readFileSync(path.join(photos, '8.png')));
  const copies = async (): Promise<(number[] | undefined)[]> =>
    (await app.call('dataset.review', {})).findings
      .filter(({ message }) => inEnglish(message).includes('same content'))
      .map(({ filter }) => filter?.imageIds);
  const leaks = async (): Promise<string[]> =>
    (await app.call('splits.leaks', {})).leaks.map(({ kinship }) => kinship);
  expect(await copies()).toEqual([]);
  await check();
  expect(await copies()).toEqual([[judged, learned].toSorted((a, b) => a - b)]);
  expect(await leaks()).toEqual(['same']);
  // So does a look at the pixels.
  await app.done((await app.call('images.look', {})).jobId);
  expect(await copies()).toHaveLength(1);
  writeFileSync(path.join(photos, '7.png'), original);
  await check();
  expect(await copies()).toEqual([]);
  expect(await leaks()).toEqual([]);
});

it('a check of all files reads each file that was touched once', async () => {
  await overwriteSome();
  const read = async (): Promise<number | null> => {
    const { jobId } = await app.call('images.checkFiles', {});
    return (await app.done(jobId)).total;
  };
  // What it read counts last, where it read any.
  expect(await read()).toBe(4);
  expect(await read()).toBe(IMAGES);
  expect(await check()).toEqual({ ...WELL, changed: 1, unreadable: 2 });
});

it('a check of all files takes a picture that was brought back for well again', async () => {
  const file = path.join(photos, '3.png');
  const content = readFileSync(file);
  writeFileSync(file, 'no picture');
  await app.done((await app.call('images.look', {})).jobId);
  const damaged = async (): Promise<number> =>
    (await app.call('dataset.review', {})).findings.filter(({ message }) =>
      inEnglish(message).includes('can’t be read'),
    ).length;
  await check();
  expect(await damaged()).toBe(1);
  writeFileSync(file, content);
  await check();
  expect(await damaged()).toBe(0);
});

it('a check of all files can be stopped, and leaves no trace in the project’s jobs', async () => {
  const before = await app.call('jobs.history', {});
  const { jobId } = await app.call('images.checkFiles', {});
  await app.call('jobs.cancel', { jobId });
  expect(await app.ended(jobId)).toMatchObject({ state: 'cancelled' });
  expect(await app.call('jobs.history', {})).toEqual(before);
});

/** What a command of a process of its own says. */
async function command(...args: string[]): Promise<string> {
  const stdout = new PassThrough();
  expect(await runCommandLine([...args, '--quiet'], { stdout, stderr: new PassThrough() })).toBe(0);
  return (stdout.read() as Buffer).toString();
}

it('status and health say which files are there now', async () => {
  await app.end();
  rmSync(path.join(photos, '3.png'));
  expect(await command('status', app.project)).toContain('70 unseen, 1 missing');
  renameSync(photos, path.join(app.folder, 'elsewhere'));
  expect(JSON.parse(await command('status', app.project, '--json'))).toMatchObject({
    project: { missing: 70 },
    interrupted: [],
  });
  renameSync(path.join(app.folder, 'elsewhere'), photos);
  expect(await command('health', app.project, '--no-pictures')).toContain('1 image file can’t be found');
});

it('add finds images again that have another folder and other names, and adds what is new', async () => {
  await app.end();
  const elsewhere = path.join(app.folder, 'other disk', 'photos');
  mkdirSync(path.dirname(elsewhere));
  renameSync(photos, elsewhere);
  renameSync(path.join(elsewhere, '3.png'), path.join(elsewhere, 'three.png'));
  await sharp({ create: { width: 3, height: 3, channels: 3, background: 'red' } })
    .png()
    .toFile(path.join(elsewhere, 'new.png'));
  expect(await command('add', app.project, elsewhere)).toBe(
    '71 images, 1 image added, 70 images found at a new location\n',
  );
  expect(await command('status', app.project)).toContain('71: 0 labelled, 0 empty, 71 unseen\n');
});

it('status names the files that are missing', async () => {
  await app.end();
  for (const name of ['3.png', '5.png']) rmSync(path.join(photos, name));
  expect(JSON.parse(await command('status', app.project, '--json'))).toMatchObject({
    problems: ['3.png', '5.png'].map((name) => ({
      file: path.join(photos, name),
      message: 'The file does not exist.',
      remedy: 'It may have been moved or renamed; put it back, or add its new folder.',
    })),
  });
});

it('status names a thousand missing files at most, and counts the rest', async () => {
  await app.end();
  const store = openProject(app.project);
  const file = { bytes: 1, modifiedMs: 0, width: 2, height: 2, orientation: 1, format: 'png' };
  store.files.add(
    store.roots.add(path.join(app.folder, 'unplugged')).id,
    Array.from({ length: 1003 }, (_, n) => ({
      ...file,
      path: `${n}.png`,
      sha256: n.toString(16).padStart(64, '0'),
    })),
  );
  store.close();
  const { problems } = JSON.parse(await command('status', app.project, '--json')) as { problems: Problem[] };
  expect(problems).toHaveLength(1001);
  expect(problems.at(-1)).toEqual({
    message: 'There are 3 more problems like these.',
    severity: 'error',
  });
});

it('status names the files that were overwritten', async () => {
  await app.end();
  await overwriteSome();
  expect(await command('status', app.project)).toContain('70 unseen, 1 changed, 2 unreadable');
  expect(JSON.parse(await command('status', app.project, '--json'))).toMatchObject({
    problems: ['3.png', '4.png', '5.png'].map((name) => ({ file: path.join(photos, name) })),
  });
});
