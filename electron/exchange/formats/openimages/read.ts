import { basename, dirname, join, relative } from 'node:path';
import type { Attributes, Dataset } from '../../../common/dataset.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Said, Sentence } from '../../../common/sentences/sentence.ts';
import type { ProblemCollector } from '../../collector.ts';
import { fileLike, filesLike, readDrafts, splitOfFolder } from '../../drafts.ts';
import type { Draft, DraftBox } from '../../drafts.ts';
import { filesUnder, kindOf } from '../../files.ts';
import type { ReadOptions } from '../../format.ts';
import { linesOf } from '../../lines.ts';
import { splitOfName } from '../../split-names.ts';
import { datasetBox, nameOf, numberOf, numbersOf, scoreOf } from '../../values.ts';
import { csvRows } from '../csv/table.ts';

const isCsv = (name: string): boolean => name.toLowerCase().endsWith('.csv');
export const looksLikeOpenImages = (head: string): boolean =>
  /^\ufeff?ImageID,([^\n]*,)?LabelName,/.test(head);

export async function detectOpenImages(path: string): Promise<Sentence | null> {
  const file = await fileLike(path, isCsv, looksLikeOpenImages);
  return file === null
    ? null
    : say('formats.evidence.openimages', { file: relative(path, file) || basename(file) });
}

/** Names for people of the labels' own ids (/m/01g317), from class-descriptions*.csv beside or above the tables. */
async function descriptionsOf(path: string): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const folder = (await kindOf(path)) === 'folder' ? path : dirname(path);
  const isList = (name: string): boolean => /^(oidv\d+-)?class-descriptions.*\.csv$/i.test(name);
  for (const file of await filesUnder(folder, isList, 10)) {
    for await (const { text } of linesOf(file)) {
      const [row] = csvRows(text.includes(',') ? text : '');
      const [id, name] = row?.cells ?? [];
      if (id?.startsWith('/') && nameOf(name) !== null) names.set(id, nameOf(name)!);
    }
  }
  return names;
}

const FLAGS: Readonly<Record<string, string>> = {
  IsOccluded: 'occluded',
  IsTruncated: 'truncated',
  IsGroupOf: 'crowd',
};

/** @throws TwinheadError as DatasetFormat.read says */
export async function readOpenImages(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const files = await filesLike(path, isCsv, looksLikeOpenImages);
  const names = await descriptionsOf(path);

  /** One row: a box in shares, or a class of the image that was found to be there. */
  function take(
    cells: readonly string[],
    columns: readonly string[],
    draft: Rows,
    place: Said,
    file: string,
  ): void {
    const cell = (name: string): string | undefined => cells[columns.indexOf(name)];
    const label = nameOf(cell('LabelName'));
    if (label === null) {
      problems.add(file, place, say('formats.noClass'), say('formats.correct'));
      return;
    }
    const name = names.get(label) ?? label;
    if (!columns.includes('XMin')) {
      // 0 says that somebody looked and it is not there.
      if (numberOf(cell('Confidence')) !== 0) draft.imageClasses.push(name);
      return;
    }
    const corners = numbersOf(['XMin', 'YMin', 'XMax', 'YMax'].map(cell));
    if (corners === null) {
      problems.add(file, place, say('formats.noNumbers', { name }), say('formats.correct'));
      return;
    }
    const [left, top, right, bottom] = corners as [number, number, number, number];
    const confidence = scoreOf(cell('Confidence'));
    const attributes: Attributes = Object.fromEntries(
      Object.entries(FLAGS).flatMap(([column, attribute]) =>
        cell(column) === '1' ? [[attribute, true]] : [],
      ),
    );
    draft.boxes.push({
      place,
      box: datasetBox({ x: left, y: top, width: right - left, height: bottom - top }, name, {
        // People's boxes all have 1.
        score: confidence === 1 ? null : confidence,
        attributes,
        unknown: { ...(name === label ? {} : { LabelName: label }), Source: cell('Source') ?? '' },
      }),
    });
  }

  async function* read(file: string): AsyncGenerator<Draft> {
    let columns: readonly string[] | null = null;
    let rows = null as Rows | null;
    const split = splitOfName(basename(file, '.csv')) ?? splitOfFolder(path, file);
    const draftOf = ({ id, place, boxes, imageClasses }: Rows): Draft => ({
      path: id,
      anyExtension: true,
      place,
      size: null,
      shares: true,
      split,
      boxes,
      imageClasses,
      reviewed: true,
      unknown: {},
    });
    for await (const { number, text } of linesOf(file, options.encoding)) {
      const [row] = csvRows(text);
      if (row === undefined) continue;
      if (columns === null) {
        columns = row.cells.map((cell) => cell.trim());
        continue;
      }
      const place = say('exchange.line', { line: String(number) });
      const id = nameOf(row.cells[columns.indexOf('ImageID')]);
      if (id === null) {
        problems.add(file, place, say('formats.noImage'), say('formats.correct'));
        continue;
      }
      // Rows of an image follow one another; one that comes again is put together later.
      if (rows !== null && rows.id !== id) yield draftOf(rows);
      if (rows?.id !== id) rows = { id, place, boxes: [], imageClasses: [] };
      take(row.cells, columns, rows, place, file);
    }
    if (rows !== null) yield draftOf(rows);
  }

  return readDrafts(
    {
      format: 'openimages',
      files,
      read,
      folders: (file) => {
        const split = splitOfName(basename(file, '.csv'));
        const named = split === 'val' ? ['validation', 'val'] : split === null ? [] : [split];
        return named.map((name) => join(dirname(file), name));
      },
      none: { said: say('formats.none', { format: 'Open Images' }), remedy: say('formats.none.remedy') },
    },
    path,
    options,
    problems,
  );
}

/** Rows of one image. */
interface Rows {
  readonly id: string;
  readonly place: Said;
  readonly boxes: DraftBox[];
  readonly imageClasses: string[];
}
