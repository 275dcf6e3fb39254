import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { read, useTemporaryFolder, writeFiles } from '../exchange/support.ts';
import { NASTY } from '../support/nasty.ts';
import { odd, survives } from './sound.ts';

const folder = useTemporaryFolder();
let next = 0;

const COCO = JSON.stringify({
  info: { year: 2024 },
  images: [
    { id: 1, file_name: 'a.jpg', width: 100, height: 80 },
    { id: 2, file_name: 'sub/b.jpg', width: 64, height: 64 },
  ],
  annotations: [
    {
      id: 1,
      image_id: 1,
      category_id: 17,
      bbox: [1.5, 2, 30, 40],
      iscrowd: 0,
      area: 1200,
      segmentation: [[1, 2, 3]],
    },
    { id: 2, image_id: 2, category_id: 3, bbox: [0, 0, 64, 64], iscrowd: 1 },
  ],
  categories: [
    { id: 17, name: 'cat' },
    { id: 3, name: 'dog' },
  ],
});

const VOC = `<?xml version="1.0" encoding="UTF-8"?>
<annotation><folder>f</folder><filename>a.jpg</filename><size><width>100</width><height>80</height></size>
<object><name>cat</name><truncated>0</truncated><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object>
<object><name>d&amp;g</name><bndbox><xmin>5</xmin><ymin>6</ymin><xmax>100</xmax><ymax>80</ymax></bndbox></object>
</annotation>`;

type Edit =
  | { readonly kind: 'cut'; readonly from: number; readonly length: number }
  | {
      readonly kind: 'insert' | 'replace';
      readonly from: number;
      readonly length: number;
      readonly text: string;
    }
  | { readonly kind: 'repeat'; readonly from: number; readonly length: number };

const position = fc.double({ min: 0, max: 1, noNaN: true });
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), from: position, length: fc.nat(40) }),
  fc.record({
    kind: fc.constantFrom('insert' as const, 'replace' as const),
    from: position,
    length: fc.nat(12),
    text: fc.oneof(fc.constantFrom(...NASTY), fc.string({ maxLength: 8 })),
  }),
  fc.record({ kind: fc.constant('repeat' as const), from: position, length: fc.nat(60) }),
);

function apply(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const one of edits) {
    const from = Math.floor(one.from * result.length);
    const piece = result.slice(from, from + one.length);
    const rest = result.slice(from + one.length);
    if (one.kind === 'cut') result = result.slice(0, from) + rest;
    else if (one.kind === 'repeat') result = result.slice(0, from) + piece + piece + rest;
    else if (one.kind === 'insert') result = result.slice(0, from) + one.text + piece + rest;
    else result = result.slice(0, from) + one.text + rest;
  }
  return result;
}

function replaceSome(
  value: unknown,
  choose: (depth: number) => { replace: boolean; by: unknown },
  depth = 0,
): unknown {
  const { replace, by } = choose(depth);
  if (replace && depth > 0) return by;
  if (Array.isArray(value)) return value.map((item) => replaceSome(item, choose, depth + 1));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, replaceSome(item, choose, depth + 1)]),
    );
  return value;
}

async function write(name: string, content: string): Promise<string> {
  return writeFiles(join(folder.path, String(++next)), { [name]: content, 'a.jpg': 'p', 'sub/b.jpg': 'p' });
}

describe('damaged data sets', () => {
  it('COCO text with random damage gives a typed error or a sound result', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        const root = await write('x.json', apply(COCO, edits));
        await survives(join(root, 'x.json'), 'coco');
        await survives(root, 'auto');
      }),
      { numRuns: 250 },
    );
  });

  it('COCO with values of other types gives a typed error or a sound result', async () => {
    const plan = fc.record({
      pattern: fc.array(fc.nat(9), { minLength: 5, maxLength: 80 }),
      values: fc.array(odd, { minLength: 1, maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ pattern, values }) => {
        let at = 0;
        const changed = replaceSome(JSON.parse(COCO), () => {
          at++;
          return { replace: pattern[at % pattern.length] === 0, by: values[at % values.length] };
        });
        const root = await write('x.json', JSON.stringify(changed));
        await survives(join(root, 'x.json'), 'coco');
      }),
      { numRuns: 250 },
    );
  });

  it('COCO with any numbers as boxes gives only sound boxes', async () => {
    const number = fc.oneof(
      fc.integer({ min: -150, max: 150 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    const boxes = fc.array(fc.tuple(number, number, number, number), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(boxes, async (list) => {
        const top = JSON.parse(COCO) as { annotations: unknown[] };
        top.annotations = list.map((bbox) => ({ image_id: 1, category_id: 17, bbox }));
        const root = await write('x.json', JSON.stringify(top));
        await survives(join(root, 'x.json'), 'coco');
      }),
      { numRuns: 100 },
    );
  });

  it('VOC text with random damage gives a typed error or a sound result', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        const root = await write('Annotations/a.xml', apply(VOC, edits));
        await survives(root, 'voc');
        await survives(root, 'auto');
      }),
      { numRuns: 250 },
    );
  });

  it('random bytes in place of a file give a typed error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (text) => {
        const root = await write('x.json', text);
        await survives(join(root, 'x.json'), 'coco');
        await survives(await write('a.xml', text), 'voc');
      }),
      { numRuns: 100 },
    );
  });

  it('an XML that would grow without bound is refused at once', async () => {
    const entities = Array.from(
      { length: 20 },
      (_, index) => `<!ENTITY e${index + 1} "&e${index};&e${index};">`,
    ).join('');
    const root = await write(
      'a.xml',
      `<!DOCTYPE a [<!ENTITY e0 "ha">${entities}]><annotation>&e20;</annotation>`,
    );
    await expect(read(root, {}, 'voc')).rejects.toMatchObject({ code: 'unusable-input' });
  });
});
