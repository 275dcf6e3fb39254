import { basename, relative } from 'node:path';
import { missingRoles } from '../../../common/columns.ts';
import type { TableColumns } from '../../../common/columns.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import { beginning, filesUnder, kindOf } from '../../files.ts';
import { numberOf } from '../../values.ts';
import { looksLikeOpenImages } from '../openimages/read.ts';
import { columnsOf, columnsWithoutHeader, mappingOf, proposeColumns } from './columns.ts';
import type { Columns } from './columns.ts';
import { csvRows, openQuote } from './table.ts';

const HEAD_BYTES = 4000;
const isCsv = (name: string): boolean => /\.(csv|tsv)$/i.test(name);

async function headOf(file: string): Promise<Columns | null> {
  const head = (await beginning(file, HEAD_BYTES)).replace(/^\ufeff/, '');
  // Open Images' own reader knows the names of its labels.
  if (looksLikeOpenImages(head)) return null;
  const [first] = csvRows(head);
  return first === undefined ? null : (columnsOf(first.cells) ?? columnsWithoutHeader(first.cells));
}

/** @param any takes tables of other columns too */
export async function csvFiles(path: string, any = false): Promise<string[]> {
  if ((await kindOf(path)) !== 'folder') return isCsv(path) ? [path] : [];
  if (any) return filesUnder(path, isCsv, 100);
  const found: string[] = [];
  for (const file of await filesUnder(path, isCsv, 100)) if ((await headOf(file)) !== null) found.push(file);
  return found;
}

export async function detectCsv(path: string): Promise<Sentence | null> {
  for (const file of await csvFiles(path)) {
    if ((await headOf(file)) !== null)
      return say('exchange.evidence.csv', { file: relative(path, file) || basename(file) });
  }
  const table = await tableColumns(path);
  return table?.by === 'values' && missingRoles(table.columns).length === 0
    ? say('exchange.evidence.csvValues', { file: relative(path, table.file) || basename(table.file) })
    : null;
}

/** Rows that a proposal rests on, and that are shown. */
const LOOKED_INTO = 20;

/**
 * The first table at a path as it is, with what its columns seem to mean; null where there is none.
 * @throws TwinheadError `unusable-input` for a file whose columns can't be told because of a quote that is never closed
 */
export async function tableColumns(path: string): Promise<TableColumns | null> {
  const files = await csvFiles(path, true);
  const known = await csvFiles(path);
  const file = known[0] ?? files[0];
  if (file === undefined) return null;
  const text = (await beginning(file, HEAD_BYTES * 4)).replace(/^\ufeff/, '');
  if (looksLikeOpenImages(text)) return null;
  const all = [...csvRows(text)];
  const whole = Buffer.byteLength(text) < HEAD_BYTES * 3;
  // The last row of a longer table may be cut off.
  const rows = (whole ? all : all.slice(0, -1)).map(({ cells }) => cells);
  const [first, ...others] = rows;
  const named = first === undefined ? null : columnsOf(first);
  const [open] = (whole ? all : all.slice(0, 1)).flatMap(({ unclosed }) => unclosed ?? []);
  if (open !== undefined && named === null && path === file) throw openQuote(file, open);
  if (first === undefined) return null;
  const numbers = first.map((_, index) => String(index + 1));
  if (named !== null)
    return {
      file,
      names: [...first],
      rows: others.slice(0, LOOKED_INTO).map((row) => [...row]),
      columns: mappingOf(named, first),
      by: 'names',
    };
  const unnamed = columnsWithoutHeader(first) ?? null;
  // A line of names has no number in it.
  const headless = unnamed !== null || first.some((cell) => numberOf(cell) !== null);
  const [names, body] = headless ? [numbers, rows] : [[...first], others];
  const shown = body.slice(0, LOOKED_INTO).map((row) => [...row]);
  const columns = unnamed === null ? proposeColumns(names, shown) : mappingOf(unnamed, names);
  const by = unnamed !== null ? 'names' : Object.keys(columns).length > 0 ? 'values' : 'nothing';
  return { file, names, rows: shown, columns, by };
}
