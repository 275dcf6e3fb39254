import Database from 'better-sqlite3';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import { errorCode } from '../../files/index.ts';
import { damageSaid } from './damage.ts';

const IN_USE = say('store.inUse.remedy');

/** The refusal of a second opener, in this process or another. */
export function projectInUse(folder: string, cause?: unknown): TwinheadError {
  return new TwinheadError(
    'project-in-use',
    say('store.inUse', { folder }),
    { file: folder, remedy: IN_USE },
    { cause },
  );
}

export function projectCorrupt(file: string, what: Said, cause?: unknown): TwinheadError {
  const damage = typeof what === 'string' ? damageSaid(what) : what;
  return new TwinheadError(
    'project-corrupt',
    say('store.damaged', { file, damage }),
    {
      file,
      damage,
      remedy: say('store.damaged.remedy'),
    },
    { cause },
  );
}

function readOnly(file: string, cause: unknown): TwinheadError {
  return new TwinheadError(
    'read-only',
    say('store.readOnly', { file }),
    { file, remedy: say('store.readOnly.remedy') },
    { cause },
  );
}

/** What the system says where nothing may be written. */
const FORBIDDEN = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Turns errors of SQLite, and of the system about its files, into ones for people; others are passed on as they are. */
export function storeError(error: unknown, file: string): Error {
  if (FORBIDDEN.has(errorCode(error) ?? '')) return readOnly(file, error);
  if (!(error instanceof Database.SqliteError))
    return error instanceof Error ? error : new Error(String(error));
  const { code, message } = error;
  // The index of the log could not be given its size: what a full disk says at opening.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') {
    return new TwinheadError(
      'disk-full',
      say('store.diskFull', { file }),
      { file, remedy: say('store.diskFull.remedy') },
      { cause: error },
    );
  }
  if (code === 'SQLITE_READONLY_DBMOVED') {
    return new TwinheadError(
      'read-only',
      say('store.moved', { file }),
      { file, remedy: say('store.moved.remedy') },
      { cause: error },
    );
  }
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code === 'SQLITE_PERM')
    return readOnly(file, error);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return projectCorrupt(file, message, error);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new TwinheadError(
      'project-in-use',
      say('store.held', { file }),
      { file, remedy: IN_USE },
      { cause: error },
    );
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new TwinheadError(
      'disk-failed',
      say('store.diskFailed', { file, code }),
      { file, remedy: say('store.diskFailed.remedy') },
      { cause: error },
    );
  }
  return error;
}
