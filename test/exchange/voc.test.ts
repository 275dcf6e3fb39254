import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { read, useTemporaryFolder, writeFiles } from './support.ts';
import { saying } from '../support/in-english.ts';

const folder = useTemporaryFolder();
let next = 0;

interface ObjectOptions {
  readonly name?: string;
  readonly corners?: readonly [number | string, number | string, number | string, number | string];
  readonly more?: string;
}

function object({ name = 'cat', corners = [11, 21, 40, 60], more = '' }: ObjectOptions = {}): string {
  const [xmin, ymin, xmax, ymax] = corners;
  const box = `<xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax>`;
  return `<object><name>${name}</name>${more}<bndbox>${box}</bndbox></object>`;
}

function xml(fileName: string, objects: readonly string[] = [], size = '100,80'): string {
  const [width, height] = size.split(',');
  return `<?xml version="1.0"?>
<annotation><folder>f</folder><filename>${fileName}</filename>
<size><width>${width}</width><height>${height}</height><depth>3</depth></size>
${objects.join('\n')}
</annotation>`;
}

async function voc(files: Readonly<Record<string, string>>): Promise<string> {
  return writeFiles(join(folder.path, String(++next)), files);
}

/** A data set of one image with these objects. */
async function one(...objects: string[]): Promise<string> {
  return voc({ 'Annotations/a.xml': xml('a.jpg', objects), 'JPEGImages/a.jpg': 'p' });
}

describe('reading Pascal VOC', () => {
  it('turns corners counted from 1 and inside the box into edges counted from 0', async () => {
    const { dataset, problems, format } = await read(
      await one(object(), object({ name: 'dog', corners: [1, 1, 100, 80] })),
    );
    expect(format).toBe('voc');
    expect(problems).toEqual([]);
    expect(dataset.images[0]!.boxes).toMatchObject([
      { x: 10, y: 20, width: 30, height: 40, className: 'cat' },
      { x: 0, y: 0, width: 100, height: 80, className: 'dog' },
    ]);
    expect(dataset.classes.map(({ name }) => name)).toEqual(['cat', 'dog']);
  });

  it('reads the whole data set from 0 where a corner at 0 proves it, with a word', async () => {
    const root = await voc({
      'Annotations/a.xml': xml('a.jpg', [object({ corners: [0, 10, 50, 80] })]),
      'Annotations/b.xml': xml('b.jpg', [object({ corners: [20, 30, 100, 70] })]),
      'JPEGImages/a.jpg': 'p',
      'JPEGImages/b.jpg': 'p',
    });
    const { dataset, problems } = await read(root);
    expect(dataset.images.map(({ boxes }) => boxes[0])).toMatchObject([
      { x: 0, y: 10, width: 50, height: 70 },
      { x: 20, y: 30, width: 80, height: 40 },
    ]);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.message).toContain('from 0');
  });

  it('keeps flags and pose as attributes and what it does not know as it is', async () => {
    const more =
      '<pose>Left</pose><truncated>1</truncated><difficult>1</difficult><occluded>0</occluded><x><y>2</y></x>';
    const { dataset } = await read(await one(object({ more })));
    const [box] = dataset.images[0]!.boxes;
    expect(box!.attributes).toEqual({ pose: 'Left', truncated: true, difficult: true });
    expect(box!.unknown).toEqual({ x: { y: '2' } });
    expect(dataset.images[0]!.unknown).toMatchObject({ folder: 'f' });
  });

  it('takes floats, names with entities, and text with spaces', async () => {
    const { dataset } = await read(
      await one(object({ name: ' R&amp;D &lt;3 ', corners: [' 1.5 ', '2.25', '1e1', '20.'] })),
    );
    expect(dataset.images[0]!.boxes).toMatchObject([
      { x: 0.5, y: 1.25, width: 9.5, height: 18.75, className: 'R&D <3' },
    ]);
  });

  it('takes an annotation without objects for an image that was looked at', async () => {
    const { dataset } = await read(await one());
    expect(dataset.images[0]).toMatchObject({ boxes: [], reviewed: true });
    const spoilt = await read(await one(object({ corners: [5, 5, 5, 5] })));
    expect(spoilt.dataset.images[0]).toMatchObject({ boxes: [], reviewed: false });
  });

  it.each([
    ['no area', object({ corners: [5, 5, 5, 9] }), /no area/],
    ['swapped corners', object({ corners: [50, 5, 20, 9] }), /no area/],
    ['a place outside', object({ corners: [200, 5, 220, 9] }), /wholly outside/],
    ['letters', object({ corners: ['x', 5, 20, 9] }), /no number in xmin/],
    ['a hexadecimal number', object({ corners: ['0x5', 5, 20, 9] }), /no number in xmin/],
    ['a number without end', object({ corners: ['1e999', 5, 20, 9] }), /no number in xmin/],
    ['no name', object({ name: '' }), /no name/],
    ['no bndbox', '<object><name>cat</name></object>', /no bndbox/],
  ])('reports an object with %s by file and line and reads the rest', async (_what, bad, message) => {
    const root = await one(object(), bad);
    const { dataset, problems } = await read(root);
    expect(dataset.images[0]!.boxes).toHaveLength(1);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file: join(root, 'Annotations/a.xml'), place: 'line 5' });
    expect(problems[0]!.message).toMatch(message);
  });

  it('cuts a box that reaches over the edge, with a word', async () => {
    const { dataset, problems } = await read(await one(object({ corners: [91, 11, 110, 20] })));
    expect(dataset.images[0]!.boxes).toMatchObject([{ x: 90, y: 10, width: 10, height: 10 }]);
    expect(problems[0]!.message).toMatch(/10 px over the edge/);
  });

  it.each([
    ['a DOCTYPE', '<!DOCTYPE a [<!ENTITY x "y">]><annotation>&x;</annotation>', /DOCTYPE/],
    ['a tag that is not closed', '<annotation><object></annotation>', /not valid XML/],
    ['another root', '<html/>', /no <annotation>/],
    ['endless nesting', `<annotation>${'<a>'.repeat(100)}${'</a>'.repeat(100)}</annotation>`, /nested/],
    ['an unknown entity', '<annotation>&oops;</annotation>', /not valid XML/],
    ['nothing', '', /not valid XML/],
  ])('reports a file with %s and reads the others', async (_what, content, message) => {
    const root = await voc({
      'Annotations/a.xml': xml('a.jpg', [object()]),
      'Annotations/b.xml': content,
      'JPEGImages/a.jpg': 'p',
    });
    const { dataset, problems } = await read(root);
    expect(dataset.images).toHaveLength(1);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.file).toBe(join(root, 'Annotations/b.xml'));
    expect(problems[0]!.message).toMatch(message);
  });

  it('keeps the splits of ImageSets, held-out ones first where lists disagree', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const root = await voc({
      ...Object.fromEntries(names.map((name) => [`Annotations/${name}.xml`, xml(`${name}.jpg`)])),
      ...Object.fromEntries(names.map((name) => [`JPEGImages/${name}.jpg`, 'p'])),
      'ImageSets/Main/train.txt': 'a\r\nb \r\n\r\n',
      'ImageSets/Main/val.txt': '\ufeffc 1\n',
      'ImageSets/Main/trainval.txt': 'a\nb\nc\n',
      'ImageSets/Main/test.txt': 'b\ngone\n',
      'ImageSets/Main/cat_train.txt': 'd 1\n',
    });
    const { dataset, problems } = await read(root);
    expect(dataset.images.map(({ split }) => split)).toEqual(['train', 'test', 'val', null]);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('b is listed for test as well'),
      expect.stringContaining('gone is listed but has no annotation'),
    ]);
    expect(problems[0]!.place).toBe('line 2');
    const all = await read(root, { split: 'val' });
    expect(new Set(all.dataset.images.map(({ split }) => split))).toEqual(new Set(['val']));
  });

  it('reads a folder of XML files beside their images, the Annotations folder, and one file', async () => {
    const beside = await voc({ 'a.xml': xml('a.jpg', [object()]), 'a.jpg': 'p' });
    expect((await read(beside)).dataset.images[0]!.file).toBe(join(beside, 'a.jpg'));
    const root = await one(object());
    expect((await read(join(root, 'Annotations'))).dataset.images[0]!.file).toBe(
      join(root, 'JPEGImages/a.jpg'),
    );
    expect((await read(join(root, 'Annotations/a.xml'))).dataset.images[0]!.file).toBe(
      join(root, 'JPEGImages/a.jpg'),
    );
  });
});

describe('choosing the format', () => {
  it('says which formats there are where it knows none, or is asked for one that is not', async () => {
    const nothing = await voc({ 'notes.md': 'no labels' });
    await expect(read(nothing)).rejects.toMatchObject({
      code: 'unusable-input',
      details: { remedy: saying('COCO') },
    });
    await expect(read(nothing, {}, 'nonsense')).rejects.toMatchObject({
      code: 'invalid-input',
      details: { remedy: saying('coco') },
    });
  });

  it('says that a path is missing', async () => {
    await expect(read(join(folder.path, 'nowhere'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(read(join(folder.path, 'nowhere'), {}, 'voc')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('finds the data set in a folder below, and says so where two formats fit', async () => {
    const above = await voc({ 'set/Annotations/a.xml': xml('a.jpg'), 'set/a.jpg': 'p' });
    expect((await read(above)).dataset.images[0]!.file).toBe(join(above, 'set/a.jpg'));
    const labels = '{"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [], "categories": []}';
    const both = await voc({ 'a.xml': xml('a.jpg'), 'a.jpg': 'p', 'labels.json': labels });
    const { format, problems } = await read(both);
    expect(format).toBe('coco');
    expect(problems[0]!.message).toMatch(/Read as COCO.*Pascal VOC \(a\.xml/);
  });

  it('stops when it is cancelled', async () => {
    const root = await one(object());
    await expect(read(root, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

const bccd = join(import.meta.dirname, '../../../shared/data/bccd');

describe.skipIf(!existsSync(bccd))('the BCCD blood cells (where ../shared/data/bccd is there)', () => {
  it('are read fully: 364 images, 4,886 boxes, two boxes without area reported', async () => {
    const { dataset, problems } = await read(bccd);
    const count = (split: string): number => dataset.images.filter((image) => image.split === split).length;
    expect([count('train'), count('val'), count('test')]).toEqual([205, 87, 72]);
    const boxes = dataset.images.flatMap((image) => image.boxes);
    const ofClass = (name: string): number => boxes.filter((box) => box.className === name).length;
    expect([ofClass('RBC'), ofClass('WBC'), ofClass('Platelets'), boxes.length]).toEqual([
      4153, 372, 361, 4886,
    ]);
    expect(dataset.images.every((image) => image.file !== null)).toBe(true);
    expect(problems).toHaveLength(2);
    for (const problem of problems) expect(problem.message).toContain('no area');
  });
});
