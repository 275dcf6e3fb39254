import { copyFile, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LETTERBOX_PADDING } from '../../electron/common/geometry.ts';
import { buildPixelCache, letterboxPixels } from '../../electron/images/index.ts';
import type { PixelCacheImage } from '../../electron/images/index.ts';
import { picture, useTemporaryFolder } from './support.ts';

const folder = useTemporaryFolder();
const SIZE = 24;
const ROW = SIZE * SIZE * 3;

async function make(name: string, count: number): Promise<{ images: PixelCacheImage[]; cacheFile: string }> {
  const root = join(folder.path, name);
  await mkdir(root);
  const images: PixelCacheImage[] = [];
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
  return { images, cacheFile: join(root, 'cache', 'pixels.bin') };
}

async function expectRows(cacheFile: string, images: readonly PixelCacheImage[]): Promise<void> {
  const bytes = await readFile(cacheFile);
  expect(bytes.length).toBe(images.length * ROW);
  for (const [row, image] of images.entries()) {
    const { pixels } = await letterboxPixels(image.file, SIZE);
    expect(bytes.subarray(row * ROW, (row + 1) * ROW).equals(pixels)).toBe(true);
  }
}

/** How many rows a build had to render: its progress begins after those that were kept. */
async function rendered(images: readonly PixelCacheImage[], cacheFile: string): Promise<number> {
  const progress: number[] = [];
  await buildPixelCache({ images, size: SIZE, cacheFile, onProgress: (done) => progress.push(done) });
  expect(progress.at(-1)).toBe(images.length);
  return images.length - progress[0]!;
}

describe('the pixel cache', () => {
  it('holds what letterboxPixels gives, row by row', async () => {
    const { images, cacheFile } = await make('rows', 19);
    expect(await buildPixelCache({ images, size: SIZE, cacheFile })).toEqual({
      problems: [],
      failedRows: [],
    });
    await expectRows(cacheFile, images);
  });

  it('renders nothing the second time and leaves the file alone', async () => {
    const { images, cacheFile } = await make('second', 10);
    expect(await rendered(images, cacheFile)).toBe(10);
    const before = await stat(`${cacheFile}.json`);
    expect(await rendered(images, cacheFile)).toBe(0);
    expect((await stat(`${cacheFile}.json`)).mtimeMs).toBe(before.mtimeMs);
  });

  it('renders only what is new when images are added, removed and reordered', async () => {
    const { images, cacheFile } = await make('edit', 12);
    await rendered(images.slice(0, 8), cacheFile);
    const now = [images[9]!, ...images.slice(2, 8).reverse(), images[11]!];
    expect(await rendered(now, cacheFile)).toBe(2);
    await expectRows(cacheFile, now);
    expect(await rendered(now.slice(0, 3), cacheFile)).toBe(0);
    await expectRows(cacheFile, now.slice(0, 3));
  });

  it('knows a moved or touched file by its content and a changed one by its hash', async () => {
    const { images, cacheFile } = await make('content', 4);
    await rendered(images, cacheFile);
    const moved = { ...images[0]!, file: `${images[0]!.file}.moved.png` };
    await rename(images[0]!.file, moved.file);
    await utimes(images[1]!.file, 1_000_000, 1_000_000);
    await picture(22, 30).negate().png().toFile(images[2]!.file);
    const now = [moved, ...images.slice(1)];
    expect(await rendered(now, cacheFile)).toBe(1);
    await expectRows(cacheFile, now);
    expect(await rendered(now, cacheFile)).toBe(0);
  });

  it('is made again for another size, a damaged side file or a cut-off cache', async () => {
    const { images, cacheFile } = await make('again', 3);
    await rendered(images, cacheFile);
    await buildPixelCache({ images, size: 16, cacheFile });
    expect((await readFile(cacheFile)).length).toBe(3 * 16 * 16 * 3);
    expect(await rendered(images, cacheFile)).toBe(3);
    await writeFile(`${cacheFile}.json`, '{"recipe":');
    expect(await rendered(images, cacheFile)).toBe(3);
    await writeFile(cacheFile, (await readFile(cacheFile)).subarray(0, ROW));
    expect(await rendered(images, cacheFile)).toBe(3);
    await rm(`${cacheFile}.json`);
    expect(await rendered(images, cacheFile)).toBe(3);
    await expectRows(cacheFile, images);
  });

  it('lists pictures that cannot be used, fills their rows with grey and tries them again', async () => {
    const { images, cacheFile } = await make('bad', 5);
    const good = `${images[1]!.file}.good`;
    await copyFile(images[1]!.file, good);
    await writeFile(images[1]!.file, 'broken');
    const changed = [...images.slice(0, 4), { ...images[4]!, width: 99 }];
    const { problems, failedRows } = await buildPixelCache({ images: changed, size: SIZE, cacheFile });
    expect([...failedRows].sort()).toEqual([1, 4]);
    expect(problems.map((problem) => problem.file).sort()).toEqual([images[1]!.file, images[4]!.file]);
    expect(problems.find((problem) => problem.file === images[4]!.file)!.message).toContain('99×30');
    const bytes = await readFile(cacheFile);
    expect(bytes.subarray(ROW, 2 * ROW).every((byte) => byte === LETTERBOX_PADDING)).toBe(true);
    await copyFile(good, images[1]!.file);
    expect(await rendered(images, cacheFile)).toBe(2);
    await expectRows(cacheFile, images);
  });

  it('keeps what was rendered before a cancel', async () => {
    const { images, cacheFile } = await make('cancel', 100);
    const controller = new AbortController();
    const first = buildPixelCache({
      images,
      size: SIZE,
      cacheFile,
      signal: controller.signal,
      onProgress: (done) => done >= 24 && controller.abort(),
    });
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    const left = await rendered(images, cacheFile);
    expect(left).toBeLessThanOrEqual(76);
    expect(left).toBeGreaterThan(0);
    await expectRows(cacheFile, images);
  });

  it('of no images is an empty file', async () => {
    const cacheFile = join(folder.path, 'none', 'pixels.bin');
    expect(await buildPixelCache({ images: [], size: SIZE, cacheFile })).toEqual({
      problems: [],
      failedRows: [],
    });
    expect((await stat(cacheFile)).size).toBe(0);
  });
});
