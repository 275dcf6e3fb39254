import { SPLITS } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import { BOUNDS } from '../rows/bounds.ts';
import { BOX_VALUES, completed, FIRST_BOX_VALUES, LATER_BOX_VALUES } from '../rows/box-rows.ts';
import { boolean, flag, integer, list, oneOf, orNull, real, text, tuple } from '../rows/checks.ts';
import type { Check } from '../rows/checks.ts';
import type { ImagePatch } from './patch.ts';
import type { ProjectPatch } from './project-patch.ts';

/**
 * Patches as texts of the journal: rows by name, under a version; version 1, which no text names, had rows as lists. Read
 * by hand: an undo of an import reads a million rows, and a schema took ten times as long as JSON itself.
 */
const VERSION = 2;

/** Columns in the order that version 1 has them in; it has none of the optional ones. */
type Columns = readonly (readonly [name: string, check: Check, optional?: 'optional'])[];

const kept: Columns = [
  ['score', orNull(real)],
  ['attributes', orNull(text)],
  ['extra', orNull(text)],
];
const labelled: Columns = [
  ['id', integer],
  ['classId', integer],
];
const BOX: Columns = [
  ...labelled,
  ...FIRST_BOX_VALUES.map((name) => [name, BOX_VALUES[name].check] as const),
  ...LATER_BOX_VALUES.map((name) => [name, BOX_VALUES[name].check, 'optional'] as const),
];
const bounds: Columns = BOUNDS.map((name) => [name, orNull(real)]);
const SUGGESTION: Columns = [...labelled, ...bounds, ['sourceId', integer], ...kept];
const CLASS: Columns = [
  ['id', integer],
  ['kind', oneOf('image', 'object')],
  ['name', text],
  ['color', text],
  ['hotkey', orNull(text)],
  ['position', integer],
  ['description', text, 'optional'],
  ['examples', list(integer), 'optional'],
  ['extra', text, 'optional'],
];

const ids = list(integer);

/** What a patch may say: rows of columns, or a value that passes. */
type Fields = Readonly<Record<string, Columns | Check>>;

const IMAGE: Fields = {
  put: BOX,
  remove: ids,
  reclass: list(tuple(integer, ids)),
  imageClassIds: ids,
  state: oneOf('unseen', 'empty'),
  verified: boolean,
  note: text,
  flagged: boolean,
  suggest: SUGGESTION,
  unsuggest: ids,
  split: oneOf(...SPLITS),
  group: orNull(text),
  extra: text,
  removed: boolean,
} satisfies Record<keyof ImagePatch, Columns | Check>;
const texts: Check = (value) => isRecord(value) && Object.values(value).every(orNull(text));
const PROJECT: Fields = {
  put: CLASS,
  remove: ids,
  settings: texts,
  sources: texts,
  roots: list(tuple(integer, text, flag)),
  files: list(tuple(integer, integer, text, integer, integer, flag)),
} satisfies Record<keyof ProjectPatch, Columns | Check>;

/** `{}` where it says nothing. */
export function patchText(patch: ImagePatch | ProjectPatch): string {
  const silent = Object.values(patch).every((said) => said === undefined);
  return silent ? '{}' : JSON.stringify({ v: VERSION, ...patch });
}

/**
 * @param entryId for the error
 * @throws TwinheadError `not-allowed` where the text can't be read, or is of a newer version
 */
export function readImagePatch(given: string, entryId: number): ImagePatch {
  const patch: ImagePatch = read(IMAGE, given, entryId);
  return patch.put === undefined ? patch : { ...patch, put: patch.put.map(completed) };
}

/** As readImagePatch, of what concerns no single image. */
export function readProjectPatch(given: string, entryId: number): ProjectPatch {
  return read(PROJECT, given, entryId);
}

function read(fields: Fields, given: string, entryId: number): object {
  const refuse = (message: Sentence, remedy: Sentence, cause?: unknown): never => {
    throw new TwinheadError(
      'not-allowed',
      message,
      { place: say('store.place.entry', { id: String(entryId) }), remedy },
      { cause },
    );
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(given);
  } catch (error) {
    return refuse(UNREADABLE, CHECK, error);
  }
  if (!isRecord(parsed)) return refuse(UNREADABLE, CHECK);
  const { v: version = 1, ...said } = parsed;
  if (typeof version === 'number' && version > VERSION) return refuse(NEWER, OPEN_WITH_NEWER);
  const patch: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(said)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof field === 'object' && Array.isArray(value)) {
      const listed = field.filter(([, , optional]) => optional === undefined);
      const rows = version === 1 ? value.map((row) => namedRow(row, listed)) : value;
      if (!rows.every((row) => isRow(row, field))) return refuse(UNREADABLE, CHECK);
      patch[name] = rows;
    } else if (typeof field === 'function' && field(value)) patch[name] = value;
    else return refuse(UNREADABLE, CHECK);
  }
  return patch;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRow(row: unknown, columns: Columns): boolean {
  if (!isRecord(row)) return false;
  let known = 0;
  for (const [name, check, optional] of columns) {
    if (optional !== undefined && row[name] === undefined) continue;
    if (!check(row[name])) return false;
    known += 1;
  }
  return Object.keys(row).length === known;
}

/** A row of version 1; null where it is none. */
function namedRow(row: unknown, columns: Columns): unknown {
  if (!Array.isArray(row) || row.length !== columns.length) return null;
  return Object.fromEntries(columns.map(([name], column) => [name, row[column] as unknown]));
}

const UNREADABLE = say('store.entry.unreadable');
const CHECK = say('store.entry.check');
const NEWER = say('store.entry.newer');
const OPEN_WITH_NEWER = say('store.entry.newer.remedy');
