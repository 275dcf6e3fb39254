import { existsSync, lstatSync } from 'node:fs';
import path from 'node:path';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import {
  canonicalPath,
  copyAtomicallySync,
  moveSync,
  removeSync,
  requireOwnFile,
} from '../../files/index.ts';
import { BACKUPS, listBackups, verifyDatabase } from './backup-files.ts';
import { identify, requireOurs } from '../database/connection.ts';
import { lockProject } from './lock.ts';
import { NEWEST_SCHEMA } from './migrations/index.ts';

/** What is put in the place of the project file at the next opening, at the latest. */
export const STAGED = 'project.db.restoring';

/** Whether a restore was begun that has to be brought to its end before the project can be opened. */
export function hasStagedRestore(folder: string): boolean {
  return existsSync(path.join(folder, STAGED));
}

/**
 * Puts the staged file in the place of the project file, by renames that the next opening completes after a crash; the log
 * goes first. Hold the lock. Returns where the old file is now, or null where there was none.
 */
export function finishStagedRestore(folder: string): string | null {
  const file = path.join(folder, 'project.db');
  const staged = path.join(folder, STAGED);
  if (!existsSync(staged)) return null;
  requireOwnFile(staged);
  // Named by the staged file, so that a second attempt gives log and file the same name.
  const stem = `${file}.replaced-${lstatSync(staged).mtime.toISOString().replace(/[:.]/g, '-')}`;
  let aside = stem;
  for (let n = 2; existsSync(aside); n++) aside = `${stem}-${n}`;
  removeSync(`${file}-shm`);
  if (isThere(`${file}-wal`)) moveSync(`${file}-wal`, `${aside}-wal`);
  const replaced = isThere(file);
  if (replaced) moveSync(file, aside);
  moveSync(staged, file);
  return replaced ? aside : null;
}

/** A link is there too, wherever it leads. */
function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

export interface Restored {
  /** The backup that the project is now. */
  readonly backup: string;
  /** Where the file that was replaced is now: moved, never deleted. null where there was none. */
  readonly movedTo: string | null;
}

/**
 * Makes the project in `folder` what the backup says. The project must be closed.
 * @param name of a backup; the newest one that is whole where not given
 * @throws TwinheadError `not-found`, `project-in-use`, `project-corrupt` where the backup is damaged, `project-too-new` where
 * a later version has worked on the project, `disk-full`, `read-only`; the project is then as it was
 */
export function restoreBackup(folder: string, name?: string): Restored {
  const absolute = canonicalPath(folder);
  if (!existsSync(absolute)) {
    throw new TwinheadError('not-found', say('store.noFolder', { folder: absolute }), {
      file: absolute,
      remedy: say('store.checkPath'),
    });
  }
  const lock = lockProject(absolute);
  try {
    requireNotNewer(path.join(absolute, 'project.db'));
    finishStagedRestore(absolute);
    const backup = name === undefined ? newestWhole(absolute) : requireBackup(absolute, name);
    const chosen = path.join(absolute, BACKUPS, backup);
    copyAtomicallySync(chosen, path.join(absolute, STAGED), (copy) => verifyCopy(copy, chosen));
    return { backup, movedTo: finishStagedRestore(absolute) };
  } finally {
    lock.release();
  }
}

/**
 * A later version's project is whole, and what this version kept of it is older than that.
 * @throws TwinheadError `project-too-new`
 */
function requireNotNewer(file: string): void {
  if (!isThere(file)) return;
  try {
    requireOurs(identify(file), file, NEWEST_SCHEMA);
  } catch (error) {
    // What is damaged, or is none of ours, is what a backup is for.
    if (error instanceof TwinheadError && error.code === 'project-too-new') throw error;
  }
}

/** @throws TwinheadError as verifyDatabase, but of the backup that the person chose, not of its copy */
function verifyCopy(copy: string, backup: string): void {
  try {
    verifyDatabase(copy);
  } catch (error) {
    if (!(error instanceof TwinheadError) || error.code !== 'project-corrupt') throw error;
    throw new TwinheadError(
      'project-corrupt',
      say('store.backup.damaged', { name: path.basename(backup) }),
      { file: backup, remedy: say('store.backup.damaged.remedy') },
      { cause: error },
    );
  }
}

function requireBackup(folder: string, name: string): string {
  const backups = listBackups(folder);
  if (backups.some((backup) => backup.name === name)) return name;
  throw new TwinheadError('not-found', say('store.backup.none', { name }), {
    file: path.join(folder, BACKUPS),
    remedy:
      backups.length === 0
        ? say('store.backup.noneAtAll')
        : say('store.backup.others', { names: backups.map((one) => one.name).join(', ') }),
  });
}

function newestWhole(folder: string): string {
  for (const { name } of listBackups(folder)) {
    try {
      verifyDatabase(path.join(folder, BACKUPS, name));
      return name;
    } catch (error) {
      // A damaged one is passed over for an older one; it stays where it is.
      if (!(error instanceof TwinheadError)) throw error;
    }
  }
  throw new TwinheadError('not-found', say('store.backup.unusable'), {
    file: path.join(folder, BACKUPS),
    remedy: say('store.backup.unusable.remedy'),
  });
}
