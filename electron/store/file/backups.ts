import path from 'node:path';
import Database from 'better-sqlite3';
import { makeFolder, moveSync, removeSync, syncFile, temporaryName } from '../../files/index.ts';
import type { Problem } from '../../common/entities.ts';
import { moduleBeside, startOnThread } from '../../tasks/thread.ts';
import { backupName, BACKUPS, listBackups } from './backup-files.ts';
import type { Backup } from './backup-files.ts';
import { projectRevision } from '../database/context.ts';
import type { StoreContext } from '../database/context.ts';
import { storeError } from '../database/errors.ts';
import { expired } from './retention.ts';

/** A backup that is this young is enough, unless one is asked for. */
const DUE_AFTER_MS = 3_600_000;

/** Looks at every page and link of a copy, and at the labels of each image; gives what it found of the latter. */
export interface CheckTask {
  readonly input: string;
  readonly event: never;
  readonly result: readonly Problem[];
}

export interface MadeBackup extends Backup {
  /** Labels that are not those which were stored. Earlier backups, which may have them, are then all kept. */
  readonly problems: readonly Problem[];
}

/** One file without a log beside it, which can be copied and opened anywhere. */
function makeSelfContained(file: string): void {
  let connection: Database.Database | undefined;
  try {
    connection = new Database(file, { fileMustExist: true });
    connection.pragma('journal_mode = DELETE');
  } catch (error) {
    throw storeError(error, file);
  } finally {
    connection?.close();
  }
}

/** Revision of the labels in a backup. */
function revisionOf(file: string): number {
  let connection: Database.Database | undefined;
  try {
    connection = new Database(file, { readonly: true, fileMustExist: true });
    return Number(connection.prepare('SELECT revision FROM project').pluck().get());
  } catch (error) {
    throw storeError(error, file);
  } finally {
    connection?.close();
  }
}

/** Copies of the project file in its folder backups/: complete, checked, thinned out with age. */
export class Backups {
  readonly #context: StoreContext;
  #underWay: Promise<MadeBackup> | null = null;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** Newest first. */
  list(): Backup[] {
    return listBackups(this.#context.folder);
  }

  /**
   * Copies the project while work goes on, checks the copy, and only then lets older ones go. A call while another
   * backup is made gets that one.
   * @param reason `auto`, or a short word in lower case; what begins with `before-` is kept longer
   * @throws TwinheadError (rejects) `disk-full`, `read-only`, `project-corrupt` where the copy is damaged: the
   * earlier backups are then all there
   */
  async create(reason = 'auto'): Promise<MadeBackup> {
    this.#underWay ??= this.#create(reason).finally(() => (this.#underWay = null));
    return this.#underWay;
  }

  /** Makes one where something has changed since the last and that is an hour old; else null. */
  async createIfDue(): Promise<MadeBackup | null> {
    const [newest] = this.list();
    if (newest !== undefined) {
      const age = this.#context.clock().getTime() - newest.at.getTime();
      // A negative age is a clock that was set back: no reason to wait until it has caught up.
      if (age >= 0 && age < DUE_AFTER_MS) return null;
      if (this.#isUnchangedSince(newest)) return null;
    }
    return this.create();
  }

  #isUnchangedSince(newest: Backup): boolean {
    return revisionOf(newest.file) === projectRevision(this.#context.db.read);
  }

  async #create(reason: string): Promise<MadeBackup> {
    const folder = path.join(this.#context.folder, BACKUPS);
    makeFolder(folder);
    const at = this.#context.clock();
    const name = backupName(at, reason);
    const file = path.join(folder, name);
    const temporary = path.join(folder, temporaryName(name));
    let problems: readonly Problem[];
    try {
      await this.#context.db.backupTo(temporary);
      makeSelfContained(temporary);
      problems = await startOnThread<CheckTask>(moduleBeside(import.meta.url, 'backup-worker'), temporary)
        .done;
      syncFile(temporary);
      moveSync(temporary, file);
    } finally {
      removeSync(temporary);
    }
    if (problems.length === 0)
      for (const name of expired(this.list(), at)) removeSync(path.join(folder, name));
    return { name, file, at, reason, problems: problems.map((problem) => ({ ...problem, file })) };
  }
}
