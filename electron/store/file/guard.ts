import path from 'node:path';
import type Database from 'better-sqlite3';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { identityOf, makeAtomicallySync, makeFolder, watchNames } from '../../files/index.ts';
import type { FileGuard } from '../database/database.ts';
import { BACKUPS, backupName } from './backup-files.ts';
import { finishStagedRestore, STAGED } from './restore.ts';

/** How often the files are looked at while nobody edits, where the system does not tell of changes. */
const LOOK_EVERY_MS = 1000;

/** What was acknowledged until the files were lost, and where it is now. */
interface Secured {
  readonly lost: string;
  readonly place: string;
}

/**
 * Sees whether the project's files are still those that were opened: SQLite goes on writing into files whose names are gone.
 * Then all that was acknowledged is written to a new file, and nothing is edited any more.
 */
export class ProjectGuard implements FileGuard {
  readonly #connection: Database.Database;
  readonly #file: string;
  readonly #log: string;
  readonly #index: string;
  readonly #clock: () => Date;
  readonly #known: Map<string, string | null>;
  #timer: NodeJS.Timeout | null = null;
  #names: Disposable | null = null;
  #secured: Secured | null = null;

  /** @param lockFiles see ProjectLock */
  constructor(connection: Database.Database, file: string, lockFiles: readonly string[], clock: () => Date) {
    this.#connection = connection;
    this.#file = file;
    this.#log = `${file}-wal`;
    this.#index = `${file}-shm`;
    this.#clock = clock;
    this.#known = new Map(
      [file, this.#log, this.#index, ...lockFiles].map((name) => [name, identityOf(name)]),
    );
  }

  /** Nothing is edited until the project is opened again. */
  get lost(): boolean {
    return this.#secured !== null;
  }

  /** Another file has the name of ours: SQLite, which deletes its log by its name, would delete that one's. */
  get replaced(): boolean {
    const found = identityOf(this.#file);
    return found !== null && found !== this.#known.get(this.#file);
  }

  /** Looks at the files also while nobody edits. */
  watch(): void {
    const look = (): void => {
      try {
        this.secure();
      } catch {
        // No room, say: the next look or the next edit tries again, and the edit says so.
      }
    };
    this.#timer = setInterval(look, LOOK_EVERY_MS);
    this.#timer.unref();
    this.#names = watchNames(path.dirname(this.#file), look);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#names?.[Symbol.dispose]();
    this.#names = null;
  }

  /** Before a transaction. @throws TwinheadError `read-only` where it could be lost */
  require(): void {
    this.secure();
    if (this.#secured === null) return;
    const { lost, place } = this.#secured;
    throw new TwinheadError('read-only', say('store.lost', { file: lost }), {
      file: lost,
      remedy: say('store.lost.remedy', { place }),
      place,
    });
  }

  /**
   * After a transaction, and now and then: writes out what was acknowledged where the files are no longer ours.
   * @throws what kept it from being written
   */
  secure(): void {
    // Once the project is closed, its files are nobody's: a restore may put others in their place.
    if (this.#secured !== null || !this.#connection.open || this.#connection.inTransaction) return;
    const lost = this.#lost();
    if (lost !== null) this.#secured = { lost, place: this.#writeOut(lost) };
  }

  #lost(): string | null {
    for (const [name, identity] of this.#known) {
      const found = identityOf(name);
      // SQLite makes the log and its index with the first transaction.
      if ((name === this.#log || name === this.#index) && identity === null) this.#known.set(name, found);
      else if (found !== identity) return name;
    }
    return null;
  }

  /** @returns where it is now */
  #writeOut(lost: string): string {
    const folder = path.dirname(this.#file);
    const found = identityOf(this.#file);
    if (found === this.#known.get(this.#file)) {
      // The log's pages are in a file without a name; the project file itself is in its place.
      if (lost === this.#log || lost === this.#index) this.#connection.pragma('wal_checkpoint(TRUNCATE)');
      return this.#file;
    }
    if (found === null) {
      this.#copyTo(path.join(folder, STAGED));
      finishStagedRestore(folder);
      return this.#file;
    }
    const backup = path.join(folder, BACKUPS, backupName(this.#clock(), 'rescued'));
    makeFolder(path.dirname(backup));
    this.#copyTo(backup);
    return backup;
  }

  #copyTo(file: string): void {
    makeAtomicallySync(file, (_, ownPath) => this.#connection.prepare('VACUUM INTO ?').run(ownPath));
  }
}
