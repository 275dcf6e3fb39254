import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dataset, DatasetBox, DatasetImage } from '../../electron/common/dataset.ts';
import { FORMATS, isLabelFile, readDataset, writeDataset } from '../../electron/exchange/index.ts';
import { findImageFiles } from '../../electron/images/index.ts';
import { unpackInto, useTemporaryFolder, writeFiles } from './support.ts';

const folder = useTemporaryFolder();
let next = 0;
const WRITABLE = FORMATS.filter(({ write, read }) => write !== undefined && read !== undefined);
const SIZE = { width: 640, height: 480 };

const name = fc.oneof(
  fc.constantFrom(
    'cat',
    '汽车',
    'Straße',
    '=1+1',
    '-x',
    "'quoted'",
    "''-x",
    'a, b',
    'a "b"',
    'x & <y>',
    '7',
    'yes',
    'null',
    '#c',
  ),
  fc
    .stringMatching(/^[A-Za-z0-9äé中 _.:'"&<>,;=+@-]{1,12}$/)
    .map((text) => text.trim())
    .filter((text) => text !== ''),
);
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 4, selector: (text) => text.toLowerCase() });
const paths = ['a.jpg', 'val/b.jpg', 'cam 1/a.jpg', 'cam 1/ü (2).png', 'deep/er/pet.toy-1.jpg'];

const box = (classes: readonly string[]): fc.Arbitrary<DatasetBox> =>
  fc
    .record({
      x: fc.double({ min: 0, max: 600, noNaN: true }),
      y: fc.double({ min: 0, max: 440, noNaN: true }),
      width: fc.double({ min: 1.5, max: 40, noNaN: true }),
      height: fc.double({ min: 1.5, max: 40, noNaN: true }),
      className: fc.constantFrom(...classes),
      score: fc.option(fc.double({ min: 0.01, max: 1, noNaN: true }), { nil: null }),
      attributes: fc.constantFrom<DatasetBox['attributes'][]>(
        {},
        { truncated: true },
        { difficult: true, colour: 'red' },
        { crowd: true },
        { count: 3 },
      ),
    })
    .map((one) => ({ ...one, unknown: {} }));

const dataset = fc.record({ objects: names, wholes: names }).chain(({ objects, wholes }) =>
  fc
    .tuple(
      ...paths.map((path) =>
        fc.record({
          path: fc.constant(path),
          split: fc.constantFrom<DatasetImage['split'][]>('train', 'val', 'test', 'none'),
          // YOLO takes the same row once.
          boxes: fc.uniqueArray(box(objects), {
            maxLength: 4,
            selector: ({ x, y }) => `${Math.round(x)} ${Math.round(y)}`,
          }),
          imageClasses: fc.subarray(wholes.slice(0, 2)),
          reviewed: fc.boolean(),
        }),
      ),
    )
    .map((images) => ({ objects, wholes, images }))
    .filter(({ images }) => images.some(({ boxes }) => boxes.length > 0)),
);

type Content = {
  objects: string[];
  wholes: string[];
  images: Pick<DatasetImage, 'path' | 'split' | 'boxes' | 'imageClasses' | 'reviewed'>[];
};

async function pictures(): Promise<string> {
  return writeFiles(join(folder.path, 'pictures'), Object.fromEntries(paths.map((path) => [path, path])));
}

function asDataset({ objects, wholes, images }: Content, root: string): Dataset {
  const classes = (kind: 'object' | 'image', list: string[]) =>
    list.map((one) => ({ kind, name: one, sourceId: null, unknown: {} }));
  return {
    format: 'twinhead',
    classes: [...classes('image', wholes), ...classes('object', objects)],
    unknown: {},
    images: images.map((image) => ({
      ...image,
      ...SIZE,
      file: join(root, image.path),
      reviewed: image.reviewed || image.boxes.length > 0 || image.imageClasses.length > 0,
      unknown: {},
    })),
  };
}

/** By the picture's content, which here is its path. */
async function read(out: string, format: string) {
  const { dataset, problems } = await readDataset([out], 'auto', {
    listImages: findImageFiles,
    sizeOf: async () => SIZE,
    unpack: unpackInto(`${out}-pictures`),
  });
  expect(dataset.format).toBe(format);
  const images = new Map<string, DatasetImage>();
  for (const image of dataset.images) images.set(await readFile(image.file!, 'utf8'), image);
  return { dataset, images, problems };
}

/** Pixels: TFRecord has 32-bit shares of the image. */
const TOLERANCE: Readonly<Record<string, number>> = { tfrecord: 1e-3 };

/** The same boxes in the same order, but for what the format says that it loses. */
function expectSame(
  back: readonly DatasetBox[],
  before: readonly DatasetBox[],
  loses: readonly string[],
  id: string,
): void {
  const words = (boxes: readonly DatasetBox[]): unknown[] =>
    boxes.map(({ className, score, attributes }) => ({
      className,
      score: loses.includes('scores') ? null : score,
      attributes: loses.includes('attributes') ? {} : attributes,
    }));
  expect(words(back)).toEqual(words(before));
  const numbers = (boxes: readonly DatasetBox[]): number[] =>
    boxes.flatMap(({ x, y, width, height }) => [x, y, width, height]);
  const expected = numbers(before);
  const off = numbers(back).map((value, index) => Math.abs(value - expected[index]!));
  expect(Math.max(0, ...off)).toBeLessThan(TOLERANCE[id] ?? 1e-6);
}

describe.each(WRITABLE.map((format) => [format.id, format] as const))('%s', (id, { loses, labelFiles }) => {
  it('gives back what was written, but for what it says that it loses', async () => {
    const root = await pictures();
    await fc.assert(
      fc.asyncProperty(dataset, async (content) => {
        const out = join(folder.path, `${id}-${++next}`);
        const source = asDataset(content, root);
        await writeDataset({ format: id, out, dataset: source, pictures: 'copy', options: {} });
        const { dataset: again, images, problems } = await read(out, id);
        expect(problems).toEqual([]);
        const sorted = (kind: string): string[] =>
          again.classes.flatMap((one) => (one.kind === kind ? [one.name] : [])).sort();
        expect(sorted('object')).toEqual(content.objects.toSorted());
        expect(sorted('image')).toEqual(content.wholes.toSorted());
        for (const image of source.images as DatasetImage[]) {
          const back = images.get(image.path);
          const unlabelled = image.boxes.length === 0 && image.imageClasses.length === 0;
          if (back === undefined) {
            // Formats that say of an image that nobody looked at it do so by not naming it.
            expect([image.path, unlabelled && !image.reviewed]).toEqual([image.path, true]);
            continue;
          }
          expectSame(back.boxes, image.boxes, loses, id);
          expect([back.imageClasses.toSorted(), back.split ?? 'none']).toEqual([
            image.imageClasses.toSorted(),
            image.split,
          ]);
          if (unlabelled) expect(back.reviewed).toBe(image.reviewed);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('is the same bytes each time, with labels in files of the endings that it names', async () => {
    const root = await pictures();
    const [content] = fc.sample(dataset, { numRuns: 1, seed: 7 });
    const texts = async (): Promise<Record<string, string>> => {
      const out = join(folder.path, `${id}-${++next}`);
      await writeDataset({
        format: id,
        out,
        dataset: asDataset(content!, root),
        pictures: 'none',
        options: {},
      });
      const found = await readdir(out, { recursive: true, withFileTypes: true });
      const files = found
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      return Object.fromEntries(
        await Promise.all(
          files.map(async (file) => [file.slice(out.length), await readFile(file, 'utf8')] as const),
        ),
      );
    };
    const written = await texts();
    expect(await texts()).toEqual(written);
    const files = Object.keys(written).filter((file) => labelFiles.includes(extname(file).slice(1)));
    expect(files.every(isLabelFile)).toBe(true);
    expect(files).not.toEqual([]);
  });
});

describe('the folder of an export', () => {
  const one = (root: string): Dataset =>
    asDataset(
      {
        objects: ['cat'],
        wholes: [],
        images: [{ path: 'a.jpg', split: 'train', boxes: [], imageClasses: [], reviewed: true }],
      },
      root,
    );

  it('may be an earlier export, and nothing else that is there', async () => {
    const root = await pictures();
    const out = join(folder.path, `out-${++next}`);
    const write = (): Promise<unknown> =>
      writeDataset({ format: 'yolo', out, dataset: one(root), pictures: 'copy', options: {} });
    await write();
    await write();
    await writeFile(join(out, '.notes'), 'mine');
    await expect(write()).rejects.toMatchObject({
      code: 'unusable-input',
      details: { file: join(out, '.notes') },
    });
    expect(await readFile(join(out, '.notes'), 'utf8')).toBe('mine');
    const others = await writeFiles(join(folder.path, `others-${++next}`), { 'a.txt': 'mine' });
    await expect(
      writeDataset({ format: 'coco', out: others, dataset: one(root), pictures: 'none', options: {} }),
    ).rejects.toMatchObject({ code: 'unusable-input' });
    expect(await readdir(others)).toEqual(['a.txt']);
  });

  it('is not there after a failure, and the earlier export as it was', async () => {
    const root = await pictures();
    const out = join(folder.path, `out-${++next}`);
    await writeDataset({ format: 'voc', out, dataset: one(root), pictures: 'none', options: {} });
    const before = await readdir(out);
    const broken = one(root);
    const images = async function* (): AsyncGenerator<DatasetImage> {
      yield* broken.images as DatasetImage[];
      throw new Error('the disk is gone');
    };
    const siblings = await readdir(folder.path);
    for (const place of [out, `${out}-new`]) {
      await expect(
        writeDataset({
          format: 'coco',
          out: place,
          dataset: { ...broken, images: images() },
          pictures: 'copy',
          options: {},
        }),
      ).rejects.toThrow('the disk is gone');
    }
    expect(await readdir(out)).toEqual(before);
    expect(await readdir(folder.path)).toEqual(siblings);
  });
});

it('a table of ours says beside itself how it counts coordinates, where its boxes leave that open', async () => {
  const root = await pictures();
  const inside = {
    x: 5,
    y: 7,
    width: 10,
    height: 10,
    className: 'cat',
    score: null,
    attributes: {},
    unknown: {},
  };
  const image = { split: 'train', boxes: [inside], imageClasses: [], reviewed: true } as const;
  const content = { objects: ['cat'], wholes: ['day'], images: [{ ...image, path: 'a.jpg' }] };
  const out = join(folder.path, `csv-${++next}`);
  await writeDataset({
    format: 'csv',
    out,
    dataset: asDataset(content, root),
    pictures: 'copy',
    options: {},
  });
  expect((await read(out, 'csv')).dataset.convention).toMatchObject({ used: 'edges', sure: true });
  await rm(join(out, 'twinhead.json'));
  expect((await read(out, 'csv')).dataset.convention).toMatchObject({ used: 'edges', sure: false });
});

it.each(['csv', 'voc', 'kitti', 'cvat', 'labelme'])(
  '%s has corners without floating-point noise',
  async (id) => {
    const root = await pictures();
    const one = { score: null, attributes: {}, unknown: {}, className: 'cat' };
    const third = 100 / 3;
    const boxes = [
      { ...one, x: 100.1, y: 20.3, width: 200.2, height: 30.6 },
      { ...one, x: third, y: third, width: third, height: third },
    ];
    const image = { path: paths[0]!, split: 'train' as const, boxes, imageClasses: [], reviewed: true };
    const source = asDataset({ objects: ['cat'], wholes: [], images: [image] }, root);
    const out = join(folder.path, `noise-${id}`);
    await writeDataset({ format: id, out, dataset: source, pictures: 'copy', options: {} });
    const names = await readdir(out, { recursive: true });
    const texts = await Promise.all(
      names
        .filter((name) => /(\.csv|\.xml|labels?.*\.txt|a\.txt|a\.json)$/.test(name))
        .map((name) => readFile(join(out, name), 'utf8')),
    );
    const text = texts.join('\n');
    expect(100.1 + 200.2).not.toBe(300.3);
    expect(text).toMatch(/\b300\.3\b/);
    expect(text).toMatch(/\b50\.9\b/);
    // What is no short decimal stays exactly what it is.
    expect(text).toContain(String(third + third));
    expectSame((await read(out, id)).images.get(image.path)!.boxes, boxes, [], id);
  },
);
