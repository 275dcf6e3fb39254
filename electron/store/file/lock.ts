import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import {
  canonicalPath,
  identityOf,
  readTextSync,
  removeSync,
  requireOwnFile,
  writeAtomicallySync,
} from '../../files/index.ts';
import { projectInUse, storeError } from '../database/errors.ts';

export interface ProjectLock {
  /** What has to stay where it is for the lock to hold. Absolute. */
  readonly files: readonly string[];
  release(): void;
}

/**
 * Who has the project open. `started` tells a process from a later one with its number, `folder` (its identity) the
 * project from a copy of it.
 */
const Holder = z.object({
  pid: z.number().int().positive(),
  started: z.string(),
  machine: z.string(),
  folder: z.string().nullable(),
});
type Holder = z.infer<typeof Holder>;

/** The start of a process in ticks since the machine's own, as Linux gives it; null elsewhere, or where it has ended. */
function startOf(pid: number): string | null {
  try {
    const stat = readTextSync(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function thisMachine(): string {
  try {
    return `${os.hostname()} ${readTextSync('/proc/sys/kernel/random/boot_id').trim()}`;
  } catch {
    return os.hostname();
  }
}

function readHolder(file: string): Holder | null {
  try {
    return Holder.safeParse(JSON.parse(readTextSync(file))).data ?? null;
  } catch {
    // None, or none that can be read: then the system's lock alone decides.
    return null;
  }
}

/** Folders, by their identity, of the projects that this process holds. */
const heldHere = new Set<string | null>();

/**
 * Whether this process has the project open. Then nobody in it may open and close its file but through SQLite: the
 * system would drop the locks on it.
 */
export function isHeldHere(folder: string): boolean {
  return heldHere.has(identityOf(canonicalPath(folder)));
}

/** Whether the process that noted itself still runs. */
function isHeld(note: string): boolean {
  const holder = readHolder(note);
  return (
    holder !== null &&
    holder.folder === identityOf(path.dirname(note)) &&
    holder.machine === thisMachine() &&
    startOf(holder.pid) === holder.started
  );
}

/**
 * Holds the project for this opener until released, by two locks: the operating system's, which ends with the process, and
 * a note of the process, since the system drops the first where anything in the process opens and closes its file.
 * @throws TwinheadError `project-in-use`, `read-only`; `unusable-input` where one of the files is a link
 */
export function lockProject(folder: string): ProjectLock {
  const file = path.join(folder, 'project.lock');
  const note = path.join(folder, 'project.holder');
  requireOwnFile(file);
  requireOwnFile(note);
  let connection: Database.Database | undefined;
  let noted = false;
  try {
    connection = new Database(file, { timeout: 0 });
    // Nothing is ever written to it: no journal file beside it.
    connection.pragma('journal_mode = MEMORY');
    connection.exec('BEGIN EXCLUSIVE');
    if (isHeld(note)) throw projectInUse(folder);
    const started = startOf(process.pid);
    if (started === null) removeSync(note);
    else {
      const holder: Holder = {
        pid: process.pid,
        started,
        machine: thisMachine(),
        folder: identityOf(folder),
      };
      noted = true;
      writeAtomicallySync(note, JSON.stringify(holder));
    }
    const files = started === null ? [file] : [file, note];
    const held = connection;
    const own = identityOf(note);
    const place = identityOf(folder);
    heldHere.add(place);
    return {
      files,
      release: () => {
        // Where somebody has taken ours away, it may be the next opener's.
        if (identityOf(note) === own) removeSync(note);
        held.close();
        heldHere.delete(place);
      },
    };
  } catch (error) {
    // It may have its name already where flushing the folder failed: nobody could open the project any more.
    if (noted) removeSync(note);
    connection?.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY'))
      throw projectInUse(folder, error);
    throw storeError(error, file);
  }
}
