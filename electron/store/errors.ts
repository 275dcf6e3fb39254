import Database from 'better-sqlite3';
import { TwinheadError } from '../common/errors.ts';

const IN_USE = 'Close the other window or command that has this project open, then try again.';

/** The refusal of a second opener, in this process or another. */
export function projectInUse(folder: string, cause?: unknown): TwinheadError {
  return new TwinheadError(
    'project-in-use',
    `The project ${folder} is open already.`,
    { file: folder, remedy: IN_USE },
    { cause },
  );
}

export function projectCorrupt(file: string, what: string, cause?: unknown): TwinheadError {
  const damage = what.replaceAll(/\s+/g, ' ');
  return new TwinheadError(
    'project-corrupt',
    `The project file ${file} is damaged: ${damage}`,
    {
      file,
      damage,
      remedy:
        'Restore a backup: open the project in the interface, or run twinhead restore PROJECT. ' +
        'The damaged file is moved aside, not deleted.',
    },
    { cause },
  );
}

/** Turns SQLite's errors into ones for people; anything else is passed on as it is. */
export function storeError(error: unknown, file: string): Error {
  if (!(error instanceof Database.SqliteError))
    return error instanceof Error ? error : new Error(String(error));
  const { code, message } = error;
  // The index of the log could not be given its size: what a full disk says at opening.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') {
    return new TwinheadError(
      'disk-full',
      `The disk is full: ${file} could not be written.`,
      { file, remedy: 'Free some space and try again; everything saved before is intact.' },
      { cause: error },
    );
  }
  if (code === 'SQLITE_READONLY_DBMOVED') {
    return new TwinheadError(
      'read-only',
      `${file} was moved or replaced while it was open.`,
      { file, remedy: 'Put it back where it was, or open the project again.' },
      { cause: error },
    );
  }
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code === 'SQLITE_PERM') {
    return new TwinheadError(
      'read-only',
      `Writing is not permitted: ${file}.`,
      {
        file,
        remedy: 'Check the permissions of the project folder, or copy it to a place where you may write.',
      },
      { cause: error },
    );
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return projectCorrupt(file, message, error);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new TwinheadError(
      'project-in-use',
      `${file} is held by another program.`,
      { file, remedy: IN_USE },
      { cause: error },
    );
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new TwinheadError(
      'internal',
      `The disk failed to read or write ${file} (${code}).`,
      { file, remedy: 'Check the disk and its connection, then try again; the last edit was not saved.' },
      { cause: error },
    );
  }
  return error;
}
