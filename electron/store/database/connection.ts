import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { TwinheadError } from '../../common/errors.ts';
import { readBeginningSync, requireOwnFile } from '../../files/index.ts';
import { projectCorrupt, storeError } from './errors.ts';
import { requireBoundedSchema } from './schema-size.ts';
import { say } from '../../common/sentences/sentence.ts';

/** "TWHD": what tells a Twinhead project from any other SQLite file. */
export const APPLICATION_ID = 0x54574844;

const MAGIC = 'SQLite format 3\0';
const BUSY_TIMEOUT_MS = 5000;

/** `cache_size`: 64 MB of pages in memory. */
export const CACHE_SIZE = -65_536;

/** `page_size` of a new project, bytes: changes of a class touch nearly every page, and few large ones cost less. */
const PAGE_SIZE = 16_384;

export interface Identity {
  readonly applicationId: number;
  readonly schemaVersion: number;
}

function integerPragma(connection: Database.Database, name: string): number {
  return Number(connection.pragma(name, { simple: true }));
}

function startsLikeSqlite(file: string): boolean {
  return readBeginningSync(file, MAGIC.length).toString('latin1') === MAGIC;
}

/**
 * Who wrote the file and by which schema, without changing it: the file is opened for reading only.
 * @throws TwinheadError `project-corrupt` where it is no SQLite file or its first pages can't be read
 */
export function identify(file: string): Identity {
  // Also reading, SQLite writes its log beside the file: beside the one that a link leads to.
  requireOwnFile(file);
  if (statSync(file).size === 0) throw projectCorrupt(file, say('store.damage.empty'));
  if (!startsLikeSqlite(file)) throw projectCorrupt(file, say('store.damage.noDatabase'));
  requireBoundedSchema(file);
  let connection: Database.Database | undefined;
  try {
    connection = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    return {
      applicationId: integerPragma(connection, 'application_id'),
      schemaVersion: integerPragma(connection, 'user_version'),
    };
  } catch (error) {
    throw storeError(error, file);
  } finally {
    connection?.close();
  }
}

/** @throws TwinheadError `unusable-input` for a foreign database, `project-too-new` for a later schema */
export function requireOurs(identity: Identity, file: string, newestVersion: number): void {
  if (identity.applicationId !== APPLICATION_ID) {
    throw new TwinheadError('unusable-input', say('store.foreign', { file }), {
      file,
      remedy: say('store.foreign.remedy'),
    });
  }
  if (identity.schemaVersion > newestVersion) {
    throw new TwinheadError(
      'project-too-new',
      say('store.tooNew', { schema: String(identity.schemaVersion), known: String(newestVersion) }),
      { file, remedy: say('store.tooNew.remedy') },
    );
  }
}

/** What durability rests on; the driver's defaults differ, so each is read back. */
const PRAGMAS: readonly (readonly [name: string, value: string | number, expected: string | number])[] = [
  ['journal_mode', 'WAL', 'wal'],
  // FULL: a transaction is on the disk when it returns, not only at the next checkpoint.
  ['synchronous', 'FULL', 2],
  ['foreign_keys', 'ON', 1],
  ['busy_timeout', BUSY_TIMEOUT_MS, BUSY_TIMEOUT_MS],
  // Views, triggers and defaults of a file from a stranger may not call functions with side effects.
  ['trusted_schema', 'OFF', 0],
  ['cell_size_check', 'ON', 1],
  ['cache_size', CACHE_SIZE, CACHE_SIZE],
  ['temp_store', 'MEMORY', 2],
  // After a bulk import the write-ahead log shrinks back to this.
  ['journal_size_limit', 67_108_864, 67_108_864],
];

/**
 * Opens the database for reading and writing, as every connection to a project is opened.
 * @throws TwinheadError `read-only`, `project-corrupt`, `project-in-use`, `disk-full`
 */
export function connect(file: string): Database.Database {
  let connection: Database.Database | undefined;
  try {
    const fresh = !existsSync(file) || statSync(file).size === 0;
    connection = new Database(file, { timeout: BUSY_TIMEOUT_MS });
    if (fresh) {
      // Before anything is written, which would settle it.
      connection.pragma(`page_size = ${PAGE_SIZE}`);
      connection.pragma(`application_id = ${APPLICATION_ID}`);
    }
    for (const [name, value, expected] of PRAGMAS) {
      connection.pragma(`${name} = ${value}`);
      const actual: unknown = connection.pragma(name, { simple: true });
      if (actual !== expected) {
        throw new TwinheadError(
          'internal',
          say('store.pragma', { name, actual: String(actual), expected: String(expected) }),
          {
            file,
            remedy: name === 'journal_mode' ? say('store.pragma.network') : say('store.report'),
          },
        );
      }
    }
    return connection;
  } catch (error) {
    connection?.close();
    throw storeError(error, file);
  }
}
