import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JobResult } from '../../electron/common/jobs.ts';
import { TestApp } from '../support/app.ts';
import { writeZipFile } from '../support/zip.ts';

let app: TestApp;
let folder: string;
beforeEach(async () => {
  app = new TestApp();
  folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-zips-'));
  await app.call('project.open', { path: app.project, create: true });
});
afterEach(async () => {
  await app.remove();
  rmSync(folder, { recursive: true, force: true });
});

const picture = (shade: number): Promise<Buffer> =>
  sharp({ create: { width: 60, height: 40, channels: 3, background: { r: shade, g: 5, b: 5 } } })
    .png()
    .toBuffer();

async function yolo(label = '0 0.5 0.5 0.5 0.5\n'): Promise<string> {
  return writeZipFile(path.join(folder, 'cells.zip'), [
    { name: '__MACOSX/._cells', content: 'x' },
    { name: 'cells/data.yaml', content: 'train: images/train\nnames: [cell]\n' },
    { name: 'cells/images/train/a.png', content: await picture(1) },
    { name: 'cells/images/train/b.png', content: await picture(2) },
    { name: 'cells/labels/train/a.txt', content: label },
    { name: 'cells/labels/train/b.txt', content: '' },
  ]);
}

async function take(file: string, dryRun = false) {
  const { jobId } = await app.call('dataset.import', { paths: [file], dryRun });
  return app.ended(jobId);
}

const litter = (): string[] => readdirSync(app.project).filter((name) => /^import-/.test(name));

it('imports a data set out of a zip; its pictures stay among the project’s own, and are not taken twice', async () => {
  const file = await yolo();
  const dry = await take(file, true);
  expect(dry.error).toBeUndefined();
  expect(dry.result).toMatchObject({ images: 2, imagesAdded: 2, boxes: 1 } satisfies Partial<
    JobResult<'import'>
  >);
  expect(existsSync(path.join(app.project, 'images'))).toBe(false);
  expect((await take(file)).result).toMatchObject({ imagesAdded: 2, boxesAdded: 1 });
  const { items } = await app.call('images.list', {});
  expect(items.map(({ fileName, missing }) => [fileName, missing])).toEqual([
    ['a.png', false],
    ['b.png', false],
  ]);
  expect((await take(file)).result).toMatchObject({ images: 2, imagesAdded: 0, boxesAdded: 0 });
  expect(litter()).toEqual([]);
});

it('imports Parquet with the pictures inside; a second time and a cancelled one leave nothing behind', async () => {
  const file = await yolo();
  await take(file);
  const out = path.join(folder, 'parquet');
  const { jobId } = await app.call('dataset.export', { format: 'parquet', out });
  expect((await app.ended(jobId)).state).toBe('done');
  const other = new TestApp();
  try {
    await other.call('project.open', { path: other.project, create: true });
    const { jobId: first } = await other.call('dataset.import', { paths: [out] });
    expect((await other.ended(first)).result).toMatchObject({ imagesAdded: 2, boxesAdded: 1, problems: 0 });
    const { jobId: again } = await other.call('dataset.import', { paths: [out] });
    expect((await other.ended(again)).result).toMatchObject({ images: 2, imagesAdded: 0, boxesAdded: 0 });
    const { jobId: left } = await other.call('dataset.import', { paths: [out] });
    await other.call('jobs.cancel', { jobId: left });
    expect((await other.ended(left)).state).toBe('cancelled');
    expect(readdirSync(other.project).filter((name) => /^import-/.test(name))).toEqual([]);
  } finally {
    await other.remove();
  }
});

it('asks for the columns of a table in a zip, and remembers them', async () => {
  const table = (name: string, beside: { name: string; content: string }[] = []): Promise<string> =>
    picture(3).then((content) =>
      writeZipFile(path.join(folder, name), [
        { name: 'set/a.png', content },
        {
          name: 'set/boxes.csv',
          content: 'foto,kind,l,t,r,b\na.png,cell,3,4,23,34\na.png,cell,30,5,50,20\n',
        },
        ...beside,
      ]),
    );
  const file = await table('table.zip');
  const asked = (at: string) => app.call('dataset.columns', { paths: [at] });
  const found = (await asked(file)).table;
  expect(found).toMatchObject({ by: 'values', names: ['foto', 'kind', 'l', 't', 'r', 'b'] });
  expect(found?.file).toBe(`${file}/set/boxes.csv`);
  const { jobId } = await app.call('dataset.import', {
    paths: [file],
    format: 'csv',
    columns: found!.columns,
  });
  expect((await app.ended(jobId)).result).toMatchObject({ images: 1, boxesAdded: 2 });
  expect((await asked(await table('again.zip'))).table?.by).toBe('before');
  // A table beside other labels is not what the archive is about.
  expect((await asked(await table('other.zip', [{ name: 'set/a.json', content: '{}' }]))).table).toBeNull();
});

it('names the archive and the entry in what it says', async () => {
  const file = await yolo('0 0.5 0.5 0.5 x\n');
  const { problems } = await take(file);
  expect(problems.map((one) => one.file)).toContain(`${file}/cells/labels/train/a.txt`);
});

it('says of a file that is only named as a zip that it is none', async () => {
  const file = path.join(folder, 'page.zip');
  writeFileSync(file, '<!DOCTYPE html>');
  expect((await take(file)).error).toMatchObject({
    code: 'unusable-input',
    message: 'page.zip isn’t a zip file.',
    details: { file },
  });
});

it('takes its pictures away again where the import fails, and says why', async () => {
  const file = await writeZipFile(path.join(folder, 'broken.zip'), [
    { name: 'a.png', content: 'no picture' },
    {
      name: 'a.json',
      content: JSON.stringify({
        version: '5',
        shapes: [],
        imagePath: 'a.png',
        imageWidth: 6,
        imageHeight: 4,
      }),
    },
  ]);
  const { state } = await take(file);
  expect(state).toBe('failed');
  expect(
    readdirSync(path.join(app.project, 'images'), { recursive: true }).filter((name) =>
      /png$/.test(String(name)),
    ),
  ).toEqual([]);
  const unknown = await take(
    await writeZipFile(path.join(folder, 'other.zip'), [{ name: 'a.txt', content: 'x' }]),
  );
  expect(unknown.error).toMatchObject({
    code: 'unusable-input',
    details: { file: path.join(folder, 'other.zip') },
  });
  expect(litter()).toEqual([]);
});
