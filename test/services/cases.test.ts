import { cpSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import type { Job } from '../../electron/common/jobs.ts';
import { sharedFolder } from '../support/shared.ts';
import { TestApp } from '../support/app.ts';

/**
 * What people reported of tools of this kind, and what is right: the table of ../shared/cases/README.md, run from its
 * folders where they are there. The tests of formats, images and the store have small fixtures of their own.
 */
const shared = sharedFolder('cases');
const at = (name: string): string => path.join(shared!, name);

let app: TestApp;
beforeEach(() => (app = new TestApp()));
afterEach(() => app.remove());

async function imported(source: string, more: { dryRun?: boolean; encoding?: string } = {}): Promise<Job> {
  await app.call('project.open', { path: app.project, create: true });
  return app.ended((await app.call('dataset.import', { paths: [source], ...more })).jobId);
}

async function added(folder: string): Promise<Job> {
  await app.call('project.open', { path: app.project, create: true });
  return app.ended((await app.call('images.add', { folders: [folder] })).jobId);
}

async function names(): Promise<string[]> {
  const { items } = await app.call('images.list', {});
  return items.map(({ fileName }) => fileName);
}

const words = ({ problems }: Job): string => problems.map(({ message }) => inEnglish(message)).join('\n');

/** By the name of the file: why it was left out, or what was said of it. */
const said = ({ problems }: Job): Map<string, string> =>
  new Map(
    problems.map(({ file = '', message, remedy = '' }) => [
      path.basename(file),
      `${inEnglish(message)} ${inEnglish(remedy)}`,
    ]),
  );

interface Imported {
  readonly at: string;
  readonly images: number;
  readonly boxes: number;
  readonly splits?: Partial<Record<'train' | 'val' | 'test' | 'none', number>>;
  readonly says?: RegExp;
  readonly classes?: readonly string[];
  readonly encoding?: string;
}

const IMPORTED: readonly Imported[] = [
  { at: '01-same-names/roboflow', images: 4, boxes: 4, splits: { train: 2, val: 2 } },
  { at: '01-same-names/annotations', images: 4, boxes: 4, splits: { train: 2, val: 2 } },
  { at: '01-same-names/images-split', images: 4, boxes: 4, splits: { train: 2, val: 2 } },
  { at: '02-captions/captions', images: 1, boxes: 1, says: /captions|no “categories”/ },
  { at: '02-captions/keypoints', images: 1, boxes: 1, says: /counted once/ },
  { at: '03-nfd/coco', images: 2, boxes: 2 },
  { at: '03-nfd/voc', images: 2, boxes: 2 },
  { at: '04-xml-encoding/gb2312', images: 1, boxes: 1, classes: ['汽车'] },
  { at: '04-xml-encoding/windows-1252', images: 1, boxes: 1, classes: ['Straße'] },
  { at: '04-xml-encoding/iso-8859-1', images: 1, boxes: 1, classes: ['caña'] },
  { at: '04-xml-encoding/json-gbk', images: 1, boxes: 1, classes: ['汽车'], encoding: 'gbk' },
  { at: '05-voc-subfolders/only-sub', images: 3, boxes: 3, splits: { train: 3 } },
  { at: '05-voc-subfolders/mixed', images: 4, boxes: 4 },
  { at: '06-roboflow-voc', images: 4, boxes: 4, splits: { train: 2, val: 1, test: 1 } },
  { at: '07-renamed/shifted-numbers', images: 3, boxes: 3, says: /002\.jpg, which exists/ },
  { at: '07-renamed/fresh-names', images: 3, boxes: 3, says: /IMG_100\.jpg/ },
  { at: '11-empty-lines', images: 2, boxes: 2, splits: { train: 1, val: 1 } },
  { at: '12-nan/labels.json', images: 1, boxes: 1, says: /NaN is not a number/ },
  { at: '13-id-types/labels.json', images: 1, boxes: 1, says: /taken as the same/ },
  { at: '13-id-types/string-boxes.json', images: 1, boxes: 1 },
  { at: '35-grouping-category', images: 2, boxes: 2, classes: ['carp', 'pike'], says: /only groups/ },
  { at: '37-class-names/numeric.json', images: 1, boxes: 2, classes: ['0', '1'] },
  { at: '08-ls-path/result.json', images: 1, boxes: 1 },
  { at: '09-no-size/labels.json', images: 1, boxes: 2, says: /14 px over the edge/ },
  { at: '10-nulls/labels.json', images: 1, boxes: 1 },
  { at: '30-train-base', images: 28, boxes: 53, splits: { train: 18, val: 6, test: 4 } },
  { at: '31-one-class', images: 19, boxes: 19, classes: ['only'] },
  { at: '33-new-class', images: 3, boxes: 6, classes: ['brandnew', 'also new'] },
  { at: '34-grey', images: 14, boxes: 14, splits: { train: 10, val: 4 } },
  { at: '36-category-order', images: 2, boxes: 2, classes: ['A', 'B', 'C'] },
  { at: '38-voc-odd', images: 3, boxes: 3, says: /no area; it is left out/ },
  // A zip archive, whatever its name says: read as one.
  { at: '39-zip-as-json/annotations.json', images: 1, boxes: 1 },
  { at: '40-duplicates', images: 12, boxes: 12, splits: { train: 6, val: 6 } },
  { at: '41-backup-json', images: 1, boxes: 1, says: /identical boxes are counted once: 1/ },
];

const REFUSED: readonly (readonly [at: string, says: RegExp])[] = [
  ['10-nulls/annotations-null.json', /not a list/],
  ['37-class-names/long.json', /“x{60}…” has 300 characters; at most 200/],
  ['37-class-names/odd.json', /“a\uFFFDb” has a line break or a control character/],
  ['04-xml-encoding/json-gbk', /isn’t UTF-8.*GBK: “汽车”/],
];

interface Added {
  readonly at: string;
  readonly images: readonly string[];
  /** Files that are left out or of which something is said. */
  readonly says: Readonly<Record<string, RegExp>>;
}

const ADDED: readonly Added[] = [
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
  { at: '17-heic-only', images: [], says: { 'IMG_0001.HEIC': /damaged/ } },
  {
    at: '26-channels',
    images: [
      ...['anim.webp', 'apng.png', 'cmyk.jpg', 'cmyk.tif', 'cmyk_no_adobe.jpg', 'exif6.jpg', 'exif6.png'],
      ...['exif6.tif', 'exif6.webp', 'g4.tif', 'grey.jpg', 'grey.png', 'la.png', 'lzw.tif', 'misnamed.png'],
      ...['one.png', 'pal.gif', 'pal.png', 'prog.jpg', 'rgb.jpg', 'ycc.tif'],
    ],
    // libvips has no colours of 32 bits for Lab.
    says: { 'lab.tif': /damaged/, 'anim.webp': /2 frames/, 'misnamed.png': /holds JPEG/ },
  },
];

/** Cases that need a page: the file and the name of their test. */
const IN_BROWSER: Readonly<Record<string, readonly [file: string, test: string]>> = {
  '45-keys-after-list': ['label.spec.ts', 'after a choice from a list by mouse, keys go to the canvas again'],
};

describe.skipIf(shared === null)('cases of public bug reports (where ../shared/cases is there)', () => {
  it('are all run here, or named with the test that has them', () => {
    const own = readFileSync(import.meta.filename, 'utf8');
    const folders = readdirSync(shared!, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.length).toBeGreaterThan(30);
    expect(folders.map(({ name }) => name).filter((name) => !own.includes(`'${name}`))).toEqual([]);
    const browser = path.join(import.meta.dirname, '../e2e');
    for (const [file, test] of Object.values(IN_BROWSER))
      expect(readFileSync(path.join(browser, file), 'utf8')).toContain(test);
  });

  it.each(IMPORTED)('$at', async ({ at: name, images, boxes, splits, says, classes, encoding }) => {
    const dry = await imported(at(name), { dryRun: true, encoding });
    const job = await imported(at(name), { encoding });
    expect([job.state, job.error]).toEqual(['done', undefined]);
    expect(words(job)).toBe(words(dry));
    expect(job.result).toMatchObject({ images });
    const project = await app.call('project.get', {});
    expect([project.images, project.boxes]).toEqual([images, boxes]);
    if (splits !== undefined) expect(project.bySplit).toMatchObject(splits);
    if (says !== undefined) expect(words(job)).toMatch(says);
    if (classes !== undefined) {
      const list = await app.call('classes.list', {});
      expect(list.classes.map(({ name: one }) => one)).toEqual(classes);
    }
  });

  it.each(REFUSED)(
    '%s is refused by the dry run and the import alike, and nothing changes',
    async (name, says) => {
      for (const dryRun of [true, false]) {
        const job = await imported(at(name), { dryRun });
        expect(job.error).toMatchObject({
          code: 'unusable-input',
          message: expect.stringMatching(says) as string,
        });
        const project = await app.call('project.get', {});
        expect([project.images, project.boxes]).toEqual([0, 0]);
      }
    },
  );

  it.each(ADDED)('$at', async ({ at: name, images, says }) => {
    const job = await added(at(name));
    expect((await names()).sort()).toEqual([...images].sort());
    const told = said(job);
    for (const [file, pattern] of Object.entries(says)) expect(told.get(file), file).toMatch(pattern);
    const leftOut = [...told.keys()].filter((one) => !images.includes(one));
    expect(leftOut.sort()).toEqual(
      Object.keys(says)
        .filter((one) => !images.includes(one))
        .sort(),
    );
  });

  it('23-sort: names are in the order in which people count', async () => {
    await added(at('23-sort'));
    expect(await names()).toEqual(
      ['1', '2', '10', 'a', 'B', 'frame_200', 'frame_1200'].map((name) => `${name}.jpg`),
    );
  });

  it('40-duplicates: equal pictures in two splits are said, and Assign splits puts them into one', async () => {
    await imported(at('40-duplicates'));
    const said = async (): Promise<string> =>
      (await app.call('dataset.review', {})).findings.map(({ message }) => inEnglish(message)).join('\n');
    expect(await said()).toMatch(/split/i);
    const { items } = await app.call('images.list', {});
    await app.call('splits.assign', { reassign: true });
    const hash = (name: string): string =>
      readFileSync(path.join(at('40-duplicates'), 'images', name)).toString('base64');
    const splits = new Map<string, Set<string>>();
    for (const { fileName, split } of (await app.call('images.list', {})).items)
      splits.set(hash(fileName), (splits.get(hash(fileName)) ?? new Set()).add(split));
    expect(splits.size).toBeLessThan(items.length);
    expect([...splits.values()].filter(({ size }) => size > 1)).toEqual([]);
  });

  it('43-reimport: a corrected file imported again leaves one box; one that a person has moved stays', async () => {
    const folder = at('43-reimport');
    await imported(path.join(folder, 'v1.json'));
    const imageId = (await app.call('images.list', {})).items[0]!.id;
    const boxes = async () => (await app.call('annotations.get', { imageId })).boxes;
    const [old] = await boxes();
    expect((await imported(path.join(folder, 'v2.json'))).result).toMatchObject({
      boxesAdded: 0,
      boxesChanged: 1,
    });
    const [corrected] = await boxes();
    expect(await boxes()).toHaveLength(1);
    expect(corrected).toMatchObject({ id: old!.id });
    expect(corrected!.x).not.toBe(old!.x);
    const { image } = await app.call('annotations.get', { imageId });
    const geometry = { x: 1, y: 1, width: corrected!.width, height: corrected!.height };
    await app.call('annotations.edit', {
      imageId,
      expectedRevision: image.revision,
      editId: crypto.randomUUID(),
      operations: [{ type: 'update-box', boxId: corrected!.id, changes: { geometry } }],
    });
    const mine = await boxes();
    const again = await imported(path.join(folder, 'v1.json'));
    expect(again.result).toMatchObject({ boxesChanged: 0, boxesRemoved: 0 });
    expect((await boxes()).filter(({ id }) => id === corrected!.id)).toEqual(mine);
  });

  it('46-moved: a project beside its images is moved with them; importing again finds them, and doubles none', async () => {
    const before = path.join(app.folder, 'ds');
    const after = path.join(app.folder, 'moved');
    cpSync(at('31-one-class'), before, { recursive: true });
    const importHere = async (folder: string): Promise<Job> => {
      await app.call('project.open', { path: path.join(folder, 'proj'), create: true });
      return app.ended((await app.call('dataset.import', { paths: [folder] })).jobId);
    };
    expect((await importHere(before)).result).toMatchObject({ images: 19, imagesAdded: 19 });
    await app.call('project.close', {});
    renameSync(before, after);
    expect((await importHere(after)).result).toMatchObject({ images: 19, imagesAdded: 0, imagesMoved: 19 });
    expect(await app.call('project.get', {})).toMatchObject({ images: 19, boxes: 19, missing: 0 });
  });
});
