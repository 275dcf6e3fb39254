import type Database from 'better-sqlite3';
import { say } from '../../common/sentences/sentence.ts';
import { projectCorrupt } from '../database/errors.ts';

/** Rows of tables that are read as a whole, many times what a project has. */
const MOST_ROWS = {
  classes: 100_000,
  settings: 1_000,
  roots: 10_000,
  snapshots: 100_000,
  runs: 100_000,
} as const;
/** Bytes of all settings. */
const LARGEST_SETTINGS = 16 << 20;
/** Counters that can still be counted on for as long as anybody edits. */
const LARGEST_COUNTER = 2 ** 50;

/**
 * That a project file of a stranger holds no more than can be read at once, and counters that can go on.
 * @throws TwinheadError `project-corrupt`
 */
export function requireBounds(connection: Database.Database, file: string): void {
  const numberOf = (sql: string): number => Number(connection.prepare(sql).pluck().get());
  for (const [table, most] of Object.entries(MOST_ROWS)) {
    // Not every one: there may be too many of them to be counted.
    const count = numberOf(`SELECT count(*) FROM (SELECT 1 FROM ${table} LIMIT ${most + 1})`);
    if (count > most) throw projectCorrupt(file, say('store.damage.rows', { table, most }));
  }
  if (numberOf('SELECT coalesce(sum(octet_length(value)), 0) FROM settings') > LARGEST_SETTINGS)
    throw projectCorrupt(file, say('store.damage.settings'));
  const odd = numberOf(
    `SELECT count(*) FROM project WHERE min(revision, labels_revision, last_run) < 0
       OR max(revision, labels_revision, last_run) > ${LARGEST_COUNTER}`,
  );
  if (odd > 0) throw projectCorrupt(file, say('store.damage.counters'));
}
