import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRandom } from '../../electron/common/random.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
let pictures: string;

/** A picture of soft spots, as large as a photograph. */
async function scene(seed: number): Promise<Buffer> {
  const random = createRandom(seed);
  const noise = Buffer.from(Array.from({ length: 64 }, () => random.integer(256)));
  return sharp(noise, { raw: { width: 8, height: 8, channels: 1 } })
    .resize(320, 240, { fit: 'fill', kernel: 'cubic' })
    .jpeg({ quality: 95 })
    .toBuffer();
}

beforeEach(async () => {
  app = new TestApp();
  pictures = path.join(app.folder, 'pictures');
  mkdirSync(pictures);
  for (const seed of [1, 2, 3]) writeFileSync(path.join(pictures, `${seed}.jpg`), await scene(seed));
  const again = sharp(await scene(1))
    .flop()
    .resize(200)
    .jpeg({ quality: 60 });
  writeFileSync(path.join(pictures, 'again.jpg'), await again.toBuffer());
  writeFileSync(
    path.join(pictures, 'dark.png'),
    await sharp(await scene(3))
      .linear(0.02, 0)
      .png()
      .toBuffer(),
  );
  await app.call('project.open', { path: app.project, create: true });
  await app.done((await app.call('images.add', { folders: [pictures] })).jobId);
});
afterEach(() => app.remove());

const idsByName = async (): Promise<Record<string, number>> => {
  const { items } = await app.call('images.list', {});
  return Object.fromEntries(items.map(({ id, fileName }) => [fileName, id]));
};

test('a mirrored, smaller copy in another split is a leak once pictures were looked at, and mended', async () => {
  const ids = await idsByName();
  await app.call('images.setSplit', { imageIds: [ids['1.jpg']!, ids['2.jpg']!], split: 'train' });
  await app.call('images.setSplit', { imageIds: [ids['again.jpg']!], split: 'test' });
  expect(await app.call('splits.leaks', {})).toMatchObject({ total: 0, unlooked: 5 });
  const job = await app.done((await app.call('images.look', {})).jobId);
  expect(job.result).toEqual({ images: 5, changed: 0, unreadable: 0, missing: 0 });
  const { leaks, total, unlooked } = await app.call('splits.leaks', {});
  expect({ total, unlooked }).toEqual({ total: 1, unlooked: 0 });
  expect(leaks[0]).toMatchObject({
    kinship: 'similar',
    count: 2,
    images: [
      { path: '1.jpg', split: 'train' },
      { path: 'again.jpg', split: 'test' },
    ],
  });
  expect(await app.call('splits.mend', { imageIds: leaks[0]!.images.map(({ id }) => id) })).toEqual({
    changed: 1,
  });
  expect(await app.call('splits.leaks', {})).toMatchObject({ total: 0 });
  expect((await app.call('project.get', {})).bySplit).toEqual({ train: 3, val: 0, test: 0, none: 2 });
});

test('a file that was changed or cut short since is counted, and looked at again the next time', async () => {
  writeFileSync(path.join(pictures, '2.jpg'), await scene(9));
  writeFileSync(path.join(pictures, '3.jpg'), 'no picture any more');
  const look = async () => (await app.done((await app.call('images.look', {})).jobId)).result;
  expect(await look()).toEqual({ images: 5, changed: 1, unreadable: 1, missing: 0 });
  writeFileSync(path.join(pictures, '2.jpg'), await scene(2));
  writeFileSync(path.join(pictures, '3.jpg'), await scene(3));
  expect(await look()).toEqual({ images: 2, changed: 0, unreadable: 0, missing: 0 });
});
