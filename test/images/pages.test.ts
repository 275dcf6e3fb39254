import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decode, keepPicture, pageNumbers, readPage } from '../../electron/images/index.ts';
import { useTemporaryFolder } from './support.ts';

const folder = useTemporaryFolder();

interface TestPage {
  readonly width: number;
  readonly height: number;
  readonly bits: 8 | 16 | 32;
  readonly channels?: 1 | 3;
  /** NewSubfileType. */
  readonly kind?: number;
  readonly values: (place: number) => number;
}

/** An uncompressed TIFF of these pages, one strip each; of either kind and byte order. */
function tiff(pages: readonly TestPage[], { big = false, little = true } = {}): Buffer {
  const word = big ? 8 : 4;
  const chunks: Buffer[] = [];
  let position = big ? 16 : 8;
  const append = (content: Buffer): number => {
    chunks.push(content);
    position += content.length;
    return position - content.length;
  };
  const put = (buffer: Buffer, value: number, at: number, bytes: number): void => {
    const bigEndian = Buffer.alloc(8);
    bigEndian.writeBigUInt64BE(BigInt(value));
    const content = bigEndian.subarray(8 - bytes);
    (little ? Buffer.from(content).reverse() : content).copy(buffer, at);
  };
  const links: { at: number; directory: number }[] = [];
  for (const { width, height, bits, channels = 1, kind = 0, values } of pages) {
    const samples = width * height * channels;
    const pixels = Buffer.alloc((samples * bits) / 8);
    for (let place = 0; place < samples; place += 1) {
      if (bits === 32) pixels[little ? 'writeFloatLE' : 'writeFloatBE'](values(place), place * 4);
      else put(pixels, values(place), (place * bits) / 8, bits / 8);
    }
    const strip = append(pixels);
    const depths = Buffer.alloc(2 * channels);
    for (let channel = 0; channel < channels; channel += 1) put(depths, bits, channel * 2, 2);
    const depthsAt = depths.length > word ? append(depths) : null;
    const entries: [tag: number, type: number, count: number, value: number | Buffer][] = [
      [254, 4, 1, kind],
      [256, 3, 1, width],
      [257, 3, 1, height],
      [258, 3, channels, depthsAt ?? depths],
      [259, 3, 1, 1],
      [262, 3, 1, channels === 3 ? 2 : 1],
      [273, 4, 1, strip],
      [277, 3, 1, channels],
      [278, 3, 1, height],
      [279, 4, 1, pixels.length],
      [339, 3, 1, bits === 32 ? 3 : 1],
    ];
    const [countBytes, entryBytes] = big ? [8, 20] : [2, 12];
    const table = Buffer.alloc(countBytes + entries.length * entryBytes + word);
    put(table, entries.length, 0, countBytes);
    for (const [place, [tag, type, count, value]] of entries.entries()) {
      const at = countBytes + place * entryBytes;
      put(table, tag, at, 2);
      put(table, type, at + 2, 2);
      put(table, count, at + 4, word);
      if (typeof value !== 'number') value.copy(table, at + 4 + word);
      else put(table, value, at + 4 + word, tag === 258 ? word : type === 3 ? 2 : 4);
    }
    if (position % 2 === 1) append(Buffer.alloc(1));
    links.push({ at: table.length - word, directory: append(table) });
  }
  const file = Buffer.concat([Buffer.alloc(big ? 16 : 8), ...chunks]);
  file.write(little ? 'II' : 'MM', 'latin1');
  put(file, big ? 43 : 42, 2, 2);
  if (big) put(file, 8, 4, 2);
  put(file, links[0]!.directory, big ? 8 : 4, word);
  for (const [place, { at, directory }] of links.entries())
    put(file, links[place + 1]?.directory ?? 0, directory + at, word);
  return file;
}

async function written(name: string, content: Buffer): Promise<string> {
  const file = path.join(folder.path, name);
  await writeFile(file, content);
  return file;
}

/** Samples of the strip of a single-page file as this test writes them: right behind the head. */
function samples(page: Buffer, count: number, big: boolean, little: boolean): number[] {
  const start = big ? 16 : 8;
  return Array.from({ length: count }, (_, place) =>
    little ? page.readUInt16LE(start + place * 2) : page.readUInt16BE(start + place * 2),
  );
}

describe('pages of a TIFF', () => {
  for (const big of [false, true]) {
    for (const little of [true, false]) {
      test(`16 bits stay 16 bits (${big ? 'BigTIFF' : 'TIFF'}, ${little ? 'little' : 'big'} endian)`, async () => {
        const value = (page: number) => (place: number) => (place * 257 + page * 1001 + 3) % 65_536;
        const pages = [0, 1, 2].map((page): TestPage => ({
          width: 20 + page,
          height: 10,
          bits: 16,
          values: value(page),
        }));
        const file = await written(`deep-${big}-${little}.tif`, tiff(pages, { big, little }));
        expect(await pageNumbers(file)).toEqual([1, 2, 3]);
        for (const [page, { width }] of pages.entries()) {
          const { format, content } = await readPage(file, page + 1);
          expect(format).toBe('tiff');
          expect(await sharp(content).metadata()).toMatchObject({ width, height: 10, depth: 'ushort' });
          expect((await sharp(content).metadata()).pages ?? 1).toBe(1);
          expect(samples(content, width * 10, big, little)).toEqual(
            Array.from({ length: width * 10 }, (_, place) => value(page)(place)),
          );
        }
      });
    }
  }

  test('are seen as the same pictures as inside their file, compressed in tiles as well', async () => {
    const pages = await Promise.all(
      [10, 120, 230].map((red) =>
        sharp({ create: { width: 300, height: 200, channels: 3, background: { r: red, g: 90, b: 40 } } })
          .png()
          .toBuffer(),
      ),
    );
    for (const options of [
      { compression: 'deflate', predictor: 'horizontal' },
      { compression: 'lzw', tile: true, tileWidth: 64, tileHeight: 64 },
      { compression: 'jpeg', quality: 90 },
    ] as const) {
      const whole = await sharp(pages, { join: { animated: true } })
        .tiff(options)
        .toBuffer();
      const file = await written(`whole-${options.compression}.tif`, whole);
      expect(await pageNumbers(file)).toEqual([1, 2, 3]);
      for (const number of [1, 2, 3]) {
        const kept = path.join(folder.path, `page-${options.compression}-${number}.tif`);
        await keepPicture(kept, (await readPage(file, number)).content, 'tiff');
        const inside = await sharp(whole, { page: number - 1 })
          .raw()
          .toBuffer();
        expect(Buffer.from((await decode(kept)).pixels).equals(inside)).toBe(true);
      }
    }
  });

  test('smaller copies and masks are no pages', async () => {
    const page = (kind: number): TestPage => ({ width: 8, height: 8, bits: 8, kind, values: () => 7 });
    const file = await written('pyramid.tif', tiff([page(0), page(1), page(2), page(4)]));
    expect(await pageNumbers(file)).toEqual([1, 3]);
  });

  test('a chain of pages that comes back to itself ends', async () => {
    const content = tiff([{ width: 8, height: 8, bits: 8, values: () => 7 }]);
    // The address of the next page is the last thing of the file: itself.
    content.writeUInt32LE(content.readUInt32LE(4), content.length - 4);
    expect(await pageNumbers(await written('circle.tif', content))).toEqual([1]);
  });

  test('a page that the file does not hold to its end is refused with a word', async () => {
    const page = { width: 8, height: 8, bits: 8, values: () => 7 } as const;
    const content = tiff([page, page]);
    // Bytes of the strip, in the first page's table: more than there are.
    content.writeUInt32LE(1_000_000, content.readUInt32LE(4) + 2 + 9 * 12 + 8);
    const file = await written('short.tif', content);
    await expect(readPage(file, 1)).rejects.toMatchObject({ code: 'unusable-input', details: { file } });
    await expect(readPage(file, 5)).rejects.toMatchObject({ code: 'unusable-input' });
  });
});

test('frames of animations are taken as they are shown, without loss', async () => {
  const frames = await Promise.all(
    [20, 200].map((red) =>
      sharp({ create: { width: 30, height: 20, channels: 3, background: { r: red, g: 0, b: 0 } } })
        .png()
        .toBuffer(),
    ),
  );
  for (const format of ['gif', 'webp'] as const) {
    const whole = await sharp(frames, { join: { animated: true } })
      .toFormat(format, { lossless: true })
      .toBuffer();
    const file = await written(`animation.${format}`, whole);
    expect(await pageNumbers(file)).toEqual([1, 2]);
    const { format: kept, content } = await readPage(file, 2);
    expect(kept).toBe('png');
    const seen = await sharp(content).removeAlpha().raw().toBuffer();
    expect(seen.equals(await sharp(whole, { page: 1 }).removeAlpha().raw().toBuffer())).toBe(true);
    expect(Math.abs(seen[0]! - 200)).toBeLessThan(6);
  }
});
