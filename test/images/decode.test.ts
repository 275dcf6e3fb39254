import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { LETTERBOX_PADDING, letterbox } from '../../electron/common/geometry.ts';
import { decode, displayImage, letterboxPixels, probe, thumbnail } from '../../electron/images/index.ts';
import { QUADRANTS, bitmap, distance, picture, pixelAt, quadrants, useTemporaryFolder } from './support.ts';
import { openSource, toRgb, upright } from '../../electron/images/source.ts';
import { saying } from '../support/in-english.ts';

const folder = useTemporaryFolder();

async function put(name: string, content: Uint8Array): Promise<string> {
  const file = join(folder.path, name);
  await writeFile(file, content);
  return file;
}

const WIDTH = 40;
const HEIGHT = 30;

/** Which upright pixel each EXIF orientation stores at (row, column): TIFF 6.0, tag 274. */
const STORED: Readonly<Record<number, (row: number, column: number) => [x: number, y: number]>> = {
  1: (row, column) => [column, row],
  2: (row, column) => [WIDTH - 1 - column, row],
  3: (row, column) => [WIDTH - 1 - column, HEIGHT - 1 - row],
  4: (row, column) => [column, HEIGHT - 1 - row],
  5: (row, column) => [row, column],
  6: (row, column) => [WIDTH - 1 - row, column],
  7: (row, column) => [WIDTH - 1 - row, HEIGHT - 1 - column],
  8: (row, column) => [row, HEIGHT - 1 - column],
};

/** A JPEG of the quadrants, stored as a camera held that way stores it. */
function turned(orientation: number): Promise<Buffer> {
  const [width, height] = orientation >= 5 ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT];
  const upright = quadrants(WIDTH, HEIGHT);
  const stored = Buffer.alloc(upright.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [x, y] = STORED[orientation]!(row, column);
      upright.copy(stored, (row * width + column) * 3, (y * WIDTH + x) * 3, (y * WIDTH + x) * 3 + 3);
    }
  }
  return sharp(stored, { raw: { width, height, channels: 3 } })
    .withMetadata({ orientation })
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

describe('the decoder', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns EXIF orientation %i upright', async (orientation) => {
    const image = await decode(await put(`exif-${orientation}.jpg`, await turned(orientation)));
    expect([image.width, image.height]).toEqual([40, 30]);
    expect(distance(pixelAt(image, 5, 5), [...QUADRANTS.topLeft])).toBeLessThan(12);
    expect(distance(pixelAt(image, 34, 5), [...QUADRANTS.topRight])).toBeLessThan(12);
    expect(distance(pixelAt(image, 5, 24), [...QUADRANTS.bottomLeft])).toBeLessThan(12);
    expect(distance(pixelAt(image, 34, 24), [...QUADRANTS.bottomRight])).toBeLessThan(12);
  });

  it.each([
    ['PNG', 'x.png', () => picture().png().toBuffer(), 0],
    ['lossless WebP', 'x.webp', () => picture().webp({ lossless: true }).toBuffer(), 0],
    ['TIFF', 'x.tif', () => picture().tiff({ compression: 'lzw' }).toBuffer(), 0],
    ['bitmap', 'x.bmp', async () => bitmap(40, 30), 0],
    ['16-bit PNG', 'x16.png', () => picture().toColourspace('rgb16').png().toBuffer(), 1],
    ['palette PNG', 'xp.png', () => picture().png({ palette: true }).toBuffer(), 4],
    ['GIF', 'x.gif', () => picture().gif().toBuffer(), 8],
    ['AVIF', 'x.avif', () => picture().avif({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(), 12],
    ['CMYK JPEG', 'xc.jpg', () => picture().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer(), 90],
  ])('gives 8-bit sRGB of a %s', async (_what, name, make, tolerance) => {
    const image = await decode(await put(name, await make()));
    expect(image.pixels.length).toBe(40 * 30 * 3);
    expect(distance(pixelAt(image, 5, 5), [...QUADRANTS.topLeft])).toBeLessThanOrEqual(tolerance);
    expect(distance(pixelAt(image, 34, 24), [...QUADRANTS.bottomRight])).toBeLessThanOrEqual(tolerance);
  });

  it('gives three channels for grey pictures', async () => {
    const image = await decode(await put('grey.png', await picture().greyscale().png().toBuffer()));
    expect(image.pixels.length).toBe(40 * 30 * 3);
    const [red, green, blue] = pixelAt(image, 5, 5);
    expect([green, blue]).toEqual([red, red]);
  });

  it('converts a wide-gamut profile to sRGB', async () => {
    const wide = await picture().withIccProfile('p3').png().toBuffer();
    const image = await decode(await put('p3.png', wide));
    expect(distance(pixelAt(image, 5, 5), [...QUADRANTS.topLeft])).toBeLessThan(6);
  });

  it('shows white through transparency', async () => {
    const clear = sharp({
      create: { width: 4, height: 4, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0 } },
    });
    const image = await decode(await put('clear.png', await clear.png().toBuffer()));
    expect(pixelAt(image, 1, 1)).toEqual([255, 255, 255]);
  });

  it('reads bitmaps of 1, 4, 8, 16 and 32 bits and both row orders', async () => {
    for (const bits of [1, 4, 8, 16, 32]) {
      const file = Buffer.alloc(14 + 40 + 2 ** Math.min(bits, 8) * 4 + 64);
      const offset = bits <= 8 ? 54 + 2 ** bits * 4 : 54;
      file.write('BM', 0, 'latin1');
      file.writeUInt32LE(offset, 10);
      file.writeUInt32LE(40, 14);
      file.writeInt32LE(2, 18);
      file.writeInt32LE(-1, 22);
      file.writeUInt16LE(bits, 28);
      // Palette entry 1 is (R 10, G 20, B 250); left pixel entry 0, right pixel entry 1.
      if (bits <= 8) file.set([250, 20, 10, 0], 58);
      if (bits === 1) file[offset] = 0b0100_0000;
      if (bits === 4) file[offset] = 0x01;
      if (bits === 8) file[offset + 1] = 1;
      if (bits === 16) file.writeUInt16LE(0b0_11111_00000_00000, offset + 2);
      if (bits === 32) file.set([250, 20, 10, 0], offset + 4);
      const image = await decode(await put(`bits-${bits}.bmp`, file));
      expect(pixelAt(image, 0, 0)).toEqual([0, 0, 0]);
      expect(pixelAt(image, 1, 0)).toEqual(bits === 16 ? [255, 0, 0] : [10, 20, 250]);
    }
  });

  it.each([
    // A run; values as they are, padded; a move; a run past the end of its row; end of picture.
    [8, [3, 1, 0, 0, 0, 3, 2, 3, 1, 0, 0, 0, 0, 2, 1, 0, 9, 2, 0, 1], ['1110', '2310', '0222']],
    // Two values a byte in turn; four as they are; end of row; end of picture without the rest.
    [4, [3, 0x12, 0, 0, 0, 4, 0x12, 0x30, 0, 0, 0, 1], ['1210', '1230', '0000']],
  ])('reads run lengths of %i-bit bitmaps, from the lowest row up', async (bits, runs, rows) => {
    const file = Buffer.alloc(54 + 2 ** bits * 4 + runs.length);
    file.write('BM', 0, 'latin1');
    file.writeUInt32LE(54 + 2 ** bits * 4, 10);
    file.writeUInt32LE(40, 14);
    file.writeInt32LE(4, 18);
    file.writeInt32LE(3, 22);
    file.writeUInt16LE(bits, 28);
    file.writeUInt32LE(bits === 8 ? 1 : 2, 30);
    // Entry n has red n × 10.
    for (let entry = 0; entry < 4; entry++) file[54 + entry * 4 + 2] = entry * 10;
    file.set(runs, 54 + 2 ** bits * 4);
    const image = await decode(await put(`rle${bits}.bmp`, file));
    const read = [2, 1, 0].map((y) =>
      [0, 1, 2, 3].map((x) => String(pixelAt(image, x, y)[0]! / 10)).join(''),
    );
    expect(read).toEqual(rows);
    const cut = await put(`cut${bits}.bmp`, file.subarray(0, -4));
    await expect(decode(cut)).rejects.toMatchObject({ code: 'unusable-input' });
  });

  it('names the file, the reason and a remedy where it cannot', async () => {
    const file = await put('bad.jpg', (await turned(1)).subarray(0, 500));
    await expect(decode(file)).rejects.toMatchObject({
      code: 'unusable-input',
      details: { file, remedy: saying('') },
    });
    await expect(decode(join(folder.path, 'none.jpg'))).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('letterboxing', () => {
  it('puts the content where geometry says and grey around it', async () => {
    const file = await put('wide.png', await picture(80, 40).png().toBuffer());
    const image = await letterboxPixels(file, 64);
    expect([image.width, image.height, image.pixels.length]).toEqual([80, 40, 64 * 64 * 3]);
    const box = letterbox(image, 64);
    const grey = [LETTERBOX_PADDING, LETTERBOX_PADDING, LETTERBOX_PADDING];
    const square = { pixels: image.pixels, width: 64 };
    expect(pixelAt(square, 0, box.padTop - 1)).toEqual(grey);
    expect(pixelAt(square, 63, box.padTop + box.contentHeight)).toEqual(grey);
    expect(distance(pixelAt(square, 0, box.padTop), [...QUADRANTS.topLeft])).toBeLessThan(3);
    expect(
      distance(pixelAt(square, 63, box.padTop + box.contentHeight - 1), [...QUADRANTS.bottomRight]),
    ).toBeLessThan(3);
  });

  it('keeps a picture of the right size as it is', async () => {
    const file = await put('square.png', await picture(32, 32).png().toBuffer());
    expect(Buffer.from((await letterboxPixels(file, 32)).pixels).equals(quadrants(32, 32))).toBe(true);
  });

  it('turns before it scales, at odd sizes and a single row too', async () => {
    const file = await put('turned.jpg', await turned(6));
    const image = await letterboxPixels(file, 20);
    expect([image.width, image.height]).toEqual([40, 30]);
    const line = await put('line.png', await picture(3000, 1).png().toBuffer());
    expect((await letterboxPixels(line, 33)).pixels.length).toBe(33 * 33 * 3);
  });

  it('averages, so that fine patterns do not alias when scaled far down', async () => {
    const side = 512;
    const stripes = Buffer.alloc(side * side * 3);
    for (let index = 0; index < side * side; index++)
      stripes.fill(index % 2 === 0 ? 0 : 255, index * 3, index * 3 + 3);
    const raw = { width: side, height: side, channels: 3 } as const;
    const file = await put('stripes.png', await sharp(stripes, { raw }).png().toBuffer());
    const { pixels } = await letterboxPixels(file, 32);
    expect(Math.min(...pixels)).toBeGreaterThan(110);
    expect(Math.max(...pixels)).toBeLessThan(145);
  });
});

describe('thumbnails', () => {
  it('are small, upright, and come from the cache the second time', async () => {
    const file = await put('thumb.jpg', await turned(6));
    const cacheFolder = join(folder.path, 'cache');
    const outcome = await probe(file);
    const sha256 = outcome.ok ? outcome.image.sha256 : '';
    const first = await thumbnail(file, { size: 16, sha256, cacheFolder });
    expect(first.contentType).toBe('image/webp');
    const { width, height } = await sharp(first.bytes).metadata();
    expect([width, height]).toEqual([16, 12]);
    await rm(file);
    const second = await thumbnail(file, { size: 16, sha256, cacheFolder });
    expect(Buffer.from(second.bytes).equals(Buffer.from(first.bytes))).toBe(true);
  });

  it('are made again where the cached file was cut off or the cache was deleted', async () => {
    const file = await put('again.png', await picture().png().toBuffer());
    const cacheFolder = join(folder.path, 'cache-again');
    const options = { size: 16, sha256: 'ab'.repeat(32), cacheFolder };
    const whole = await thumbnail(file, options);
    const [cached] = await readdir(join(cacheFolder, 'ab'));
    await writeFile(join(cacheFolder, 'ab', cached!), whole.bytes.subarray(0, 30));
    expect(await thumbnail(file, options)).toEqual(whole);
    await rm(cacheFolder, { recursive: true });
    expect(await thumbnail(file, options)).toEqual(whole);
  });

  it('are given even where the cache cannot be written, and leave no temporary files', async () => {
    const file = await put('nocache.png', await picture().png().toBuffer());
    const blocked = await put('a-file-not-a-folder', Buffer.from('x'));
    const result = await thumbnail(file, { size: 16, sha256: 'cd'.repeat(32), cacheFolder: blocked });
    expect(result.bytes.length).toBeGreaterThan(20);
    const cacheFolder = join(folder.path, 'clean');
    await mkdir(cacheFolder);
    await thumbnail(file, { size: 16, sha256: 'ef'.repeat(32), cacheFolder });
    expect(await readdir(join(cacheFolder, 'ef'))).toHaveLength(1);
  });
});

describe('the picture for the browser', () => {
  it.each([
    ['JPEG turned by EXIF', 'd.jpg', () => turned(6), 'image/jpeg'],
    ['PNG', 'd.png', () => picture().png().toBuffer(), 'image/png'],
    ['WebP', 'd.webp', () => picture().webp().toBuffer(), 'image/webp'],
    ['AVIF', 'd.avif', () => picture().avif().toBuffer(), 'image/avif'],
    ['still GIF', 'd.gif', () => picture().gif().toBuffer(), 'image/gif'],
  ])('is the file itself for a %s', async (_what, name, make, contentType) => {
    const content = await make();
    const image = await displayImage(await put(name, content));
    expect(image.contentType).toBe(contentType);
    expect(Buffer.from(image.bytes).equals(content)).toBe(true);
  });

  it('is the file itself where an alpha channel is there but nothing is transparent', async () => {
    const content = await picture().ensureAlpha(1).png().toBuffer();
    expect((await displayImage(await put('opaque.png', content))).contentType).toBe('image/png');
  });

  it.each([
    ['TIFF', 'e.tif', () => picture().tiff().toBuffer()],
    ['bitmap', 'e.bmp', async () => bitmap(40, 30)],
    ['CMYK JPEG', 'e.jpg', () => picture().toColourspace('cmyk').jpeg().toBuffer()],
    ['transparent PNG', 'e.png', () => picture().ensureAlpha(0.5).png().toBuffer()],
  ])('is converted for a %s', async (_what, name, make) => {
    const file = await put(name, await make());
    const image = await displayImage(file);
    expect(image.contentType).toBe('image/jpeg');
    const shown = await sharp(image.bytes).raw().toBuffer({ resolveWithObject: true });
    const seen = await decode(file);
    expect([shown.info.width, shown.info.height]).toEqual([40, 30]);
    const at = pixelAt({ pixels: shown.data, width: 40 }, 5, 5);
    expect(distance(at, pixelAt(seen, 5, 5))).toBeLessThan(6);
  });

  it('leaves the original as it was', async () => {
    const content = await turned(8);
    const file = await put('kept.jpg', content);
    await displayImage(file);
    expect((await readFile(file)).equals(content)).toBe(true);
  });
});

it('a bitmap that claims more pixels than bytes is refused, a large one decoded off the main thread', async () => {
  const bits = (width: number, height: number): Buffer => {
    const stride = Math.ceil(width / 32) * 4;
    const file = Buffer.alloc(62 + stride * height, 0xaa);
    file.fill(0, 0, 62);
    file.write('BM');
    file.writeUInt32LE(62, 10);
    file.writeUInt32LE(40, 14);
    file.writeInt32LE(width, 18);
    file.writeInt32LE(height, 22);
    file.writeUInt16LE(1, 26);
    file.writeUInt16LE(1, 28);
    file.fill(0xff, 58, 61);
    return file;
  };
  const huge = join(folder.path, 'huge.bmp');
  await writeFile(huge, bits(16_383, 16_383));
  await expect(decode(huge)).rejects.toMatchObject({
    code: 'unusable-input',
    message: expect.stringContaining('64 million pixels') as string,
  });
  const large = join(folder.path, 'large.bmp');
  await writeFile(large, bits(4000, 3000));
  let turns = 0;
  const counting = setInterval(() => turns++, 1);
  const { pixels, width, height } = await decode(large);
  clearInterval(counting);
  expect([width, height, pixels[0], pixels[3]]).toEqual([4000, 3000, 255, 0]);
  // Reading the file alone takes a turn or two.
  expect(turns).toBeGreaterThan(5);
});

it('a picture that keeps the decoder busy is given up in words', async () => {
  const create = { width: 12_000, height: 12_000, channels: 3 as const, background: '#888' };
  await expect(toRgb(sharp({ create }).blur(90).timeout({ seconds: 1 }))).rejects.toMatchObject({
    problem: { code: 'too-large', reason: { key: 'images.slow' } },
  });
});

it('every picture has a time in which it has to be decoded', async () => {
  const file = join(folder.path, 'limited.png');
  await picture().png().toFile(file);
  const source = await openSource(file, { hash: false });
  expect(upright(source)).toMatchObject({ options: { timeoutSeconds: 60 } });
});
