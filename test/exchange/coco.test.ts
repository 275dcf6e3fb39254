import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { read, useTemporaryFolder, writeFiles } from './support.ts';
import { say } from '../../electron/common/sentences/sentence.ts';
import { saying } from '../support/in-english.ts';

const folder = useTemporaryFolder();
let next = 0;

const image = (id: number | string, file_name: string, more = {}): object => ({
  id,
  file_name,
  width: 100,
  height: 80,
  ...more,
});
const annotation = (
  image_id: number | string,
  category_id: number | string,
  bbox: unknown,
  more = {},
): object => ({
  id: ++next,
  image_id,
  category_id,
  bbox,
  ...more,
});
const cat = { id: 17, name: 'cat' };
const dog = { id: 3, name: 'dog', supercategory: 'animal' };

/** Writes a data set with the images that are named, and returns the JSON's path. */
async function coco(
  top: { images?: unknown; annotations?: unknown; categories?: unknown; [key: string]: unknown },
  files: readonly string[] = ['a.jpg', 'b.jpg'],
  name = 'labels.json',
): Promise<string> {
  const content = { images: [image(1, 'a.jpg')], annotations: [], categories: [cat, dog], ...top };
  const root = join(folder.path, String(++next));
  await writeFiles(root, { [name]: content, ...Object.fromEntries(files.map((file) => [file, 'picture'])) });
  return join(root, name);
}

describe('reading COCO', () => {
  it('gives boxes as they are, classes in the order of the source with their ids', async () => {
    const path = await coco({
      annotations: [annotation(1, 17, [10.25, 20.5, 30.125, 40]), annotation(1, 3, [0, 0, 100, 80])],
    });
    const { dataset, problems, format } = await read(path);
    expect(format).toBe('coco');
    expect(problems).toEqual([]);
    expect(dataset.classes.map(({ kind, name, sourceId }) => [kind, name, sourceId])).toEqual([
      ['object', 'cat', 17],
      ['object', 'dog', 3],
    ]);
    expect(dataset.classes[1]!.unknown).toEqual({ supercategory: 'animal' });
    expect(dataset.images[0]).toMatchObject({
      path: 'a.jpg',
      file: join(path, '..', 'a.jpg'),
      width: 100,
      height: 80,
    });
    expect(dataset.images[0]!.boxes).toMatchObject([
      { x: 10.25, y: 20.5, width: 30.125, height: 40, className: 'cat' },
      { x: 0, y: 0, width: 100, height: 80, className: 'dog' },
    ]);
  });

  it('keeps crowd, area, segmentation and every other field', async () => {
    const more = { iscrowd: 1, area: 12.5, segmentation: { size: [80, 100], counts: [1, 2] }, note: 'x' };
    const { dataset } = await read(
      await coco({
        info: { year: 2024 },
        images: [image(1, 'a.jpg', { license: 2 })],
        annotations: [annotation(1, 17, [1, 2, 3, 4], more)],
      }),
    );
    const [box] = dataset.images[0]!.boxes;
    expect(box!.attributes).toEqual({ crowd: true });
    expect(box!.unknown).toMatchObject({ area: 12.5, segmentation: { counts: [1, 2] }, note: 'x' });
    expect(dataset.images[0]!.unknown).toEqual({ license: 2 });
    expect(dataset.unknown).toEqual({ info: { year: 2024 } });
  });

  it('does without the fields that are optional', async () => {
    const { dataset, problems } = await read(
      await coco({
        images: [{ id: 'x', file_name: 'a.jpg' }],
        annotations: [annotation('x', 17, [1, 2, 3000, 4])],
      }),
    );
    expect(problems).toEqual([]);
    expect(dataset.images[0]).toMatchObject({ width: null, height: null, reviewed: true });
    expect(dataset.images[0]!.boxes[0]!.width).toBe(3000);
  });

  it('does not take an image without annotations for one that was looked at', async () => {
    const { dataset } = await read(await coco({ images: [image(1, 'a.jpg'), image(2, 'b.jpg')] }));
    expect(dataset.images.map(({ reviewed }) => reviewed)).toEqual([false, false]);
  });

  it.each([
    ['an unknown image', annotation(9, 17, [1, 2, 3, 4]), /image 9/],
    ['an unknown category', annotation(1, 99, [1, 2, 3, 4]), /category 99/],
    ['the id of a property of objects', annotation('constructor', 17, [1, 2, 3, 4]), /constructor/],
    ['no bbox', annotation(1, 17, undefined), /no bbox/],
    ['three numbers', annotation(1, 17, [1, 2, 3]), /no bbox/],
    ['null in its bbox', annotation(1, 17, [1, 2, null, 4]), /no bbox/],
    ['no width', annotation(1, 17, [1, 2, 0, 4]), /no area/],
    ['a negative height', annotation(1, 17, [1, 2, 3, -4]), /no area/],
    ['a place outside the image', annotation(1, 17, [100, 2, 3, 4]), /wholly outside/],
    ['another type', 'oops', /not an object/],
  ])('reports an annotation with %s at its place and reads the rest', async (_what, bad, message) => {
    const path = await coco({ annotations: [annotation(1, 17, [1, 2, 3, 4]), bad] });
    const { dataset, problems } = await read(path);
    expect(dataset.images[0]!.boxes).toHaveLength(1);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.file).toBe(path);
    expect(problems[0]!.place).toMatch(/^annotations\[1\]/);
    expect(problems[0]!.message).toMatch(message);
    expect(problems[0]!.remedy).toBeTruthy();
  });

  // The texts and their boxes are those of pycocotools (mask.encode, mask.toBbox).
  it.each([
    [
      'polygons',
      [
        [10, 20, 40, 25, 30, 60.5],
        [5, 30, 8, 30, 8, 33],
      ],
      [5, 20, 35, 40.5],
    ],
    ['a polygon without its list', [10, 20, 40, 25, 30, 60.5], [10, 20, 30, 40.5]],
    [
      'a mask of runs',
      { size: [80, 100], counts: [80 * 3 + 10, 5, 75, 5, 7905 - 240 - 80 - 5] },
      [3, 10, 2, 5],
    ],
    ['a mask over whole columns', { size: [80, 100], counts: '`7`7P[7' }, [3, 0, 3, 80]],
    ['a mask in two corners', { size: [80, 100], counts: '01ei79' }, [0, 0, 100, 80]],
    [
      'a mask as text',
      { size: [80, 100], counts: `di0?Q2${'0'.repeat(48)}?A0000000:Fg^1^OVc1` },
      [10, 5, 51, 45],
    ],
  ])(
    'draws the box around %s where there is none, counts it and keeps the outline',
    async (_what, segmentation, box) => {
      const bare = [undefined, null, []].map((bbox) => ({ ...annotation(1, 17, bbox), segmentation }));
      const { dataset, problems } = await read(await coco({ annotations: bare }));
      expect(dataset.images[0]!.boxes.map(({ x, y, width, height }) => [x, y, width, height])).toEqual([
        box,
        box,
        box,
      ]);
      expect(dataset.images[0]!.boxes[0]!.unknown).toMatchObject({ segmentation, bbox: box });
      expect(problems[0]).toMatchObject({ place: 'annotations', message: saying(/3 outlines/) });
    },
  );

  it.each([
    ['a point', [[1, 2]]],
    ['words', [['a', 'b', 'c', 'd', 'e', 'f']]],
    ['more runs than the mask has room for', { size: [80, 100], counts: [1, 90_000] }],
    ['runs below nothing', { size: [80, 100], counts: [5, -3] }],
    ['a text that is cut', { size: [80, 100], counts: 'di0?Q' }],
    ['a text of other characters', { size: [80, 100], counts: 'é€' }],
    ['no size', { counts: [1, 2] }],
    ['nothing in it', []],
  ])('has no box where the outline is %s', async (_what, segmentation) => {
    const { dataset, problems } = await read(
      await coco({ annotations: [{ ...annotation(1, 17, undefined), segmentation }] }),
    );
    expect(dataset.images[0]!.boxes).toEqual([]);
    expect(problems).toMatchObject([{ message: saying(/no bbox/) }]);
  });

  it('refuses numbers without end, in figures or text, and keeps the other boxes', async () => {
    const path = await coco({
      annotations: ['INFINITE', '1e999', '-1e400'].map((x) => annotation(1, 17, [x, 5, 20, 9])),
    });
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"INFINITE"', '1e999'));
    const { dataset, problems } = await read(path);
    expect(dataset.images[0]!.boxes).toEqual([]);
    expect(problems).toHaveLength(3);
    for (const { message } of problems) expect(message).toEqual(saying(/no bbox/));
  });

  it('cuts, drops or keeps a box that reaches over the edge, as chosen, and says so', async () => {
    const path = await coco({ annotations: [annotation(1, 17, [90, -5, 20, 30])] });
    const cut = await read(path);
    expect(cut.dataset.images[0]!.boxes).toMatchObject([{ x: 90, y: 0, width: 10, height: 25 }]);
    expect(cut.problems[0]!.message).toMatch(/10 px over the edge.*cut/);
    const dropped = await read(path, { outside: 'drop' });
    expect(dropped.dataset.images[0]!.boxes).toEqual([]);
    expect(dropped.problems[0]!.message).toContain('left out');
    const kept = await read(path, { outside: 'keep' });
    expect(kept.dataset.images[0]!.boxes).toMatchObject([{ x: 90, y: -5, width: 20, height: 30 }]);
    expect(kept.problems[0]!.message).toContain('kept');
  });

  it('sets edges that are out by rounding to the edge without a word', async () => {
    const { dataset, problems } = await read(
      await coco({ annotations: [annotation(1, 17, [50, 0, 50.0004, 80])] }),
    );
    expect(problems).toEqual([]);
    expect(dataset.images[0]!.boxes[0]!.width).toBe(50);
  });

  it('reports ids that are used twice and names that are listed twice', async () => {
    const { dataset, problems } = await read(
      await coco({
        images: [image(1, 'a.jpg'), image(1, 'b.jpg')],
        categories: [cat, { id: 17, name: 'dog' }, { id: 4, name: 'cat' }, { id: 5 }],
        annotations: [annotation(1, 4, [1, 2, 3, 4])],
      }),
    );
    expect(dataset.classes.map(({ name }) => name)).toEqual(['cat']);
    expect(dataset.images).toHaveLength(1);
    expect(dataset.images[0]!.boxes[0]!.className).toBe('cat');
    expect(problems.map(({ place }) => place)).toEqual([
      'images[1]',
      'categories[1]',
      'categories[2]',
      'categories[3]',
    ]);
  });

  it('takes the split from the file’s or folder’s name unless told otherwise', async () => {
    const path = await coco({}, ['a.jpg'], 'annotations/instances_val2017.json');
    expect((await read(path)).dataset.images[0]!.split).toBe('val');
    expect((await read(path, { split: 'train' })).dataset.images[0]!.split).toBe('train');
    expect((await read(path, { split: 'none' })).dataset.images[0]!.split).toBe('none');
    const robo = await coco({}, ['test/a.jpg'], 'test/_annotations.coco.json');
    expect((await read(robo)).dataset.images[0]!.split).toBe('test');
    expect((await read(await coco({}))).dataset.images[0]!.split).toBeNull();
  });

  it('reads all files of a folder as one data set', async () => {
    const root = join(folder.path, String(++next));
    const top = (name: string, category: object): object => ({
      images: [image(1, name)],
      annotations: [annotation(1, (category as { id: number }).id, [1, 2, 3, 4])],
      categories: [category],
    });
    await writeFiles(root, {
      'annotations/instances_train.json': top('a.jpg', cat),
      'annotations/instances_test.json': top('b.jpg', { ...dog, id: 17 }),
      'annotations/other.json': { hello: 1 },
      'train/a.jpg': 'p',
      'test/b.jpg': 'p',
    });
    const { dataset, problems } = await read(root);
    expect(problems).toEqual([]);
    expect(dataset.classes.map(({ name }) => name).sort()).toEqual(['cat', 'dog']);
    const seen = dataset.images.map(({ path, split, boxes }) => [path, split, boxes[0]!.className]);
    expect(seen.sort()).toEqual([
      ['a.jpg', 'train', 'cat'],
      ['b.jpg', 'test', 'dog'],
    ]);
  });
});

describe('finding the images of a data set', () => {
  it('takes no image of one split for its missing namesake of another', async () => {
    const one = { images: [image(1, 'a.jpg')], annotations: [], categories: [cat] };
    const root = await writeFiles(join(folder.path, String(++next)), {
      'train/_annotations.coco.json': one,
      'valid/_annotations.coco.json': one,
      'train/a.jpg': 'p',
    });
    const { dataset, problems } = await read(root);
    expect(dataset.images.map(({ file, split }) => [file, split])).toEqual([
      [join(root, 'train/a.jpg'), 'train'],
      [null, 'val'],
    ]);
    expect(problems[0]!.message).toContain('not found');
  });

  it('takes the relative path first, then a unique name, in any case and with backslashes', async () => {
    const names = ['x\\a.jpg', 'C:\\Users\\me\\B.JPG', '/somewhere/else/c.jpg'];
    const images = names.map((name, index) => image(index + 1, name));
    const path = await coco({ images }, ['x/a.jpg', 'y/a.jpg', 'deep/er/b.jpg', 'c.jpg']);
    const { dataset, problems } = await read(path);
    expect(problems).toEqual([]);
    const root = join(path, '..');
    expect(dataset.images.map(({ file }) => file)).toEqual([
      join(root, 'x/a.jpg'),
      join(root, 'deep/er/b.jpg'),
      join(root, 'c.jpg'),
    ]);
    expect(dataset.images.map((one) => one.path)).toEqual(names);
  });

  it('names both files where two fit equally, and guesses none', async () => {
    const path = await coco({}, ['x/a.jpg', 'y/a.jpg']);
    const { dataset, problems } = await read(path);
    expect(dataset.images[0]!.file).toBeNull();
    expect(problems[0]!.message).toContain(join('x', 'a.jpg'));
    expect(problems[0]!.message).toContain(join('y', 'a.jpg'));
    expect(problems[0]!.place).toBe('images[0]');
  });

  it('prefers the file that shares more of the path', async () => {
    const path = await coco({ images: [image(1, 'old/place/y/a.jpg')] }, ['x/a.jpg', 'y/a.jpg']);
    expect((await read(path)).dataset.images[0]!.file).toBe(join(path, '..', 'y', 'a.jpg'));
  });

  it('looks in the folders that are given, and says where it looked', async () => {
    const path = await coco({}, []);
    const missing = await read(path);
    expect(missing.dataset.images[0]!.file).toBeNull();
    expect(missing.problems[0]!.message).toContain('not found');
    expect(missing.problems[0]!.remedy).toBe('Choose the folder of the images.');
    const elsewhere = await writeFiles(join(folder.path, String(++next)), { 'sub/a.jpg': 'p' });
    const found = await read(path, { imageFolders: [elsewhere] });
    expect(found.dataset.images[0]!.file).toBe(join(elsewhere, 'sub/a.jpg'));
  });

  it('never leaves its folders', async () => {
    const outside = await writeFiles(join(folder.path, String(++next)), { 'secret.jpg': 'p' });
    const paths = [`${outside}/secret.jpg`, `../${next}/secret.jpg`];
    const { dataset } = await read(
      await coco({ images: paths.map((path, index) => image(index + 1, path)) }, []),
    );
    expect(dataset.images.map(({ file }) => file)).toEqual([null, null]);
  });

  it('puts the labels of an image together that is listed twice, with a word', async () => {
    const path = await coco({
      images: [image(1, 'a.jpg'), image(2, './a.jpg')],
      annotations: [annotation(1, 17, [1, 2, 3, 4]), annotation(2, 3, [5, 6, 7, 8])],
    });
    const { dataset, problems } = await read(path);
    expect(dataset.images).toHaveLength(1);
    expect(dataset.images[0]!.boxes.map(({ className }) => className)).toEqual(['cat', 'dog']);
    expect(problems[0]!.message).toContain('more than once');
  });
});

describe('files that are no COCO', () => {
  it.each([
    ['cut-off JSON', '{"images": [{"id": 1', /not valid JSON/],
    ['a list', '[1, 2]', /no object/],
    ['images that are no list', { images: {}, annotations: [], categories: [] }, /“images” is not a list/],
    ['no categories', { images: [], annotations: [] }, /no “categories”/],
    ['brackets without end', `{"images": ${'['.repeat(5000)}${']'.repeat(5000)}}`, /levels deep/],
    ['nothing', '', /not valid JSON/],
  ])('are refused for %s, naming the file', async (_what, content, message) => {
    const root = await writeFiles(join(folder.path, String(++next)), { 'x.json': content });
    const path = join(root, 'x.json');
    const error = await read(path, {}, 'coco').then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: 'TwinheadError', code: 'unusable-input', details: { file: path } });
    expect((error as Error).message).toMatch(message);
  });

  it('tell line and column of a slip, and what is cut off, without the parser’s English words', async () => {
    const root = await writeFiles(join(folder.path, String(++next)), {
      'slip.json': '{\n "images": [],\n oops }',
      'cut.json': '{\n "images": [1,\n',
      'word.json': '{"images": tru',
    });
    const refusal = (name: string) => expect(read(join(root, name), {}, 'coco')).rejects;
    const cutOff = say('exchange.json.cutOff');
    await refusal('slip.json').toMatchObject({
      said: say('exchange.json'),
      details: { place: saying('line 3, column 2') },
    });
    await refusal('cut.json').toMatchObject({ said: cutOff });
    await refusal('word.json').toMatchObject({ said: cutOff });
  });

  it('cannot plant a prototype', async () => {
    const content =
      '{"__proto__": {"bad": 1}, "images": [{"id": 1, "file_name": "a.jpg", "__proto__": {"bad": 1}}],' +
      '"annotations": [{"image_id": 1, "category_id": 17, "bbox": [1, 2, 3, 4], "__proto__": {"bad": 1}}],' +
      '"categories": [{"id": 17, "name": "__proto__"}]}';
    const root = await writeFiles(join(folder.path, String(++next)), { 'x.json': content, 'a.jpg': 'p' });
    const { dataset } = await read(join(root, 'x.json'));
    expect(({} as { bad?: number }).bad).toBeUndefined();
    for (const unknown of [
      dataset.unknown,
      dataset.images[0]!.unknown,
      dataset.images[0]!.boxes[0]!.unknown,
    ]) {
      expect(Object.getPrototypeOf(unknown)).toBe(Object.prototype);
      expect(Object.keys(unknown)).not.toContain('__proto__');
    }
    expect(dataset.images[0]!.boxes[0]!.className).toBe('__proto__');
  });

  it('may begin with a byte order mark', async () => {
    const content = `\ufeff${JSON.stringify({ images: [image(1, 'a.jpg')], annotations: [], categories: [cat] })}`;
    const root = await writeFiles(join(folder.path, String(++next)), { 'x.json': content, 'a.jpg': 'p' });
    expect((await read(join(root, 'x.json'))).dataset.images).toHaveLength(1);
  });
});
