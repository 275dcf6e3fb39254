import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findImageFiles } from '../../electron/images/index.ts';
import { encodeText } from '../support/encode-text.ts';
import { read, useTemporaryFolder, writeFiles } from './support.ts';

const folder = useTemporaryFolder();
let next = 0;
const place = (): string => join(folder.path, String(++next));

function coco(boxes: Readonly<Record<string, readonly [className: string, x: number][]>>): object {
  const names = Object.keys(boxes);
  const classes = [...new Set(Object.values(boxes).flatMap((all) => all.map(([name]) => name)))];
  return {
    images: names.map((file_name, id) => ({ id, file_name, width: 100, height: 80 })),
    categories: classes.map((name, id) => ({ id, name })),
    annotations: names.flatMap((name, image_id) =>
      boxes[name]!.map(([className, x]) => ({
        image_id,
        category_id: classes.indexOf(className),
        bbox: [x, 5, 20, 20],
      })),
    ),
  };
}

const voc = (name: string, xmin: number): string =>
  `<annotation><filename>${name}</filename><size><width>100</width><height>80</height></size>` +
  `<object><name>cat</name><bndbox><xmin>${xmin}</xmin><ymin>21</ymin><xmax>40</xmax><ymax>60</ymax></bndbox></object></annotation>`;

const PICTURES = { 'a.jpg': 'a', 'b.jpg': 'b', 'c.jpg': 'c' };

describe('several files', () => {
  it('are one data set: classes by name, each with the split of its own file, an image of two once', async () => {
    const root = await writeFiles(place(), {
      ...PICTURES,
      'instances_train.json': coco({ 'a.jpg': [['cat', 5]], 'b.jpg': [['dog', 6]] }),
      // The same numbers are other classes and images here.
      'instances_val.json': coco({
        'c.jpg': [['dog', 7]],
        'a.jpg': [
          ['cat', 5],
          ['dog', 30],
        ],
      }),
    });
    const paths = ['instances_train.json', 'instances_val.json'].map((name) => join(root, name));
    const { dataset, problems, format } = await read(paths);
    expect(format).toBe('coco');
    expect(dataset.classes.map(({ name }) => name)).toEqual(['cat', 'dog']);
    const said = dataset.images.map((image) => [
      image.path,
      image.split,
      image.boxes.map(({ className, x }) => `${className} ${x}`),
    ]);
    expect(said).toEqual([
      ['a.jpg', 'train', ['cat 5', 'dog 30']],
      ['b.jpg', 'train', ['dog 6']],
      ['c.jpg', 'val', ['dog 7']],
    ]);
    expect(problems).toMatchObject([{ file: paths[1], message: expect.stringContaining('a.jpg') as string }]);
  });

  it.each(['labelme', 'csv'])('may be of %s, beside their pictures', async (format) => {
    const labelme = (name: string): object => ({
      version: '5.5.0',
      shapes: [
        {
          label: 'cat',
          points: [
            [10, 20],
            [40, 60],
          ],
          shape_type: 'rectangle',
        },
      ],
      imagePath: name,
      imageWidth: 100,
      imageHeight: 80,
    });
    const csv = (name: string): string =>
      `filename,width,height,class,xmin,ymin,xmax,ymax\n${name},100,80,cat,10,20,40,60\n`;
    const files =
      format === 'csv'
        ? { 'a.csv': csv('a.jpg'), 'b.csv': csv('b.jpg') }
        : { 'a.json': labelme('a.jpg'), 'b.json': labelme('b.jpg') };
    const root = await writeFiles(place(), { ...PICTURES, ...files });
    const { dataset, problems } = await read(Object.keys(files).map((name) => join(root, name)));
    expect([dataset.format, problems]).toEqual([format, []]);
    expect(dataset.images).toMatchObject(
      ['a.jpg', 'b.jpg'].map((name) => ({
        ...{ path: name, file: join(root, name) },
        boxes: [{ className: 'cat', x: 10, y: 20, width: 30, height: 40 }],
      })),
    );
  });

  it('of Pascal VOC count alike: one box that begins at 0 speaks for all', async () => {
    const root = await writeFiles(place(), {
      ...PICTURES,
      'a.xml': voc('a.jpg', 11),
      'b.xml': voc('b.jpg', 0),
      'c.xml': voc('c.jpg', 1),
    });
    const whole = await read(root);
    const { dataset, problems } = await read(['a.xml', 'b.xml', 'c.xml'].map((name) => join(root, name)));
    expect(dataset.images.map(({ boxes }) => boxes)).toEqual(whole.dataset.images.map(({ boxes }) => boxes));
    expect(dataset.convention).toEqual(whole.dataset.convention);
    expect(problems).toHaveLength(1);
  });

  it('of parallel folders keep the splits that these say, as their folder does', async () => {
    const root = await writeFiles(place(), {
      ...{ 'train/a.jpg': 'a', 'train/a.xml': voc('a.jpg', 11) },
      ...{ 'valid/a.jpg': 'b', 'valid/a.xml': voc('a.jpg', 11) },
    });
    const paths = ['train/a.xml', 'valid/a.xml'].map((name) => join(root, name));
    const said = async (of: string | string[], split?: 'test') =>
      (await read(of, split === undefined ? {} : { split })).dataset.images.map((image) => [
        image.file,
        image.split,
      ]);
    expect(await said(paths)).toEqual([
      [join(root, 'train/a.jpg'), 'train'],
      [join(root, 'valid/a.jpg'), 'val'],
    ]);
    expect(await said(paths)).toEqual(await said(root));
    expect(await said([join(root, 'train'), join(root, 'valid')])).toEqual(await said(root));
    expect((await said(paths, 'test')).map(([, split]) => split)).toEqual(['test', 'test']);
  });

  it('have one encoding, found by the names of all', async () => {
    const row = (image: string, name: string): Buffer =>
      encodeText(`filename,class,xmin,ymin,xmax,ymax\n${image},${name},3,4,23,34\n`, 'Windows-1251')!;
    const root = await writeFiles(place(), {
      ...PICTURES,
      'a.csv': row('a.jpg', 'машина'),
      'b.csv': row('b.jpg', 'собака'),
    });
    const { dataset } = await read([join(root, 'a.csv'), join(root, 'b.csv')]);
    expect(dataset.classes.map(({ name }) => name)).toEqual(['машина', 'собака']);
  });

  it('of different formats, or one that can’t be read, are refused by name', async () => {
    const root = await writeFiles(place(), {
      ...PICTURES,
      'a.json': coco({ 'a.jpg': [['cat', 5]] }),
      'b.xml': voc('b.jpg', 3),
      'c.json': '{"images": [{"id": 1, "file_name": "c.jpg"}], "annotations": [',
    });
    const at = (name: string): string => join(root, name);
    await expect(read([at('a.json'), at('b.xml')])).rejects.toMatchObject({
      code: 'unusable-input',
      message: expect.stringMatching(/a\.json is read as COCO, b\.xml as Pascal VOC/) as string,
      details: { file: at('b.xml') },
    });
    await expect(read([at('a.json'), at('c.json')])).rejects.toMatchObject({
      code: 'unusable-input',
      details: { file: at('c.json') },
    });
    await expect(read([at('a.json'), at('d.json')])).rejects.toMatchObject({ code: 'not-found' });
  });

  it('in one folder have it listed once', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `p${at}`);
    const files = names.flatMap((name) => [
      [`${name}.jpg`, 'p'],
      [`${name}.xml`, voc(`${name}.jpg`, 11)],
    ]);
    const root = await writeFiles(place(), Object.fromEntries(files) as Record<string, string>);
    let listed = 0;
    const { dataset } = await read(
      names.map((name) => join(root, `${name}.xml`)),
      {
        listImages: (at) => {
          if (at === root) listed += 1;
          return findImageFiles(at);
        },
      },
    );
    expect(dataset.images.every(({ file }) => file !== null)).toBe(true);
    expect(listed).toBe(1);
  });
});
