import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { InputOf } from '../../electron/common/contract.ts';
import type { Job, JobResult } from '../../electron/common/jobs.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { TestApp } from '../support/app.ts';
import { writeZipFile } from '../support/zip.ts';

let app: TestApp;
let train: string;
let val: string;
beforeEach(async () => {
  app = new TestApp();
  await app.call('project.open', { path: app.project, create: true });
  const folder = path.join(app.folder, 'data');
  mkdirSync(folder);
  const file = async (name: string, image: string, shade: number): Promise<string> => {
    await sharp({ create: { width: 60, height: 40, channels: 3, background: { r: shade, g: 5, b: 5 } } })
      .png()
      .toFile(path.join(folder, image));
    const at = path.join(folder, name);
    writeFileSync(
      at,
      JSON.stringify({
        images: [{ id: 1, file_name: image, width: 60, height: 40 }],
        categories: [{ id: 1, name: 'cell' }],
        annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [5, 6, 20, 10] }],
      }),
    );
    return at;
  };
  train = await file('instances_train.json', 'a.png', 1);
  val = await file('instances_val.json', 'b.png', 2);
});
afterEach(() => app.remove());

async function take(paths: string[], more: Partial<InputOf<'dataset.import'>> = {}): Promise<Job> {
  return app.ended((await app.call('dataset.import', { paths, ...more })).jobId);
}

const counts = async () => {
  const { images, boxes, revision } = await app.call('project.get', {});
  return { images, boxes, revision };
};

it('several files come in by one import, which a dry run shows and one undo takes back', async () => {
  const before = await counts();
  const dry = await take([train, val], { dryRun: true });
  expect(dry.result).toMatchObject({ images: 2, boxes: 2, boxesAdded: 2 } satisfies Partial<
    JobResult<'import'>
  >);
  expect(await counts()).toEqual(before);

  const { error, result, title } = await take([train, val, train]);
  expect(error).toBeUndefined();
  expect(result).toMatchObject({ imagesAdded: 2, boxesAdded: 2 });
  expect(inEnglish(title)).toContain('instances_train.json, instances_val.json');
  const { items } = await app.call('images.list', { sort: 'path' });
  expect(items.map(({ fileName, split }) => [fileName, split])).toEqual([
    ['a.png', 'train'],
    ['b.png', 'val'],
  ]);
  expect((await app.call('snapshots.list', {})).snapshots).toHaveLength(1);

  // In any order they are the same source, whose labels are there.
  expect((await take([val, train])).result).toMatchObject({
    imagesAdded: 0,
    boxesAdded: 0,
    imagesLabelled: 2,
  });
  await app.call('project.undo', {});
  expect((await counts()).boxes).toBe(0);
});

it('one that can’t be read, or a zip among them, leaves the project as it was', async () => {
  const before = await counts();
  writeFileSync(val, '{"images": [');
  expect((await take([train, val])).error).toMatchObject({ code: 'unusable-input', details: { file: val } });
  const zip = await writeZipFile(path.join(app.folder, 'more.zip'), [{ name: 'a.json', content: '{}' }]);
  expect((await take([train, zip])).error).toMatchObject({
    code: 'invalid-input',
    message: 'A zip archive has to be imported by itself.',
    details: { file: zip },
  });
  expect(await counts()).toEqual(before);
});

it('a zip may hold several', async () => {
  const names = ['a.png', 'b.png', 'instances_train.json', 'instances_val.json'];
  const entries = names.map((name) => ({
    name,
    content: readFileSync(path.join(path.dirname(train), name)),
  }));
  const zip = await writeZipFile(path.join(app.folder, 'set.zip'), entries);
  expect((await take([zip])).result).toMatchObject({ imagesAdded: 2, boxesAdded: 2 });
});
