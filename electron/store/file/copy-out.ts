import path from 'node:path';
import Database from 'better-sqlite3';
import { requireOwn, verifyDatabase } from './backup-files.ts';
import { isHeldHere } from './lock.ts';
import { storeError } from '../database/errors.ts';
import { ProjectDatabase } from '../database/database.ts';
import { absoluteImagePath } from '../rows/paths.ts';
import { putRoots, readRoots } from '../rows/root-rows.ts';
import type { Root, RootTuple } from '../rows/root-rows.ts';

/** What a copy of a project file says of the images. */
export interface CopiedOut {
  readonly roots: readonly Root[];
  readonly images: readonly CopiedImage[];
}

export interface CopiedImage {
  readonly rootId: number;
  /** As it was labelled: SHA-256 in hexadecimal digits, size and time of the file. */
  readonly sha256: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** Below its root. */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
}

/**
 * Copies a project's file by SQLite's online backup: consistent, also while the project is open and edited elsewhere.
 * The copy is one file, with every page checked; its own places of folders are those of the project.
 * @param to where nothing is yet
 * @throws TwinheadError `project-corrupt`, `unusable-input`, `project-too-new`, `disk-full`
 */
export async function copyOut(projectFolder: string, to: string): Promise<CopiedOut> {
  const file = path.join(projectFolder, 'project.db');
  // It was looked at when it was opened.
  if (!isHeldHere(projectFolder)) requireOwn(file);
  let connection: Database.Database | undefined;
  try {
    connection = new Database(file, { readonly: true, fileMustExist: true });
    await connection.backup(to);
  } catch (error) {
    throw storeError(error, file);
  } finally {
    connection?.close();
  }
  const copied = changing(to, (db, raw) => {
    raw.pragma('journal_mode = DELETE');
    const roots = readRoots(db.read, projectFolder);
    const folders = new Map(roots.map(({ id, folder }) => [id, folder]));
    const removable = raw.prepare("SELECT 1 FROM pragma_table_info('images') WHERE name = 'removed'").get();
    const images = db.read
      .all<Omit<CopiedImage, 'file'>>(
        `SELECT root_id AS rootId, path, lower(hex(sha256)) AS sha256, bytes, modified_ms AS modifiedMs FROM images ${removable === undefined ? '' : 'WHERE removed = 0'}
         ORDER BY root_id, path`,
      )
      .map((image) => ({ ...image, file: absoluteImagePath(folders.get(image.rootId)!, image.path) }));
    return { roots, images };
  });
  verifyDatabase(to);
  return copied;
}

/** In a copy: folders of images lie elsewhere. */
export function moveRoots(file: string, roots: readonly RootTuple[]): void {
  changing(file, (db) => db.write((writer) => void putRoots(writer, roots)));
}

function changing<Value>(file: string, work: (db: ProjectDatabase, raw: Database.Database) => Value): Value {
  let connection: Database.Database | undefined;
  try {
    connection = new Database(file, { fileMustExist: true });
    return work(new ProjectDatabase(connection, file), connection);
  } catch (error) {
    throw storeError(error, file);
  } finally {
    connection?.close();
  }
}
