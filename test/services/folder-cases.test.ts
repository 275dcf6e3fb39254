import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import type { Job } from '../../electron/common/jobs.ts';
import { sharedFolder } from '../support/shared.ts';
import { TestApp } from '../support/app.ts';

let app: TestApp;
beforeEach(() => (app = new TestApp()));
afterEach(() => app.remove());

async function added(folder: string): Promise<Job> {
  await app.call('project.open', { path: app.project, create: true });
  return app.ended((await app.call('images.add', { folders: [folder] })).jobId);
}

async function names(): Promise<string[]> {
  const { items } = await app.call('images.list', {});
  return items.map(({ fileName }) => fileName).sort();
}

/** By the name of the file: why it was left out, or what was said of it. */
const said = ({ problems }: Job): Map<string, string> =>
  new Map(
    problems.map(({ file = '', message, remedy = '' }) => [
      path.basename(file),
      `${inEnglish(message)} ${inEnglish(remedy)}`,
    ]),
  );

interface Case {
  readonly at: string;
  readonly images: readonly string[];
  /** Files that are left out or of which something is said. */
  readonly says: Readonly<Record<string, RegExp>>;
}

/** Pictures of public bug reports, and what is right: see ../shared/cases/README.md. */
const CASES: readonly Case[] = [
  {
    at: '14-naip-4band',
    images: [
      'bands5.tif',
      'grey2.tif',
      'minisblack4.tif',
      'naip_alpha.tif',
      'naip_planar.tif',
      'naip_unspecified.tif',
      'rgb.png',
      'screen.png',
    ],
    says: { 'bands5.tif': /In \d images: Channels beyond/ },
  },
  {
    at: '15-16bit',
    images: [
      'dem_int16.tif',
      'rgb16_12bit.tif',
      'screen.png',
      'u16_12bit.png',
      'u16_12bit.tif',
      'u16_full.tif',
    ],
    says: { 'dem_int16.tif': /-50 to 1,800/, 'rgb16_12bit.tif': /3 images: Its values have 12 bits/ },
  },
  {
    at: '16-float-tiff',
    images: [
      'f32_0_1.tif',
      'f32_0_255.tif',
      'f32_0_510.tif',
      'f32_nan.tif',
      'f32_rgb_0_1.tif',
      'f64_0_1.tif',
      'i32.tif',
      'u32.tif',
    ],
    says: { 'f32_0_510.tif': /0 to 510/ },
  },
  {
    at: '17-heic',
    images: ['noextension', 'ok.jpg'],
    says: {
      'IMG_0001.HEIC': /damaged.*Copy the file/,
      'IMG_0002.heic': /damaged/,
      noextension: /no extension/,
      'old.ppm': /PPM.*Convert/,
      'photo.dng': /camera raw.*Convert/,
      'scan.jp2': /JPEG 2000.*Convert/,
    },
  },
  { at: '42-heic-as-jpg', images: ['ok.jpg'], says: { 'IMG_0001.JPG': /damaged/ } },
  {
    at: '18-bmp-rle',
    images: ['mono1.bmp', 'pal8.bmp', 'plain24.bmp', 'rgba32.bmp', 'rle8.bmp'],
    says: {},
  },
  {
    at: '19-corrupt-jpeg',
    images: ['extra_bytes.jpg', 'extraneous_before_eoi.jpg', 'good.jpg', 'good.png'],
    says: {
      'cut_no_eoi.jpg': /ends before/,
      'cut_with_eoi.jpg': /missing or damaged/,
      'missing_middle.jpg': /missing or damaged/,
      'png_zeroed.png': /ends before|damaged/,
      'zeroed_middle.jpg': /missing or damaged/,
    },
  },
  {
    at: '19-corrupt-other',
    images: ['a.webp', 'b.gif', 'c.tif', 'd.avif', 'e.png'],
    says: {
      'bad_a.webp': /missing or damaged/,
      'bad_b.gif': /damaged/,
      'bad_c.tif': /ends before|damaged/,
      'bad_d.avif': /damaged/,
      'bad_e.png': /ends before|damaged/,
    },
  },
];

const shared = sharedFolder('cases');

describe.skipIf(shared === null)('folders of public bug reports (where ../shared/cases is there)', () => {
  it.each(CASES)('$at', async ({ at, images, says }) => {
    const job = await added(path.join(shared!, at));
    expect(await names()).toEqual([...images].sort());
    const words = said(job);
    for (const [file, pattern] of Object.entries(says)) expect(words.get(file), file).toMatch(pattern);
    const leftOut = [...words.keys()].filter((name) => !images.includes(name));
    expect(leftOut.sort()).toEqual(
      Object.keys(says)
        .filter((name) => !images.includes(name))
        .sort(),
    );
  });
});

it('what is in a folder beside the pictures is listed where somebody could take it for one', async () => {
  const folder = path.join(app.folder, 'photos');
  mkdirSync(folder);
  const content = await sharp({ create: { width: 20, height: 20, channels: 3, background: '#123456' } })
    .jpeg()
    .toBuffer();
  const half = Buffer.concat([content.subarray(0, content.length / 2), Buffer.from([0xff, 0xd9])]);
  const files = {
    'a.jpg': content,
    'half.jpg': half,
    bare: content,
    'clip.xyz': 'no picture',
    'a.txt': '0 1 1 1 1',
    'Thumbs.db': 'x',
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, name), bytes);
  const job = await added(folder);
  expect(await names()).toEqual(['a.jpg', 'bare']);
  expect([...said(job).keys()].sort()).toEqual(['bare', 'clip.xyz', 'half.jpg']);
});
