import { extname } from 'node:path';
import { FORMATS } from './formats/index.ts';
import type { DatasetFormat } from './format.ts';

const endingsOf = (formats: readonly DatasetFormat[]): ReadonlySet<string> =>
  new Set(formats.flatMap(({ labelFiles }) => labelFiles));
const LABELS = endingsOf(FORMATS);
/** Formats whose columns a person can name. */
const TABLES = endingsOf(FORMATS.filter(({ asks }) => asks?.includes('columns')));

const endingOf = (name: string): string => extname(name).slice(1).toLowerCase();

/** Whether a file of this name may have labels, in whatever format. */
export function isLabelFile(name: string): boolean {
  return LABELS.has(endingOf(name));
}

/** Whether a file of this name may be a table whose columns mean what the person says. */
export function isTable(name: string): boolean {
  return TABLES.has(endingOf(name));
}
