import { TwinheadError } from '../../../common/errors.ts';
import { say } from '../../../common/sentences/sentence.ts';

/** A row of a CSV text with the line that it begins on. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
  /** Line of a quote that is never closed: its cell holds all the rest of the text. */
  readonly unclosed?: number;
}

/** The separator that the first line has most of. */
function separatorOf(text: string): string {
  const end = /[\r\n]/.exec(text)?.index ?? text.length;
  const first = text.slice(0, end);
  const counts = [',', ';', '\t'].map((separator): [string, number] => [
    separator,
    first.split(separator).length,
  ]);
  return counts.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

/** Rows by RFC 4180: cells in quotes may hold separators, line ends and doubled quotes. Blank lines are left out. */
export function* csvRows(text: string): Generator<CsvRow> {
  const separator = separatorOf(text);
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let begins = 1;
  let opened = 1;
  const end = function* (): Generator<CsvRow> {
    cells.push(cell);
    if (cells.length > 1 || cell.trim() !== '' || quoted)
      yield { line: begins, cells, ...(quoted ? { unclosed: opened } : {}) };
    cells = [];
    cell = '';
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\n') line++;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[++at]!;
      else quoted = false;
    } else if (character === '"' && cell === '') {
      quoted = true;
      opened = line;
    } else if (character === separator) {
      cells.push(cell);
      cell = '';
    } else if (character === '\n' || character === '\r') {
      if (character === '\r' && text[at + 1] === '\n') {
        at++;
        line++;
      }
      yield* end();
      begins = line;
    } else cell += character;
  }
  if (cell !== '' || cells.length > 0 || quoted) yield* end();
}

/** The error of a quote that is never closed. */
export const openQuote = (file: string, line: number): TwinheadError =>
  new TwinheadError('unusable-input', say('exchange.csv.quote'), {
    file,
    place: say('exchange.line', { line: String(line) }),
    remedy: say('exchange.csv.quote.remedy'),
  });

/** Spreadsheets run cells that begin so as formulas; with apostrophes before it, what once was one. */
const FORMULA = /^'*[=+\-@\t\r]/;

/** A cell that no spreadsheet takes for a formula: an apostrophe comes before what looks like one. */
export function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",;\r\n\t]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The text that {@link csvCell} was given. */
export const cellText = (cell: string): string => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);
