import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Dataset, DatasetImage } from '../../electron/common/dataset.ts';
import { createRandom } from '../../electron/common/random.ts';
import { writeDataset } from '../../electron/exchange/index.ts';
import { PeerUnavailableError, pythonWith, runScript } from '../bench/peers/python.ts';

const PACKAGES = [
  ...['panlabel==0.7.0', 'pycocotools==2.0.11', 'supervision==0.31.2', 'globox==2.9.0'],
  ...['labelformat==0.1.17', 'pyarrow==25.0.1', 'pandas==2.3.3', 'polars==2.1.0', 'webdataset==1.0.2'],
  ...['tfrecord==1.14.6', 'datasets==5.2.0', 'datumaro==1.13.12', 'label-studio-sdk==2.1.2'],
];
const FORMATS = [
  ...['coco', 'yolo', 'voc', 'labelme', 'cvat', 'label-studio', 'datumaro', 'createml'],
  ...['kitti', 'imagefolder', 'tfrecord', 'parquet', 'webdataset', 'csv', 'ndjson'],
];
/** What pip may take, once a machine. */
const INSTALLING_MS = 1_200_000;
const CLASSES = ['RBC', 'WBC', 'Platelets'];
const SIZE = { width: 640, height: 480 };

type Rows = [string, number, number, number, number][];
interface Reading {
  readonly reader: string;
  readonly format: string;
  readonly error?: string;
  readonly images?: Record<string, Rows>;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'twinhead-readers-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Cells like BCCD's, at places that no format can round unseen. */
async function cells(): Promise<DatasetImage[]> {
  const random = createRandom(5);
  const pictures = path.join(folder, 'pictures');
  mkdirSync(pictures);
  const images: DatasetImage[] = [];
  for (let index = 0; index < 6; index++) {
    const file = path.join(pictures, `cell_${index}.jpg`);
    await sharp({ create: { ...SIZE, channels: 3, background: '#d8c8c0' } })
      .jpeg()
      .toFile(file);
    const boxes = Array.from({ length: 5 }, (_, at) => ({
      x: random.next() * 500,
      y: random.next() * 350,
      width: 10 + random.next() * 100,
      height: 10 + random.next() * 100,
      className: CLASSES[at % CLASSES.length]!,
      ...{ score: null, attributes: {}, unknown: {} },
    }));
    images.push({
      ...{ path: path.basename(file), file, ...SIZE, split: 'train', boxes },
      ...{ imageClasses: [], reviewed: true, unknown: {} },
    });
  }
  return images;
}

/** Pixels. TFRecord has 32-bit shares of the image. */
function toleranceOf({ format, reader }: Reading): number {
  if (format === 'tfrecord') return 1e-3;
  // It rounds corners to hundredths as it reads them.
  if (reader === 'datumaro') return 0.011;
  // supervision keeps boxes as 32-bit numbers.
  return reader === 'supervision' ? 1e-4 : 1e-6;
}

function largestDifference(expected: Record<string, Rows>, found: Record<string, Rows>): number {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  const differences = Object.entries(expected).flatMap(([name, rows]) => {
    const order = (list: Rows): Rows => list.toSorted((a, b) => a[0].localeCompare(b[0]) || a[1] - b[1]);
    const [own, theirs] = [order(rows), order(found[name]!)];
    expect(theirs.map(([label]) => label)).toEqual(own.map(([label]) => label));
    return own.flatMap((row, at) =>
      row.slice(1).map((value, side) => Math.abs(Number(value) - Number(theirs[at]![side + 1]))),
    );
  });
  return Math.max(...differences);
}

/** supervision takes 1 from VOC's minima, whatever the file says of its convention; no other reader does. */
const oneLess = (images: Record<string, Rows>): Record<string, Rows> =>
  Object.fromEntries(
    Object.entries(images).map(([name, rows]) => [
      name,
      rows.map(([label, x, y, width, height]): Rows[number] => [label, x - 1, y - 1, width + 1, height + 1]),
    ]),
  );

test(
  'readers of the field find the same boxes in every export',
  async (context) => {
    let python: string;
    try {
      python = await pythonWith('panlabel', PACKAGES, () => undefined);
    } catch (error) {
      if (!(error instanceof PeerUnavailableError)) throw error;
      return context.skip(`readers of the field: ${error.message}`);
    }
    const images = await cells();
    const dataset: Dataset = {
      format: 'twinhead',
      classes: CLASSES.map((name) => ({ kind: 'object', name, sourceId: null, unknown: {} })),
      unknown: {},
      images,
    };
    const exports = path.join(folder, 'exports');
    for (const format of FORMATS)
      await writeDataset({ format, out: path.join(exports, format), dataset, pictures: 'copy', options: {} });
    const script = path.join(import.meta.dirname, 'field-readers.py');
    const readings = (await runScript(python, script, [
      exports,
      path.dirname(python),
      JSON.stringify(CLASSES),
    ])) as Reading[];
    const expected = Object.fromEntries(
      images.map(({ path: name, boxes }) => [
        name,
        boxes.map(({ className, x, y, width, height }): Rows[number] => [className, x, y, width, height]),
      ]),
    );
    expect(readings).toHaveLength(38);
    // Two independent ones for each.
    const readers = FORMATS.map((format) => [format, readings.filter((one) => one.format === format).length]);
    expect(readers.filter(([, count]) => Number(count) < 2)).toEqual([]);
    for (const reading of readings) {
      const { reader, format, error, images: found } = reading;
      expect([reader, format, error]).toEqual([reader, format, undefined]);
      const wanted = reader === 'supervision' && format === 'voc' ? oneLess(expected) : expected;
      const same = largestDifference(wanted, found!) < toleranceOf(reading);
      expect([reader, format, same]).toEqual([reader, format, true]);
    }
  },
  INSTALLING_MS,
);
