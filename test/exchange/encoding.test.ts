import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TextEncodingName } from '../../electron/common/encodings.ts';
import { createRandom } from '../../electron/common/random.ts';
import { say } from '../../electron/common/sentences/sentence.ts';
import { TextEncoding } from '../../electron/exchange/encoding.ts';
import { encodeText } from '../support/encode-text.ts';
import { thorough } from '../support/thorough.ts';
import { read, useTemporaryFolder, writeFiles } from './support.ts';

const folder = useTemporaryFolder();
let count = 0;
const root = (): string => path.join(folder.path, String((count += 1)));

const LANGUAGES: readonly (readonly [TextEncodingName, ...string[]])[] = [
  ['GBK', 'zh-CN'],
  ['Big5', 'zh-TW'],
  ['Shift_JIS', 'ja'],
  ['EUC-JP', 'ja'],
  ['EUC-KR', 'ko'],
  ['Windows-1250', 'pl', 'cs', 'hu', 'ro'],
  ['Windows-1251', 'ru', 'uk', 'bg'],
  ['Windows-1252', 'de', 'fr', 'es', 'pt', 'sv', 'da', 'it'],
];

/** Names of countries as their languages write them, in an encoding. */
function namesIn(encoding: TextEncodingName, language: string): Map<string, Buffer> {
  const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' });
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
  const found = new Map<string, Buffer>();
  for (const region of letters.flatMap((a) => letters.map((b) => a + b))) {
    const name = names.of(region);
    const bytes = name === undefined || /^[\0-\x7f]*$/.test(name) ? null : encodeText(name, encoding);
    if (bytes !== null) found.set(name!, bytes);
  }
  return found;
}

function bytesOf(text: string, encoding: TextEncodingName): Buffer {
  const bytes = encodeText(text, encoding);
  if (bytes === null) throw new Error(`${encoding} can't say ${text}`);
  return bytes;
}

describe('names in an encoding that nothing declares', () => {
  it.each(LANGUAGES.flatMap(([encoding, ...languages]) => languages.map((one) => [encoding, one] as const)))(
    'in %s are never taken for other ones, and right is among what is offered (%s)',
    (encoding, language) => {
      const names = [...namesIn(encoding, language)];
      expect(names.length).toBeGreaterThan(5);
      const random = createRandom(1);
      const runs = thorough({ part: 40, all: 400 });
      for (let run = 0; run < runs; run += 1) {
        const chosen = Array.from(
          { length: 1 + random.integer(12) },
          () => names[random.integer(names.length)]!,
        );
        const seen = new TextEncoding();
        for (const [, bytes] of chosen) seen.unread('names.txt', bytes, say('exchange.encoding.undeclared'));
        const words = chosen
          .flatMap(([name]) => name.split(/[ ,:;]+/))
          .filter((word) => /[^\0-\x7f]/.test(word));
        // One reading that fits is taken without asking: then it is this one.
        expect(seen.readings().map(({ text }) => text)).toContain([...new Set(words)].join('\n'));
      }
    },
  );
});

const FILES: readonly (readonly [format: string, (name: Buffer) => Record<string, unknown>])[] = [
  [
    'voc',
    (name) => ({
      'a.xml': Buffer.concat([
        Buffer.from('<annotation><filename>a.jpg</filename><object><name>'),
        name,
        Buffer.from(
          '</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>',
        ),
      ]),
    }),
  ],
  [
    'cvat',
    (name) => ({
      'annotations.xml': Buffer.concat([
        Buffer.from(
          '<annotations><image id="0" name="a.jpg" width="100" height="80"><box occluded="0" xtl="1" ytl="2" xbr="4" ybr="6" label="',
        ),
        name,
        Buffer.from('"></box></image></annotations>'),
      ]),
    }),
  ],
  [
    'yolo',
    (name) => ({
      'data.yaml': Buffer.concat([Buffer.from('train: images\nnames:\n  0: '), name, Buffer.from('\n')]),
      'labels/a.txt': '0 0.5 0.5 0.5 0.5\n',
    }),
  ],
  [
    'coco',
    (name) => ({
      'labels.json': Buffer.concat([
        Buffer.from(
          '{"images":[{"id":1,"file_name":"a.jpg","width":100,"height":80}],"categories":[{"id":1,"name":"',
        ),
        name,
        Buffer.from('"}],"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,2,3,4]}]}'),
      ]),
    }),
  ],
  [
    'ndjson',
    (name) => ({
      'data.ndjson': Buffer.concat([
        Buffer.from('{"type":"dataset","task":"detect","class_names":{"0":"'),
        name,
        Buffer.from(
          '"}}\n{"type":"image","file":"a.jpg","width":100,"height":80,"annotations":{"boxes":[[0,0.5,0.5,0.5,0.5]]}}\n',
        ),
      ]),
    }),
  ],
];

describe.each(FILES)('a data set whose texts are not UTF-8 (%s)', (format, files) => {
  const written = (name: Buffer) => writeFiles(root(), { ...files(name), 'images/a.jpg': 'x' });
  const classes = ({ dataset }: Awaited<ReturnType<typeof read>>) => dataset.classes.map(({ name }) => name);

  it('is read as the names show, and says so', async () => {
    const found = await read(await written(bytesOf('гемоглобин', 'Windows-1251')), {}, format);
    expect(classes(found)).toEqual(['гемоглобин']);
    expect(found.dataset.encoding).toBe('Windows-1251');
    expect(found.problems[0]).toMatchObject({
      message: expect.stringContaining('read as Windows-1251: “гемоглобин”') as string,
    });
  });

  it('is refused where the names can be read in several, each of which is shown', async () => {
    const at = await written(bytesOf('고양이', 'EUC-KR'));
    await expect(read(at, {}, format)).rejects.toMatchObject({
      code: 'unusable-input',
      message: expect.stringMatching(/EUC-KR: “고양이”/) as string,
      details: { encodings: expect.arrayContaining(['EUC-KR', 'GBK']) as string[] },
    });
    expect(classes(await read(at, { encoding: 'euc-kr' }, format))).toEqual(['고양이']);
  });

  it('stays what it says where it is UTF-8, whatever encoding is given', async () => {
    const sizeOf = () => Promise.resolve({ width: 100, height: 80 });
    const found = await read(await written(Buffer.from('红细胞')), { encoding: 'gbk', sizeOf }, format);
    expect(classes(found)).toEqual(['红细胞']);
    expect(found.problems).toEqual([]);
  });
});

const XML = FILES.filter(([format]) => format === 'voc' || format === 'cvat');

describe.each(XML)('an XML file that declares UTF-8 and is something else (%s)', (format, annotation) => {
  const written = (name: Buffer, declared = 'UTF-8') => {
    const [[file, text]] = Object.entries(annotation(name)) as [[string, Buffer]];
    const declaration = Buffer.from(`<?xml version="1.0" encoding="${declared}"?>\n`);
    return writeFiles(root(), { [file]: Buffer.concat([declaration, text]), 'images/a.jpg': 'x' });
  };

  it('is read as it declares where that is right', async () => {
    const { dataset } = await read(await written(bytesOf('고양이', 'EUC-KR'), 'euc-kr'), {}, format);
    expect(dataset.classes).toMatchObject([{ name: '고양이' }]);
    expect(dataset.encoding).toBeUndefined();
  });

  it('is read as its names show, and the wrong declaration is told', async () => {
    const { dataset, problems } = await read(
      await written(bytesOf('гемоглобин', 'Windows-1251')),
      {},
      format,
    );
    expect(dataset.classes).toMatchObject([{ name: 'гемоглобин' }]);
    expect(problems[0]).toMatchObject({
      message:
        'The file says that it is encoded in utf-8, but it isn’t. It was read as Windows-1251: “гемоглобин”.',
    });
  });

  it('is read in the encoding that is chosen', async () => {
    const { dataset } = await read(await written(bytesOf('番茄红', 'GBK')), { encoding: 'gbk' }, format);
    expect(dataset.classes).toMatchObject([{ name: '番茄红' }]);
  });

  it('is refused with what the names can be, where the chosen encoding is wrong', async () => {
    const at = await written(bytesOf('ячейка', 'Windows-1251'));
    await expect(read(at, { encoding: 'gbk' }, format)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^The file isn’t encoded in gbk\. It could be read as .*Windows-1251: “ячейка”(;|\.)/,
      ) as string,
      details: { encodings: expect.arrayContaining(['Windows-1251']) as string[] },
    });
  });
});

it('says that it does not know an encoding before it reads anything', async () => {
  await expect(read(root(), { encoding: 'klingon' }, 'voc')).rejects.toMatchObject({
    code: 'invalid-input',
    message: 'Unknown encoding “klingon”.',
    details: { remedy: expect.objectContaining({ key: 'exchange.unknownEncoding.remedy' }) as object },
  });
});

it('is found at the edge of what is read at once, too', async () => {
  const label = bytesOf('番茄红', 'GBK');
  const head = Buffer.from('<annotations><image name="a.jpg" width="100" height="80"><tag label="');
  for (let edge = 1; edge < label.length; edge += 1) {
    const room = Buffer.alloc((1 << 16) - edge - head.length - '<!---->'.length, 'x').toString();
    const at = await writeFiles(root(), {
      'a.xml': Buffer.concat([
        Buffer.from(`<!--${room}-->`),
        head,
        label,
        Buffer.from('"/></image></annotations>'),
      ]),
    });
    const { dataset } = await read(at, { encoding: 'gbk' }, 'cvat');
    expect(dataset.classes).toMatchObject([{ name: '番茄红' }]);
  }
});

it.each(['utf-16le', 'utf-16be'])('a format in %s is recognised by its beginning', async (encoding) => {
  const text =
    '\ufeff<?xml version="1.0" encoding="UTF-16"?><annotations><version>1.1</version><image name="a.jpg" width="100" height="80"><tag label="番茄"/></image></annotations>';
  const bytes = Buffer.from(text, 'utf16le');
  const at = await writeFiles(root(), { 'a.xml': encoding === 'utf-16be' ? bytes.swap16() : bytes });
  const { dataset } = await read(at, {}, 'auto');
  expect(dataset).toMatchObject({ format: 'cvat', classes: [{ name: '番茄' }] });
});
