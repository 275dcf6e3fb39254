import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CORRUPTIONS, scaledContent, scaleOf } from '../../electron/common/corruptions.ts';
import type { Corruption, Strength } from '../../electron/common/corruptions.ts';
import { letterbox, LETTERBOX_PADDING } from '../../electron/common/geometry.ts';
import { corruptRows } from '../../electron/images/corrupt.ts';
import { corruptedPictures } from '../../electron/images/index.ts';
import { useTemporaryFolder } from './support.ts';

const folder = useTemporaryFolder();
const SIZE = 64;
/** Twice as wide as high: grey above and below. */
const PICTURE = { width: 128, height: 64 };
const fit = letterbox(PICTURE, SIZE);
const at = (x: number, y: number): number => 3 * (y * SIZE + x);

/** A row of the pixel file, by the value of each channel at a place of the content. */
function row(valueAt: (x: number, y: number, channel: number) => number): Uint8Array {
  const pixels = new Uint8Array(SIZE * SIZE * 3).fill(LETTERBOX_PADDING);
  for (let y = 0; y < fit.contentHeight; y++)
    for (let x = 0; x < fit.contentWidth; x++)
      for (const channel of [0, 1, 2]) pixels[at(x, y + fit.padTop) + channel] = valueAt(x, y, channel);
  return pixels;
}

const gradient = row((x, y, channel) => 2 * x + y + 20 * channel);

async function made(
  corruption: Corruption,
  strength: Strength,
  pixels: Uint8Array = gradient,
  seed = 1,
): Promise<Uint8Array> {
  const pixelFile = join(folder.path, 'pixels.bin');
  await writeFile(pixelFile, pixels);
  const step = { corruption, strength };
  return corruptRows({ pixelFile, size: SIZE, step, pictures: [{ row: 0, seed, ...PICTURE }] });
}

const inContent = (index: number): boolean => {
  const y = Math.floor(index / (3 * SIZE));
  return y >= fit.padTop && y < fit.padTop + fit.contentHeight;
};
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a picture made worse', () => {
  it.each(CORRUPTIONS)('by %s is another one, and its grey frame is as it was', async (corruption) => {
    expect(await made(corruption, 3)).not.toEqual(gradient);
    for (const strength of [1, 5] as const) {
      const pixels = await made(corruption, strength);
      const frame = [...pixels].filter((value, index) => !inContent(index) && value !== LETTERBOX_PADDING);
      expect(frame).toEqual([]);
    }
  });

  it('is brighter or darker by c of the range, cut off at its ends', async () => {
    const [brighter, darker] = [await made('brighter', 2), await made('darker', 2)];
    for (const [x, y] of [
      [0, 0],
      [10, 7],
      [63, 31],
    ] as const) {
      const index = at(x, y + fit.padTop);
      const value = gradient[index]!;
      expect(brighter[index]).toBe(Math.min(255, value + 51));
      expect(darker[index]).toBe(Math.max(0, value - 51));
    }
  });

  it('has less contrast about the mean of each channel', async () => {
    const pixels = await made('contrast', 3);
    for (const channel of [0, 1, 2]) {
      const values = [...gradient].filter((_, index) => inContent(index) && index % 3 === channel);
      const index = at(40, 5 + fit.padTop) + channel;
      expect(pixels[index]).toBeCloseTo(mean(values) + 0.2 * (gradient[index]! - mean(values)), -0.5);
    }
  });

  it('has noise of the deviation c, the same for a seed at each strength', async () => {
    const grey = row(() => 128);
    const noiseOf = (pixels: Uint8Array): number[] =>
      [...pixels].flatMap((value, index) => (inContent(index) ? [value - 128] : []));
    const [weak, strong] = [noiseOf(await made('noise', 1, grey)), noiseOf(await made('noise', 2, grey))];
    const deviation = (values: number[]): number => Math.sqrt(mean(values.map((value) => value * value)));
    expect(deviation(weak) / (255 * 0.08)).toBeCloseTo(1, 1);
    expect(deviation(strong) / (255 * 0.12)).toBeCloseTo(1, 1);
    expect(Math.sign(weak[100]!)).toBe(Math.sign(strong[100]!));
    expect(noiseOf(await made('noise', 1, grey))).toEqual(weak);
    expect(noiseOf(await made('noise', 1, grey, 2))).not.toEqual(weak);
  });

  it.each(['smaller', 'larger'] as const)('%s has what it shows where its labels go', async (corruption) => {
    const left = row((x) => (x < fit.contentWidth / 4 ? 255 : 0));
    const pixels = await made(corruption, 4, left);
    const content = scaledContent(fit, scaleOf({ corruption, strength: 4 }));
    const edge = content.x + content.width / 4;
    const middle = fit.padTop + Math.floor(fit.contentHeight / 2);
    const shown = [...Array(SIZE).keys()].map((x) => pixels[at(x, middle)]!);
    // Half-way from white to black: at the edge, to a pixel; an edge that lies outside is not seen.
    const seen = shown.findIndex((value, x) => x >= content.x && value < 128);
    expect(Math.abs(seen - Math.max(0, edge))).toBeLessThanOrEqual(1);
  });

  it('stays as it is without a step, on a thread of its own', async () => {
    const pixelFile = join(folder.path, 'two.bin');
    const black = row(() => 0);
    await writeFile(pixelFile, Buffer.concat([gradient, black]));
    const pictures = [1, 0].map((index) => ({ row: index, seed: 1, ...PICTURE }));
    const found: Uint8Array[] = [];
    for await (const pixels of corruptedPictures([{ pixelFile, size: SIZE, step: null, pictures }]))
      found.push(pixels);
    expect(found).toEqual([new Uint8Array(Buffer.concat([black, gradient]))]);
  });
});
