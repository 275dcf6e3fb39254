import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { saying } from '../support/in-english.ts';
import { read, useTemporaryFolder, writeFiles } from './support.ts';

const folder = useTemporaryFolder();
let next = 0;

/** A folder with these files; pictures are their names. */
async function place(files: Readonly<Record<string, unknown>>): Promise<string> {
  return writeFiles(join(folder.path, String(++next)), files);
}

/** JSON as it is written here: numbers that JavaScript would round too. */
async function coco(text: string | object, pictures: readonly string[] = ['a.jpg', 'b.jpg']) {
  const content = typeof text === 'string' ? text : JSON.stringify(text);
  const root = await place({
    'labels.json': content,
    ...Object.fromEntries(pictures.map((name) => [name, 'p'])),
  });
  return { root, ...(await read(join(root, 'labels.json'), {}, 'coco')) };
}

const images = (more: object = {}): object[] => [
  { id: 1, file_name: 'a.jpg', width: 100, height: 80, ...more },
];
const annotations = (category: unknown = 1, more: object = {}): object[] => [
  { id: 1, image_id: 1, category_id: category, bbox: [10, 20, 30, 40], ...more },
];

describe('COCO', () => {
  it.each([
    ['0', 0],
    ['far apart', 90_001],
    ['text', 'cat-1'],
    ['negative', -1],
  ])('has categories whose id is %s', async (_what, id) => {
    const { dataset, problems } = await coco({
      images: images(),
      annotations: annotations(id),
      categories: [
        { id: 5, name: 'dog' },
        { id, name: 'cat' },
      ],
    });
    expect(problems).toEqual([]);
    expect(dataset.images[0]!.boxes).toMatchObject([{ className: 'cat' }]);
    expect(dataset.classes[1]).toMatchObject({ name: 'cat', sourceId: id });
  });

  it('tells ids over 2^53 apart, which are neighbours', async () => {
    const { dataset, problems } = await coco(`{
      "images": [{"id": 9007199254740993, "file_name": "a.jpg"}, {"id": 9007199254740992, "file_name": "b.jpg"}],
      "annotations": [
        {"id": 12345678901234567890, "image_id": 9007199254740992, "category_id": 18446744073709551615, "bbox": [1, 2, 3, 4]},
        {"id": 12345678901234567891, "image_id": 9007199254740993, "category_id": 18446744073709551614, "bbox": [5, 6, 7, 8]}
      ],
      "categories": [{"id": 18446744073709551614, "name": "cat"}, {"id": 18446744073709551615, "name": "dog"}]}`);
    expect(problems).toEqual([]);
    expect(dataset.images.map(({ path, boxes }) => [path, boxes.map(({ className }) => className)])).toEqual([
      ['a.jpg', ['cat']],
      ['b.jpg', ['dog']],
    ]);
  });

  it.each([
    ['no ids of annotations', { id: undefined }],
    [
      'null in every optional field',
      { id: null, iscrowd: null, area: null, segmentation: null, score: null },
    ],
    ['null as attributes', { attributes: null }],
    ['a crowd as RLE', { iscrowd: 0, segmentation: { size: [80, 100], counts: [0, 8000] } }],
    ['an outline elsewhere, since the box wins', { segmentation: [[60, 60, 70, 60, 70, 70]] }],
  ])('may have %s', async (_what, more) => {
    const { dataset, problems } = await coco({
      info: null,
      licenses: null,
      images: images({ license: null, date_captured: null, coco_url: null }),
      annotations: annotations(1, more),
      categories: [{ id: 1, name: 'cat', supercategory: null, keypoints: null }],
    });
    expect(problems).toEqual([]);
    expect(dataset.images[0]!.boxes).toMatchObject([
      { x: 10, y: 20, width: 30, height: 40, className: 'cat', score: null },
    ]);
  });

  it.each([-1, 0, null, 'x', 100.5])('reads a size of %j as none that is stated', async (side) => {
    const { dataset } = await coco({
      images: images({ width: side, height: side }),
      annotations: annotations(),
      categories: [{ id: 1, name: 'cat' }],
    });
    expect(dataset.images[0]).toMatchObject({ width: null, height: null, boxes: [{ x: 10 }] });
  });

  it('reads NaN as missing, by its line, and the other boxes exactly as they are', async () => {
    const { dataset, problems } = await coco(
      '{"images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}],\n' +
        '"annotations": [{"image_id": 1, "category_id": 1, "bbox": [NaN, 1, 2, 3]},\n' +
        '{"image_id": 1, "category_id": 1, "bbox": [10.12345678901234, 0.1, 0.30000000000000004, 1e-2], "score": NaN}],\n' +
        '"categories": [{"id": 1, "name": "NaN"}]}',
    );
    expect(dataset.images[0]!.boxes).toMatchObject([
      { x: 10.12345678901234, y: 0.1, width: 0.30000000000000004, height: 0.01, className: 'NaN' },
    ]);
    expect(problems.map(({ place: at }) => at)).toEqual(['line 2', 'annotations[0]', 'line 3']);
  });

  it.each([
    ['a%20b.jpg', 'a b.jpg'],
    ['images%2Fa%2Bb.jpg', 'images/a+b.jpg'],
    ['%E6%B1%BD%E8%BD%A6.jpg', '汽车.jpg'],
    ['https://host/files/images/a%20b.jpg?token=1#x', 'images/a b.jpg'],
  ])('finds a picture whose name is written as an address: %s', async (name, file) => {
    const { root, dataset, problems } = await coco(
      {
        images: images({ file_name: name }),
        annotations: annotations(),
        categories: [{ id: 1, name: 'cat' }],
      },
      [file],
    );
    expect(problems).toEqual([]);
    expect(dataset.images[0]!.file).toBe(join(root, file));
  });

  it('finds a picture first by the name as it is, whatever it would mean in an address', async () => {
    const { root, dataset } = await coco(
      {
        images: [...images({ file_name: 'a%20b.jpg' }), { id: 2, file_name: '100%.jpg' }],
        annotations: annotations(),
        categories: [{ id: 1, name: 'cat' }],
      },
      ['a%20b.jpg', 'a b.jpg', '100%.jpg'],
    );
    expect(dataset.images.map(({ file }) => file)).toEqual([join(root, 'a%20b.jpg'), join(root, '100%.jpg')]);
  });
});

describe('Pascal VOC', () => {
  const object = (corners = [11, 21, 40, 60], more = ''): string => {
    const [xmin, ymin, xmax, ymax] = corners;
    return `<object><name>cat</name>${more}<bndbox><xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax></bndbox></object>`;
  };
  const voc = (xml: string, picture = 'a.jpg') => place({ 'a.xml': xml, [picture]: 'p' });
  const BOX = { x: 10, y: 20, width: 30, height: 40, className: 'cat' };

  it.each([
    [
      'no size, pose, truncated or difficult',
      `<annotation><filename>a.jpg</filename>${object()}</annotation>`,
    ],
    [
      'a size of 0',
      `<annotation><filename>a.jpg</filename><size><width>0</width><height>0</height><depth>3</depth></size>${object()}</annotation>`,
    ],
    ['no name of the file', `<annotation>${object()}</annotation>`],
    ['a name without its extension', `<annotation><filename>a</filename>${object()}</annotation>`],
    ['a name with another extension', `<annotation><filename>a.PNG</filename>${object()}</annotation>`],
    [
      'a path of another machine',
      `<annotation><filename>a.jpg</filename><path>C:\\Users\\me\\set\\a.jpg</path>${object()}</annotation>`,
    ],
    [
      'a path of another machine as its name',
      `<annotation><filename>/home/me/set/a.jpg</filename><path>/home/me/set/a.jpg</path>${object()}</annotation>`,
    ],
    [
      'a namespace',
      `<annotation xmlns="http://host/voc" xmlns:x="http://host/x" verified="yes"><filename>a.jpg</filename>${object()}</annotation>`,
    ],
    [
      'a prefix',
      `<v:annotation xmlns:v="http://host/voc"><v:filename>a.jpg</v:filename>${object().replaceAll(/<(\/?)/g, '<$1v:')}</v:annotation>`,
    ],
    [
      'comments, CR LF and a byte order mark',
      `\ufeff<?xml version="1.0"?>\r\n<!-- x -->\r\n<annotation>\r\n<filename>a.jpg</filename>\r\n${object()}\r\n</annotation>\r\n`,
    ],
  ])('may have %s', async (_what, xml) => {
    const root = await voc(xml);
    const { dataset, problems } = await read(root, {}, 'voc');
    expect(problems).toEqual([]);
    expect(dataset.images).toMatchObject([{ file: join(root, 'a.jpg'), boxes: [BOX] }]);
  });
});

describe('names of pictures', () => {
  const top = (name: string): object => ({
    images: images({ file_name: name }),
    annotations: annotations(),
    categories: [{ id: 1, name: 'cat' }],
  });

  it.each([
    ['composed for decomposed', 'Ko\u0308ln.jpg', 'K\u00f6ln.jpg'],
    ['decomposed for composed', 'K\u00f6ln.jpg', 'Ko\u0308ln.jpg'],
    ['in another case', 'IMG_1.JPG', 'img_1.jpg'],
  ])('are found %s', async (_what, named, file) => {
    const { root, dataset, problems } = await coco(top(named), [file]);
    expect(problems).toEqual([]);
    expect(dataset.images[0]!.file?.normalize('NFC').toLowerCase()).toBe(
      join(root, named).normalize('NFC').toLowerCase(),
    );
  });

  it.skipIf(process.platform === 'win32')(
    'may be symbolic links; folders that are links are not walked',
    async () => {
      const elsewhere = await place({ 'real.jpg': 'p', 'x/b.jpg': 'p' });
      const root = await place({ 'labels.json': top('a.jpg') });
      await symlink(join(elsewhere, 'real.jpg'), join(root, 'a.jpg'));
      await symlink(root, join(root, 'loop'));
      const { dataset, problems } = await read(root);
      expect(problems).toEqual([]);
      expect(dataset.images.map(({ file }) => file)).toEqual([join(root, 'a.jpg')]);
    },
  );

  it('that two folders have are told apart by the folder, and are a problem where none is named', async () => {
    const named = await coco(top('y/a.jpg'), ['x/a.jpg', 'y/a.jpg']);
    expect(named.dataset.images[0]!.file).toBe(join(named.root, 'y/a.jpg'));
    const bare = await coco(top('a.jpg'), ['x/a.jpg', 'y/a.jpg']);
    expect(bare.dataset.images[0]!.file).toBeNull();
    expect(bare.problems).toMatchObject([{ message: saying(/could be/) }]);
  });
});
