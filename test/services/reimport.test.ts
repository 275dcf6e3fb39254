import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OnConflict } from '../../electron/common/entities.ts';
import type { JobResult } from '../../electron/common/jobs.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
let folder: string;

type Source = Readonly<Record<string, readonly (readonly [className: string, ...box: number[]])[]>>;

/** Labels of pictures a.png, b.png, … of 60 × 40 pixels: boxes as class, x, y, width, height. */
async function source(name: string, images: Source): Promise<string> {
  const names = Object.keys(images);
  const classes = [
    ...new Set(Object.values(images).flatMap((boxes) => boxes.map(([className]) => className))),
  ];
  const file = path.join(folder, name);
  writeFileSync(
    file,
    JSON.stringify({
      images: names.map((file_name, id) => ({ id, file_name, width: 60, height: 40 })),
      categories: classes.map((className, id) => ({ id, name: className })),
      annotations: names.flatMap((image, image_id) =>
        images[image]!.map(([className, ...bbox], index) => ({
          id: image_id * 100 + index,
          image_id,
          category_id: classes.indexOf(className),
          bbox,
        })),
      ),
    }),
  );
  await Promise.all(
    names.map((image, shade) =>
      sharp({ create: { width: 60, height: 40, channels: 3, background: { r: shade, g: 5, b: 5 } } })
        .png()
        .toFile(path.join(folder, image)),
    ),
  );
  return file;
}

async function take(file: string, onConflict?: OnConflict, dryRun = false): Promise<JobResult<'import'>> {
  const { jobId } = await app.call('dataset.import', { paths: [file], onConflict, dryRun });
  const job = await app.ended(jobId);
  expect(job.error).toBeUndefined();
  return job.result as JobResult<'import'>;
}

async function imageId(name: string): Promise<number> {
  const { items } = await app.call('images.list', {});
  return items.find(({ fileName }) => fileName === name)!.id;
}

async function labels(name: string): Promise<string[]> {
  const { classes } = await app.call('classes.list', {});
  const { boxes } = await app.call('annotations.get', { imageId: await imageId(name) });
  const nameOf = (id: number): string => classes.find((one) => one.id === id)!.name;
  return boxes
    .map(({ classId, x, y, width, height }) => [nameOf(classId), x, y, width, height].join(' '))
    .sort();
}

let edits = 0;
async function edit(name: string, operation: object): Promise<void> {
  const id = await imageId(name);
  const { image } = await app.call('annotations.get', { imageId: id });
  await app.call('annotations.edit', {
    imageId: id,
    expectedRevision: image.revision,
    editId: `00000000-0000-4000-8000-${String(++edits).padStart(12, '0')}`,
    operations: [operation as never],
  });
}

async function boxAt(name: string, x: number): Promise<number> {
  const { boxes } = await app.call('annotations.get', { imageId: await imageId(name) });
  return boxes.find((box) => box.x === x)!.id;
}

beforeEach(async () => {
  app = new TestApp();
  folder = path.join(app.folder, 'data');
  mkdirSync(folder);
  await app.call('project.open', { path: app.project, create: true });
});
afterEach(() => app.remove());

describe('labels that were corrected and are imported again', () => {
  it('take the place of those that nobody has touched, in one step that can be undone', async () => {
    await take(await source('v1.json', { 'a.png': [['thing', 10, 10, 30, 20]] }));
    const id = await boxAt('a.png', 10);
    const corrected = await source('v2.json', { 'a.png': [['thing', 12, 11, 28, 19]] });
    expect(await take(corrected)).toMatchObject({ boxesAdded: 0, boxesChanged: 1, boxesRemoved: 0 });
    expect(await labels('a.png')).toEqual(['thing 12 11 28 19']);
    expect(await boxAt('a.png', 12)).toBe(id);
    await app.call('project.undo', {});
    expect(await labels('a.png')).toEqual(['thing 10 10 30 20']);
  });

  it('of the same file: a box that it no longer has goes, another class takes the place of the old one', async () => {
    const boxes = [
      ['thing', 1, 1, 9, 9],
      ['thing', 20, 1, 9, 9],
    ] as const;
    await take(await source('labels.json', { 'a.png': boxes, 'b.png': boxes }));
    const file = await source('labels.json', {
      'a.png': [boxes[0]],
      'b.png': [boxes[0], ['other', 20, 1, 9, 9]],
    });
    expect(await take(file)).toMatchObject({ boxesAdded: 1, boxesRemoved: 2, boxesKept: 0 });
    expect(await labels('a.png')).toEqual(['thing 1 1 9 9']);
    expect(await labels('b.png')).toEqual(['other 20 1 9 9', 'thing 1 1 9 9']);
  });

  it('of another file correct a box only where no second one could be meant, and say what they left out', async () => {
    await take(
      await source('v1.json', {
        'a.png': [
          ['thing', 10, 10, 20, 20],
          ['thing', 14, 10, 20, 20],
        ],
      }),
    );
    const file = await source('v2.json', { 'a.png': [['thing', 13, 10, 20, 20]] });
    const done = await take(file);
    expect(done).toMatchObject({
      boxesAdded: 0,
      boxesChanged: 0,
      boxesRemoved: 0,
      boxesKept: 1,
      problems: 1,
    });
    expect(await labels('a.png')).toEqual(['thing 10 10 20 20', 'thing 14 10 20 20']);
  });

  it('of another file leave boxes alone that it says nothing about', async () => {
    await take(await source('cells.json', { 'a.png': [['cell', 1, 1, 9, 9]] }));
    await take(await source('nuclei.json', { 'a.png': [['nucleus', 3, 3, 4, 4]] }));
    expect(await labels('a.png')).toEqual(['cell 1 1 9 9', 'nucleus 3 3 4 4']);
  });

  it('never touch what a person has moved, deleted or judged, and say so', async () => {
    const file = await source('labels.json', {
      'a.png': [
        ['thing', 1, 1, 9, 9],
        ['thing', 20, 1, 9, 9],
        ['thing', 40, 1, 9, 9],
      ],
      'b.png': [['thing', 1, 1, 9, 9]],
    });
    await take(file);
    await edit('a.png', {
      type: 'update-box',
      boxId: await boxAt('a.png', 1),
      changes: { geometry: { x: 2, y: 20, width: 9, height: 9 } },
    });
    await edit('a.png', { type: 'delete-box', boxId: await boxAt('a.png', 20) });
    await edit('b.png', { type: 'delete-box', boxId: await boxAt('b.png', 1) });
    await edit('b.png', { type: 'set-state', state: 'empty' });
    const mine = ['thing 2 20 9 9', 'thing 40 1 9 9'];
    const dry = await take(file, 'update', true);
    expect(dry).toMatchObject({ boxesAdded: 0, boxesKept: 3, problems: 1 });
    expect(await take(file)).toMatchObject({
      boxesAdded: 0,
      boxesChanged: 0,
      boxesRemoved: 0,
      boxesKept: 3,
      problems: 1,
    });
    expect(await labels('a.png')).toEqual(mine);
    expect(await labels('b.png')).toEqual([]);
    // A corrected file that has moved a box which a person has moved too.
    const corrected = await source('labels.json', { 'a.png': [['thing', 2, 22, 9, 9]], 'b.png': [] });
    expect(await take(corrected)).toMatchObject({ boxesRemoved: 1, boxesKept: 1 });
    expect(await labels('a.png')).toEqual(['thing 2 20 9 9']);
  });
});

it('leaves the splits that were drawn here where the source says nothing of splits', async () => {
  const file = await source('boxes.json', { 'a.png': [['cell', 1, 1, 5, 5]], 'b.png': [] });
  await take(file);
  await app.call('images.setSplit', { imageIds: [await imageId('a.png')], split: 'val' });
  await take(await source('boxes.json', { 'a.png': [['cell', 2, 2, 5, 5]], 'b.png': [] }));
  expect(await labels('a.png')).toEqual(['cell 2 2 5 5']);
  const { items } = await app.call('images.list', {});
  expect(items.map(({ split }) => split)).toEqual(['val', 'none']);
});

describe('the other ways to treat labels that are here', () => {
  const v1: Source = { 'a.png': [['thing', 10, 10, 30, 20]], 'b.png': [] };
  const v2: Source = { 'a.png': [['thing', 12, 11, 28, 19]], 'b.png': [['thing', 5, 5, 5, 5]] };

  it.each([
    ['merge', ['thing 10 10 30 20', 'thing 12 11 28 19'], 0],
    ['replace', ['thing 12 11 28 19'], 0],
    ['skip', ['thing 10 10 30 20'], 0],
    ['suggest', ['thing 10 10 30 20'], 1],
  ] as const)('%s: as the dry run has said, and one step to undo', async (choice, after, suggestions) => {
    await take(await source('v1.json', v1));
    const file = await source('v2.json', v2);
    const dry = await take(file, choice, true);
    expect(await labels('a.png')).toEqual(['thing 10 10 30 20']);
    const done = await take(file, choice);
    expect(await labels('a.png')).toEqual(after);
    expect(await labels('b.png')).toEqual(['thing 5 5 5 5']);
    const { suggestions: waiting } = await app.call('annotations.get', { imageId: await imageId('a.png') });
    expect(waiting).toHaveLength(suggestions);
    expect(done).toEqual({
      ...dry,
      choices: [],
      classes: undefined,
      groupFields: undefined,
      splits: undefined,
    });
    expect(dry.imagesLabelled).toBe(1);
    await app.call('project.undo', {});
    expect([await labels('a.png'), await labels('b.png')]).toEqual([['thing 10 10 30 20'], []]);
  });

  it('are counted by the dry run, each', async () => {
    await take(await source('v1.json', v1));
    const { choices } = await take(await source('v2.json', v2), 'update', true);
    const brief = choices.map((one) => [
      one.choice,
      one.images,
      one.boxesAdded,
      one.boxesChanged,
      one.boxesRemoved,
      one.suggestions,
    ]);
    expect(brief).toEqual([
      ['update', 1, 1, 1, 0, 0],
      ['merge', 1, 2, 0, 0, 0],
      ['replace', 1, 2, 0, 1, 0],
      ['skip', 0, 1, 0, 0, 0],
      ['suggest', 1, 1, 0, 0, 1],
    ]);
  });
});

it('says which images the project has already from another folder, before it adds them twice', async () => {
  const file = await source('first.json', { 'a.png': [['cell', 1, 2, 10, 10]], 'b.png': [] });
  await take(file);
  const other = path.join(app.folder, 'other');
  cpSync(folder, other, { recursive: true });
  const { jobId } = await app.call('dataset.import', {
    paths: [path.join(other, 'first.json')],
    dryRun: true,
  });
  const { problems } = await app.ended(jobId);
  const files = ['a.png', 'b.png'].map((name) => path.join(other, name));
  expect(problems.map(({ message, severity }) => [inEnglish(message), severity])).toEqual([
    [
      `2 images (${files.join(', ')}) are copies of images that the project has from other folders: each counts by itself.`,
      'note',
    ],
  ]);
});
