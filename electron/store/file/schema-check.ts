import Database from 'better-sqlite3';
import { projectCorrupt, storeError } from '../database/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import { MIGRATIONS } from './migrations/index.ts';

/** How tables, indexes, triggers and views were made, by kind and name. */
type Schema = ReadonlyMap<string, string>;

/** Differences that are named; the first ones say enough. */
const SHOWN = 5;

/**
 * What SQLite keeps itself: statistics of its planner, and indexes that constraints of a table bring. Only these, however
 * they are called: who writes into the schema by hand can give a trigger a name that begins with `sqlite_`, too.
 */
const OF_SQLITE = `type = 'table' AND name LIKE 'sqlite\\_stat_' ESCAPE '\\' AND sql IN
    ('CREATE TABLE sqlite_stat1(tbl,idx,stat)', 'CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)')
  OR type = 'index' AND name LIKE 'sqlite\\_autoindex\\_%' ESCAPE '\\' AND sql IS NULL`;

function schemaOf(connection: Database.Database): Schema {
  const rows = connection
    .prepare(
      `SELECT coalesce(type, ''), coalesce(name, ''), coalesce(sql, '') FROM sqlite_schema
       WHERE coalesce(${OF_SQLITE}, 0) = 0`,
    )
    .raw()
    .all() as [type: string, name: string, sql: string][];
  return new Map(rows.map(([type, name, sql]) => [`${type} ${name}`, sql]));
}

const made = new Map<number, Schema>();

/** As this version of the program makes it. */
function expectedSchema(version: number): Schema {
  let schema = made.get(version);
  if (schema === undefined) {
    const connection = new Database(':memory:');
    try {
      for (const step of MIGRATIONS) if (step.version <= version) connection.exec(step.sql);
      schema = schemaOf(connection);
    } finally {
      connection.close();
    }
    made.set(version, schema);
  }
  return schema;
}

function differences(found: Schema, expected: Schema): Sentence[] {
  const missing = [...expected.keys()]
    .filter((name) => !found.has(name))
    .map((name) => say('store.schema.missing', { name }));
  const others = [...found].flatMap(([name, sql]) => {
    const wanted = expected.get(name);
    return wanted === undefined
      ? say('store.schema.foreign', { name })
      : wanted === sql
        ? []
        : say('store.schema.other', { name });
  });
  return [...missing, ...others];
}

/**
 * Compares tables, indexes, triggers and views with those that Twinhead makes, without changing the file: a trigger or
 * a view of a stranger would change what is stored, and a missing column would fail in the middle of work.
 * @throws TwinheadError `project-corrupt` with what differs
 */
export function requireOwnSchema(file: string, version: number): void {
  let connection: Database.Database | undefined;
  let found: Schema;
  try {
    connection = new Database(file, { readonly: true, fileMustExist: true });
    connection.pragma('trusted_schema = OFF');
    found = schemaOf(connection);
  } catch (error) {
    throw storeError(error, file);
  } finally {
    connection?.close();
  }
  const different = differences(found, expectedSchema(version));
  if (different.length === 0) return;
  const shown = different
    .slice(0, SHOWN)
    .reduce((first, second) => say('store.schema.both', { first, second }));
  const count = different.length - SHOWN;
  throw projectCorrupt(
    file,
    count > 0
      ? say('store.schema.more', { differences: shown, count })
      : say('store.schema', { differences: shown }),
  );
}
