import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Dataset, DatasetImage } from '../../electron/common/dataset.ts';
import { FORMATS, readDataset, writeDataset } from '../../electron/exchange/index.ts';
import { findImageFiles, imageSize } from '../../electron/images/index.ts';
import { sharedFolder } from '../support/shared.ts';
import { thorough } from '../support/thorough.ts';
import { unpackInto, useTemporaryFolder } from './support.ts';

/** Real data sets through every pair of formats that are read and written: what comes out is what went in. */
const PAIRED = FORMATS.filter(({ read, write }) => read !== undefined && write !== undefined).map(
  ({ id }) => id,
);
/** All of them in the long pass. */
const IMAGES = thorough({ part: 3, all: Infinity });
const TIMEOUT_MS = thorough({ part: 120_000, all: 3_600_000 });
/** Pixels, for each way there and back; TFRecord has 32-bit shares of the image. */
const toleranceOf = (...ids: readonly string[]): number => (ids.includes('tfrecord') ? 5e-3 : 1e-5);

const folder = useTemporaryFolder();
let next = 0;

const options = { listImages: findImageFiles, sizeOf: imageSize };

async function readBack(
  path: string,
  format: string,
): Promise<Dataset & { images: readonly DatasetImage[] }> {
  const { dataset, problems } = await readDataset([path], 'auto', {
    ...options,
    unpack: unpackInto(`${path}-pictures`),
  });
  expect([dataset.format, problems.length, problems[0] && JSON.stringify(problems[0])]).toEqual([
    format,
    0,
    undefined,
  ]);
  return dataset;
}

async function through(
  format: string,
  dataset: Dataset,
): Promise<Dataset & { images: readonly DatasetImage[] }> {
  const out = join(folder.path, String(++next), format);
  await mkdir(join(out, '..'));
  // As the store gives them: with their true size, and one format's own fields do not go into another.
  const images = await Promise.all(
    (dataset.images as readonly DatasetImage[]).map(async (image) => ({
      ...image,
      ...(await imageSize(image.file!))!,
      path: basename(image.file!),
      unknown: {},
      boxes: image.boxes.map((box) => ({ ...box, attributes: {}, unknown: {} })),
    })),
  );
  const source = { ...dataset, format: 'twinhead', unknown: {}, images };
  await writeDataset({ format, out, dataset: source, pictures: 'link', options: {} });
  return readBack(out, format);
}

type Row = [className: string, ...box: number[]];
type Rows = Map<string, { split: string; boxes: Row[] }>;

function rowsOf({ images }: { images: readonly DatasetImage[] }): Rows {
  return new Map(
    images.map(({ file, split, boxes }) => [
      basename(file!),
      {
        split: split ?? 'none',
        boxes: boxes.map(({ className, x, y, width, height }): Row => [className, x, y, width, height]),
      },
    ]),
  );
}

/** The largest difference of a coordinate; infinite where the classes differ. */
function distance([className, ...box]: Row, [other, ...values]: Row): number {
  return className === other
    ? Math.max(...box.map((value, side) => Math.abs(value - values[side]!)))
    : Infinity;
}

/** The largest difference of a coordinate; everything else is equal. */
function difference(found: Rows, expected: Rows): number {
  let largest = 0;
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, { split, boxes }] of expected) {
    const other = found.get(name)!;
    expect([name, other.split, other.boxes.length]).toEqual([name, split, boxes.length]);
    // Each with the nearest of its class: rounding may change the order of those that share a side.
    const left = [...other.boxes];
    for (const one of boxes) {
      const off = left.map((box) => distance(one, box));
      const nearest = off.indexOf(Math.min(...off));
      largest = Math.max(largest, off[nearest]!);
      left.splice(nearest, 1);
    }
  }
  return largest;
}

describe.each([
  ['bccd', 'voc'],
  ['tomato', 'yolo'],
])('%s', (name, format) => {
  const source = sharedFolder(join('data', name));

  it.skipIf(source === null)(
    'goes through every pair of formats and comes out the same',
    async () => {
      const { dataset } = await readDataset([source!], format, options);
      const labelled = dataset.images.filter(({ file, boxes }) => file !== null && boxes.length > 0);
      const before = { ...dataset, images: labelled.slice(0, IMAGES) };
      const expected = rowsOf(before);
      for (const first of PAIRED) {
        const once = await through(first, before);
        expect([first, difference(rowsOf(once), expected) < toleranceOf(first)]).toEqual([first, true]);
        for (const second of PAIRED) {
          const twice = await through(second, once);
          const near = difference(rowsOf(twice), expected) < toleranceOf(first, second);
          expect([first, second, near]).toEqual([first, second, true]);
        }
      }
    },
    TIMEOUT_MS,
  );
});
