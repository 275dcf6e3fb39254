import { createHash } from 'node:crypto';
import {
  copyFile,
  mkdir,
  open,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PixelStore, letterboxPixels } from '../../electron/images/index.ts';
import type { PixelImage, PixelLease } from '../../electron/images/index.ts';
import { PixelFile } from '../../electron/learning/samples/pixel-file.ts';
import { picture, useTemporaryFolder } from './support.ts';
import { saying } from '../support/in-english.ts';

const folder = useTemporaryFolder();
const SIZE = 24;
const ROW = SIZE * SIZE * 3;
const hashOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

async function make(name: string, count: number): Promise<{ images: PixelImage[]; cache: string }> {
  const root = join(folder.path, name);
  await mkdir(root);
  const images: PixelImage[] = [];
  for (let index = 0; index < count; index++) {
    const file = join(root, `${index}.png`);
    const width = 20 + index;
    // Each with another picture: the colours are shifted.
    await picture(width, 30)
      .modulate({ hue: index * 20 })
      .png()
      .toFile(file);
    images.push({ file, width, height: 30 });
  }
  return { images, cache: join(root, 'cache') };
}

async function expectRows({ file, rows }: PixelLease, images: readonly PixelImage[]): Promise<void> {
  const bytes = await readFile(file);
  expect(rows).toHaveLength(images.length);
  for (const [index, image] of images.entries()) {
    const { pixels } = await letterboxPixels(image.file, SIZE);
    const start = rows[index]! * ROW;
    expect(bytes.subarray(start, start + ROW).equals(pixels)).toBe(true);
  }
}

/** How many rows had to be rendered: progress begins after those that were kept. */
async function rendered(images: readonly PixelImage[], cache: string): Promise<number> {
  const progress: number[] = [];
  const lease = await new PixelStore(cache).lease({
    images,
    size: SIZE,
    onProgress: (done) => progress.push(done),
  });
  await expectRows(lease, images);
  expect(progress.at(-1)).toBe(images.length);
  return images.length - progress[0]!;
}

describe('the pixel store', () => {
  it('renders nothing the second time and leaves its files alone', async () => {
    const { images, cache } = await make('second', 19);
    expect(await rendered(images, cache)).toBe(19);
    const index = join(cache, 'pixels', String(SIZE), '1.jsonl');
    const before = await stat(index);
    expect(await rendered(images, cache)).toBe(0);
    expect((await stat(index)).mtimeMs).toBe(before.mtimeMs);
  });

  it('renders only what is new when images are added, removed and reordered', async () => {
    const { images, cache } = await make('edit', 12);
    await rendered(images.slice(0, 8), cache);
    const now = [images[9]!, ...images.slice(2, 8).reverse(), images[11]!];
    expect(await rendered(now, cache)).toBe(2);
    expect(await rendered(now.slice(0, 3), cache)).toBe(0);
  });

  it('knows a moved or touched file by its content and a changed one by its hash', async () => {
    const { images, cache } = await make('content', 4);
    await rendered(images, cache);
    const moved = { ...images[0]!, file: `${images[0]!.file}.moved.png` };
    await rename(images[0]!.file, moved.file);
    await utimes(images[1]!.file, 1_000_000, 1_000_000);
    await picture(22, 30).negate().png().toFile(images[2]!.file);
    const now = [moved, ...images.slice(1)];
    expect(await rendered(now, cache)).toBe(1);
    expect(await rendered(now, cache)).toBe(0);
  });

  it('is made again where its index is damaged or its rows are cut off, another size beside it', async () => {
    const { images, cache } = await make('again', 3);
    const files = join(cache, 'pixels', String(SIZE));
    await rendered(images, cache);
    (await new PixelStore(cache).lease({ images, size: 16 }))[Symbol.dispose]();
    expect(await rendered(images, cache)).toBe(0);
    await writeFile(join(files, '1.jsonl'), '{"recipe":\n');
    expect(await rendered(images, cache)).toBe(3);
    expect(await readdir(files)).toEqual(['2.bin', '2.jsonl']);
    await writeFile(join(files, '2.bin'), (await readFile(join(files, '2.bin'))).subarray(0, ROW));
    expect(await rendered(images, cache)).toBe(3);
    await rm(files, { recursive: true });
    expect(await rendered(images, cache)).toBe(3);
  });

  it('lists pictures that cannot be used and tries them again', async () => {
    const { images, cache } = await make('bad', 5);
    const good = `${images[1]!.file}.good`;
    await copyFile(images[1]!.file, good);
    await writeFile(images[1]!.file, 'broken');
    const changed = [...images.slice(0, 4), { ...images[4]!, width: 99 }];
    const { rows, problems } = await new PixelStore(cache).lease({ images: changed, size: SIZE });
    expect(rows.map((row) => row === null)).toEqual([false, true, false, false, true]);
    expect(problems.map((problem) => problem.file).sort()).toEqual([images[1]!.file, images[4]!.file]);
    expect(problems.find((problem) => problem.file === images[4]!.file)!.message).toEqual(saying('99×30'));
    await copyFile(good, images[1]!.file);
    expect(await rendered(images, cache)).toBe(2);
  });

  it('keeps what was rendered before a cancel', async () => {
    const { images, cache } = await make('cancel', 100);
    const controller = new AbortController();
    const first = new PixelStore(cache).lease({
      images,
      size: SIZE,
      signal: controller.signal,
      onProgress: (done) => done >= 24 && controller.abort(),
    });
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    const left = await rendered(images, cache);
    expect(left).toBeLessThanOrEqual(76);
    expect(left).toBeGreaterThan(0);
  });

  it('of no images is an empty file', async () => {
    const lease = await new PixelStore(join(folder.path, 'none')).lease({ images: [], size: SIZE });
    expect(lease).toMatchObject({ rows: [], problems: [] });
    expect((await stat(lease.file)).size).toBe(0);
  });

  it('never changes a row that somebody reads, whatever is built meanwhile', async () => {
    const { images, cache } = await make('lease', 5);
    const store = new PixelStore(cache);
    const read = images.slice(0, 3);
    const reader = await store.lease({ images: read, size: SIZE });
    // From the disk row by row, as with caches that are too large for the memory.
    const pixels = new PixelFile(reader.file, SIZE, 0);
    const row = (index: number): Float32Array => {
      const target = new Float32Array(ROW);
      pixels.copyRow(reader.rows[index]!, target, 0);
      return target;
    };
    const before = read.map((_, index) => row(index));
    const others = [[images[0]!, images[1]!, images[3]!], [images[0]!], [images[4]!], []];
    for (const wanted of others) {
      using lease = await store.lease({ images: wanted, size: SIZE });
      await expectRows(lease, wanted);
    }
    expect(read.map((_, index) => row(index))).toEqual(before);
    pixels.close();
  });

  it('gives two builds at once the same rows', async () => {
    const { images, cache } = await make('twice', 12);
    const store = new PixelStore(cache);
    const leases = await Promise.all([
      store.lease({ images: images.slice(0, 9), size: SIZE }),
      store.lease({ images: images.slice(3), size: SIZE }),
    ]);
    expect(leases[0].rows.slice(3)).toEqual(leases[1].rows.slice(0, 6));
    await expectRows(leases[0], images.slice(0, 9));
    await expectRows(leases[1], images.slice(3));
    expect((await stat(leases[0].file)).size).toBe(12 * ROW);
  });

  it('lets a build that waits for another be cancelled at once', async () => {
    const { images, cache } = await make('waiting', 30);
    const store = new PixelStore(cache);
    const controller = new AbortController();
    const first = store.lease({ images, size: SIZE });
    const second = store.lease({ images, size: SIZE, signal: controller.signal });
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
    await expectRows(await first, images);
  });

  it('is compacted once most rows are unused and nobody reads them', async () => {
    const { images, cache } = await make('compact', 7);
    const store = new PixelStore(cache);
    const reader = await store.lease({ images, size: SIZE });
    const few = images.slice(2, 5);
    using beside = await store.lease({ images: few, size: SIZE });
    expect(beside.file).toBe(reader.file);
    reader[Symbol.dispose]();
    reader[Symbol.dispose]();
    using stillRead = await store.lease({ images: few, size: SIZE });
    expect(stillRead.file).toBe(beside.file);
    beside[Symbol.dispose]();
    stillRead[Symbol.dispose]();
    using compact = await store.lease({ images: few, size: SIZE });
    expect((await stat(compact.file)).size).toBe(3 * ROW);
    await expectRows(compact, few);
    expect(await readdir(dirname(compact.file))).toEqual(['2.bin', '2.jsonl']);
  });

  it('keeps the rows of all images where only a part of them is worked with', async () => {
    const { images, cache } = await make('part', 7);
    await rendered(images, cache);
    const part = await new PixelStore(cache).lease({ images: images.slice(2, 4), size: SIZE, isPart: true });
    await expectRows(part, images.slice(2, 4));
    part[Symbol.dispose]();
    expect(await rendered(images, cache)).toBe(0);
  });

  it('reads nothing wrong after a kill at any moment of a build', async () => {
    const { images, cache } = await make('killed', 4);
    await rendered(images.slice(0, 2), cache);
    const files = join(cache, 'pixels', String(SIZE));
    const index = await readFile(join(files, '1.jsonl'));
    const [, , third] = images;
    const line = (end: number): string =>
      JSON.stringify({ row: 2, ...third, bytes: 1, modified: 1, sha256: 'abc' }).slice(0, end);
    // Rows half written and not listed; a line half written; a compaction that got as far as its pixel file.
    for (const [rest, tail] of [
      [ROW / 2, ''],
      [ROW, line(20)],
      [3 * ROW, line(-1)],
    ] as const) {
      const bytes = await readFile(join(files, '1.bin'));
      await writeFile(
        join(files, '1.bin'),
        Buffer.concat([bytes.subarray(0, 2 * ROW), Buffer.alloc(rest, 7)]),
      );
      await writeFile(join(files, '1.jsonl'), Buffer.concat([index, Buffer.from(tail)]));
      await writeFile(join(files, '2.bin'), Buffer.alloc(ROW, 9));
      expect(await rendered(images.slice(0, 3), cache)).toBe(1);
    }
    expect(await readdir(files)).toEqual(['1.bin', '1.jsonl']);
  });

  it('throws the rewritten files of earlier versions away, and nothing else', async () => {
    const { images, cache } = await make('old', 1);
    await mkdir(join(cache, 'thumbnails'), { recursive: true });
    for (const name of ['pixels-64.bin', 'pixels-64.bin.json', 'pixels-320.bin.tmp', 'pixels.txt'])
      await writeFile(join(cache, name), '');
    await rendered(images, cache);
    expect((await readdir(cache)).sort()).toEqual(['pixels', 'pixels.txt', 'thumbnails']);
  });
});

describe('pictures that have changed since they were labelled', () => {
  const jpegs = async (name: string, count: number) => {
    const root = join(folder.path, name);
    await mkdir(root);
    const images = [];
    for (let index = 0; index < count; index++) {
      const file = join(root, `${index}.jpg`);
      const content = await picture(300, 200)
        .modulate({ hue: index * 20 })
        .jpeg()
        .toBuffer();
      await writeFile(file, content);
      images.push({ file, width: 300, height: 200, sha256: hashOf(content) });
    }
    return { images, cache: join(root, 'cache') };
  };
  const lease = (images: readonly PixelImage[], cache: string) =>
    new PixelStore(cache).lease({ images, size: SIZE });

  it('are looked at for damage that a decoder passes over, such as a part that is zeros', async () => {
    const { images, cache } = await jpegs('zeroed', 2);
    const { file } = images[1]!;
    const content = await readFile(file);
    await writeFile(file, content.fill(0, content.length >> 1, (content.length >> 1) + 200));
    const { rows, problems } = await lease(images, cache);
    expect(rows.map((row) => row !== null)).toEqual([true, false]);
    expect(problems).toEqual([expect.objectContaining({ file, message: saying(/damaged/) })]);
  });

  it('are said to have, where they are whole, now and when their rows are found ready', async () => {
    const { images, cache } = await jpegs('other', 2);
    await writeFile(images[1]!.file, await picture(300, 200).negate().jpeg().toBuffer());
    for (const how of ['rendered', 'ready']) {
      const { rows, changed } = await lease(images, cache);
      expect(rows, how).not.toContain(null);
      const found = createHash('sha256')
        .update(await readFile(images[1]!.file))
        .digest('hex');
      expect(changed, how).toEqual([null, found]);
    }
  });
});

describe('a pixel file', () => {
  it('refuses a row that it has only a part of', async () => {
    const file = join(folder.path, 'short.bin');
    {
      await using handle = await open(file, 'w');
      await handle.truncate(ROW * 1.5);
    }
    for (const inMemoryBytes of [0, 1e9]) {
      const pixels = new PixelFile(file, SIZE, inMemoryBytes);
      const target = new Float32Array(ROW);
      pixels.copyRow(0, target, 0);
      expect(() => pixels.copyRow(1, target, 0)).toThrow(
        expect.objectContaining({
          code: 'unusable-input',
          details: { file, place: saying('row 1'), remedy: saying(/./) },
        }),
      );
      pixels.close();
    }
  });
});
