import { readdirSync } from 'node:fs';
import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { beforeEach, describe, expect, it } from 'vitest';
import { levelCount, levelSize, tileRectangle, tilesIn } from '../../electron/common/pyramid.ts';
import type { Tile } from '../../electron/common/pyramid.ts';
import type { Size } from '../../electron/common/geometry.ts';
import { prune } from '../../electron/files/index.ts';
import { decode, overview, probe, pyramidTile } from '../../electron/images/index.ts';
import { distance, pixelAt, useTemporaryFolder } from './support.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { saying } from '../support/in-english.ts';

const folder = useTemporaryFolder();
let cacheFolder: string;
let count = 0;
beforeEach(() => {
  cacheFolder = join(folder.path, `cache${++count}`);
});

/** Every pixel says where it is: red and green rise by one a pixel, blue says which block of 256. */
function coordinates(width: number, height: number): Buffer {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      pixels.set([x & 255, y & 255, ((x >> 8) * 16 + (y >> 8)) & 255], (y * width + x) * 3);
  return pixels;
}

/** Large soft fields: what JPEG keeps and averaging doesn't change. */
function fields(width: number, height: number, side: number): Buffer {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const column = Math.floor(x / side);
      const row = Math.floor(y / side);
      pixels.set([(column * 67) % 256, (row * 101) % 256, ((column + row) * 43) % 256], (y * width + x) * 3);
    }
  return pixels;
}

async function written(name: string, picture: Sharp): Promise<{ file: string; sha256: string } & Size> {
  const file = join(folder.path, `${count}-${name}`);
  await picture.toFile(file);
  const outcome = await probe(file);
  if (!outcome.ok) throw new Error(inEnglish(outcome.reason));
  return outcome.image;
}

async function tilePixels(
  image: { file: string; sha256: string } & Size,
  tile: Tile,
): Promise<{ pixels: Uint8Array; width: number; height: number }> {
  const { bytes } = await pyramidTile(image.file, image, tile, { sha256: image.sha256, cacheFolder });
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { pixels: data, width: info.width, height: info.height };
}

const whole = ({ width, height }: Size) => ({ x: 0, y: 0, width, height });

describe('tiles of a lossless picture', () => {
  it('hold every pixel of the image where geometry says, at odd sizes, overlaps included', async () => {
    const [width, height] = [1301, 777];
    const raw = coordinates(width, height);
    const image = await written('exact.png', sharp(raw, { raw: { width, height, channels: 3 } }).png());
    for (const tile of tilesIn(image, 0, whole(image))) {
      const place = tileRectangle(image, tile);
      const shown = await tilePixels(image, tile);
      expect({ width: shown.width, height: shown.height }).toEqual({
        width: place.width,
        height: place.height,
      });
      for (let y = 0; y < shown.height; y++) {
        const from = ((place.y + y) * width + place.x) * 3;
        const line = shown.pixels.subarray(y * shown.width * 3, (y + 1) * shown.width * 3);
        expect(Buffer.compare(line, raw.subarray(from, from + line.length))).toBe(0);
      }
    }
  });

  it('of coarse levels average exactly the pixels that they stand for', async () => {
    const [width, height] = [1302, 778];
    const raw = fields(width, height, 2 * 8);
    const image = await written('coarse.png', sharp(raw, { raw: { width, height, channels: 3 } }).png());
    const tile = { shrink: levelCount(image) - 1, column: 0, row: 0 };
    expect(tile.shrink).toBe(2);
    const shown = await tilePixels(image, tile);
    expect({ width: shown.width, height: shown.height }).toEqual(levelSize(image, 2));
    // Pixel (i, j) stands for 4 × 4 pixels of the image, all of one field.
    for (const [i, j] of [
      [0, 0],
      [3, 3],
      [4, 4],
      [101, 63],
      [324, 193],
    ] as const)
      expect(
        distance(pixelAt(shown, i, j), [...raw.subarray((j * 4 * width + i * 4) * 3).subarray(0, 3)]),
      ).toBeLessThanOrEqual(1);
  });
});

describe('tiles of a photograph', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('lie upright with EXIF orientation %i', async (orientation) => {
    const [width, height] = [1100, 700];
    const image = await written(
      `exif${orientation}.jpg`,
      sharp(fields(width, height, 50), { raw: { width, height, channels: 3 } })
        .withMetadata({ orientation })
        .jpeg({ quality: 95, chromaSubsampling: '4:4:4' }),
    );
    const decoded = await decode(image.file);
    expect({ width: decoded.width, height: decoded.height }).toEqual({
      width: image.width,
      height: image.height,
    });
    for (const tile of tilesIn(image, 0, whole(image))) {
      const place = tileRectangle(image, tile);
      const shown = await tilePixels(image, tile);
      for (const [x, y] of [
        [24, 24],
        [76, 126],
        [shown.width - 25, 24],
        [24, shown.height - 25],
      ] as const)
        expect(
          distance(pixelAt(shown, x, y), pixelAt(decoded, place.x + x, place.y + y)),
        ).toBeLessThanOrEqual(6);
    }
  });

  it('come from the cache the second time, and are made again where it was deleted', async () => {
    const [width, height] = [1100, 700];
    const image = await written(
      'cached.jpg',
      sharp(fields(width, height, 50), { raw: { width, height, channels: 3 } }).jpeg(),
    );
    const tile = { shrink: 0, column: 1, row: 1 };
    const first = await tilePixels(image, tile);
    const [pyramid] = readdirSync(join(cacheFolder, 'pyramids'));
    const made = (await stat(join(cacheFolder, 'pyramids', pyramid!, 'tiles_files'))).mtimeMs;
    expect((await tilePixels(image, tile)).pixels).toEqual(first.pixels);
    expect((await stat(join(cacheFolder, 'pyramids', pyramid!, 'tiles_files'))).mtimeMs).toBe(made);
    await rm(cacheFolder, { recursive: true });
    expect((await tilePixels(image, tile)).pixels).toEqual(first.pixels);
  });

  it('are made once for tiles that are asked for together', async () => {
    const [width, height] = [1600, 1100];
    const image = await written(
      'together.jpg',
      sharp(fields(width, height, 50), { raw: { width, height, channels: 3 } }).jpeg(),
    );
    const tiles = tilesIn(image, 0, whole(image));
    expect(tiles.length).toBe(12);
    await Promise.all(tiles.map((tile) => tilePixels(image, tile)));
    expect(readdirSync(join(cacheFolder, 'pyramids'))).toHaveLength(1);
  });
});

describe('what there is no tile of', () => {
  it('is said: a place outside, a missing and a damaged file; nothing half made stays', async () => {
    const [width, height] = [1100, 700];
    const image = await written(
      'damaged.jpg',
      sharp(coordinates(width, height), { raw: { width, height, channels: 3 } }).jpeg(),
    );
    const ask = (file: string, tile: Tile) =>
      pyramidTile(file, image, tile, { sha256: image.sha256, cacheFolder });
    await expect(ask(image.file, { shrink: 0, column: 9, row: 0 })).rejects.toMatchObject({
      code: 'not-found',
    });
    const tile = { shrink: 0, column: 0, row: 0 };
    await expect(ask(join(folder.path, 'nowhere.jpg'), tile)).rejects.toMatchObject({ code: 'not-found' });
    const content = await readFile(image.file);
    await writeFile(image.file, content.subarray(0, content.length / 2));
    await expect(ask(image.file, tile)).rejects.toMatchObject({ code: 'unusable-input' });
    expect(readdirSync(join(cacheFolder, 'pyramids'))).toEqual([]);
    await writeFile(image.file, content);
    expect((await ask(image.file, tile)).contentType).toBe('image/jpeg');
  });
});

describe('an overview', () => {
  it.each([
    ['a 16-bit TIFF', (picture: Sharp) => picture.toColourspace('rgb16').tiff(), 'tif'],
    ['a CMYK JPEG', (picture: Sharp) => picture.toColourspace('cmyk').jpeg({ quality: 95 }), 'jpg'],
    ['a PNG with a palette', (picture: Sharp) => picture.png({ palette: true, dither: 0 }), 'png'],
    ['a 16-bit PNG', (picture: Sharp) => picture.toColourspace('rgb16').png(), 'png'],
  ])('of %s shows what the trainer sees, and so do its tiles', async (name, encode, extension) => {
    const [width, height] = [1200, 800];
    const raw = fields(width, height, 200);
    const image = await written(
      `${name.replaceAll(' ', '-')}.${extension}`,
      encode(sharp(raw, { raw: { width, height, channels: 3 } })),
    );
    const decoded = await decode(image.file);
    const { bytes, contentType } = await overview(image.file, { sha256: image.sha256, cacheFolder });
    expect(contentType).toBe('image/jpeg');
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    const tile = await tilePixels(image, { shrink: 0, column: 0, row: 0 });
    for (const [x, y] of [
      [100, 100],
      [300, 100],
      [100, 300],
      [500, 500],
    ] as const) {
      const expected = pixelAt(decoded, x, y);
      expect(distance(pixelAt({ pixels: data, width: info.width }, x, y), expected)).toBeLessThanOrEqual(8);
      expect(distance(pixelAt(tile, x, y), expected)).toBeLessThanOrEqual(4);
      // CMYK has no pure screen colours: there only the decoder's own word counts.
      if (!name.includes('CMYK'))
        expect(distance(expected, [...raw.subarray((y * width + x) * 3).subarray(0, 3)])).toBeLessThanOrEqual(
          3,
        );
    }
  });

  it('of an animation and of a TIFF with pages shows the first, and adding them says so', async () => {
    const frame = (red: number) =>
      sharp({ create: { width: 60, height: 40, channels: 3, background: { r: red, g: 10, b: 10 } } });
    const frames = await Promise.all([220, 20].map((red) => frame(red).png().toBuffer()));
    const animated = sharp(frames, { join: { animated: true } });
    for (const [name, picture] of [
      ['animated.gif', animated.clone().gif()],
      ['animated.webp', animated.clone().webp()],
      ['pages.tif', animated.clone().tiff()],
    ] as const) {
      const file = join(folder.path, name);
      await picture.toFile(file);
      const outcome = await probe(file);
      expect(outcome).toMatchObject({
        ok: true,
        image: {
          width: 60,
          height: 40,
          pages: 2,
          note: saying('the first one is used'),
        },
      });
      const { bytes } = await overview(file, { sha256: name.padEnd(64, '0'), cacheFolder });
      const { data } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
      expect(distance([...data.subarray(0, 3)], [220, 10, 10])).toBeLessThanOrEqual(8);
    }
  });
});

describe('a bounded folder', () => {
  it('loses what was used longest ago, folders as a whole', async () => {
    const place = join(folder.path, 'bounded');
    for (const [name, bytes, seconds] of [
      ['new', 600, 300],
      ['middle', 300, 200],
      ['old', 300, 100],
    ] as const) {
      await mkdir(join(place, name, 'part'), { recursive: true });
      await writeFile(join(place, name, 'part', 'a'), Buffer.alloc(bytes));
      await utimes(join(place, name), seconds, seconds);
    }
    await prune(place, 1000);
    expect(readdirSync(place).sort()).toEqual(['middle', 'new']);
  });
});
