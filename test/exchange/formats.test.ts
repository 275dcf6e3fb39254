import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { CompressionCodec, SchemaElement } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import type { FormatLoss } from '../../electron/common/entities.ts';
import { createRandom } from '../../electron/common/random.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import type { Said } from '../../electron/common/sentences/sentence.ts';
import { crc32c } from '../../electron/exchange/formats/tfrecord/records.ts';
import { tarred } from '../../electron/exchange/formats/webdataset/tar.ts';
import { FORMATS, writeDataset } from '../../electron/exchange/index.ts';
import { mainPath, SAMPLES, WITHOUT_SAMPLE, writeSample } from './corpus.ts';
import { survives } from '../fuzz/sound.ts';
import { read, unpackInto, useTemporaryFolder, writeFiles } from './support.ts';

/** As zlib packs. */
type Packer = (bytes: Uint8Array) => Uint8Array;

const folder = useTemporaryFolder();
let next = 0;
const SIZE = { width: 100, height: 80 };
const place = (): string => join(folder.path, String(++next));
const messages = (problems: readonly { message: Parameters<typeof inEnglish>[0] }[]): string[] =>
  problems.map(({ message }) => inEnglish(message));

describe('every format that is read', () => {
  it('has a sample here', () => {
    const ids = FORMATS.filter((format) => format.read !== undefined).map(({ id }) => id);
    expect([...Object.keys(SAMPLES), ...WITHOUT_SAMPLE].sort()).toEqual(ids.sort());
  });

  it.each(Object.entries(SAMPLES))('%s is recognised by evidence and gives its box', async (id, sample) => {
    const root = await writeSample(place(), sample);
    for (const path of [root, ...(['yolo', 'kitti'].includes(id) ? [] : [mainPath(root, sample)])]) {
      const { dataset, problems, format } = await read(path, { sizeOf: async () => SIZE });
      expect([format, messages(problems)]).toEqual([id, []]);
      const image = dataset.images.find(({ boxes }) => boxes.length > 0);
      expect(image?.file).toMatch(/a\.jpg$/);
      const [box] = image!.boxes;
      for (const [key, value] of Object.entries({ x: 10, y: 20, width: 30, height: 40 }))
        expect(box?.[key as 'x']).toBeCloseTo(value, 4);
      expect(box?.className).toBe('cat');
    }
  });
});

describe('CVAT', () => {
  it('gives tags, attributes, subsets and every other field', async () => {
    const { dataset } = await read(await writeSample(place(), SAMPLES.cvat!));
    expect(dataset.classes.map(({ kind, name }) => [kind, name])).toEqual([
      ['object', 'cat'],
      ['image', 'sunny'],
    ]);
    expect(dataset.images).toMatchObject([
      { split: 'train', imageClasses: ['sunny'], width: 100 },
      { split: null, reviewed: false },
    ]);
    expect(dataset.images[0]!.boxes[0]).toMatchObject({
      attributes: { occluded: true, colour: 'black' },
      unknown: { source: 'manual', z_order: '2' },
    });
  });

  it('follows a track over the frames between its keys, to where it goes outside or the video ends', async () => {
    const at = (frame: number, x: number, more = ''): string =>
      `<box frame="${frame}" keyframe="1" occluded="0" ${more} xtl="${x}" ytl="10" xbr="${x + 20}" ybr="30"/>`;
    const root = await writeFiles(place(), {
      'annotations.xml':
        '<annotations><meta><task><size>9</size><original_size><width>100</width><height>80</height></original_size></task></meta>' +
        `<track id="0" label="car">${at(0, 10, 'outside="0"')}${at(4, 50, 'outside="0"')}${at(6, 50, 'outside="1"')}</track>` +
        `<track id="1" label="bus">${at(7, 30, 'outside="0"')}</track></annotations>`,
      ...Object.fromEntries(Array.from({ length: 9 }, (_, frame) => [`images/frame_00000${frame}.PNG`, 'p'])),
    });
    const { dataset, problems } = await read(root);
    expect(messages(problems)).toEqual([]);
    const seen = dataset.images.map(({ file, boxes }) => [
      Number(/(\d+)\.PNG$/.exec(file ?? '')?.[1]),
      boxes.map(({ className, x, unknown }) => [className, x, unknown.keyframe]),
    ]);
    expect(seen).toEqual([
      [0, [['car', 10, true]]],
      [1, [['car', 20, false]]],
      [2, [['car', 30, false]]],
      [3, [['car', 40, false]]],
      [4, [['car', 50, true]]],
      [5, [['car', 50, false]]],
      [7, [['bus', 30, true]]],
      [8, [['bus', 30, false]]],
    ]);
  });

  it('puts upright boxes around outlines and turned boxes, and says how many', async () => {
    const root = await writeFiles(place(), {
      'x.xml':
        '<annotations><image name="a.jpg" width="100" height="80">' +
        '<polygon label="leaf" points="10,10;30,20;20,40"/>' +
        '<ellipse label="leaf" cx="50" cy="40" rx="5" ry="6"/>' +
        '<box label="leaf" xtl="40" ytl="30" xbr="60" ybr="40" rotation="90"/>' +
        '<box label="leaf" xtl="4" ytl="3" xbr="oops" ybr="40"/><box xtl="1" ytl="1" xbr="2" ybr="2"/>' +
        '</image></annotations>',
      'a.jpg': 'p',
    });
    const { dataset, problems } = await read(root);
    const boxes = dataset.images[0]!.boxes.map(({ x, y, width, height }) =>
      [x, y, width, height].map((value) => Math.round(value * 1e6) / 1e6),
    );
    expect(boxes).toEqual([
      [10, 10, 20, 30],
      [45, 34, 10, 12],
      [45, 25, 10, 20],
    ]);
    expect(messages(problems)).toEqual([
      'The leaf box doesn’t have four numbers; it is left out.',
      'The box has no class; it is left out.',
      '3 outlines or rotated boxes became the upright boxes around them.',
    ]);
    expect(problems.map((one) => one.place)).toEqual(['line 1', 'line 1', 'line 1']);
  });

  it.each([
    ['an entity', '<!DOCTYPE a [<!ENTITY e "x">]><annotations>&e;</annotations>', /DOCTYPE/],
    ['an end that is missing', '<annotations>\n<image name="a.jpg">', /<image> is never closed/],
    ['depth', `<annotations>${'<a>'.repeat(50)}`, /levels deep/],
  ])('is refused for %s', async (_what, text, message) => {
    const root = await writeFiles(place(), { 'x.xml': text });
    const error = await read(join(root, 'x.xml'), {}, 'cvat').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'unusable-input', details: { file: join(root, 'x.xml') } });
    expect((error as Error).message).toMatch(message);
  });
});

describe('Label Studio', () => {
  it('finds pictures under the names that its server gave them', async () => {
    const { dataset, problems } = await read(await writeSample(place(), SAMPLES['label-studio']!));
    expect(messages(problems)).toEqual([]);
    expect(dataset.images).toMatchObject([
      { imageClasses: ['sunny'], reviewed: true, unknown: { data: { site: 'north' } } },
      { path: 'set/b.jpg', reviewed: false },
    ]);
    expect(dataset.images[1]!.file).toMatch(/set.b\.jpg$/);
  });

  it('takes the ground truth, or else the latest version, and predictions only where nobody annotated', async () => {
    const box = (x: number, label = 'cat') => ({
      id: `r${x}`,
      type: 'rectanglelabels',
      original_width: 100,
      original_height: 80,
      value: { x, y: 0, width: 10, height: 10, rotation: 0, rectanglelabels: [label] },
    });
    const root = await writeFiles(place(), {
      'tasks.json': [
        {
          data: { image: 'a.jpg' },
          annotations: [
            { ground_truth: true, result: [box(1)] },
            { result: [box(2)] },
            { was_cancelled: true, result: [box(3)] },
          ],
        },
        { data: { image: 'b.jpg' }, annotations: [], predictions: [{ score: 0.5, result: [box(4)] }] },
      ],
      'a.jpg': 'p',
      'b.jpg': 'p',
    });
    const { dataset, problems } = await read(root);
    expect(dataset.images.map(({ boxes }) => boxes.map(({ x, score }) => [x, score]))).toEqual([
      [[1, null]],
      [[4, 0.5]],
    ]);
    expect(messages(problems)).toEqual(['a.jpg was annotated more than once; 1 other version is left out.']);
  });

  it('turns a box about its corner, in pixels', async () => {
    const value = { x: 50, y: 25, width: 20, height: 25, rotation: 90, rectanglelabels: ['cat'] };
    const result = [{ id: 'a', type: 'rectanglelabels', original_width: 100, original_height: 80, value }];
    const root = await writeFiles(place(), {
      'tasks.json': [{ data: { image: 'a.jpg' }, annotations: [{ result }] }],
      'a.jpg': 'p',
    });
    const { dataset } = await read(root);
    const { x, y, width, height } = dataset.images[0]!.boxes[0]!;
    expect([x, y, width, height].map(Math.round)).toEqual([30, 20, 20, 20]);
  });
});

describe('Datumaro', () => {
  it('gives classes of images, attributes and every other field; outlines as the boxes around them', async () => {
    const { dataset } = await read(await writeSample(place(), SAMPLES.datumaro!));
    expect(dataset.images[0]).toMatchObject({
      split: 'train',
      imageClasses: ['sunny'],
      unknown: { attr: { frame: 3 } },
    });
    expect(dataset.images[0]!.boxes[0]).toMatchObject({
      attributes: { colour: 'black' },
      unknown: { group: 4 },
    });
    const root = await writeFiles(place(), {
      'annotations/default.json': {
        categories: { label: { labels: [{ name: 'cat' }] } },
        items: [
          {
            id: 'sub/a',
            annotations: [
              { type: 'polygon', label_id: 0, points: [1, 2, 11, 2, 11, 22] },
              { type: 'mask', label_id: 0, rle: {} },
              { type: 'bbox', label_id: 5, bbox: [1, 2, 3, 4] },
            ],
          },
        ],
      },
      'images/default/sub/a.png': 'p',
    });
    const { dataset: outlined, problems } = await read(root);
    expect(outlined.images[0]!.file).toMatch(/a\.png$/);
    expect(outlined.images[0]!.boxes).toMatchObject([{ x: 1, y: 2, width: 10, height: 20 }]);
    expect(messages(problems)).toEqual([
      'The cat shape is a mask, which has no box; it is left out.',
      'The label 5 is not listed; the entry is left out.',
      '1 outline or rotated box became the upright box around it.',
    ]);
  });
});

describe('VGG Image Annotator 3', () => {
  const project = {
    project: { pid: 'x', data_format_version: '3.1.1' },
    config: {},
    attribute: {
      1: { aname: 'class', anchor_id: 'FILE1_Z0_XY1', type: 4, options: { 0: 'cat', 1: 'dog' } },
      2: { aname: 'colour', anchor_id: 'FILE1_Z0_XY1', type: 1, options: {} },
      3: { aname: 'category', anchor_id: 'FILE1_Z0_XY0', type: 4, options: { a: 'sunny' } },
    },
    file: { 1: { fid: 1, fname: 'a.jpg', type: 2, loc: 1, src: '' }, 2: { fid: 2, fname: 'b.jpg' } },
    view: { 1: { fid_list: ['1'] }, 2: { fid_list: ['2'] }, 3: { fid_list: ['1', '2'] } },
    metadata: {
      '1_a': { vid: '1', flg: 0, z: [], xy: [2, 10, 20, 30, 40], av: { 1: '0', 2: 'black' } },
      '1_b': { vid: '1', flg: 0, z: [], xy: [7, 1, 2, 11, 2, 11, 22], av: { 1: '1' } },
      '1_c': { vid: '1', flg: 0, z: [], xy: [], av: { 3: 'a' } },
      '9_d': { vid: '9', flg: 0, z: [1, 2], xy: [], av: {} },
    },
  };

  it('gives boxes, the names of options, and classes of the image', async () => {
    const path = await writeFiles(place(), { 'p.json': project, 'a.jpg': 'p', 'b.jpg': 'p' });
    const { dataset, problems } = await read(path);
    expect(dataset.format).toBe('via');
    expect(dataset.images).toMatchObject([
      {
        path: 'a.jpg',
        imageClasses: ['sunny'],
        boxes: [
          { className: 'cat', x: 10, y: 20, width: 30, height: 40, attributes: { colour: 'black' } },
          { className: 'dog', x: 1, y: 2, width: 10, height: 20 },
        ],
      },
      { path: 'b.jpg', boxes: [] },
    ]);
    expect(messages(problems)).toEqual([expect.stringMatching(/outline/)]);
  });
});

describe('VoTT', () => {
  it('reads the file of one asset, polygons as boxes, and names written as addresses', async () => {
    const asset = {
      asset: {
        id: 'a',
        name: 'a%20b.jpg',
        path: 'file:C:/x/a%20b.jpg',
        size: { width: 100, height: 80 },
        state: 2,
      },
      regions: [
        {
          id: '1',
          type: 'POLYGON',
          tags: ['cat', 'old'],
          points: [
            { x: 1, y: 2 },
            { x: 11, y: 5 },
            { x: 3, y: 22 },
          ],
        },
        { id: '2', type: 'RECTANGLE', tags: [], boundingBox: { left: 1, top: 1, width: 2, height: 2 } },
      ],
      version: '2.2.0',
    };
    const path = await writeFiles(place(), { 'x-asset.json': asset, 'a b.jpg': 'p' });
    const { dataset, problems } = await read(path);
    expect(dataset.images).toMatchObject([
      {
        path: 'a b.jpg',
        file: join(path, 'a b.jpg'),
        boxes: [{ className: 'cat', x: 1, y: 2, width: 10, height: 20, unknown: { tags: ['old'] } }],
      },
    ]);
    expect(messages(problems)).toEqual([expect.stringMatching(/no class/), expect.stringMatching(/outline/)]);
  });
});

describe('VGG Image Annotator', () => {
  it('finds the attribute that is the class, keeps the others, and takes options of the file as classes', async () => {
    const { dataset } = await read(await writeSample(place(), SAMPLES.via!));
    expect(dataset.images[0]).toMatchObject({ imageClasses: ['sunny'], unknown: { size: 123 } });
    expect(dataset.images[0]!.boxes[0]).toMatchObject({ className: 'cat', attributes: { colour: 'black' } });
  });

  it('reads its CSV, circles and polygons as the boxes around them', async () => {
    const cell = (value: object): string => `"${JSON.stringify(value).replaceAll('"', '""')}"`;
    const rows = [
      [{ name: 'rect', x: 1, y: 2, width: 3, height: 4 }, { label: 'cat' }],
      [{ name: 'circle', cx: 50, cy: 40, r: 5 }, { label: 'cat' }],
      [{ name: 'polygon', all_points_x: [1, 9, 4], all_points_y: [2, 3, 8] }, { label: 'cat' }],
      [{ name: 'rect', x: 1, y: 2, width: 3, height: 4 }, {}],
    ].map(([shape, own], index) => `a.jpg,9,"{}",4,${index},${cell(shape!)},${cell(own!)}`);
    const root = await writeFiles(place(), {
      'via.csv':
        '#filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\n' +
        `${rows.join('\n')}\nb.jpg,9,"{}",0,0,"{}","{}"\n`,
      'a.jpg': 'p',
      'b.jpg': 'p',
    });
    const { dataset, problems, format } = await read(root);
    expect(format).toBe('via');
    expect(
      dataset.images.map(({ boxes }) => boxes.map(({ x, y, width, height }) => [x, y, width, height])),
    ).toEqual([
      [
        [1, 2, 3, 4],
        [45, 35, 10, 10],
        [1, 2, 8, 6],
      ],
      [],
    ]);
    expect(messages(problems)).toEqual([
      'The box has no class; it is left out.',
      '2 outlines or rotated boxes became the upright boxes around them.',
    ]);
    expect(problems[0]!.place).toBe('line 5');
  });
});

describe('KITTI', () => {
  it('keeps what is three-dimensional, its levels and scores, and tells empty from unseen', async () => {
    const { dataset } = await read(await writeSample(place(), SAMPLES.kitti!));
    expect(dataset.images).toMatchObject([
      { path: 'a', split: 'val', reviewed: true },
      { path: 'b', split: null, reviewed: true, boxes: [] },
    ]);
    expect(dataset.images[0]!.boxes).toMatchObject([
      {
        attributes: { truncated: true, occluded: true },
        unknown: { truncated: 0.5, occluded: 2, alpha: -1.57, depth: [1.6, 1.5, 3.2, 1.1, 1.2, 13.2, -1.5] },
        score: null,
      },
      { className: 'Big dog', score: 0.75, unknown: {} },
    ]);
  });
});

describe('Open Images', () => {
  it('gives names for ids, flags as attributes, and verified classes of images', async () => {
    const sample = SAMPLES.openimages!;
    const root = await writeSample(place(), sample);
    const { dataset } = await read(root, { sizeOf: async () => SIZE });
    expect(
      dataset.images.map(({ split, boxes }) => [split, boxes[0]!.className, boxes[0]!.attributes]),
    ).toEqual([
      ['train', 'cat', { occluded: true }],
      ['train', 'cat', { crowd: true }],
    ]);
    await writeFiles(root, {
      'train-annotations-human-imagelabels.csv':
        'ImageID,Source,LabelName,Confidence\na,verification,/m/0bt9lr,1\nb,verification,/m/0bt9lr,0\n',
    });
    const both = await read(root, { sizeOf: async () => SIZE });
    expect(both.dataset.images.map(({ imageClasses, boxes }) => [imageClasses, boxes.length])).toEqual([
      [['dog'], 1],
      [[], 1],
    ]);
  });
});

describe('NDJSON of Ultralytics', () => {
  it('takes the picture of its own split, keeps the order of classes, and reads classes of images', async () => {
    const { dataset } = await read(await writeSample(place(), SAMPLES.ndjson!));
    expect(dataset.classes.map(({ name, sourceId }) => [name, sourceId])).toEqual([
      ['dog', 0],
      ['cat', 1],
    ]);
    expect(dataset.unknown).toEqual({ name: 's' });
    expect(dataset.images.map(({ file, reviewed }) => [file?.slice(-17), reviewed])).toEqual([
      [expect.stringContaining(join('train', 'a.jpg')), true],
      [expect.stringContaining(join('val', 'b.jpg')), false],
    ]);
    const root = await writeFiles(place(), {
      'set.ndjson':
        '{"type":"dataset","task":"classify","class_names":{"0":"wet"}}\n' +
        '{"type":"image","file":"a.jpg","annotations":{"classification":[0]}}\n{broken\n',
      'a.jpg': 'p',
    });
    const { dataset: whole, problems } = await read(root);
    expect(whole.images[0]!.imageClasses).toEqual(['wet']);
    expect(problems).toMatchObject([{ place: 'line 3' }]);
    expect(messages(problems)).toEqual(['The line is not a JSON object; it is left out.']);
  });
});

describe('imagefolder of Hugging Face', () => {
  it('takes names of numbered classes from the card, and reads metadata.csv', async () => {
    const { dataset } = await read(await writeSample(place(), SAMPLES.imagefolder!));
    expect(dataset.images).toMatchObject([
      { split: 'train', imageClasses: ['sunny'], boxes: [{ className: 'cat', unknown: { id: 7 } }] },
      { split: 'train', reviewed: true, unknown: { source: 'x' } },
    ]);
    const root = await writeFiles(place(), {
      'metadata.csv': 'file_name,label\na.jpg,wet\nb.jpg,sunny\n',
      'a.jpg': 'p',
      'b.jpg': 'p',
    });
    const csv = await read(root);
    expect([csv.format, csv.dataset.images.map(({ imageClasses }) => imageClasses)]).toEqual([
      'imagefolder',
      [['wet'], ['sunny']],
    ]);
  });
});

describe('folders as classes', () => {
  it('are read with their splits, and only where nothing else speaks for another format', async () => {
    const files = ['train/cat/a.jpg', 'train/dog/deep/b.jpg', 'test/cat/c.jpg'];
    // What is left of a download speaks for nothing.
    const left = { 'pets.tar': 'plain', 'names.txt': 'cat\n', 'README.md': 'pets' };
    const pictures = { ...Object.fromEntries(files.map((file) => [file, 'p'])), ...left };
    const root = await writeFiles(place(), pictures);
    const { dataset, problems, format } = await read(root);
    expect([format, messages(problems)]).toEqual(['folders', []]);
    expect(dataset.images.map(({ split, imageClasses }) => [split, imageClasses]).sort()).toEqual([
      ['test', ['cat']],
      ['train', ['cat']],
      ['train', ['dog']],
    ]);
    for (const other of [
      { 'images/train/a.jpg': 'p', 'images/val/b.jpg': 'p' },
      { 'a.jpg': 'p', 'cat/b.jpg': 'p' },
      { 'cat/a.jpg': 'p', 'dog/b.jpg': 'p', 'dog/labels.json': '{}' },
    ])
      await expect(read(await writeFiles(place(), other))).rejects.toMatchObject({ code: 'unusable-input' });
  });
});

describe('TFRecord', () => {
  const write = async (): Promise<string> => {
    const out = place();
    const pictures = await writeFiles(place(), { 'a.jpg': 'picture' });
    await writeDataset({
      format: 'tfrecord',
      out,
      pictures: 'copy',
      options: {},
      dataset: {
        format: 'twinhead',
        unknown: {},
        classes: [{ kind: 'object', name: 'cat', sourceId: null, unknown: {} }],
        images: [
          {
            ...{
              path: 'a.jpg',
              file: join(pictures, 'a.jpg'),
              ...SIZE,
              split: 'train' as const,
              imageClasses: [],
            },
            ...{ reviewed: true, unknown: {} },
            boxes: [
              {
                x: 10,
                y: 20,
                width: 30,
                height: 40,
                className: 'cat',
                score: null,
                attributes: {},
                unknown: {},
              },
            ],
          },
        ],
      },
    });
    return out;
  };

  it('is refused at the record that was changed or cut off', async () => {
    const file = join(await write(), 'train.tfrecord');
    expect((await read(file)).dataset.images[0]!.boxes).toHaveLength(1);
    const bytes = await readFile(file);
    const places: string[] = [];
    for (const [damaged, message] of [
      [Buffer.concat([bytes.subarray(0, 30), Buffer.from([bytes[30]! ^ 1]), bytes.subarray(31)]), /checksum/],
      [Buffer.concat([Buffer.from([bytes[0]! ^ 1]), bytes.subarray(1)]), /checksum/],
      [bytes.subarray(0, -3), /middle of a record/],
      [Buffer.concat([bytes, bytes.subarray(0, 5)]), /middle of a record/],
    ] as const) {
      await writeFile(file, damaged);
      const error = await read(file, {}, 'tfrecord').catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'unusable-input', details: { file } });
      expect((error as Error).message).toMatch(message);
      places.push(inEnglish((error as { details: { place: Said } }).details.place));
    }
    // The record that was added is the second one.
    expect(places).toEqual(['record 1', 'record 1', 'record 1', 'record 2']);
  });

  it('has the pictures inside, unless they are not wanted', async () => {
    const bytes = await readFile(join(await write(), 'train.tfrecord'));
    expect(bytes.includes('image/encoded')).toBe(true);
    expect(bytes.includes('picture')).toBe(true);
  });

  it('computes the checksum as others do', () => {
    // RFC 3720, B.4.
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  });
});

describe('YOLO without pictures', () => {
  it('names places where trainers find the labels, and is read back with the folder of the pictures', async () => {
    const pictures = await writeFiles(place(), { 'deep/a.jpg': 'p' });
    const out = place();
    const box = {
      x: 10,
      y: 20,
      width: 30,
      height: 40,
      className: 'cat',
      score: null,
      attributes: {},
      unknown: {},
    };
    const image = {
      path: 'deep/a.jpg',
      file: join(pictures, 'deep', 'a.jpg'),
      ...SIZE,
      split: 'train' as const,
    };
    await writeDataset({
      format: 'yolo',
      out,
      pictures: 'none',
      options: {},
      dataset: {
        format: 'twinhead',
        unknown: {},
        classes: [{ kind: 'object', name: 'cat', sourceId: null, unknown: {} }],
        images: [{ ...image, boxes: [box], imageClasses: [], reviewed: true, unknown: {} }],
      },
    });
    const [listed] = (await readFile(join(out, 'train.txt'), 'utf8')).split('\n');
    // As Ultralytics does it.
    const label = join(out, listed!)
      .replace(`${sep}images${sep}`, `${sep}labels${sep}`)
      .replace(/\.jpg$/, '.txt');
    expect(await readFile(label, 'utf8')).toMatch(/^0 /);
    const { dataset, problems } = await read(out, { imageFolders: [pictures], sizeOf: async () => SIZE });
    expect(messages(problems)).toEqual([]);
    expect(dataset.images).toMatchObject([
      { file: image.file, split: 'train', boxes: [{ className: 'cat' }] },
    ]);
  });
});

describe('WebDataset', () => {
  const sample = (name: string, content: string | object): Buffer =>
    tarred(name, Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)));
  const shard = async (name: string, ...entries: Buffer[]): Promise<string> => {
    const root = place();
    await mkdir(root, { recursive: true });
    await writeFile(join(root, name), Buffer.concat([...entries, Buffer.alloc(1024)]));
    return root;
  };

  it('takes pictures out of shards of others, with classes by cls', async () => {
    const root = await shard(
      'train-000001.tar',
      sample('x/01.jpg', 'picture one'),
      sample('x/01.cls', '7'),
      sample('x/02.seg.png', 'no picture of ours'),
      sample('x/02.JPG', 'picture two'),
      sample('x/02.json', { annotations: [{ bbox: [1, 2, 3, 4], category: 'cat' }], width: 100, height: 80 }),
    );
    const unpack = unpackInto(`${root}-pictures`);
    const { dataset, problems } = await read(root, { unpack });
    expect([dataset.format, messages(problems)]).toEqual(['webdataset', []]);
    expect(dataset.images).toMatchObject([
      { path: 'x/01.jpg', split: 'train', imageClasses: ['class 7'], boxes: [] },
      { path: 'x/02.jpg', boxes: [{ className: 'cat', x: 1, y: 2, width: 3, height: 4 }] },
    ]);
    expect(await readFile(dataset.images[1]!.file!, 'utf8')).toBe('picture two');
  });

  it('that is cut off or damaged is refused by name, and survives any damage', async () => {
    const whole = Buffer.concat([sample('1.jpg', 'p'), sample('1.json', { objects: [] })]);
    const refused = async (bytes: Buffer, byte: string): Promise<void> => {
      const root = place();
      await mkdir(root, { recursive: true });
      await writeFile(join(root, 'a.tar'), bytes);
      await expect(read(join(root, 'a.tar'), {}, 'webdataset')).rejects.toMatchObject({
        code: 'unusable-input',
        details: { file: join(root, 'a.tar'), place: { key: 'formats.byte', values: { byte } } },
        message: expect.stringMatching(/^The shard is damaged: .*[^.]\.$/) as string,
      });
    };
    await refused(whole.subarray(0, 1700 - 600), '1024');
    const changed = Buffer.from(whole);
    changed[3] = 0x41;
    await refused(changed, '0');
    const random = createRandom(3);
    for (let run = 0; run < 60; run++) {
      const bytes = Buffer.from(whole);
      for (let edit = 0; edit < 4; edit++) bytes[random.integer(bytes.length)] = random.integer(256);
      const root = await shard('b.tar', bytes);
      await survives(root, 'webdataset');
    }
  });
});

describe('Parquet', () => {
  const SCHEMA: SchemaElement[] = [
    { name: 'root', num_children: 3 },
    { name: 'file_name', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' },
    { name: 'image', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
    { name: 'width', type: 'INT32', repetition_type: 'OPTIONAL' },
  ];
  async function parquet(
    codec: CompressionCodec,
    compressors: Record<string, Packer> = {},
    schema = SCHEMA,
  ): Promise<Buffer> {
    const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
    const bytes = new ByteWriter();
    const writer = new ParquetWriter({ writer: bytes, schema, codec, compressors });
    await writer.write({
      columnData: [
        { name: 'file_name', data: ['a.jpg', 'b.jpg', 'c.jpg'] },
        { name: 'image', data: [null, null, null] },
        { name: 'width', data: [100, 100, 100] },
      ],
    });
    await writer.finish();
    return Buffer.from(bytes.getBytes());
  }
  async function readBytes(bytes: Buffer) {
    const root = place();
    await mkdir(root, { recursive: true });
    await writeFile(join(root, 'train.parquet'), bytes);
    return read(join(root, 'train.parquet'), {}, 'parquet');
  }

  it.each([
    ['SNAPPY', {}],
    ['GZIP', { GZIP: gzipSync }],
    ['BROTLI', { BROTLI: brotliCompressSync }],
    ['ZSTD', { ZSTD: zstdCompressSync }],
  ] as [CompressionCodec, Record<string, Packer>][])('is read as %s packs it', async (codec, compressors) => {
    const { dataset } = await readBytes(await parquet(codec, compressors));
    expect(dataset.images.map(({ path }) => path)).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
  });

  it('that names a way of packing which is not known, or numbers that nothing needs, is refused in words', async () => {
    await expect(readBytes(await parquet('LZ4_RAW', { LZ4_RAW: (bytes) => bytes }))).rejects.toMatchObject({
      code: 'unusable-input',
      said: { values: { words: { key: 'formats.parquet.foreign', values: { how: 'LZ4_RAW' } } } },
    });
    const whole = await parquet('UNCOMPRESSED');
    // Where three are left out, one run that says to be 63 long.
    const at = whole.indexOf(Buffer.from([0, 0, 0, 3, 0]));
    expect(at).toBeGreaterThan(0);
    whole[at + 3] = 126;
    await expect(readBytes(whole)).rejects.toMatchObject({
      code: 'unusable-input',
      said: { values: { words: { key: 'formats.parquet.size' } } },
    });
  });

  it('with a column of a type that isn’t read is refused by the name of the type', async () => {
    const bson = SCHEMA.map((column): SchemaElement =>
      column.name === 'file_name' ? { ...column, converted_type: 'BSON' } : column,
    );
    await expect(readBytes(await parquet('UNCOMPRESSED', {}, bson))).rejects.toMatchObject({
      code: 'unusable-input',
      message: 'The file is not valid Parquet: it is written with bson, which isn’t read.',
    });
  });
});

describe('docs/formats.md', () => {
  it('has a row for each format that says whether it is read and written, and what a sidecar keeps', async () => {
    const text = await readFile(join(import.meta.dirname, '../../docs/formats.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `([\w-]+)` \|(.*)\|$/gm)].map(
      ([, id, rest]) => [id!, ...rest!.split('|').map((cell) => cell.trim())] as string[],
    );
    expect(rows.map(([id]) => id).sort()).toEqual(FORMATS.map(({ id }) => id).sort());
    for (const [id, reads, writes, imageClass, , attributes, , splits, states] of rows) {
      const format = FORMATS.find((one) => one.id === id)!;
      const yes = (there: unknown): string => (there === undefined ? '–' : 'yes');
      expect([id, reads, writes]).toEqual([id, yes(format.read), yes(format.write)]);
      if (format.write === undefined) continue;
      const lost = (loss: FormatLoss): boolean => format.loses.includes(loss);
      const keptAside = [imageClass, splits, states].map((cell) => cell === 'sidecar');
      expect([id, ...keptAside]).toEqual([id, lost('imageClasses'), lost('splits'), lost('states')]);
      if (attributes === 'yes') expect([id, lost('attributes')]).toEqual([id, false]);
    }
  });
});
