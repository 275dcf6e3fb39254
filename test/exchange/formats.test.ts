import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { FORMATS } from '../../electron/exchange/index.ts';
import { SAMPLES, mainPath, writeSample } from './corpus.ts';
import { read, useTemporaryFolder, writeFiles } from './support.ts';

const folder = useTemporaryFolder();
let next = 0;
const SIZE = { width: 100, height: 80 };
const place = (): string => join(folder.path, String(++next));
const messages = (problems: readonly { message: Parameters<typeof inEnglish>[0] }[]): string[] =>
  problems.map(({ message }) => inEnglish(message));

describe('every format that is read', () => {
  it('has a sample here', () => {
    const ids = FORMATS.filter((format) => format.read !== undefined).map(({ id }) => id);
    expect(Object.keys(SAMPLES).sort()).toEqual(ids.sort());
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
      { split: 'none', reviewed: false },
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
      'The leaf box has no four numbers; it was left out.',
      'The box has no class; it was left out.',
      '3 outlines or rotated boxes became the upright boxes around them.',
    ]);
    expect(problems.map((one) => one.place)).toEqual(['line 1', 'line 1', 'line 1']);
  });

  it.each([
    ['an entity', '<!DOCTYPE a [<!ENTITY e "x">]><annotations>&e;</annotations>', /DOCTYPE/],
    ['an end that is missing', '<annotations>\n<image name="a.jpg">', /unclosed tag/],
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
    expect(messages(problems)).toEqual(['a.jpg was annotated more than once; 1 other version was left out.']);
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
      'The cat shape is a mask, which has no box; it was left out.',
      'The label 5 is not listed; the entry was left out.',
      '1 outline or rotated box became the upright box around it.',
    ]);
  });
});
