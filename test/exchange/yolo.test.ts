import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DatasetImage } from '../../electron/common/dataset.ts';
import { encodeText } from '../support/encode-text.ts';
import { saying } from '../support/in-english.ts';
import { read, useTemporaryFolder, writeFiles } from './support.ts';

const folder = useTemporaryFolder();
let next = 0;

async function yolo(files: Readonly<Record<string, string | Buffer>>) {
  const root = await writeFiles(join(folder.path, String(++next)), files);
  return { root, ...(await read(root, { sizeOf: async () => ({ width: 100, height: 80 }) }, 'yolo')) };
}

/** One image with these rows, in classes cat and dog. */
async function rows(content: string | Buffer, names = 'names: [cat, dog]\n') {
  const { dataset, problems } = await yolo({
    'data.yaml': `train: images\n${names}`,
    'images/a.jpg': 'p',
    'labels/a.txt': content,
  });
  return { boxes: dataset.images[0]!.boxes, reviewed: dataset.images[0]!.reviewed, problems, dataset };
}

const BOX = { x: 10, y: 20, width: 30, height: 40, className: 'cat' };
const ROW = '0 0.25 0.5 0.3 0.5';
const said = (images: readonly DatasetImage[]) =>
  images.map(({ path, split, boxes }) => [path, split, boxes.map(({ className }) => className).join(' ')]);

describe('rows of YOLO', () => {
  it.each([
    ['blanks at the end', `${ROW}  \t\n`],
    ['blank lines', `\n${ROW}\n\n  \n`],
    ['commas', '0,0.25,0.5,0.3,0.5\n'],
    ['commas and blanks', '0, 0.25, 0.5, 0.3, 0.5'],
    ['CR LF', `${ROW}\r\n`],
    ['a byte order mark', `\ufeff${ROW}\n`],
    ['a class with a point', '0.0 0.25 0.5 0.3 0.5\n'],
    ['exponents', '0 2.5e-1 5.0E-01 3e-1 0.5\n'],
  ])('may have %s', async (_what, content) => {
    const { boxes, problems } = await rows(content);
    expect(problems).toEqual([]);
    expect(boxes).toHaveLength(1);
    expect(boxes[0]!.className).toBe('cat');
    for (const side of ['x', 'y', 'width', 'height'] as const)
      expect(boxes[0]![side]).toBeCloseTo(BOX[side], 9);
  });

  it.each([
    ['last', `${ROW} 0.9`],
    // As the box this would lie outside.
    ['second', '0 0.9 0.25 0.5 0.3 0.5'],
  ])('of six columns have the confidence %s', async (_where, content) => {
    const { boxes, problems } = await rows(content);
    expect(problems).toEqual([]);
    expect(boxes).toMatchObject([{ score: 0.9, className: 'cat' }]);
    expect(boxes[0]!.x).toBeCloseTo(10, 9);
    expect(boxes[0]!.height).toBeCloseTo(40, 9);
  });

  it('a little outside of 0 to 1 are cut at the edge, with a word', async () => {
    const { boxes, problems } = await rows('0 0.1 0.5 0.24 0.5\n1 0.9 0.5 0.2000001 0.5\n');
    expect(boxes).toMatchObject([
      { x: 0, width: expect.closeTo(22, 9) as number },
      { x: expect.closeTo(80, 4) as number, width: expect.closeTo(20, 4) as number },
    ]);
    expect(problems).toMatchObject([{ place: 'line 1', message: saying(/over the edge/) }]);
  });

  it('that are there twice count once, with a word', async () => {
    const { boxes, problems } = await rows(`${ROW}\n${ROW} \n`);
    expect(boxes).toHaveLength(1);
    expect(problems).toMatchObject([{ place: 'line 2' }]);
  });

  it('that can’t be read are told by line, and the others are kept', async () => {
    const { boxes, problems } = await rows(
      `x 1 1 1 1\n${ROW}\n-1 0.5 0.5 0.1 0.1\n0 0.5\n0 nan 0.5 0.1 0.1\n`,
    );
    expect(boxes).toHaveLength(1);
    expect(problems.map(({ place }) => place)).toEqual(['line 1', 'line 3', 'line 4', 'line 5']);
  });

  it('of outlines and turned boxes become the boxes around them, with their points, and are counted', async () => {
    const points = [0.1, 0.25, 0.4, 0.25, 0.4, 0.75, 0.1, 0.75];
    const { boxes, problems } = await rows(`0 ${points.join(' ')}\n0 0.1 0.25 0.4 0.5 0.1 0.75\n`);
    for (const box of boxes) {
      expect(box.x).toBeCloseTo(10, 9);
      expect(box.width).toBeCloseTo(30, 9);
    }
    expect(boxes[0]!.unknown).toEqual({ points });
    expect(problems).toMatchObject([{ message: saying(/2/) }]);
  });
});

describe('names of YOLO', () => {
  it.each([
    ['a list', 'names: [cat, dog]\n'],
    ['a list, a line each', 'names:\n  - cat\n  - dog\n'],
    ['a dictionary', 'names:\n  0: cat\n  1: dog\n'],
    ['a dictionary with gaps', 'names:\n  7: bird\n  0: cat\n  1: dog\n'],
  ])('may be %s', async (what, names) => {
    const { dataset, boxes, problems } = await rows(`${ROW}\n1 0.5 0.5 0.1 0.1\n`, names);
    expect(problems).toEqual([]);
    expect(boxes.map(({ className }) => className)).toEqual(['cat', 'dog']);
    expect(dataset.classes.map(({ name, sourceId }) => [name, sourceId])).toEqual([
      ['cat', 0],
      ['dog', 1],
      ...(what.endsWith('gaps') ? [['bird', 7]] : []),
    ]);
  });

  it('may have dots, blanks and numbers', async () => {
    const { boxes } = await rows(`${ROW}\n1 0.5 0.5 0.1 0.1\n`, "names: ['no. 5 v1.2', 8]\n");
    expect(boxes.map(({ className }) => className)).toEqual(['no. 5 v1.2', '8']);
  });

  it('are made up for a class beyond the list, with a word', async () => {
    const { boxes, problems, dataset } = await rows('9 0.5 0.5 0.1 0.1\n9 0.2 0.2 0.1 0.1\n');
    expect(boxes.map(({ className }) => className)).toEqual(['class 9', 'class 9']);
    expect(dataset.classes.map(({ name }) => name)).toEqual(['cat', 'dog', 'class 9']);
    expect(problems).toMatchObject([{ place: 'names', message: saying(/9/) }]);
  });

  it.each(['GBK', 'Shift_JIS', 'Windows-1251'] as const)('in %s are detected, and said', async (encoding) => {
    const name = { GBK: '汽车和自行车', Shift_JIS: 'ガラスのびん', 'Windows-1251': 'машина' }[encoding];
    const { dataset, problems } = await yolo({
      'data.yaml': encodeText(`train: images\nnames: [${name}]\n`, encoding)!,
      'images/a.jpg': 'p',
      'labels/a.txt': ROW,
    });
    expect(dataset.classes.map((one) => one.name)).toEqual([name]);
    expect(problems).toMatchObject([{ message: saying(encoding) }]);
  });
});

describe('splits of YOLO', () => {
  const FILES = {
    ...Object.fromEntries(['a', 'b', 'c'].map((name) => [`labels/${name}.txt`, ROW])),
    ...Object.fromEntries(['a', 'b', 'c'].map((name) => [`images/${name}.jpg`, 'p'])),
  };

  it('are folders, relative to the YAML or to its path', async () => {
    for (const where of ['', 'path: .\n', 'path: ../datasets/set\n', 'path: C:\\Users\\me\\set\n']) {
      const { dataset, problems } = await yolo({
        'data.yaml': `${where}train: images/train\nval: ./images/val\nnames: [cat]\n`,
        'images/train/a.jpg': 'p',
        'labels/train/a.txt': ROW,
        'images/val/b.jpg': 'p',
        'labels/val/b.txt': ROW,
      });
      expect(problems).toEqual([]);
      expect(said(dataset.images)).toEqual([
        ['images/train/a.jpg', 'train', 'cat'],
        ['images/val/b.jpg', 'val', 'cat'],
      ]);
    }
    const below = await yolo({
      'set.yaml': 'path: deep\ntrain: images\nnames: [cat]\n',
      'deep/images/a.jpg': 'p',
      'deep/labels/a.txt': ROW,
    });
    expect(said(below.dataset.images)).toEqual([['images/a.jpg', 'train', 'cat']]);
  });

  it('are lists of files, of this folder or another machine’s', async () => {
    const { dataset, problems } = await yolo({
      ...FILES,
      'data.yaml': 'train: train.txt\nval: val.txt\ntest: test.txt\nnames: [cat]\n',
      'train.txt': './images/a.jpg\r\n\r\n',
      'val.txt': '/home/somebody/set/images/b.jpg\n',
      'test.txt': 'images\\c.jpg',
    });
    expect(problems).toEqual([]);
    expect(dataset.images.map(({ file, split, boxes }) => [file?.at(-5), split, boxes.length])).toEqual([
      ['a', 'train', 1],
      ['b', 'val', 1],
      ['c', 'test', 1],
    ]);
  });

  it('are several of both', async () => {
    const { dataset, problems } = await yolo({
      ...FILES,
      'more/images/d.jpg': 'p',
      'more/labels/d.txt': ROW,
      'data.yaml': 'train: [list.txt, more/images]\nval: [b.txt]\nnames: [cat]\n',
      'list.txt': 'images/a.jpg\nimages/c.jpg\n',
      'b.txt': 'images/b.jpg\n',
    });
    expect(problems).toEqual([]);
    expect(dataset.images.map(({ path, split }) => [path, split])).toEqual([
      ['images/a.jpg', 'train'],
      ['images/c.jpg', 'train'],
      ['more/images/d.jpg', 'train'],
      ['images/b.jpg', 'val'],
    ]);
    expect(dataset.images.every(({ boxes }) => boxes.length === 1)).toBe(true);
  });

  it('that are not there are told, and the others read', async () => {
    const { dataset, problems } = await yolo({
      ...FILES,
      'data.yaml': 'train: images\nval: nowhere/images\nnames: [cat]\n',
    });
    expect(dataset.images).toHaveLength(3);
    expect(problems).toMatchObject([{ place: 'val', message: saying(/nowhere/) }]);
  });
});

describe('images of YOLO', () => {
  it('without a label file are unseen, with an empty one verified empty', async () => {
    const { dataset } = await yolo({
      'data.yaml': 'train: images\nnames: [cat]\n',
      ...{ 'images/a.jpg': 'p', 'images/b.jpg': 'p', 'images/c.jpg': 'p' },
      ...{ 'labels/b.txt': '', 'labels/c.txt': ' \r\n' },
    });
    expect(dataset.images.map(({ reviewed, boxes }) => [reviewed, boxes.length])).toEqual([
      [false, 0],
      [true, 0],
      [true, 0],
    ]);
  });

  it('may have dots in their names, and lie beside their labels', async () => {
    const { dataset, problems } = await yolo({
      'classes.txt': 'cat\r\ndog\r\n\r\n',
      ...{ 'pet.toy-1.jpg': 'p', 'pet.toy-1.txt': ROW, 'pet.jpg': 'p', 'pet.txt': '1 0.5 0.5 0.1 0.1' },
    });
    expect(problems).toEqual([]);
    expect(said(dataset.images).sort()).toEqual([
      ['pet.jpg', null, 'dog'],
      ['pet.toy-1.jpg', null, 'cat'],
    ]);
  });

  it('of one stem and two extensions have the same label file, with a word', async () => {
    const { root, dataset, problems } = await yolo({
      'data.yaml': 'train: images\nnames: [cat]\n',
      ...{ 'images/a.jpg': 'p', 'images/a.png': 'p', 'labels/a.txt': ROW },
    });
    expect(dataset.images.map(({ boxes }) => boxes.length)).toEqual([1, 1]);
    expect(problems).toMatchObject([{ file: join(root, 'labels/a.txt'), message: saying(/a\.jpg.*a\.png/) }]);
  });

  it('of one name in two folders keep their own labels', async () => {
    const { dataset, problems } = await yolo({
      'data.yaml': 'train: images\nnames: [cat, dog]\n',
      ...{ 'images/x/a.jpg': 'p', 'images/y/a.jpg': 'p' },
      ...{ 'labels/x/a.txt': ROW, 'labels/y/a.txt': '1 0.5 0.5 0.1 0.1' },
    });
    expect(problems).toEqual([]);
    expect(said(dataset.images)).toEqual([
      ['images/x/a.jpg', 'train', 'cat'],
      ['images/y/a.jpg', 'train', 'dog'],
    ]);
  });

  it('that are missing for a label file are told', async () => {
    const { root, problems } = await yolo({
      'data.yaml': 'train: images\nnames: [cat]\n',
      ...{ 'images/a.jpg': 'p', 'labels/a.txt': ROW, 'labels/gone.txt': ROW },
    });
    expect(problems).toMatchObject([{ file: join(root, 'labels/gone.txt') }]);
  });
});
