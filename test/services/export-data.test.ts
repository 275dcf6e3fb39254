import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { InputOf } from '../../electron/common/contract.ts';
import type { Job } from '../../electron/common/jobs.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
beforeEach(async () => {
  app = new TestApp();
  await app.sample({ train: 4, val: 2, test: 0 });
});
afterEach(() => app.remove());

async function exported(input: InputOf<'dataset.export'>): Promise<Job> {
  return app.ended((await app.call('dataset.export', input)).jobId);
}

async function imported(source: string, project: string): Promise<Job> {
  await app.call('project.open', { path: path.join(app.folder, project), create: true });
  return app.ended((await app.call('dataset.import', { paths: [source] })).jobId);
}

/** What a project says, by file name. */
async function labels(): Promise<unknown[]> {
  const { classes } = await app.call('classes.list', {});
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  const { items } = await app.call('images.list', { sort: 'path' });
  const said = await Promise.all(
    items.map(async ({ id }) => {
      const { image, boxes } = await app.call('annotations.get', { imageId: id });
      const found = boxes.map((box) => [
        names.get(box.classId),
        ...[box.x, box.y, box.width, box.height].map(Math.fround),
      ]);
      return [
        image.fileName,
        image.split,
        image.state,
        image.imageClassIds.map((one) => names.get(one)),
        found.map((one) => JSON.stringify(one)).sort(),
      ];
    }),
  );
  return said.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

test('a format that is written comes back the same, image classes, splits and states included', async () => {
  const { items } = await app.call('images.list', { sort: 'path' });
  const [first, second] = items;
  const empty = await app.call('annotations.get', { imageId: first!.id });
  await app.call('annotations.edit', {
    imageId: first!.id,
    expectedRevision: empty.image.revision,
    editId: 'a0000000-0000-4000-8000-000000000000',
    operations: [
      ...empty.boxes.map(({ id }) => ({ type: 'delete-box' as const, boxId: id })),
      { type: 'set-image-classes', classIds: [] },
      { type: 'set-state', state: 'empty' },
    ],
  });
  await app.call('images.setSplit', { imageIds: [second!.id], split: 'none' });
  const before = await labels();
  // Those that differ in what they can say; test/exchange/round-trip.test.ts has all of them.
  for (const format of ['coco', 'yolo', 'voc', 'csv', 'label-studio']) {
    await app.call('project.open', { path: app.project });
    const out = path.join(app.folder, format);
    const { state, result, error } = await exported({ format, out });
    expect([state, error]).toEqual(['done', undefined]);
    expect(result).toMatchObject({ images: 6, unseen: 0, missing: 0, copied: 6 });
    const back = await imported(out, `back-${format}`);
    expect([format, back.state, back.problems]).toEqual([format, 'done', []]);
    expect([format, await labels()]).toEqual([format, before]);
  }
});

test('the dry run counts what will be lost and writes nothing; unseen images are left out and said', async () => {
  const out = path.join(app.folder, 'yolo');
  const { result, problems } = await exported({ format: 'yolo', out, dryRun: true });
  expect(result).toMatchObject({ images: 6, folder: null, losses: { imageClasses: 6 } });
  expect(problems[0]!.message).toContain('classes of 6 images: twinhead.json');
  expect(existsSync(out)).toBe(false);
  const { items } = await app.call('images.list', { filter: { split: 'val' } });
  expect(await exported({ format: 'yolo', out, filter: { split: 'val' } })).toMatchObject({
    result: { images: items.length },
  });
  await app.call('project.open', { path: path.join(app.folder, 'fresh'), create: true });
  await app.done((await app.call('images.add', { folders: [path.join(out, 'images')] })).jobId);
  expect(await exported({ format: 'coco', out: `${out}-2` })).toMatchObject({
    result: { images: 0, unseen: items.length },
  });
});

test('fields that an import brought are written back by the same format, an outline only while its box is as it came', async () => {
  const folder = path.join(app.folder, 'source');
  mkdirSync(folder);
  const { items } = await app.call('images.list', {});
  const picture = path.join(app.project, 'sample', 'train', items[0]!.fileName);
  writeFileSync(
    path.join(folder, 'a.png'),
    readFileSync(existsSync(picture) ? picture : path.join(app.project, 'sample', items[0]!.path)),
  );
  const segmentation = [[10, 10, 30, 10, 30, 40]];
  writeFileSync(
    path.join(folder, 'labels.json'),
    JSON.stringify({
      info: { year: 2026 },
      images: [{ id: 9, file_name: 'a.png', width: 128, height: 128, license: 3 }],
      categories: [{ id: 4, name: 'cell', supercategory: 'tissue' }],
      annotations: [
        {
          id: 1,
          image_id: 9,
          category_id: 4,
          bbox: [10, 10, 20, 30],
          segmentation,
          area: 300,
          iscrowd: 0,
          note: 'x',
        },
        { id: 2, image_id: 9, category_id: 4, bbox: [50, 50, 20, 30], segmentation, area: 300, iscrowd: 0 },
      ],
    }),
  );
  await imported(folder, 'cells');
  const { items: cells } = await app.call('images.list', {});
  const { image, boxes } = await app.call('annotations.get', { imageId: cells[0]!.id });
  await app.call('annotations.edit', {
    imageId: image.id,
    expectedRevision: image.revision,
    editId: 'b0000000-0000-4000-8000-000000000000',
    operations: [
      {
        type: 'update-box',
        boxId: boxes[1]!.id,
        changes: { geometry: { x: 60, y: 50, width: 20, height: 30 } },
      },
    ],
  });
  const out = path.join(app.folder, 'out');
  expect(await exported({ format: 'coco', out })).toMatchObject({ state: 'done' });
  const top = JSON.parse(readFileSync(path.join(out, 'annotations/instances.json'), 'utf8')) as Record<
    string,
    unknown[]
  >;
  expect(top.info).toEqual({ year: 2026 });
  expect(top.images).toMatchObject([{ id: 1, license: 3, file_name: 'a.png' }]);
  expect(top.categories).toEqual([{ supercategory: 'tissue', id: 1, name: 'cell' }]);
  expect(top.annotations).toMatchObject([
    { id: 1, note: 'x', segmentation, area: 300, iscrowd: 0 },
    { id: 2, area: 600, iscrowd: 0, bbox: [60, 50, 20, 30] },
  ]);
  expect(top.annotations![1]).not.toHaveProperty('segmentation');
});

test('a report names the convention of what would be written, and unseen images are in who asks for them', async () => {
  const out = path.join(app.folder, 'voc');
  for (const [options, words] of [
    [{}, 'edges counted from 0'],
    [{ convention: 'pixels' }, 'pixels counted from 1'],
  ] as const)
    for (const dryRun of [true, false])
      expect(await exported({ format: 'voc', out, options, dryRun })).toMatchObject({
        result: { convention: expect.stringContaining(words) as unknown },
      });
  expect(await exported({ format: 'coco', out: `${out}2`, dryRun: true })).toMatchObject({
    result: { convention: null },
  });
  const labelsOnly = await exported({ format: 'yolo', out: `${out}3`, images: 'none', dryRun: true });
  expect(labelsOnly.problems).toContainEqual(
    expect.objectContaining({
      message: expect.stringMatching(/^Only labels are written/) as unknown,
      severity: 'note',
    }),
  );
  const folder = path.join(app.folder, 'others');
  mkdirSync(folder);
  await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toFile(path.join(folder, 'a.png'));
  await app.done((await app.call('images.add', { folders: [folder] })).jobId);
  expect(await exported({ format: 'coco', out, filter: { state: 'unseen' }, dryRun: true })).toMatchObject({
    result: { images: 1, unseen: 0 },
  });
});

test('an option or a folder that can’t be is refused, and a missing file said', async () => {
  const out = path.join(app.folder, 'out');
  expect(await exported({ format: 'voc', out, options: { convention: 'none' } })).toMatchObject({
    error: { code: 'invalid-input', details: { place: 'options.convention' } },
  });
  expect(await exported({ format: 'voc', out: app.project })).toMatchObject({
    error: { code: 'unusable-input' },
  });
  renameSync(path.join(app.project, 'sample'), path.join(app.project, 'elsewhere'));
  expect(await exported({ format: 'voc', out })).toMatchObject({ error: { code: 'unusable-input' } });
  expect(existsSync(out)).toBe(false);
  // Some were found missing before, and are back: the files of now count.
  await app.done((await app.call('images.checkFiles', {})).jobId);
  renameSync(path.join(app.project, 'elsewhere'), path.join(app.project, 'sample'));
  expect(await exported({ format: 'voc', out: `${out}1` })).toMatchObject({
    result: { images: 6, missing: 0, copied: 6 },
  });
  const { file } = await app.call('images.check', {
    imageId: (await app.call('images.list', {})).items[0]!.id,
  });
  rmSync(file);
  const without = await exported({ format: 'voc', out: `${out}2` });
  expect(without.result).toMatchObject({ images: 5, missing: 1, copied: 5 });
  expect(without.problems.map(({ message }) => inEnglish(message)).join(' ')).toContain(path.basename(file));
  expect(await exported({ format: 'voc', out, images: 'none' })).toMatchObject({
    result: { images: 6, copied: 0 },
  });
});

test('a file that has changed since it was labelled is named, and left out with its boxes where they don’t fit it', async () => {
  const { items } = await app.call('images.list', { sort: 'path' });
  const { file } = await app.call('images.check', { imageId: items[0]!.id });
  const whole = readFileSync(file);
  // As many bytes, as after a fault of the disk.
  writeFileSync(
    file,
    whole.map((byte, at) => (at > whole.length / 2 ? 0 : byte)),
  );
  utimesSync(file, 1_000_000, 1_000_000);
  const out = path.join(app.folder, 'out');
  const { result, problems } = await exported({ format: 'coco', out, images: 'copy' });
  expect(result).toMatchObject({ images: 5, copied: 5 });
  expect(problems).toContainEqual(expect.objectContaining({ file }));
  const saidOf = (all: typeof problems): string[] =>
    all.filter((one) => one.file === file).map(({ message }) => inEnglish(message));
  expect(saidOf(problems)).toEqual(['Left out: the file is damaged.']);
  const { width, height } = items[0]!;
  const picture = (w: number, h: number) =>
    sharp({ create: { width: w, height: h, channels: 3, background: '#224466' } })
      .png()
      .toBuffer();
  writeFileSync(file, await picture(width + 1, height));
  const resized = await exported({ format: 'coco', out: `${out}3`, images: 'copy' });
  expect(resized).toMatchObject({ result: { images: 5 } });
  expect(saidOf(resized.problems)).toEqual([
    `Left out: the image is ${width + 1} × ${height} now; it was ${width} × ${height} when it was labelled.`,
  ]);
  writeFileSync(file, await picture(width, height));
  const counted = await exported({ format: 'coco', out: `${out}4`, images: 'copy', dryRun: true });
  expect(saidOf(counted.problems)).toEqual([
    'The file has changed since it was labelled. It will be exported as it is now.',
  ]);
  const other = await exported({ format: 'coco', out: `${out}4`, images: 'copy' });
  expect(other.result).toMatchObject({ images: 6, copied: 6 });
  expect(saidOf(other.problems)).toEqual([
    'The file has changed since it was labelled. It was exported as it is now.',
  ]);
  // Without pictures nothing is looked at.
  expect(await exported({ format: 'coco', out: `${out}2`, images: 'none' })).toMatchObject({
    result: { images: 6 },
  });
});

test('missing files are counted, and some of them named', async () => {
  const { items } = await app.call('images.list', { sort: 'path' });
  for (const { id } of items.slice(0, 4)) {
    rmSync((await app.call('images.check', { imageId: id })).file);
    await app.call('images.check', { imageId: id });
  }
  const out = path.join(app.folder, 'out');
  const { result, problems } = await exported({ format: 'coco', out, images: 'copy', dryRun: true });
  expect(result).toMatchObject({ images: 2, missing: 4 });
  const names = items.slice(0, 3).map((image) => image.path);
  expect(problems.map(({ message }) => inEnglish(message))).toContain(
    `4 images are left out, since their files do not exist (${names.join(', ')} and 1 more).`,
  );
});

test('an export without labels says so: no images, none that pass, none reviewed, none labelled', async () => {
  const out = (name: string): string => path.join(app.folder, name);
  const said = async (input: InputOf<'dataset.export'>): Promise<string[]> =>
    (await exported(input)).problems.map(({ message }) => inEnglish(message));
  expect(await said({ format: 'yolo', out: out('none'), filter: { text: 'no such name' } })).toEqual([
    expect.stringContaining('No image passes the filter'),
  ]);
  await app.call('project.open', { path: out('empty'), create: true });
  for (const dryRun of [true, false])
    expect(await said({ format: 'yolo', out: out('nothing'), dryRun })).toEqual([
      expect.stringContaining('The project has no images'),
    ]);
  await app.done((await app.call('images.add', { folders: [path.join(app.project, 'sample')] })).jobId);
  expect(await said({ format: 'yolo', out: out('unseen') })).toEqual([
    expect.stringContaining('Nobody has reviewed any'),
  ]);
  const all = await said({ format: 'voc', out: out('unlabelled'), unseen: true });
  expect(all[0]).toContain('None of these images is labelled');
});

test('boxes of chosen classes can’t be recognised on the copies of any format; labels and originals stay', async () => {
  const { classes } = await app.call('classes.list', {});
  const [hidden] = classes.filter(({ kind, uses }) => kind === 'object' && uses > 0);
  const { items } = await app.call('images.list', { filter: { classIds: [hidden!.id] }, sort: 'path' });
  const files = items.map(({ id }) => id);
  const originals = await Promise.all(
    files.map(async (imageId) => {
      const { image } = await app.call('annotations.get', { imageId });
      const file = path.join(app.project, 'sample', image.path);
      return { file, bytes: readFileSync(file) };
    }),
  );
  const { datasets } = await app.call('formats.list', {});
  const before = await labels();
  for (const { id: format } of datasets.filter(({ writes }) => writes)) {
    const out = path.join(app.folder, `blurred-${format}`);
    const { state, problems, error } = await exported({ format, out, blur: [hidden!.name] });
    expect([format, state, error]).toEqual([format, 'done', undefined]);
    expect(problems.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(`on ${String(files.length)} of the copied images`),
    );
    const written = readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name)));
    for (const { file, bytes } of originals) {
      expect(
        written.some((one) => one.includes(bytes)),
        `${format}: ${file}`,
      ).toBe(false);
      expect(readFileSync(file).equals(bytes)).toBe(true);
    }
  }
  expect(await labels()).toEqual(before);
});

test('what is blurred are copies, and classes that the project has', async () => {
  const out = path.join(app.folder, 'out');
  const linked = await exported({ format: 'coco', out, images: 'link', blur: ['0'] });
  expect(linked.error?.message).toContain('Only copied images can be blurred');
  const unknown = await exported({ format: 'coco', out, blur: ['face'] });
  expect(unknown.error?.code).toBe('invalid-input');
  expect(unknown.error?.details['remedy']).toBe('Its object classes are: 0, 1, 2 and 7 more.');
  expect(existsSync(out)).toBe(false);
});

test('a format that is not there is refused before there is a job', async () => {
  const out = path.join(app.folder, 'out');
  const refused = { code: 'invalid-input', details: { place: 'format' } };
  const { jobs: before } = await app.call('jobs.history', {});
  await expect(app.call('dataset.export', { format: 'nope', out })).rejects.toMatchObject(refused);
  await expect(app.call('dataset.import', { format: 'nope', paths: [app.folder] })).rejects.toMatchObject(
    refused,
  );
  expect((await app.call('jobs.history', {})).jobs).toEqual(before);
  expect(existsSync(out)).toBe(false);
});
