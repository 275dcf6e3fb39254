import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { TwinheadError } from '../../common/errors.ts';
import { identify, requireOurs } from '../database/connection.ts';
import { projectCorrupt, storeError } from '../database/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { NEWEST_SCHEMA } from './migrations/index.ts';
import { requireOwnSchema } from './schema-check.ts';

/** The folder of a project that they lie in. */
export const BACKUPS = 'backups';

export interface Backup {
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  readonly at: Date;
  /** auto; or what it was made before: before-schema-2. */
  readonly reason: string;
}

/**
 * That a file is a project of Twinhead's and of no stranger's making, without changing it.
 * @throws TwinheadError `unusable-input`, `project-too-new`, `project-corrupt`
 */
export function requireOwn(file: string): void {
  const identity = identify(file);
  requireOurs(identity, file, NEWEST_SCHEMA);
  requireOwnSchema(file, identity.schemaVersion);
}

/** Newest first. Also of a project that can't be opened. */
export function listBackups(projectFolder: string): Backup[] {
  const folder = path.join(projectFolder, BACKUPS);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const { name } = entry;
      // A link is none of ours: also reading, SQLite would write beside the file that it leads to.
      const parsed = entry.isFile() ? parseBackupName(name) : null;
      return parsed === null ? [] : [{ name, file: path.join(folder, name), ...parsed }];
    })
    .sort((a, b) => b.at.getTime() - a.at.getTime() || (a.name < b.name ? 1 : -1));
}

export interface BackupContent {
  /** Size of the file. */
  readonly bytes: number;
  /** Null where the file can't be read as a project: a damaged backup, or one of a newer version. */
  readonly holds: { readonly images: number; readonly boxes: number } | null;
}

/** What a person chooses a backup by. The file is looked into, not checked: restoring it checks every page. */
export function readBackup({ file }: Backup): BackupContent {
  const { size: bytes } = statSync(file);
  let connection: Database.Database | undefined;
  try {
    requireOwn(file);
    connection = new Database(file, { readonly: true, fileMustExist: true });
    const holds = connection
      .prepare(
        `SELECT (SELECT count(*) FROM images) AS images,
          (SELECT coalesce(sum(uses), 0) FROM classes WHERE kind = 'object') AS boxes`,
      )
      .get() as { images: number; boxes: number };
    return { bytes, holds };
  } catch (error) {
    // Whatever is wrong with it: it is listed as one that nothing is known of, and refused where it is chosen.
    if (error instanceof TwinheadError || error instanceof Database.SqliteError)
      return { bytes, holds: null };
    throw error;
  } finally {
    connection?.close();
  }
}

/** `2026-11-24T10-30-00-000Z-daily.db`: sorts by time, and no system minds the name. */
export function backupName(at: Date, reason: string): string {
  return `${at.toISOString().replace(/[:.]/g, '-')}-${reason}.db`;
}

/** When and why, or null for a name that is no backup's. */
export function parseBackupName(name: string): { readonly at: Date; readonly reason: string } | null {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z-([a-z0-9-]+)\.db$/.exec(name);
  if (match === null) return null;
  const [, day, hours, minutes, seconds, milliseconds, reason] = match;
  const at = new Date(`${day}T${hours}:${minutes}:${seconds}.${milliseconds}Z`);
  return Number.isNaN(at.getTime()) || reason === undefined ? null : { at, reason };
}

/**
 * Opens the copy for reading and checks every page and link of it.
 * @throws TwinheadError `project-corrupt`, `unusable-input`, `project-too-new`
 */
export function verifyDatabase(file: string): void {
  requireOwn(file);
  const connection = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const result: unknown = connection.pragma('quick_check(1)', { simple: true });
    if (result !== 'ok') throw projectCorrupt(file, String(result));
    const broken = connection.pragma('foreign_key_check') as unknown[];
    if (broken.length > 0) throw projectCorrupt(file, say('store.damage.links', { count: broken.length }));
  } catch (error) {
    throw storeError(error, file);
  } finally {
    connection.close();
  }
}
