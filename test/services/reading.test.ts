import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetImage } from '../../electron/common/dataset.ts';
import { createRandom } from '../../electron/common/random.ts';
import { writeDataset } from '../../electron/exchange/index.ts';
import { Unpacker } from '../../electron/services/images/packed-pictures.ts';
import type { Unpacked } from '../../electron/services/images/packed-pictures.ts';
import { readHere, readSource } from '../../electron/services/exchange/reading.ts';
import type { ReadRequest } from '../../electron/services/exchange/reading.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-reading-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A COCO file of so many images with ten boxes each; the last box has no class. */
function coco(images: number): ReadRequest {
  const file = path.join(folder, 'labels.json');
  const annotations = Array.from({ length: images * 10 }, (_, id) => ({
    id,
    image_id: id % images,
    category_id: id === 7 ? 9 : 1,
    bbox: [id % 50, 1.5, 3, 4],
    iscrowd: 0,
    area: 12,
    made_up: { by: 'nobody', at: id },
  }));
  writeFileSync(
    file,
    JSON.stringify({
      info: { year: 2026 },
      images: Array.from({ length: images }, (_, id) => ({
        id,
        file_name: `${id}.png`,
        width: 100,
        height: 80,
      })),
      annotations,
      categories: [{ id: 1, name: 'cell' }],
    }),
  );
  return { paths: [file], format: 'auto', imageFolders: [folder] };
}

const watch = () => ({ signal: new AbortController().signal, onProgress: (): void => undefined });

describe('a data set with a large file', () => {
  it('is read on a thread as it is in this one, problems and unknown fields too', async () => {
    const request = coco(1500);
    const started = performance.eventLoopUtilization();
    const onThread = await readSource(request, watch());
    // The thread works while this one looks on.
    expect(performance.eventLoopUtilization(started).utilization).toBeLessThan(0.9);
    expect(onThread).toEqual(await readHere(request, watch()));
    expect(onThread.dataset.images).toHaveLength(1500);
    expect(onThread.problems).not.toEqual([]);
  });

  it('is read on a thread from tens of kilobytes on where it is YAML', async () => {
    mkdirSync(path.join(folder, 'images'));
    const names = Array.from({ length: 20_000 }, (_, id) => `  ${id}: class ${id}`);
    writeFileSync(path.join(folder, 'data.yaml'), ['train: images', 'names:', ...names].join('\n'));
    const request = { paths: [folder], format: 'auto', imageFolders: [] };
    const [all, here] = [process.cpuUsage(), process.threadCpuUsage()];
    const { dataset } = await readSource(request, watch());
    const share = process.threadCpuUsage(here).user / process.cpuUsage(all).user;
    expect(dataset.classes).toHaveLength(20_000);
    expect(share).toBeLessThan(0.5);
  });

  it('can be left at once while it is parsed', async () => {
    const request = coco(3000);
    const stop = new AbortController();
    const reading = readSource(request, { ...watch(), signal: stop.signal });
    setImmediate(() => stop.abort());
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('says what is wrong with it as a small one does', async () => {
    const file = path.join(folder, 'labels.json');
    writeFileSync(file, `{"images": [${' '.repeat(1_100_000)}`);
    await expect(readSource({ paths: [file], format: 'coco' }, watch())).rejects.toMatchObject({
      code: 'unusable-input',
      details: { file },
    });
  });

  it.each(['parquet', 'webdataset'])('is read on a thread with its pictures inside: %s', async (format) => {
    const random = createRandom(4);
    const images = ['a.jpg', 'b.jpg'].map((name): DatasetImage => {
      const file = path.join(folder, name);
      writeFileSync(
        file,
        Uint8Array.from({ length: 800_000 }, () => random.integer(256)),
      );
      const about = { path: name, file, width: 100, height: 80, split: 'train' as const };
      return { ...about, boxes: [], imageClasses: [], reviewed: true, unknown: {} };
    });
    const dataset = { format: 'twinhead', classes: [], unknown: {}, images };
    const out = path.join(folder, format);
    await writeDataset({ format, out, dataset, pictures: 'copy', options: {} });
    const taken: Unpacked[] = [];
    const picturesAt = (name: string) => {
      const at = path.join(folder, name);
      const unpacker = new Unpacker(() => at);
      return { folder: at, unpack: unpacker.unpack, take: (one: Unpacked) => taken.push(one), unpacker };
    };
    const [here, there] = [picturesAt('here'), picturesAt('there')];
    const request = { paths: [out], format: 'auto' };
    const expected = await readHere(request, { ...watch(), pictures: here });
    const found = await readSource(request, { ...watch(), pictures: there });
    expect(taken).toEqual([here.unpacker.unpacked]);
    const files = found.dataset.images.map(({ file }) => file);
    expect(files).toEqual(
      expected.dataset.images.map(({ file }) => file!.replace(here.folder, there.folder)),
    );
    expect(readFileSync(files[1]!)).toEqual(readFileSync(images[1]!.file!));
    expect(found.problems).toEqual([]);
  });
});
