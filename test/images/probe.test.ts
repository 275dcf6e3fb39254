import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { probe } from '../../electron/images/index.ts';
import type { ProbeOutcome } from '../../electron/images/index.ts';
import { bitmap, picture, quadrants, useTemporaryFolder } from './support.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { saying } from '../support/in-english.ts';
import { withoutRights } from '../support/without-rights.ts';

const folder = useTemporaryFolder();

async function put(name: string, content: Uint8Array | string): Promise<string> {
  const file = join(folder.path, name);
  await writeFile(file, content);
  return file;
}

async function probed(name: string, content: Uint8Array | string): Promise<ProbeOutcome> {
  return probe(await put(name, content));
}

function reasonOf(outcome: ProbeOutcome): string {
  return outcome.ok ? 'usable' : inEnglish(outcome.reason);
}

/** As sharp makes it: values around the middle. */
const NOISE = {
  width: 900,
  height: 600,
  channels: 3,
  background: '#888',
  noise: { type: 'gaussian', mean: 128, sigma: 40 },
} as const;
const blank = () => sharp({ create: { width: 2000, height: 1500, channels: 3, background: '#fff' } });

describe('probing a file', () => {
  it.each([
    ['jpeg', 'a.jpg', () => picture().jpeg().toBuffer()],
    ['png', 'a.png', () => picture().png().toBuffer()],
    ['webp', 'a.webp', () => picture().webp().toBuffer()],
    ['avif', 'a.avif', () => picture().avif().toBuffer()],
    ['tiff', 'a.tif', () => picture().tiff().toBuffer()],
    ['gif', 'a.gif', () => picture().gif().toBuffer()],
    ['bmp', 'a.bmp', async () => bitmap(40, 30)],
  ])('tells format, size, bytes, time and hash of %s', async (format, name, make) => {
    const content = await make();
    const file = await put(name, content);
    const { mtimeMs } = await stat(file);
    expect(await probe(file)).toEqual({
      ok: true,
      image: {
        file,
        format,
        width: 40,
        height: 30,
        orientation: 1,
        pages: 1,
        bytes: content.length,
        modified: Math.trunc(mtimeMs),
        sha256: createHash('sha256').update(content).digest('hex'),
        note: null,
        samples: null,
      },
    });
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('gives the upright size for EXIF orientation %i', async (orientation) => {
    const outcome = await probed(
      'turned.jpg',
      await picture().withMetadata({ orientation }).jpeg().toBuffer(),
    );
    const [width, height] = orientation >= 5 ? [30, 40] : [40, 30];
    expect(outcome).toMatchObject({ ok: true, image: { width, height, orientation } });
  });

  it('uses a file of the wrong extension by its content, with a word', async () => {
    const outcome = await probed('really-png.jpg', await picture().png().toBuffer());
    expect(outcome).toMatchObject({ ok: true, image: { format: 'png' } });
    expect(outcome.ok && outcome.image.note).toEqual(saying('PNG'));
  });

  it('uses the first frame of an animation, with a word', async () => {
    const frames = await sharp(quadrants(20, 40), {
      raw: { width: 20, height: 40, channels: 3, pageHeight: 20 },
    })
      .gif()
      .toBuffer();
    const outcome = await probed('moving.gif', frames);
    expect(outcome).toMatchObject({ ok: true, image: { width: 20, height: 20, pages: 2 } });
    expect(outcome.ok && outcome.image.note).toEqual(saying('2 frames'));
  });

  it.each([
    ['one pixel', () => picture(1, 1).png().toBuffer(), 1, 1],
    ['16 bits a channel', () => picture().toColourspace('rgb16').png().toBuffer(), 40, 30],
    ['CMYK', () => picture().toColourspace('cmyk').jpeg().toBuffer(), 40, 30],
    ['a palette', () => picture().png({ palette: true }).toBuffer(), 40, 30],
    ['20,000 pixels in a row', () => picture(20_000, 2).png().toBuffer(), 20_000, 2],
  ])('takes a picture of %s', async (_what, make, width, height) => {
    expect(await probed('odd.img', await make())).toMatchObject({ ok: true, image: { width, height } });
  });

  it('says that an empty file is empty', async () => {
    expect(reasonOf(await probed('empty.jpg', ''))).toContain('0 bytes');
  });

  it.each([
    ['jpeg', () => picture(200, 200).jpeg().toBuffer()],
    ['png', () => picture(200, 200).png({ compressionLevel: 0 }).toBuffer()],
    ['webp', () => picture(200, 200).webp({ lossless: true }).toBuffer()],
    ['avif', () => picture(200, 200).avif().toBuffer()],
    ['tiff', () => picture(200, 200).tiff({ compression: 'none' }).toBuffer()],
    ['gif', () => picture(200, 200).gif().toBuffer()],
    ['bmp', async () => bitmap(200, 200)],
  ])('notices that a %s file was cut off', async (_format, make) => {
    const whole = await make();
    const outcome = await probed('cut.img', whole.subarray(0, Math.floor(whole.length * 0.7)));
    expect(outcome.ok).toBe(false);
    expect(outcome).toMatchObject({ code: 'damaged' });
    expect(reasonOf(outcome)).toMatch(/ends before|damaged/);
  });

  it('tells a file that was cut off from one that is damaged, however many are read at once', async () => {
    const jpeg = await picture(200, 200).jpeg().toBuffer();
    const png = await picture(200, 200).png({ compressionLevel: 0 }).toBuffer();
    png.fill(0x55, png.length >> 1, (png.length >> 1) + 40);
    const cut = await put('cut.jpg', jpeg.subarray(0, jpeg.length >> 1));
    const bad = await put('bad.png', png);
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, at) => probe(at % 2 === 0 ? cut : bad)),
    );
    for (const [at, outcome] of outcomes.entries())
      expect(reasonOf(outcome)).toContain(at % 2 === 0 ? 'ends before the image is complete' : 'is damaged');
  });

  const zeroed = (content: Buffer): Buffer =>
    content.fill(0, content.length >> 1, (content.length >> 1) + 200);
  const noise = () => sharp({ create: NOISE }).resize(300, 200);

  it.each([
    ['jpeg', () => noise().jpeg({ quality: 85 }).toBuffer()],
    [
      'jpeg of few bits',
      () => noise().resize(1200, 800).blur(3).jpeg({ quality: 15, optimiseCoding: true }).toBuffer(),
    ],
    ['grey jpeg', () => noise().greyscale().jpeg().toBuffer()],
    ['lossy webp', () => noise().webp({ quality: 80 }).toBuffer()],
    ['webp with transparency', () => noise().ensureAlpha(0.5).webp({ quality: 80 }).toBuffer()],
  ])('notices that a part of a %s is zeros, which decodes without an error', async (_format, make) => {
    const whole = await make();
    expect(await probed('whole.img', whole)).toMatchObject({ ok: true });
    expect(await probed('zeroed.img', zeroed(whole))).toMatchObject({ ok: false, code: 'damaged' });
  });

  it('notices zeros in the brightness that a progressive JPEG begins with, of which a decoder only warns', async () => {
    const [width, height] = [600, 400];
    const waves = Buffer.from(
      Array.from({ length: width * height }, (_, at) => {
        const [x, y] = [at % width, Math.floor(at / width)];
        return 128 + 80 * Math.sin(x / 17) * Math.cos(y / 11) + ((x * 7919 + y * 104_729) % 31);
      }),
    );
    const whole = await sharp(waves, { raw: { width, height, channels: 1 } })
      .jpeg({ progressive: true })
      .toBuffer();
    const start = whole.indexOf(Buffer.from([0xff, 0xda]));
    const data = start + 2 + whole.readUInt16BE(start + 2);
    expect(await probed('whole.jpg', whole)).toMatchObject({ ok: true });
    for (const from of [20, 60, 100, 200, 300]) {
      const zeroed = Buffer.from(whole).fill(0, data + from, data + from + 64);
      expect(await probed('zeroed.jpg', zeroed), String(from)).toMatchObject({ ok: false, code: 'damaged' });
    }
  });

  it.each([
    ['jpeg', () => blank().jpeg({ optimiseCoding: true }).toBuffer()],
    ['progressive jpeg', () => blank().jpeg({ mozjpeg: true }).toBuffer()],
    ['webp', () => blank().webp().toBuffer()],
  ])('takes a blank %s, whose data are zeros for the most part', async (_format, make) => {
    const content = await make();
    expect(content.includes(Buffer.alloc(32))).toBe(true);
    expect(await probed('blank.img', content)).toMatchObject({ ok: true });
  });

  it('takes a JPEG with bytes after its end, as some cameras write', async () => {
    const content = Buffer.concat([await picture().jpeg().toBuffer(), Buffer.from('maker note')]);
    expect(await probed('trailing.jpg', content)).toMatchObject({ ok: true });
  });

  it.each([
    ['a text', 'hello', 'not-an-image'],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'unsupported'],
    ['an SVG with an XML head', '<?xml version="1.0"?><svg/>', 'unsupported'],
    ['a HEIC head alone', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0heicmif1', 'latin1'), 'damaged'],
    ['a JPEG 2000', Buffer.from('\0\0\0\x0cjP  \r\n\x87\n', 'latin1'), 'unsupported'],
    ['a PPM', 'P6\n2 2\n255\n', 'unsupported'],
    ['random bytes after a JPEG head', Buffer.from([0xff, 0xd8, 0xff, 1, 2, 3, 4, 5]), 'damaged'],
    ['a PNG head alone', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), 'damaged'],
    ['a bitmap head alone', Buffer.from('BM'), 'damaged'],
  ])('refuses %s with a reason and a remedy', async (_what, content, code) => {
    const outcome = await probed('strange.png', content);
    expect(outcome).toMatchObject({ ok: false, code });
    expect(!outcome.ok && inEnglish(outcome.remedy).length).toBeGreaterThan(10);
  });

  it('refuses more pixels than the limit before decoding any', async () => {
    const header = bitmap(2, 2);
    header.writeInt32LE(100_000, 18);
    header.writeInt32LE(100_000, 22);
    expect(await probed('bomb.bmp', header)).toMatchObject({ ok: false, code: 'too-large' });
    const png = await picture(2, 2).png().toBuffer();
    png.writeUInt32BE(100_000, 16);
    png.writeUInt32BE(100_000, 20);
    expect((await probed('bomb.png', png)).ok).toBe(false);
  });

  it('says that a file is missing, a folder, or not permitted', async () => {
    expect(await probe(join(folder.path, 'nowhere.png'))).toMatchObject({ ok: false, code: 'missing' });
    await mkdir(join(folder.path, 'folder.png'));
    expect(reasonOf(await probe(join(folder.path, 'folder.png')))).toContain('folder');
  });

  it.skipIf(process.platform === 'win32')('says that reading is not permitted', async () => {
    const file = await put('locked.png', await picture().png().toBuffer());
    await chmod(folder.path, 0o755);
    await chmod(file, 0);
    expect(await withoutRights(() => probe(file))).toMatchObject({ ok: false, code: 'unreadable' });
  });

  it('never changes the file', async () => {
    const content = await picture().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const file = await put('original.jpg', content);
    await probe(file);
    expect((await readFile(file)).equals(content)).toBe(true);
  });
});
