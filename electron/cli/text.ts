import { stripVTControlCharacters } from 'node:util';
import { sheetText } from '../common/score-sheets.ts';
import type { SheetWord } from '../common/score-sheets.ts';

/**
 * Text from files, safe to show on a terminal: control characters are written out, so that no file name can move the
 * cursor or colour what follows.
 */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(
    /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Columns on a terminal: Chinese, Japanese and Korean letters take two. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += WIDE.test(character) ? 2 : /\p{M}/u.test(character) ? 0 : 1;
  return columns;
}

type Cell = string | number | null;

/** Lines of a table under its head; numbers stand at the right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const texts = rows.map((row) => row.map((cell) => (cell === null ? '–' : plain(String(cell)))));
  const widths = head.map((name, column) =>
    Math.max(columnsOf(name), ...texts.map((row) => columnsOf(row[column] ?? ''))),
  );
  const right = head.map(
    (_name, column) => rows.length > 0 && rows.every((row) => typeof row[column] !== 'string'),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const space = ' '.repeat((widths[column] ?? 0) - columnsOf(cell));
        return right[column] ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  return [line(head), ...texts.map(line)];
}

/** A word of the interface as a terminal has it: "wrong class". */
export function titleOf(word: SheetWord): string {
  const title = sheetText(word, 'en');
  return /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

/** `0.912`, and a dash where there is no value. */
export function score(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : value.toFixed(3);
}

/** `91%`, and a dash where there is no value. */
export function percent(share: number | null): string {
  return share === null ? '–' : `${Math.round(100 * share)}%`;
}

/** `0:42`, `12:05`, `3:07:00` */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Three digits that matter: `1,240`, `35.2`, `0.81`. */
export function rate(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
