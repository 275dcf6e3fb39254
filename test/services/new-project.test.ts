import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import type { ProjectInfo } from '../../electron/common/entities.ts';
import { toErrorReport, TwinheadError } from '../../electron/common/errors.ts';
import type { ErrorReport } from '../../electron/common/errors.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
let photos: string;
beforeEach(async () => {
  app = new TestApp();
  photos = path.join(app.folder, 'photos');
  mkdirSync(photos);
  await sharp({ create: { width: 8, height: 8, channels: 3, background: '#345' } })
    .png()
    .toFile(path.join(photos, 'a.png'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  return app.remove();
});

/** As a page makes one, and the command. */
async function make(
  project: string,
  { images = [], dataset }: { images?: string[]; dataset?: string[] } = {},
): Promise<ProjectInfo> {
  if (images.length > 0) {
    const { jobId } = await app.call('project.checkFolders', { path: project, folders: images });
    const job = await app.ended(jobId);
    if (job.error) throw TwinheadError.of(job.error);
  }
  return app.call('project.create', { path: project, dataset });
}

/** What it says; nothing was made. */
async function refused(project: string, more: Parameters<typeof make>[1] = {}): Promise<ErrorReport> {
  const before = readdirSync(app.folder);
  const error = await make(project, more).then(
    () => new Error('it was made'),
    (reason: unknown) => reason,
  );
  expect(readdirSync(app.folder)).toEqual(before);
  return toErrorReport(error);
}

it('is made for a folder with a picture, and for labels that are there', async () => {
  const made = await make(path.join(app.folder, 'one'), { images: [photos] });
  expect(made).toMatchObject({ name: 'one', images: 0 });
  const labels = path.join(app.folder, 'labels.json');
  writeFileSync(labels, '{}');
  const other = await app.call('project.create', { path: path.join(app.folder, 'two'), dataset: [labels] });
  expect(existsSync(path.join(other.path, 'project.db'))).toBe(true);
});

it.skipIf(process.platform === 'win32')(
  'takes ~ for the person’s own folder, in every path that is typed',
  async () => {
    vi.stubEnv('HOME', app.folder);
    const made = await make('~/one', { images: ['~/photos'] });
    expect(made.path).toBe(path.join(app.folder, 'one.twinhead'));
    const added = await app.done((await app.call('images.add', { folders: ['~/photos'] })).jobId);
    expect(added).toMatchObject({ state: 'done', result: { added: 1 } });
    expect((await app.call('folders.list', { path: '~' })).path).toBe(app.folder);
    // Of a file, its folder with what is no picture.
    writeFileSync(path.join(app.folder, 'labels.json'), '{}');
    writeFileSync(path.join(app.folder, 'a.jpg'), '');
    const { path: folder, files } = await app.call('folders.list', { path: '~/labels.json', files: true });
    expect([folder, files.map(({ name }) => name)]).toEqual([app.folder, ['labels.json']]);
    const out = { out: '~/labels', format: 'yolo', unseen: true, images: 'none' } as const;
    await app.done((await app.call('dataset.export', out)).jobId);
    expect(existsSync(path.join(app.folder, 'labels'))).toBe(true);
    // Somebody else's folder, or a name that only begins so, is left as it is.
    await expect(app.call('folders.list', { path: path.join(app.folder, '~') })).rejects.toThrow();
  },
);

it('is not made over another one, nor over a folder that is none', async () => {
  await make(app.project, { images: [photos] });
  expect(await refused(app.project, { images: [photos] })).toMatchObject({
    code: 'unusable-input',
    message: expect.stringMatching(/is already a project/) as string,
  });
  const folder = path.join(app.folder, 'mine.twinhead');
  mkdirSync(folder);
  expect((await refused(folder)).message).toMatch(/already exists and is not a project/);
});

it('is not made for a folder that is mistyped, empty, or of another system, nor for labels that are not there', async () => {
  const project = path.join(app.folder, 'new');
  expect(await refused(project, { images: [path.join(app.folder, 'photso')] })).toMatchObject({
    code: 'not-found',
  });
  const empty = path.join(app.folder, 'empty');
  mkdirSync(empty);
  expect((await refused(project, { images: [empty] })).message).toMatch(/no usable image/);
  expect((await refused(project, { dataset: [empty, path.join(app.folder, 'labels.json')] })).code).toBe(
    'not-found',
  );
  if (process.platform === 'win32') return;
  expect((await refused(project, { images: ['C:\\Users\\me\\photos'] })).message).toMatch(/Windows path/);
  expect((await refused('C:\\Users\\me\\new', { images: [photos] })).message).toMatch(/Windows path/);
  expect((await refused(project, { images: ['\\\\server\\photos'] })).message).toMatch(/Windows path/);
});

it('is not made for a folder of which nothing can be read, and every file is listed with its reason', async () => {
  const folder = path.join(app.folder, 'raw');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'a.jp2'), Buffer.from('\0\0\0\x0cjP  \r\n\x87\n', 'latin1'));
  writeFileSync(path.join(folder, 'b.jpg'), '');
  const { details } = await refused(path.join(app.folder, 'new'), { images: [folder] });
  expect(details.leftOut?.map(({ message }) => inEnglish(message))).toEqual([
    expect.stringMatching(/JPEG 2000/),
    expect.stringMatching(/empty/),
  ]);
});

it.skipIf(process.platform !== 'linux')('where no folder can be made is refused at once', async () => {
  expect((await refused('/proc/twinhead/new', { images: [photos] })).code).toBe('unusable-input');
});

/** A folder of files that may be pictures, and are none. */
function folderOf(files: number): string {
  const folder = path.join(app.folder, 'large');
  mkdirSync(folder);
  for (let index = 1; index <= files; index += 1) writeFileSync(path.join(folder, `${index}.dat`), 'x');
  return folder;
}

it('the check of a folder counts the files so far, and no more of them than it needs', async () => {
  const folder = folderOf(600);
  const check = async () => {
    const input = { path: app.project, folders: [folder] };
    return app.ended((await app.call('project.checkFolders', input)).jobId);
  };
  expect(await check()).toMatchObject({ state: 'failed', done: 600, total: null, unit: 'files' });
  copyFileSync(path.join(photos, 'a.png'), path.join(folder, '0.png'));
  const { state, done } = await check();
  expect(state).toBe('done');
  expect(done).toBeLessThan(600);
});
