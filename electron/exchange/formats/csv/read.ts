import { basename, dirname, extname, join, relative } from 'node:path';
import { missingRoles } from '../../../common/columns.ts';
import type { ColumnMapping, Convention } from '../../../common/columns.ts';
import type {
  ConventionFound,
  Dataset,
  DatasetBox,
  DatasetClass,
  DatasetImage,
} from '../../../common/dataset.ts';
import type { Split } from '../../../common/entities.ts';
import { TwinheadError } from '../../../common/errors.ts';
import type { Size } from '../../../common/geometry.ts';
import { isSentence, say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import { checkBoxes } from '../../boxes.ts';
import type { ProblemCollector } from '../../collector.ts';
import { readText } from '../../files.ts';
import type { ReadOptions } from '../../format.ts';
import { ImageLocator, withLocated } from '../../locate.ts';
import { chooseSplit, splitOfName, splitOfPath } from '../../split-names.ts';
import { numberOf, scaled } from '../../values.ts';
import { columnsBy, columnsOf, columnsWithoutHeader, missingIn } from './columns.ts';
import type { Columns } from './columns.ts';
import { csvFiles, tableColumns } from './look.ts';
import { cellText, csvRows, openQuote } from './table.ts';
import type { CsvRow } from './table.ts';

const MOST_CSV_BYTES = 400_000_000;

interface DraftRow {
  readonly row: CsvRow;
  box: DatasetBox;
  /** What the last pixel adds where corners count pixels: nothing where the row has sizes. */
  readonly last: 0 | 1;
}

/** What the rows of a table say of one image. */
interface Draft {
  readonly path: string;
  readonly line: number;
  readonly split: Split | null;
  /** As the first row that names one says. */
  group: string | null;
  readonly size: Size | null;
  readonly rows: DraftRow[];
  /** A row of it could not be read. */
  leftOut: boolean;
}

/** By the column's name, which tells "patient 1" from "day 1"; null where the row names none. */
function groupIn(cells: readonly string[], { group }: Columns, header: readonly string[]): string | null {
  const value = group === null ? '' : cellText(cells[group] ?? '').trim();
  return group === null || value === ''
    ? null
    : `${cellText(header[group] ?? '').trim() || 'group'}: ${value}`;
}

function sizeIn(cells: readonly string[], { size }: Columns): Size | null {
  if (size === null) return null;
  const [width, height] = size.map((column) => numberOf(cells[column]));
  return width !== null &&
    height !== null &&
    width! > 0 &&
    height! > 0 &&
    Number.isInteger(width) &&
    Number.isInteger(height)
    ? { width: width!, height: height! }
    : null;
}

/** @returns the box, null where the row has none (an image without objects), or what is wrong in words */
function boxIn(cells: readonly string[], columns: Columns): DatasetBox | null | Sentence {
  // What a row without a box leaves empty is there; a row that was cut off ends before.
  if (columns.box.some((column) => column >= cells.length)) return say('exchange.csv.noBox');
  const texts = columns.box.map((column) => cells[column]?.trim() ?? '');
  const className = cellText(cells[columns.className] ?? '').trim();
  if (texts.every((text) => text === '') && className === '') return null;
  if (className === '') return say('exchange.csv.noClass');
  const numbers = texts.map(numberOf);
  if (numbers.includes(null)) return say('exchange.csv.noBox');
  const [x, y, third, fourth] = numbers as [number, number, number, number];
  const score = columns.score === null ? null : numberOf(cells[columns.score]);
  const corners = columns.kind === 'corners';
  return {
    x,
    y,
    width: corners ? third - x : third,
    height: corners ? fourth - y : fourth,
    className,
    score: score !== null && score >= 0 && score <= 1 ? score : null,
    attributes: {},
    unknown: {},
  };
}

async function readTable(
  file: string,
  { encoding, columns: mapping }: ReadOptions,
  problems: ProblemCollector,
): Promise<Draft[]> {
  const drafts = new Map<string, Draft>();
  let columns: Columns | null = null;
  let first = true;
  /** Names of the columns; none where the table has none. */
  let header: readonly string[] = [];
  for (const row of csvRows(await readText(file, MOST_CSV_BYTES, encoding))) {
    if (row.unclosed !== undefined) {
      const error = openQuote(file, row.unclosed);
      if (columns === null) throw error;
      problems.add(file, error.details.place, error.said, error.details.remedy);
      break;
    }
    if (first) {
      first = false;
      if (mapping === undefined) {
        columns = columnsOf(row.cells);
        if (columns !== null) {
          header = row.cells;
          continue;
        }
        columns = columnsWithoutHeader(row.cells);
      } else {
        columns = columnsBy(mapping, row.cells);
        // The first line is a header unless its box has numbers.
        if (columns?.box.some((column) => numberOf(row.cells[column]) === null) === true) {
          header = row.cells;
          continue;
        }
      }
    }
    if (columns === null) throw await unknownColumns(file, row, mapping);
    const path = cellText(row.cells[columns.file] ?? '').trim();
    const place = say('exchange.line', { line: String(row.line) });
    if (path === '') {
      problems.add(file, place, say('exchange.csv.noImage'), say('exchange.correctOnly'));
      continue;
    }
    const named = columns.split === null ? null : splitOfName(row.cells[columns.split] ?? '');
    const draft = drafts.get(path) ?? {
      path,
      line: row.line,
      split: named,
      group: null,
      size: sizeIn(row.cells, columns),
      rows: [],
      leftOut: false,
    };
    drafts.set(path, draft);
    draft.group ??= groupIn(row.cells, columns, header);
    const box = boxIn(row.cells, columns);
    if (isSentence(box)) {
      draft.leftOut = true;
      problems.add(file, place, say('exchange.leftOut', { problem: box }), say('exchange.correct'));
    } else if (box !== null) draft.rows.push({ row, box, last: columns.kind === 'corners' ? 1 : 0 });
  }
  return [...drafts.values()];
}

/** Says which columns are missing, and how to name them. */
async function unknownColumns(
  file: string,
  row: CsvRow,
  mapping: ColumnMapping | undefined,
): Promise<TwinheadError> {
  const place = say('exchange.line', { line: String(row.line) });
  if (mapping !== undefined) {
    const missing = missingIn(mapping, row.cells);
    return new TwinheadError('unusable-input', say('exchange.csv.mapping', { names: { list: missing } }), {
      file,
      place,
      remedy: say('exchange.csv.mapping.remedy', { names: { list: [...row.cells] } }),
    });
  }
  const { columns = {} } = (await tableColumns(file)) ?? {};
  const whole = missingRoles(columns).length === 0;
  const text = Object.entries(columns)
    .map(([role, name]) => `${role}=${name}`)
    .join(',');
  return new TwinheadError('unusable-input', say('exchange.csv.columns'), {
    file,
    place,
    remedy: whole
      ? say('exchange.csv.columns.proposed', { columns: text })
      : say('exchange.csv.columns.remedy'),
  });
}

/** Shares of the image instead of pixels: none reaches over 1, and boxes in pixels all would be under one pixel. */
function areShares(drafts: readonly Draft[]): boolean {
  const boxes = drafts.flatMap(({ rows }) => rows.map(({ box }) => box));
  return boxes.length > 0 && boxes.every((box) => box.x + box.width <= 1 && box.y + box.height <= 1);
}

/** As is chosen, else as the values say. */
function conventionOf(drafts: readonly Draft[], chosen: Convention | undefined): ConventionFound {
  if (chosen !== undefined) return { used: chosen, sure: true, why: say('exchange.found.chosen') };
  if (areShares(drafts)) return { used: 'shares', sure: true, why: say('exchange.found.shares') };
  const begins = (at: number): boolean =>
    drafts.some(({ rows }) => rows.some(({ box }) => box.x === at || box.y === at));
  if (begins(0)) return { used: 'edges', sure: true, why: say('exchange.found.zero') };
  return {
    used: 'edges',
    sure: false,
    why: say(begins(1) ? 'exchange.found.one' : 'exchange.found.neither'),
  };
}

/** From pixels counted from 1, the last ones inside the box too, to edges counted from 0. */
function countFromOne(drafts: readonly Draft[]): void {
  for (const { rows } of drafts)
    for (const row of rows) {
      const { x, y, width, height } = row.box;
      row.box = { ...row.box, x: x - 1, y: y - 1, width: width + row.last, height: height + row.last };
    }
}

/** @throws TwinheadError as DatasetFormat.read says */
export async function readCsv(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const files = await csvFiles(path, options.columns !== undefined || (await csvFiles(path)).length === 0);
  if (files.length === 0) {
    throw new TwinheadError('unusable-input', say('exchange.csv.none'), {
      file: path,
      remedy: say('exchange.csv.none.remedy'),
    });
  }
  const classes = new Map<string, DatasetClass>();
  let found: ConventionFound | null = null;
  async function* images(): AsyncGenerator<DatasetImage> {
    for (const file of files) {
      const drafts = await readTable(file, options, problems);
      const counted = conventionOf(drafts, options.convention);
      found = found === null || (found.sure && !counted.sure) ? counted : found;
      const shares = counted.used === 'shares';
      if (shares && options.convention === undefined)
        problems.warn(file, undefined, say('exchange.csv.shares'));
      if (counted.used === 'pixels') countFromOne(drafts);
      const ofFile = splitOfName(basename(file, extname(file))) ?? splitOfPath(relative(path, dirname(file)));
      const folder = dirname(file);
      const locator = new ImageLocator(
        [...(options.imageFolders ?? []), folder, join(folder, 'images'), path],
        options.listImages,
      );
      for (const [index, draft] of drafts.entries()) {
        options.signal?.throwIfAborted();
        if (index % 500 === 0) options.onProgress?.(index, drafts.length);
        yield await imageOf(draft, { file, shares, split: draft.split ?? ofFile, locator });
      }
    }
  }

  async function imageOf(
    draft: Draft,
    from: {
      readonly file: string;
      readonly shares: boolean;
      readonly split: Split | null;
      readonly locator: ImageLocator;
    },
  ): Promise<DatasetImage> {
    const { file, shares, split, locator } = from;
    const located = await locator.locate(draft.path, split);
    const size =
      draft.size ??
      (shares && located.file !== null ? ((await options.sizeOf?.(located.file)) ?? null) : null);
    if (shares && size === null)
      problems.add(
        file,
        say('exchange.line', { line: String(draft.line) }),
        say('exchange.csv.noSize', { path: draft.path }),
      );
    const boxes =
      shares && size === null ? [] : draft.rows.map(({ box }) => (shares ? scaled(box, size!) : box));
    const kept = checkBoxes(boxes, size, options.outside ?? 'clip', (index, problem) =>
      problems.take({
        file,
        place: say('exchange.line', { line: String(draft.rows[index]!.row.line) }),
        ...problem,
      }),
    );
    for (const { className: name } of kept) {
      if (!classes.has(name)) classes.set(name, { kind: 'object', name, sourceId: null, unknown: {} });
    }
    const image: DatasetImage = {
      path: draft.path,
      file: null,
      width: size?.width ?? null,
      height: size?.height ?? null,
      split: chooseSplit(options.split ?? 'from-source', split),
      group: draft.group,
      boxes: kept,
      imageClasses: [],
      // A row without a box says that somebody looked at the image; one that can't be read says nothing.
      reviewed: kept.length > 0 || (draft.rows.length === 0 && !draft.leftOut),
      origin: { file, place: say('exchange.line', { line: String(draft.line) }) },
      unknown: {},
    };
    return withLocated(image, located, problems);
  }

  return {
    format: 'csv',
    get classes() {
      return [...classes.values()];
    },
    unknown: {},
    get convention() {
      return found ?? undefined;
    },
    images: images(),
  };
}
