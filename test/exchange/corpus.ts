import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

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
  via: {
    files: {
      'via.json': {
        _via_settings: {},
        _via_img_metadata: {
          'a.jpg123': {
            filename: 'a.jpg',
            size: 123,
            regions: [
              {
                shape_attributes: { name: 'rect', x: 10, y: 20, width: 30, height: 40 },
                region_attributes: { type: 'cat', colour: 'black' },
              },
            ],
            file_attributes: { category: { sunny: true, wet: false } },
          },
        },
      },
    },
    pictures: ['a.jpg'],
  },
  vott: {
    files: {
      'cells-export.json': {
        name: 'cells',
        videoSettings: { frameExtractionRate: 15 },
        tags: [{ name: 'cat', color: '#5db300' }, { name: 'dog' }],
        assets: {
          a1: {
            id: 'a1',
            name: 'a.jpg',
            path: 'file:/home/me/a.jpg',
            size: { width: 100, height: 80 },
            state: 2,
            type: 1,
            regions: [
              {
                id: 'r1',
                type: 'RECTANGLE',
                tags: ['cat'],
                boundingBox: { left: 10, top: 20, width: 30, height: 40 },
                points: [{ x: 10, y: 20 }],
              },
            ],
          },
          a2: { id: 'a2', name: 'b.jpg', size: { width: 100, height: 80 }, state: 1, regions: [] },
        },
      },
    },
    pictures: ['a.jpg', 'b.jpg'],
  },
  kitti: {
    files: {
      'label_2/a.txt':
        'cat 0.5 2 -1.57 10.00 20.00 40.00 60.00 1.6 1.5 3.2 1.1 1.2 13.2 -1.5\n' +
        'Big%20dog 0.00 0 -10 50 10 60 30 -1 -1 -1 -1000 -1000 -1000 -10 0.75\n',
      'label_2/b.txt': '',
      'ImageSets/val.txt': 'a\n',
    },
    pictures: ['image_2/a.jpg', 'image_2/b.jpg'],
  },
  openimages: {
    files: {
      'train-annotations-bbox.csv':
        'ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\n' +
        'a,xclick,/m/01yrx,1,0.1,0.4,0.25,0.75,1,0,0,0,0\n' +
        'b,xclick,/m/01yrx,1,0.1,0.4,0.25,0.75,0,0,1,0,0\n',
      'class-descriptions-boxable.csv': '/m/01yrx,cat\n/m/0bt9lr,dog\n',
    },
    pictures: ['train/a.jpg', 'train/b.jpg'],
  },
  ndjson: {
    files: {
      'set.ndjson':
        '{"type":"dataset","task":"detect","name":"s","class_names":{"0":"dog","1":"cat"}}\n' +
        '{"type":"image","file":"a.jpg","width":100,"height":80,"split":"train","annotations":{"boxes":[[1,0.25,0.5,0.3,0.5]]}}\n' +
        '{"type":"image","file":"b.jpg","width":100,"height":80,"split":"val"}\n',
    },
    pictures: ['images/train/a.jpg', 'images/val/b.jpg', 'images/val/a.jpg'],
  },
  imagefolder: {
    files: {
      'train/metadata.jsonl':
        '{"file_name":"a.jpg","width":100,"height":80,"label":1,"objects":{"bbox":[[10,20,30,40]],"categories":[0],"id":[7]}}\n' +
        '{"file_name":"b.jpg","objects":{"bbox":[],"categories":[]},"source":"x"}\n',
      'README.md':
        '---\ndataset_info:\n  features:\n  - name: label\n    dtype:\n      class_label:\n        names:\n' +
        "          '0': wet\n          '1': sunny\n  - name: objects\n    sequence:\n    - name: categories\n      dtype:\n" +
        "        class_label:\n          names:\n            '0': cat\n---\n# A card\n",
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

/** A project of version 3, which has little in common with those of earlier versions. */
export const VIA_3: Sample = {
  files: {
    'project.json': {
      project: { pid: '__VIA_PROJECT_ID__', data_format_version: '3.1.0', vid_list: ['1'] },
      config: {},
      attribute: {
        '1': { aname: 'class', anchor_id: 'FILE1_Z0_XY1', type: 4, options: { '0': 'cat', '1': 'dog' } },
        '2': { aname: 'weather', anchor_id: 'FILE1_Z0_XY0', type: 4, options: { '0': 'sunny' } },
      },
      file: { '1': { fid: '1', fname: 'a.jpg', type: 2, loc: 1, src: 'a.jpg' } },
      view: { '1': { fid_list: ['1'] } },
      metadata: {
        '1_a': { vid: '1', flg: 0, z: [], xy: [2, 10, 20, 30, 40], av: { '1': '0' } },
        '1_b': { vid: '1', flg: 0, z: [], xy: [], av: { '2': '0' } },
      },
    },
  },
  pictures: ['a.jpg'],
};

/** Those that no text is a sample of: their tests make them. */
export const WITHOUT_SAMPLE = ['folders', 'tfrecord', 'webdataset', 'parquet'];

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
  const files = { ...pictures, ...sample.files, [mainFile(sample)]: text };
  // Not by support.ts, which is of vitest: the long harness runs without.
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}

export const mainPath = (root: string, sample: Sample): string => join(root, mainFile(sample));
