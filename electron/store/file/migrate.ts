import { existsSync } from 'node:fs';
import path from 'node:path';
import type Database from 'better-sqlite3';
import { TwinheadError } from '../../common/errors.ts';
import { makeAtomicallySync, makeFolder } from '../../files/index.ts';
import { backupName, verifyDatabase } from './backup-files.ts';
import { storeError } from '../database/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Migration } from './migrations/index.ts';

/**
 * A complete copy before the schema changes. `VACUUM INTO` and not the driver's backup: that one is asynchronous,
 * and nothing may happen between the copy and the migration.
 */
function backUpFirst(connection: Database.Database, folder: string, version: number, at: Date): void {
  const backups = path.join(folder, 'backups');
  makeFolder(backups);
  const file = path.join(backups, backupName(at, `before-schema-${version + 1}`));
  makeAtomicallySync(file, (_, ownPath) => {
    connection.prepare('VACUUM INTO ?').run(ownPath);
    verifyDatabase(ownPath);
  });
}

/**
 * Brings the database to the newest schema, each step in its own transaction with its version number, so that a
 * killed process leaves it at one version or the next. A database with data is backed up first.
 * @throws TwinheadError `project-corrupt` where a step fails on the data
 */
export function migrate(
  connection: Database.Database,
  file: string,
  at: Date,
  migrations: readonly Migration[] = MIGRATIONS,
): void {
  const version = Number(connection.pragma('user_version', { simple: true }));
  const steps = migrations.filter((migration) => migration.version > version);
  if (steps.length === 0) return;
  try {
    if (version > 0 && existsSync(file)) backUpFirst(connection, path.dirname(file), version, at);
    for (const step of steps) {
      connection.transaction(() => {
        connection.exec(step.sql);
        const broken = connection.pragma('foreign_key_check') as unknown[];
        if (broken.length > 0) {
          throw new TwinheadError(
            'project-corrupt',
            say('store.migration', { version: String(step.version), count: broken.length }),
            {
              file,
              remedy: say('store.migration.remedy'),
            },
          );
        }
        connection.pragma(`user_version = ${step.version}`);
      })();
    }
  } catch (error) {
    throw storeError(error, file);
  }
}
