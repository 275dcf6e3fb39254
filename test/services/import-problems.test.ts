import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { InputOf } from '../../electron/common/contract.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { TAR_END, tarred } from '../../electron/exchange/formats/webdataset/tar.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
let folder: string;
beforeEach(async () => {
  app = new TestApp();
  folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-problems-'));
  await app.call('project.open', { path: app.project, create: true });
});
afterEach(async () => {
  await app.remove();
  rmSync(folder, { recursive: true, force: true });
});

const picture = (): Promise<Buffer> =>
  sharp({ create: { width: 60, height: 40, channels: 3, background: 'red' } })
    .png()
    .toBuffer();

async function found(input: Omit<InputOf<'dataset.import'>, 'dryRun'>) {
  const { jobId } = await app.call('dataset.import', { ...input, dryRun: true });
  const { problems } = await app.ended(jobId);
  return problems.map(({ severity, file, place, message }) => ({
    severity,
    file,
    place: inEnglish(place ?? ''),
    message: inEnglish(message),
  }));
}

async function coco(): Promise<string> {
  const file = path.join(folder, 'labels.json');
  writeFileSync(path.join(folder, 'a.png'), await picture());
  const box = (id: number, bbox: unknown) => ({ id, image_id: 1, category_id: 1, bbox, iscrowd: 0 });
  writeFileSync(
    file,
    JSON.stringify({
      images: [{ id: 1, file_name: 'a.png', width: 60, height: 40 }],
      categories: [
        { id: 1, name: 'cell' },
        { id: 2, name: 'Cell' },
      ],
      annotations: [box(1, [50, 10, 20, 10]), box(2, [1, 1, 0, 5]), box(3, [1, 1]), box(4, [2, 2, 9, 9])],
    }),
  );
  return file;
}

it('says how grave each problem is: left out, changed, or only to be known', async () => {
  const file = await coco();
  expect(await found({ paths: [file] })).toEqual([
    {
      severity: 'error',
      file,
      place: 'annotations[2]',
      message: expect.stringContaining('is left out') as unknown,
    },
    {
      severity: 'warning',
      file,
      place: 'annotations[0].bbox',
      message: expect.stringContaining('is cut there') as unknown,
    },
    {
      severity: 'error',
      file,
      place: 'annotations[1].bbox',
      message: expect.stringContaining('has no area') as unknown,
    },
    expect.objectContaining({ severity: 'note', place: 'class Cell' }),
  ]);
});

it('says that a format has no convention or no columns to choose, where one was chosen', async () => {
  mkdirSync(path.join(folder, 'images'));
  mkdirSync(path.join(folder, 'labels'));
  writeFileSync(path.join(folder, 'images', 'a.png'), await picture());
  writeFileSync(path.join(folder, 'labels', 'a.txt'), '0 0.5 0.5 0.5 0.5\n');
  writeFileSync(path.join(folder, 'data.yaml'), 'train: images\nnames: [cell]\n');
  const columns = { image: 'a', class: 'b', xmin: 'c', ymin: 'd', xmax: 'e', ymax: 'f' };
  expect(await found({ paths: [folder], convention: 'pixels', columns })).toEqual([
    expect.objectContaining({
      severity: 'warning',
      message: 'YOLO counts coordinates in one way only: the chosen convention has no effect.',
    }),
    expect.objectContaining({
      severity: 'warning',
      message: 'YOLO has no columns to choose: the chosen ones have no effect.',
    }),
  ]);
});

it('names the file that a picture came out of, not where it was put', async () => {
  const shard = path.join(folder, 'cells.tar');
  const objects = [{ class: 'cell', bbox: [50, 10, 20, 10] }];
  writeFileSync(
    shard,
    Buffer.concat([
      tarred('a.png', await picture()),
      tarred('a.json', Buffer.from(JSON.stringify({ objects }))),
      tarred('b.png', Buffer.from('no picture at all')),
      tarred('b.json', Buffer.from(JSON.stringify({ objects: [] }))),
      TAR_END,
    ]),
  );
  const problems = await found({ paths: [shard], format: 'webdataset' });
  expect(problems.length).toBeGreaterThan(0);
  for (const { file } of problems) expect(file?.startsWith(shard), file).toBe(true);
});
