import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { decode, displayImage, letterboxPixels, probe, thumbnail } from '../../electron/images/index.ts';
import { useTemporaryFolder } from './support.ts';
import { tiffFile } from './tiff-file.ts';

const folder = useTemporaryFolder();
const [width, height] = [16, 4];
const RAMP = Array.from({ length: width * height }, (_, index) => (index % width) / (width - 1));

async function put(name: string, content: Buffer): Promise<string> {
  const file = join(folder.path, name);
  await writeFile(file, content);
  return file;
}

const grey = (samples: Parameters<typeof tiffFile>[0]): Buffer =>
  tiffFile(samples, { width, height, photometric: 1 });

/** The first row, one channel. */
async function row(file: string): Promise<number[]> {
  const { pixels } = await decode(file);
  return Array.from({ length: width }, (_, x) => pixels[x * 3]!);
}

const BLACK_TO_WHITE = RAMP.slice(0, width).map((share) => Math.round(share * 255));

describe('samples of more than 8 bits', () => {
  it.each([
    ['12 bits in 16', grey(Uint16Array.from(RAMP, (v) => v * 4095)), /12 bits: 0 to 4,?095/],
    ['8 bits in 16', grey(Uint16Array.from(RAMP, (v) => v * 255)), /8 bits/],
    ['the whole 16 bits', grey(Uint16Array.from(RAMP, (v) => v * 65_535)), null],
    ['floats from 0 to 1', grey(Float32Array.from(RAMP)), /from 0 to 1/],
    ['floats from 0 to 255', grey(Float32Array.from(RAMP, (v) => v * 255)), /from 0 to 255/],
    ['floats beyond', grey(Float32Array.from(RAMP, (v) => v * 800 - 400)), /from -400 to 400/],
    ['signed 16 bits', grey(Int16Array.from(RAMP, (v) => v * 1850 - 50)), /from -50 to 1,?800/],
    ['signed 32 bits', grey(Int32Array.from(RAMP, (v) => v * 3_000_000 - 1_000_000)), /from -1,?000,?000/],
    ['unsigned 32 bits', grey(Uint32Array.from(RAMP, (v) => v * 4_000_000_000)), /to 4,?000,?000,?000/],
  ])('%s go from black to white, and it is said how', async (name, content, note) => {
    const file = await put(`${name}.tif`, content);
    const outcome = await probe(file);
    if (!outcome.ok) throw new Error(inEnglish(outcome.reason));
    const { samples } = outcome.image;
    if (note === null) expect(samples).toBeNull();
    else expect(inEnglish(samples!)).toMatch(note);
    for (const [x, value] of (await row(file)).entries())
      expect(Math.abs(value - BLACK_TO_WHITE[x]!)).toBeLessThan(2);
  });

  it('are the same for canvas, thumbnails and training', async () => {
    const file = await put('one-rule.tif', grey(Uint16Array.from(RAMP, (v) => v * 4095)));
    const { bytes } = await displayImage(file);
    const small = await thumbnail(file, {
      size: 16,
      sha256: '1'.repeat(64),
      cacheFolder: join(folder.path, 'cache'),
    });
    const network = await letterboxPixels(file, 16);
    const shown = await Promise.all(
      [bytes, small.bytes].map(async (encoded) => (await sharp(encoded).greyscale().raw().toBuffer())[15]!),
    );
    expect(Math.min(...shown, network.pixels[(6 * 16 + 15) * 3]!)).toBeGreaterThan(240);
  });

  it('that are no numbers are black, and the rest stays visible', async () => {
    const file = await put('nan.tif', grey(Float32Array.from(RAMP, (v, index) => (index === 0 ? NaN : v))));
    expect((await row(file)).at(-1)).toBe(255);
  });

  it('of a 12-bit PNG are scaled too, and no browser is given the file', async () => {
    const raw = Uint16Array.from(RAMP, (v) => v * 4095);
    const content = await sharp(raw, { raw: { width, height, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    const file = await put('deep.png', content);
    expect((await row(file)).at(-1)).toBeGreaterThan(250);
    expect((await displayImage(file)).contentType).toBe('image/jpeg');
  });

  it('of 64-bit floats are seen as those of 32, on the canvas as in training', async () => {
    const [wide, narrow] = [
      await put('double.tif', grey(Float64Array.from(RAMP))),
      await put('single.tif', grey(Float32Array.from(RAMP))),
    ];
    expect(await row(wide)).toEqual(await row(narrow));
    expect((await letterboxPixels(wide, 16)).pixels).toEqual((await letterboxPixels(narrow, 16)).pixels);
    expect(await probe(wide)).toMatchObject({ ok: true, image: { width, height } });
  });

  it('of 64-bit floats that are compressed are refused as what they are', async () => {
    const content = grey(Float64Array.from(RAMP));
    // The value of the entry of tag 259.
    content.writeUInt16LE(8, content.indexOf(Buffer.from([3, 1, 3, 0, 1, 0, 0, 0])) + 8);
    const outcome = await probe(await put('packed.tif', content));
    expect(outcome).toMatchObject({ ok: false, code: 'unsupported' });
    expect(!outcome.ok && inEnglish(outcome.reason)).toMatch(/64-bit/);
  });
});

describe('a fourth channel', () => {
  const rgbn = Uint8Array.from({ length: width * height * 4 }, (_, index) => [200, 100, 50, 30][index % 4]!);
  const size = { width, height, photometric: 2 } as const;

  it.each([
    ['near infrared, named so', [0]],
    ['of which nothing is said', []],
  ])('that is %s is no transparency', async (name, extra) => {
    const file = await put(`${name}.tif`, tiffFile(rgbn, size, extra));
    expect([...(await decode(file)).pixels.subarray(0, 3)]).toEqual([200, 100, 50]);
    const outcome = await probe(file);
    expect(outcome.ok && inEnglish(outcome.image.samples ?? '')).toMatch(/near infrared/);
  });

  it('that is transparency lets white through', async () => {
    const file = await put('alpha.tif', tiffFile(rgbn, size, [2]));
    expect((await decode(file)).pixels[2]!).toBeGreaterThan(200);
    const outcome = await probe(file);
    expect(outcome.ok && outcome.image.samples).toBeNull();
  });
});
