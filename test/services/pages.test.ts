import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { InputOf } from '../../electron/common/contract.ts';
import type { Job } from '../../electron/common/jobs.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
let photos: string;

async function paged(reds: readonly number[], format: 'tiff' | 'gif'): Promise<Buffer> {
  const pages = await Promise.all(
    reds.map((red) =>
      sharp({ create: { width: 12, height: 8, channels: 3, background: { r: red, g: 5, b: 5 } } })
        .png()
        .toBuffer(),
    ),
  );
  return sharp(pages, { join: { animated: true } })
    .toFormat(format, { compression: 'lzw' })
    .toBuffer();
}

beforeEach(async () => {
  app = new TestApp();
  photos = path.join(app.folder, 'photos');
  mkdirSync(path.join(photos, 'deeper'), { recursive: true });
  writeFileSync(path.join(photos, 'stack.tif'), await paged([10, 100, 200], 'tiff'));
  writeFileSync(path.join(photos, 'deeper', 'stack.tif'), await paged([20, 120], 'tiff'));
  writeFileSync(
    path.join(photos, 'plain.png'),
    await sharp(await paged([50, 60], 'gif'))
      .png()
      .toBuffer(),
  );
  await app.call('project.open', { path: app.project, create: true });
});
afterEach(() => app.remove());

async function add(pages: InputOf<'images.add'>['pages']): Promise<Job> {
  return app.done((await app.call('images.add', { folders: [photos], pages })).jobId);
}

async function images(): Promise<[path: string, group: string | null][]> {
  const { items } = await app.call('images.list', { sort: 'path' });
  return items.map((image) => [image.path, image.group]);
}

test('the first page only is used by default, with a word on what to do for the others', async () => {
  const { problems } = await add('first');
  expect(problems.map(({ file }) => file)).toEqual([
    path.join(photos, 'deeper', 'stack.tif'),
    path.join(photos, 'stack.tif'),
  ]);
  expect(problems[1]?.message).toMatch(/3 frames or pages/);
  expect(problems[1]?.remedy).toMatch(/choose the pages/);
  expect(await images()).toEqual([
    ['deeper/stack.tif', null],
    ['plain.png', null],
    ['stack.tif', null],
  ]);
});

test('every page becomes an image, one group a file, also of files that were added before', async () => {
  await add('first');
  const original = readFileSync(path.join(photos, 'stack.tif'));
  expect((await add('all')).problems).toEqual([]);
  const [deeper, stack] = ['pages:stack.tif', 'pages:stack.tif (2)'];
  expect(await images()).toEqual([
    ['deeper/stack.tif', deeper],
    ['plain.png', null],
    ['stack.tif', stack],
    ['stack.tif (2)/page-0002.tif', stack],
    ['stack.tif (2)/page-0003.tif', stack],
    ['stack.tif/page-0002.tif', deeper],
  ]);
  // The originals are as they were, and a second time adds nothing.
  expect(readFileSync(path.join(photos, 'stack.tif')).equals(original)).toBe(true);
  expect((await add('all')).result).toMatchObject({ added: 0 });
  expect(await images()).toHaveLength(6);
});

test('chosen pages only, and a word where a file lacks one', async () => {
  const { problems } = await add([3]);
  expect(problems).toMatchObject([
    {
      file: path.join(photos, 'deeper', 'stack.tif'),
      place: 'pages 3',
      message: 'The file has 2 pages or frames.',
    },
  ]);
  expect(await images()).toEqual([
    ['plain.png', null],
    ['stack.tif/page-0003.tif', 'pages:stack.tif'],
  ]);
  const kept = path.join(app.project, 'images', 'stack.tif', 'page-0003.tif');
  expect((await sharp(kept).raw().toBuffer()).subarray(0, 3)).toEqual(Buffer.from([200, 5, 5]));
  expect(readdirSync(path.dirname(kept)).sort()).toEqual(['page-0003.tif', 'source.json']);
});

test('a video where a folder is expected gets a word of its own', async () => {
  const file = path.join(app.folder, 'clip.mp4');
  writeFileSync(file, 'no matter');
  const { jobId } = await app.call('images.add', { folders: [file] });
  expect((await app.ended(jobId)).error).toMatchObject({
    code: 'unusable-input',
    message: 'This is a video. Only the interface can take frames from it.',
    details: { file },
  });
});

test('a data set takes the first page of each of its files, and says how many have further ones', async () => {
  const file = path.join(app.folder, 'cells.json');
  const names = ['stack.tif', 'deeper/stack.tif', 'plain.png'];
  writeFileSync(
    file,
    JSON.stringify({
      images: names.map((file_name, index) => ({ id: index + 1, file_name, width: 12, height: 8 })),
      categories: [{ id: 1, name: 'cell' }],
      annotations: names.map((_, index) => ({
        id: index + 1,
        image_id: index + 1,
        category_id: 1,
        bbox: [1, 1, 4, 4],
      })),
    }),
  );
  const imported = async (strict: boolean): Promise<Job> => {
    const { jobId } = await app.call('dataset.import', { paths: [file], imageFolders: [photos], strict });
    return app.ended(jobId);
  };
  const word = { message: '2 files have several pages or frames; the first one is used.' };
  expect(await imported(true)).toMatchObject({
    state: 'failed',
    error: { code: 'unusable-input', message: `Nothing was imported: ${word.message}` },
  });
  const { state, problems, result } = await imported(false);
  expect(state).toBe('done');
  expect(problems).toMatchObject([{ ...word, remedy: expect.stringContaining('folder') as string }]);
  expect(result).toMatchObject({ images: 3, problems: 1 });
});
