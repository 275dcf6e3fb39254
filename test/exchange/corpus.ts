import { join } from 'node:path';
import { writeFiles } from './support.ts';

/** One small data set for each format that is read: files by path. Pictures are `a.jpg` and `b.jpg`, 100 × 80. */
export interface Sample {
  /** Files that the format itself has; the first is the one that is damaged. */
  readonly files: Readonly<Record<string, unknown>>;
  /** Where the pictures lie. */
  readonly pictures: readonly string[];
}

export const SAMPLES: Readonly<Record<string, Sample>> = {
  coco: {
    files: {
      'labels.json': {
        images: [
          { id: 1, file_name: 'a.jpg', width: 100, height: 80 },
          { id: 2, file_name: 'b.jpg', width: 100, height: 80 },
        ],
        annotations: [{ id: 1, image_id: 1, category_id: 17, bbox: [10, 20, 30, 40], iscrowd: 0 }],
        categories: [{ id: 17, name: 'cat' }],
      },
    },
    pictures: ['a.jpg', 'b.jpg'],
  },
  yolo: {
    files: {
      'labels/a.txt': '0 0.25 0.5 0.3 0.5\n',
      'data.yaml': 'train: images\nnames:\n  0: cat\n',
      'labels/b.txt': '',
    },
    pictures: ['images/a.jpg', 'images/b.jpg'],
  },
  voc: {
    files: {
      'Annotations/a.xml':
        '<annotation><filename>a.jpg</filename><size><width>100</width><height>80</height></size>' +
        '<object><name>cat</name><bndbox><xmin>11</xmin><ymin>21</ymin><xmax>40</xmax><ymax>60</ymax></bndbox></object></annotation>',
    },
    pictures: ['JPEGImages/a.jpg'],
  },
  labelme: {
    files: {
      'a.json': {
        version: '5.5.0',
        flags: { sunny: true },
        shapes: [
          {
            label: 'cat',
            points: [
              [10, 20],
              [40, 60],
            ],
            shape_type: 'rectangle',
            flags: {},
          },
        ],
        imagePath: 'a.jpg',
        imageWidth: 100,
        imageHeight: 80,
      },
    },
    pictures: ['a.jpg'],
  },
  cvat: {
    files: {
      'annotations.xml':
        '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n' +
        '<meta><task><labels><label><name>cat</name></label><label><name>sunny</name><type>tag</type></label></labels></task></meta>\n' +
        '<image id="0" name="a.jpg" subset="train" width="100" height="80">\n' +
        '<tag label="sunny" source="manual"/>\n' +
        '<box label="cat" source="manual" occluded="1" xtl="10" ytl="20" xbr="40" ybr="60" z_order="2">\n' +
        '<attribute name="colour">black</attribute></box>\n' +
        '</image>\n<image id="1" name="b.jpg" width="100" height="80"/>\n</annotations>\n',
    },
    pictures: ['images/a.jpg', 'images/b.jpg'],
  },
  'label-studio': {
    files: {
      'project-1.json': [
        {
          id: 7,
          data: { image: '/data/upload/3/1f0c9a2b-a.jpg', site: 'north' },
          annotations: [
            {
              id: 3,
              was_cancelled: false,
              result: [
                {
                  id: 'x1',
                  type: 'rectanglelabels',
                  from_name: 'label',
                  to_name: 'image',
                  original_width: 100,
                  original_height: 80,
                  image_rotation: 0,
                  value: { x: 10, y: 25, width: 30, height: 50, rotation: 0, rectanglelabels: ['cat'] },
                },
                {
                  id: 'x2',
                  type: 'choices',
                  from_name: 'class',
                  to_name: 'image',
                  value: { choices: ['sunny'] },
                },
              ],
            },
          ],
        },
        { id: 8, data: { image: '/data/local-files/?d=set%2Fb.jpg' }, annotations: [] },
      ],
    },
    pictures: ['a.jpg', 'set/b.jpg'],
  },
  datumaro: {
    files: {
      'annotations/train.json': {
        dm_format_version: '1.0',
        infos: {},
        categories: { label: { labels: [{ name: 'cat', parent: '', attributes: [] }, { name: 'sunny' }] } },
        items: [
          {
            id: 'a',
            annotations: [
              {
                id: 0,
                type: 'bbox',
                attributes: { occluded: false, colour: 'black' },
                group: 4,
                label_id: 0,
                z_order: 0,
                bbox: [10, 20, 30, 40],
              },
              { id: 1, type: 'label', attributes: {}, group: 0, label_id: 1 },
            ],
            attr: { frame: 3 },
            image: { path: 'a.jpg', size: [80, 100] },
          },
          { id: 'b', annotations: [], image: { path: 'b.jpg', size: [80, 100] } },
        ],
      },
    },
    pictures: ['images/train/a.jpg', 'images/train/b.jpg'],
  },
  createml: {
    files: {
      'train/_annotations.createml.json': [
        {
          image: 'a.jpg',
          annotations: [{ label: 'cat', coordinates: { x: 25, y: 40, width: 30, height: 40 } }],
        },
        { image: 'b.jpg', annotations: [] },
      ],
    },
    pictures: ['train/a.jpg', 'train/b.jpg'],
  },
  csv: {
    files: {
      'labels.csv': 'filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,100,80,cat,10,20,40,60\n',
    },
    pictures: ['a.jpg'],
  },
};

/** The file of a sample that is damaged. */
export function mainFile({ files }: Sample): string {
  return Object.keys(files)[0]!;
}

export function textOf({ files }: Sample): string {
  const content = Object.values(files)[0];
  return typeof content === 'string' ? content : JSON.stringify(content, null, 1);
}

/** @param text in place of its main file */
export async function writeSample(root: string, sample: Sample, text = textOf(sample)): Promise<string> {
  const pictures = Object.fromEntries(sample.pictures.map((path) => [path, 'picture']));
  await writeFiles(root, { ...pictures, ...sample.files, [mainFile(sample)]: text });
  return root;
}

export const mainPath = (root: string, sample: Sample): string => join(root, mainFile(sample));
