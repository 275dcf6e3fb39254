import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { bitmap } from '../images/support.ts';
import { TestApp } from '../support/app.ts';
import { encodeText } from '../support/encode-text.ts';

let app: TestApp;
beforeEach(() => (app = new TestApp()));
afterEach(() => app.remove());

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
    const { jobId } = await app.call('dataset.import', { paths: [folder], imageFolders, dryRun });
    expect((await app.ended(jobId)).error).toMatchObject({
      code: 'unusable-input',
      details: { place: 'class a\nb' },
    });
  }
  expect(await app.call('project.get', {})).toEqual(before);
});

it('says of an encoding that was found to choose another one, and after the import to undo that first', async () => {
  await app.call('project.open', { path: app.project, create: true });
  const folder = path.join(app.folder, 'source');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'a.bmp'), bitmap(40, 30));
  writeFileSync(
    path.join(folder, 'boxes.csv'),
    encodeText('filename,class,xmin,ymin,xmax,ymax\na.bmp,гемоглобин,1,2,9,9\n', 'Windows-1251')!,
  );
  const remedies = async (dryRun: boolean) => {
    const { jobId } = await app.call('dataset.import', { paths: [folder], dryRun });
    return (await app.ended(jobId)).problems.map(({ remedy }) =>
      remedy === undefined ? '' : inEnglish(remedy),
    );
  };
  expect(await remedies(true)).toContain('If these names are wrong, choose another encoding.');
  expect(await remedies(false)).toContain(
    'If these names are wrong, undo the import first, then import again with another encoding.',
  );
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
    const { error } = await app.ended((await app.call('dataset.import', { paths: [folder], dryRun })).jobId);
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
  const { state } = await app.ended((await app.call('dataset.import', { paths: [folder] })).jobId);
  expect(state).toBe('done');
  const { classes } = await app.call('classes.list', {});
  expect(classes.map(({ name, position, uses }) => [name, position, uses])).toEqual(
    numbers.map((id) => [`class ${id}`, id - 1, 1]),
  );
});
