import { existsSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { ClassKind, ImageState, Split } from '../../common/entities.ts';
import type { Problem } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import { copyAtomicallySync, requireOwnFile, TemporaryFolder } from '../../files/index.ts';
import { projectCorrupt, storeError } from '../database/errors.ts';
import { identify, requireOurs } from '../database/connection.ts';
import { NEWEST_SCHEMA } from './migrations/index.ts';

/** Longer texts are in no project that Twinhead wrote. */
const LONGEST_TEXT = 1_000_000;

const text = z.string().max(LONGEST_TEXT);
const id = z.int().positive();
const flag = z.literal([0, 1]);
const finite = z.number().refine(Number.isFinite);

/** A JSON object as a text; null where it has none, or where a column is of a later schema. */
const object = text
  .transform((json, context) => {
    try {
      return z.record(z.string(), z.unknown()).parse(JSON.parse(json));
    } catch {
      context.addIssue('no JSON object');
      return z.NEVER;
    }
  })
  .nullable()
  .default(null);

/** Tables that are read, and what of them; columns with a default may be missing. */
const TABLES = {
  roots: z.object({ id, folder: text.min(1), inside_project: flag }),
  images: z.object({
    id,
    root_id: id,
    path: text.min(1),
    sha256: z.instanceof(Uint8Array).refine(({ length }) => length === 32),
    bytes: z.int().nonnegative(),
    modified_ms: z.int(),
    width: z.int().positive(),
    height: z.int().positive(),
    orientation: z.int().min(1).max(8),
    format: text,
    state: ImageState,
    verified: flag,
    split: Split,
    split_group: text.nullable().default(null),
    perceptual_hash: text.nullable().default(null),
    note: text.default(''),
    flagged: flag.default(0),
    removed: flag.default(0),
  }),
  classes: z.object({
    id,
    kind: ClassKind,
    name: text.min(1),
    color: text,
    position: z.int(),
    description: text.default(''),
    examples: text.default('[]'),
  }),
  image_classes: z.object({ image_id: id, class_id: id }),
  boxes: z.object({
    id,
    image_id: id,
    class_id: id,
    x: finite,
    y: finite,
    width: finite.positive(),
    height: finite.positive(),
    score: finite.nullable(),
    attributes: object,
    extra: object,
  }),
  settings: z.object({ key: text, value: text }),
} as const;
type TableName = keyof typeof TABLES;
type RowOf<Name extends TableName> = z.output<(typeof TABLES)[Name]>;

/** What a project file says, as far as it can be read; ids are those of the file. */
export type ReadOut = { readonly [Name in TableName]: readonly RowOf<Name>[] } & {
  /** Absolute. */
  readonly folder: string;
  readonly problems: readonly Problem[];
};

/** Most problems of one table that are reported one by one. */
const SHOWN = 20;

class TableReader {
  readonly problems: Problem[] = [];
  readonly #connection: Database.Database;
  readonly #file: string;

  constructor(connection: Database.Database, file: string) {
    this.#connection = connection;
    this.#file = file;
  }

  /** Rows of a real table, from both of its ends where a page in the middle is damaged. */
  read<Name extends TableName>(name: Name): RowOf<Name>[] {
    const columns = this.#columns(name);
    if (columns === null) {
      this.#report(name, say('rescue.tableMissing', { table: name }));
      return [];
    }
    const rows: RowOf<Name>[] = [];
    const withRowid = name !== 'image_classes' && name !== 'settings';
    const last = this.#walk(name, columns, withRowid ? 'ORDER BY rowid' : '', rows);
    if (last === null) return rows;
    const fromEnd: RowOf<Name>[] = [];
    if (withRowid) this.#walk(name, columns, `WHERE rowid > ${last} ORDER BY rowid DESC`, fromEnd);
    this.#report(name, say('rescue.tableDamaged', { table: name, count: rows.length + fromEnd.length }));
    return [...rows, ...fromEnd.reverse()];
  }

  /** @returns the last rowid that was read where it broke off, null where the end was reached */
  #walk<Name extends TableName>(
    name: Name,
    columns: string,
    how: string,
    rows: RowOf<Name>[],
  ): number | null {
    let last = 0;
    let refused = 0;
    try {
      for (const row of this.#connection.prepare(`SELECT ${columns} FROM "${name}" ${how}`).iterate()) {
        const place = (row as { id?: unknown }).id;
        if (typeof place === 'number' && Number.isSafeInteger(place)) last = place;
        const parsed = TABLES[name].safeParse(row);
        if (parsed.success) rows.push(parsed.data as RowOf<Name>);
        else if (++refused <= SHOWN)
          this.#report(
            `${name} ${typeof place === 'number' ? place : ''}`.trim(),
            say('rescue.row', { field: String(parsed.error.issues[0]?.path[0] ?? '') }),
          );
      }
      if (refused > SHOWN) this.#report(name, say('rescue.rows', { count: refused - SHOWN }));
      return null;
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error;
      return last;
    }
  }

  /** Stored columns of a table that SQLite itself keeps: no view, no module, nothing that is computed. */
  #columns(name: TableName): string | null {
    const made = this.#connection
      .prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?")
      .pluck()
      .get(name);
    if (typeof made !== 'string' || /^\s*CREATE\s+VIRTUAL/i.test(made)) return null;
    const stored = this.#connection
      .prepare(`SELECT name FROM pragma_table_xinfo('${name}') WHERE hidden = 0`)
      .pluck()
      .all()
      .map(String);
    const wanted = Object.keys(TABLES[name].shape).filter((column) => stored.includes(column));
    return wanted.length === 0 ? null : wanted.map((column) => `"${column}"`).join(', ');
  }

  #report(place: string, message: Said): void {
    this.problems.push({ file: this.#file, place, message, remedy: say('rescue.look') });
  }
}

/**
 * Reads a project file that can't be opened: of a stranger's making, or damaged. It is copied first, and the copy
 * is only read, so that nothing of it runs and the file stays as it is.
 * @param folder of the project; its own images lie below it
 * @throws TwinheadError `unusable-input`, `project-too-new`, `project-corrupt` where nothing at all can be read
 */
export function readOut(file: string, folder: string): ReadOut {
  requireOwnFile(file);
  using place = new TemporaryFolder('twinhead-rescue-');
  const copy = path.join(place.path, 'project.db');
  copyAtomicallySync(file, copy, () => undefined);
  // What was saved last may lie in the log alone.
  const log = `${file}-wal`;
  requireOwnFile(log);
  if (existsSync(log)) copyAtomicallySync(log, `${copy}-wal`, () => undefined);
  let connection: Database.Database | undefined;
  try {
    requireOurs(identify(copy), file, NEWEST_SCHEMA);
    connection = new Database(copy, { readonly: true, fileMustExist: true });
    connection.pragma('trusted_schema = OFF');
    connection.pragma('cell_size_check = ON');
    const reader = new TableReader(connection, file);
    return {
      folder,
      roots: reader.read('roots'),
      images: reader.read('images'),
      classes: reader.read('classes'),
      image_classes: reader.read('image_classes'),
      boxes: reader.read('boxes'),
      settings: reader.read('settings'),
      problems: reader.problems,
    };
  } catch (error) {
    throw named(storeError(error, file), file);
  } finally {
    connection?.close();
  }
}

/** Error that names the file which was asked for, not the copy. */
function named(error: unknown, file: string): unknown {
  if (!(error instanceof TwinheadError) || error.code !== 'project-corrupt') return error;
  return projectCorrupt(file, error.details.damage ?? error.message, error);
}
