import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tableColumns } from '../../electron/exchange/index.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { read, useTemporaryFolder, writeFiles } from './support.ts';

const folder = useTemporaryFolder();
let next = 0;

/** A table beside its pictures. */
const table = (content: string): Promise<string> =>
  writeFiles(join(folder.path, String(++next)), { 'a.jpg': 'p', 'b.jpg': 'p', 'boxes.csv': content });

const boxesOf = async (path: string, options = {}): Promise<unknown[]> => {
  const { dataset } = await read(path, options, 'csv');
  return dataset.images.flatMap(({ boxes }) =>
    boxes.map(({ className, x, y, width, height }) => [className, x, y, width, height]),
  );
};

const ODD =
  'id,foto,kind,links,oben,rechts,unten\n1,a.jpg,cat,10,20,40,60\n2,b.jpg,dog,1,5,30,50\n3,a.jpg,cat,3,4,9,9\n';
const MAPPING = { image: 'foto', class: 'kind', xmin: 'links', ymin: 'oben', xmax: 'rechts', ymax: 'unten' };

it('a row that is cut off is told by its line, and says nothing of its image', async () => {
  const head = 'filename,width,height,class,xmin,ymin,xmax,ymax\n';
  const path = await table(`${head}a.jpg,99\nb.jpg,9,9,,,,,\n`);
  const { dataset, problems } = await read(path, {}, 'csv');
  expect(dataset.images).toMatchObject([
    { path: 'a.jpg', boxes: [], reviewed: false },
    { path: 'b.jpg', boxes: [], reviewed: true },
  ]);
  expect(problems.map(({ place, message }) => [inEnglish(place ?? ''), inEnglish(message)])).toEqual([
    ['line 2', expect.stringContaining('doesn’t have four numbers') as string],
  ]);
});

describe('a table with columns of any names', () => {
  it('gets a mapping proposed by its values, which the refusal names', async () => {
    const path = await table(ODD);
    expect(await tableColumns(path)).toMatchObject({
      by: 'values',
      columns: MAPPING,
      rows: [['1', 'a.jpg', 'cat', '10', '20', '40', '60'], expect.any(Array), expect.any(Array)],
    });
    const error: unknown = await read(path, {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unusable-input' });
    expect(inEnglish((error as { details: { remedy: string } }).details.remedy)).toContain(
      'image=foto,class=kind,xmin=links,ymin=oben,xmax=rechts,ymax=unten',
    );
  });

  it('is read by a mapping, by names or by numbers, of corners or of sizes', async () => {
    const path = await table(ODD);
    const expected = [
      ['cat', 10, 20, 30, 40],
      ['cat', 3, 4, 6, 5],
      ['dog', 1, 5, 29, 45],
    ];
    expect(await boxesOf(path, { columns: MAPPING })).toEqual(expected);
    const numbers = { image: '2', class: '3', xmin: '4', ymin: '5', xmax: '6', ymax: '7' };
    expect(await boxesOf(path, { columns: numbers })).toEqual(expected);
    const sized = await table('a.jpg;10;20;30;40;cat;0.5\n');
    expect(await tableColumns(sized)).toMatchObject({ columns: { image: '1', class: '6' } });
    const columns = { image: '1', class: '6', x: '2', y: '3', width: '4', height: '5', score: '7' };
    expect(await boxesOf(sized, { columns })).toEqual([['cat', 10, 20, 30, 40]]);
  });

  it('is named where it has no row of column names', async () => {
    const path = join(await table('Notes of Monday\nnothing labelled yet\n'), 'boxes.csv');
    await expect(read(path)).rejects.toMatchObject({
      code: 'unusable-input',
      message: 'boxes.csv has no row of column names that Twinhead knows.',
      details: { file: path },
    });
  });

  it('names the line of a quote that is never closed, where the columns or rows after it are lost', async () => {
    const row = 'a.jpg,cat,1,2,30,40\n';
    const header = await table(`\n"filename,class,xmin,ymin,xmax,ymax\n${row.repeat(900)}`);
    for (const ask of [read, tableColumns])
      await expect(ask(join(header, 'boxes.csv'))).rejects.toMatchObject({
        code: 'unusable-input',
        message: 'A quote opens here and is never closed, so the rest of the file can’t be read.',
        details: { place: { key: 'exchange.line', values: { line: '2' } } },
      });
    const later = await table(`filename,class,xmin,ymin,xmax,ymax\n${row}b.jpg,"dog,1,2,3,4\n${row}`);
    const { dataset, problems } = await read(join(later, 'boxes.csv'));
    expect(dataset.images.map(({ path }) => path)).toEqual(['a.jpg']);
    expect(problems).toMatchObject([
      { place: 'line 3', message: expect.stringMatching(/^A quote opens here/) as string },
    ]);
  });

  it('names what a mapping lacks', async () => {
    const path = await table(ODD);
    const refused = read(path, { columns: { ...MAPPING, xmin: 'nope' } }, 'csv');
    await expect(refused).rejects.toMatchObject({
      code: 'unusable-input',
      message: expect.stringContaining('nope') as string,
    });
    await expect(read(path, { columns: { image: 'foto' } }, 'csv')).rejects.toMatchObject({
      message: expect.stringContaining('class') as string,
    });
  });

  it('is not taken for one where no column names pictures', async () => {
    const path = await table('epoch,loss,a,b,c\n1,2,3,4,5\n');
    expect((await tableColumns(path))?.columns.image).toBeUndefined();
  });
});

const row = (box: string): string =>
  `filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,100,80,cat,${box}\n`;
const voc = (xmin: number, xmax: number): string =>
  `<annotation><filename>a.jpg</filename><size><width>100</width><height>80</height></size><object><name>cat</name><bndbox><xmin>${xmin}</xmin><ymin>${xmin}</ymin><xmax>${xmax}</xmax><ymax>${xmax}</ymax></bndbox></object></annotation>`;

describe('the convention of coordinates', () => {
  it.each([
    ['0,5,10,20', 'edges', true, /begin at 0/],
    ['1,5,10,20', 'edges', false, /begin at 1/],
    ['3,5,10,20', 'edges', false, /both are possible/],
    ['0.1,0.2,0.5,0.6', 'shares', true, /over 1/],
  ])('of a table with %s is found as %s, sure: %s', async (box, used, sure, why) => {
    const { dataset } = await read(await table(row(box)), {}, 'csv');
    expect(dataset.convention).toMatchObject({ used, sure });
    expect(inEnglish(dataset.convention!.why)).toMatch(why);
  });

  it('of Pascal VOC is found by its minima', async () => {
    const of = async (xmin: number, xmax: number) =>
      (
        await read(
          await writeFiles(join(folder.path, String(++next)), { 'a.jpg': 'p', 'a.xml': voc(xmin, xmax) }),
          {},
          'voc',
        )
      ).dataset.convention;
    expect(await of(0, 10)).toMatchObject({ used: 'edges', sure: true });
    expect(await of(1, 10)).toMatchObject({ used: 'pixels', sure: true });
    expect(await of(5, 10)).toMatchObject({ used: 'pixels', sure: false });
    expect(await of(0.25, 0.5)).toMatchObject({ used: 'shares', sure: true });
  });

  it('that is chosen is used, for tables and Pascal VOC alike', async () => {
    const path = await table(row('11,21,40,60'));
    expect(await boxesOf(path, { convention: 'edges' })).toEqual([['cat', 11, 21, 29, 39]]);
    expect(await boxesOf(path, { convention: 'pixels' })).toEqual([['cat', 10, 20, 30, 40]]);
    expect(await boxesOf(await table(row('0.25,0.5,0.5,1')), { convention: 'shares' })).toEqual([
      ['cat', 25, 40, 25, 40],
    ]);
    const xml = await writeFiles(join(folder.path, String(++next)), { 'a.jpg': 'p', 'a.xml': voc(11, 40) });
    const boxes = async (convention: 'edges' | 'pixels'): Promise<unknown> =>
      (await read(xml, { convention }, 'voc')).dataset.images[0]!.boxes;
    expect(await boxes('edges')).toMatchObject([{ x: 11, width: 29 }]);
    expect(await boxes('pixels')).toMatchObject([{ x: 10, width: 30 }]);
    const shares = await writeFiles(join(folder.path, String(++next)), {
      'a.jpg': 'p',
      'a.xml': voc(0.25, 0.5),
    });
    expect((await read(shares, {}, 'voc')).dataset.images[0]!.boxes).toMatchObject([
      { x: 25, y: 20, width: 25, height: 20 },
    ]);
  });
});
