import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../electron/common/jobs.ts';
import { sharedFolder } from '../support/shared.ts';
import { bitmap } from '../images/support.ts';
import { TestApp } from '../support/app.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';

let app: TestApp;
beforeEach(() => (app = new TestApp()));
afterEach(() => app.remove());

async function imported(source: string, more: { dryRun?: boolean; encoding?: string } = {}): Promise<Job> {
  await app.call('project.open', { path: app.project, create: true });
  return app.ended((await app.call('dataset.import', { path: source, ...more })).jobId);
}

const words = ({ problems }: Job): string => problems.map(({ message }) => inEnglish(message)).join('\n');

interface Case {
  readonly at: string;
  readonly images: number;
  readonly boxes: number;
  readonly splits?: Partial<Record<'train' | 'val' | 'test' | 'none', number>>;
  readonly says?: RegExp;
  readonly classes?: readonly string[];
  readonly encoding?: string;
}

/** What people reported of tools of this kind, and what is right: see ../shared/cases/README.md. */
const CASES: readonly Case[] = [
  { at: '01-same-names/roboflow', images: 4, boxes: 4, splits: { train: 2, val: 2 } },
  { at: '01-same-names/annotations', images: 4, boxes: 4, splits: { train: 2, val: 2 } },
  { at: '01-same-names/images-split', images: 4, boxes: 4, splits: { train: 2, val: 2 } },
  { at: '02-captions/captions', images: 1, boxes: 1, says: /captions|no “categories”/ },
  { at: '02-captions/keypoints', images: 1, boxes: 1, says: /taken once/ },
  { at: '03-nfd/coco', images: 2, boxes: 2 },
  { at: '03-nfd/voc', images: 2, boxes: 2 },
  { at: '04-xml-encoding/gb2312', images: 1, boxes: 1, classes: ['汽车'] },
  { at: '04-xml-encoding/windows-1252', images: 1, boxes: 1, classes: ['Straße'] },
  { at: '04-xml-encoding/iso-8859-1', images: 1, boxes: 1, classes: ['caña'] },
  { at: '04-xml-encoding/json-gbk', images: 1, boxes: 1, classes: ['汽车'], encoding: 'gbk' },
  { at: '05-voc-subfolders/only-sub', images: 3, boxes: 3, splits: { train: 3 } },
  { at: '05-voc-subfolders/mixed', images: 4, boxes: 4 },
  { at: '06-roboflow-voc', images: 4, boxes: 4, splits: { train: 2, val: 1, test: 1 } },
  { at: '07-renamed/shifted-numbers', images: 3, boxes: 3, says: /002\.jpg, which exists/ },
  { at: '07-renamed/fresh-names', images: 3, boxes: 3, says: /IMG_100\.jpg/ },
  { at: '11-empty-lines', images: 2, boxes: 2, splits: { train: 1, val: 1 } },
  { at: '12-nan/labels.json', images: 1, boxes: 1, says: /NaN is not a number/ },
  { at: '13-id-types/labels.json', images: 1, boxes: 1, says: /taken as the same/ },
  { at: '13-id-types/string-boxes.json', images: 1, boxes: 1 },
  { at: '35-grouping-category', images: 2, boxes: 2, classes: ['carp', 'pike'], says: /only groups/ },
  { at: '37-class-names/numeric.json', images: 1, boxes: 2, classes: ['0', '1'] },
];

const shared = sharedFolder('cases');

describe.skipIf(shared === null)('cases of public bug reports (where ../shared/cases is there)', () => {
  it.each(CASES)('$at', async ({ at, images, boxes, splits, says, classes, encoding }) => {
    const source = path.join(shared!, at);
    const dry = await imported(source, { dryRun: true, encoding });
    const job = await imported(source, { encoding });
    expect([job.state, job.error]).toEqual(['done', undefined]);
    expect(words(job)).toBe(words(dry));
    expect(job.result).toMatchObject({ images });
    const project = await app.call('project.get', {});
    expect([project.images, project.boxes]).toEqual([images, boxes]);
    if (splits !== undefined) expect(project.bySplit).toMatchObject(splits);
    if (says !== undefined) expect(words(job)).toMatch(says);
    if (classes !== undefined) {
      const list = await app.call('classes.list', {});
      expect(list.classes.map(({ name }) => name)).toEqual(classes);
    }
  });

  it('43-reimport: a corrected file imported again leaves one box; one that a person has moved stays', async () => {
    const folder = path.join(shared!, '43-reimport');
    await imported(path.join(folder, 'v1.json'));
    const imageId = (await app.call('images.list', {})).items[0]!.id;
    const boxes = async () => (await app.call('annotations.get', { imageId })).boxes;
    const [old] = await boxes();
    expect((await imported(path.join(folder, 'v2.json'))).result).toMatchObject({
      boxesAdded: 0,
      boxesChanged: 1,
    });
    const [corrected] = await boxes();
    expect(await boxes()).toHaveLength(1);
    expect(corrected).toMatchObject({ id: old!.id });
    expect(corrected!.x).not.toBe(old!.x);
    const { image } = await app.call('annotations.get', { imageId });
    const geometry = { x: 1, y: 1, width: corrected!.width, height: corrected!.height };
    await app.call('annotations.edit', {
      imageId,
      expectedRevision: image.revision,
      editId: crypto.randomUUID(),
      operations: [{ type: 'update-box', boxId: corrected!.id, changes: { geometry } }],
    });
    const mine = await boxes();
    const again = await imported(path.join(folder, 'v1.json'));
    expect(again.result).toMatchObject({ boxesChanged: 0, boxesRemoved: 0 });
    expect((await boxes()).filter(({ id }) => id === corrected!.id)).toEqual(mine);
  });

  it.each([
    ['37-class-names/long.json', /at most \d+ characters/],
    ['37-class-names/odd.json', /one line/],
    ['39-zip-as-json/annotations.json', /zip archive/],
    ['04-xml-encoding/json-gbk', /not written in UTF-8/],
  ])('%s is refused by the dry run and the import alike, and nothing changes', async (at, says) => {
    for (const dryRun of [true, false]) {
      const job = await imported(path.join(shared!, at), { dryRun });
      expect(job.error).toMatchObject({
        code: 'unusable-input',
        message: expect.stringMatching(says) as string,
      });
      const project = await app.call('project.get', {});
      expect([project.images, project.boxes]).toEqual([0, 0]);
    }
  });
});

it('a class that can’t be stored refuses the dry run and the import alike, before anything is written', async () => {
  await app.sample({ train: 1, val: 0, test: 0 });
  const { items } = await app.call('images.list', {});
  const folder = path.join(app.folder, 'source');
  mkdirSync(folder);
  writeFileSync(
    path.join(folder, 'labels.json'),
    JSON.stringify({
      images: [{ id: 1, file_name: items[0]!.path }],
      categories: [{ id: 1, name: 'a\nb' }],
      annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [1, 1, 5, 5] }],
    }),
  );
  const before = await app.call('project.get', {});
  for (const dryRun of [true, false]) {
    const imageFolders = [path.join(app.project, 'sample')];
    expect(existsSync(imageFolders[0]!)).toBe(true);
    const { jobId } = await app.call('dataset.import', { path: folder, imageFolders, dryRun });
    expect((await app.ended(jobId)).error).toMatchObject({
      code: 'unusable-input',
      details: { place: 'class a\nb' },
    });
  }
  expect(await app.call('project.get', {})).toEqual(before);
});

it.each([
  {
    what: 'more classes than any network tells apart',
    classes: 25_001,
    boxes: 1,
    says: /25,001 classes; 25,000 can be imported/,
  },
  {
    what: 'more boxes on an image than anybody can see',
    classes: 1,
    boxes: 10_001,
    says: /picture\.bmp has 10,001 boxes; 10,000 per image/,
  },
])('refuses $what, before anything is written', async ({ classes, boxes, says }) => {
  await app.call('project.open', { path: app.project, create: true });
  const folder = path.join(app.folder, 'crowd');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'picture.bmp'), bitmap(40, 30));
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);
  writeFileSync(
    path.join(folder, 'labels.json'),
    JSON.stringify({
      images: [{ id: 1, file_name: 'picture.bmp' }],
      categories: numbers(classes).map((id) => ({ id, name: `class ${id}` })),
      annotations: numbers(boxes).map((id) => ({ id, image_id: 1, category_id: 1, bbox: [1, 1, 5, 5] })),
    }),
  );
  const before = await app.call('project.get', {});
  for (const dryRun of [true, false]) {
    const { error } = await app.ended((await app.call('dataset.import', { path: folder, dryRun })).jobId);
    expect(error).toMatchObject({ code: 'unusable-input', message: expect.stringMatching(says) as string });
  }
  expect(await app.call('project.get', {})).toEqual(before);
});

it('answers calls while thousands of images and classes are taken in, and gives each its row', async () => {
  await app.call('project.open', { path: app.project, create: true });
  const folder = path.join(app.folder, 'many');
  mkdirSync(folder);
  const count = 1200;
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  for (const id of numbers) {
    const file = bitmap(4, 3);
    file.writeUInt16LE(id, 54);
    writeFileSync(path.join(folder, `${id}.bmp`), file);
  }
  writeFileSync(
    path.join(folder, 'labels.json'),
    JSON.stringify({
      images: numbers.map((id) => ({ id, file_name: `${id}.bmp` })),
      categories: numbers.map((id) => ({ id, name: `class ${id}` })),
      annotations: numbers.map((id) => ({ id, image_id: id, category_id: id, bbox: [1, 1, 2, 1] })),
    }),
  );
  const { state } = await app.ended((await app.call('dataset.import', { path: folder })).jobId);
  expect(state).toBe('done');
  const { classes } = await app.call('classes.list', {});
  expect(classes.map(({ name, position, uses }) => [name, position, uses])).toEqual(
    numbers.map((id) => [`class ${id}`, id - 1, 1]),
  );
});
