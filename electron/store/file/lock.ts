import path from 'node:path';
import Database from 'better-sqlite3';
import { projectInUse, storeError } from '../errors.ts';

export interface ProjectLock {
  release(): void;
}

/**
 * Holds the project for this opener until released. It is an exclusive lock of the operating system, taken through
 * SQLite on a file of its own: it ends with the process however that ends, so no stale lock can be left behind.
 * @throws TwinheadError `project-in-use`, `read-only`
 */
export function lockProject(folder: string): ProjectLock {
  const file = path.join(folder, 'project.lock');
  let connection: Database.Database | undefined;
  try {
    connection = new Database(file, { timeout: 0 });
    // Nothing is ever written to it: no journal file beside it.
    connection.pragma('journal_mode = MEMORY');
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection?.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY'))
      throw projectInUse(folder, error);
    throw storeError(error, file);
  }
  const held = connection;
  return { release: () => held.close() };
}
