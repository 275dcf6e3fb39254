import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blurredExtension, writeBlurred } from '../../electron/images/index.ts';
import type { Rectangle } from '../../electron/common/geometry.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-blur-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const WIDTH = 120;
const HEIGHT = 80;
/** Black and white squares of four pixels: what is recognised of them is their contrast. */
const board = Buffer.from(
  Array.from({ length: WIDTH * HEIGHT }, (_, index) => {
    const [x, y] = [index % WIDTH, Math.floor(index / WIDTH)];
    return (x >> 2) % 2 === (y >> 2) % 2 ? 255 : 0;
  }),
);
const picture = () => sharp(board, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } });

async function pixels(file: string): Promise<{ data: Buffer; width: number; height: number }> {
  const { data, info } = await sharp(file).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(1);
  return { data, width: info.width, height: info.height };
}

/** Largest difference from the middle grey in an area. */
async function contrast(file: string, { x, y, width, height }: Rectangle): Promise<number> {
  const { data, width: wide } = await pixels(file);
  let most = 0;
  for (let row = y; row < y + height; row++)
    for (let column = x; column < x + width; column++)
      most = Math.max(most, Math.abs(data[row * wide + column]! - 127.5));
  return most;
}

describe('a blurred copy', () => {
  it('hides the areas, also those at the edge, and nothing else', async () => {
    const file = path.join(folder, 'a.png');
    await picture().png().toFile(file);
    const out = path.join(folder, 'b.png');
    const face = { x: 20, y: 16, width: 40, height: 32 };
    await writeBlurred(file, [face, { x: 96.5, y: -3, width: 99, height: 19.5 }], out);
    expect(await contrast(out, face)).toBeLessThan(40);
    expect(await contrast(out, { x: 96, y: 0, width: 24, height: 17 })).toBeLessThan(40);
    const [before, after] = [await pixels(file), await pixels(out)];
    for (let index = 0; index < WIDTH * HEIGHT; index++) {
      const [x, y] = [index % WIDTH, Math.floor(index / WIDTH)];
      const inFace = x >= 20 && x < 60 && y >= 16 && y < 48;
      if (!inFace && !(x >= 96 && y < 17)) expect(after.data[index], `${x} ${y}`).toBe(before.data[index]);
    }
  });

  it('of a turned photograph is upright, hides what the box says there, and has no metadata', async () => {
    const file = path.join(folder, 'a.jpg');
    const exif = { IFD0: { Artist: 'somebody' } };
    await picture().jpeg({ quality: 100 }).withExif(exif).withMetadata({ orientation: 6 }).toFile(file);
    const out = path.join(folder, 'b.jpg');
    const face = { x: 8, y: 60, width: 40, height: 40 };
    await writeBlurred(file, [face], out);
    const { width, height, orientation, exif: kept } = await sharp(out).metadata();
    expect([width, height, orientation ?? 1, kept]).toEqual([HEIGHT, WIDTH, 1, undefined]);
    expect(await contrast(out, face)).toBeLessThan(60);
    expect(await contrast(out, { x: 8, y: 8, width: 40, height: 40 })).toBeGreaterThan(100);
  });

  it('keeps the kind of file where it can be written, and is a PNG elsewhere', () => {
    expect(['a.JPG', 'b/c.jpeg', 'd.png', 'e.webp'].map(blurredExtension)).toEqual([
      '.JPG',
      '.jpeg',
      '.png',
      '.webp',
    ]);
    expect(['a.bmp', 'a.tiff', 'a.heic', 'a.gif', 'a'].map(blurredExtension)).toEqual(Array(5).fill('.png'));
  });

  it('of a file that is no picture is refused by its name, and nothing is written', async () => {
    const file = path.join(folder, 'a.png');
    writeFileSync(file, 'no picture');
    await expect(writeBlurred(file, [], path.join(folder, 'b.png'))).rejects.toMatchObject({
      code: 'unusable-input',
      details: { file },
    });
  });
});
