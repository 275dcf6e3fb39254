import type Database from 'better-sqlite3';
import { CheckpointsApart } from './checkpoints-apart.ts';
import { CACHE_SIZE } from './connection.ts';
import { storeError } from './errors.ts';

export type SqlValue = string | number | bigint | Uint8Array | null;

export type Maybe<Row> = Row | undefined;

/** Runs a query whose rows are typed where it is written: the SQL text and the row type stand side by side. */
export interface Reader {
  all<Row extends object>(sql: string, ...parameters: SqlValue[]): Row[];
  get<Row extends object>(sql: string, ...parameters: SqlValue[]): Maybe<Row>;
  /** One row at a time, for results that should not be held in memory. Nothing may be written meanwhile. */
  iterate<Row extends object>(sql: string, ...parameters: SqlValue[]): IterableIterator<Row>;
  /** The only column of each row, for long lists. */
  values<Value extends SqlValue>(sql: string, ...parameters: SqlValue[]): Value[];
  /** Rows as arrays of columns: less than half the time of objects or of one row at a time, for a million boxes. */
  allRaw<Row extends unknown[]>(sql: string, ...parameters: SqlValue[]): Row[];
}

/** What may change the project. Only a transaction hands one out, so nothing is ever written outside of one. */
export interface Writer extends Reader {
  run(sql: string, ...parameters: SqlValue[]): { readonly changes: number; readonly lastId: number };
}

/** Watch over the files of a project that is edited: see file/guard.ts. */
export interface FileGuard {
  /** Another file has the name of the project's. */
  readonly replaced: boolean;
  require(): void;
  secure(): void;
  stop(): void;
}

/** `cache_size` while most of the file may change: pages that find no room are written, and read again, in between. */
const LARGE_CACHE = -262_144;

/** From so many rows on, bringing the log into the file takes as long as many edits. */
const LARGE_ROWS = 10_000;

/** One connection with its prepared statements. Errors of SQLite leave here as TwinheadError. */
export class ProjectDatabase {
  readonly file: string;
  readonly read: Reader;
  readonly #connection: Database.Database;
  readonly #writer: Writer;
  readonly #checkpoints: CheckpointsApart;
  readonly #guard: FileGuard | null;
  readonly #statements = new Map<string, Database.Statement<SqlValue[]>>();

  /** @param projectGuard of a project that is edited; null where a file is only read */
  constructor(connection: Database.Database, file: string, projectGuard: FileGuard | null = null) {
    this.#connection = connection;
    this.#guard = projectGuard;
    this.file = file;
    this.#checkpoints = new CheckpointsApart(connection, file);
    const guard = <Value>(work: () => Value): Value => {
      try {
        return work();
      } catch (error) {
        throw storeError(error, file);
      }
    };
    this.read = {
      all: <Row>(sql: string, ...parameters: SqlValue[]) =>
        guard(() => this.#prepare(sql).all(...parameters) as Row[]),
      get: <Row>(sql: string, ...parameters: SqlValue[]) =>
        guard(() => this.#prepare(sql).get(...parameters) as Maybe<Row>),
      iterate: <Row>(sql: string, ...parameters: SqlValue[]) =>
        guard(() => connection.prepare<SqlValue[]>(sql).iterate(...parameters) as IterableIterator<Row>),
      values: <Value>(sql: string, ...parameters: SqlValue[]) =>
        guard(
          () =>
            connection
              .prepare<SqlValue[]>(sql)
              .pluck(true)
              .all(...parameters) as Value[],
        ),
      allRaw: <Row>(sql: string, ...parameters: SqlValue[]) =>
        guard(
          () =>
            connection
              .prepare<SqlValue[]>(sql)
              .raw(true)
              .all(...parameters) as Row[],
        ),
    };
    this.#writer = {
      ...this.read,
      run: (sql, ...parameters) =>
        guard(() => {
          const { changes, lastInsertRowid } = this.#prepare(sql).run(...parameters);
          return { changes, lastId: Number(lastInsertRowid) };
        }),
    };
  }

  /** All of `work` or nothing. Durable (flushed to disk) when it returns. A transaction within one joins it. */
  write<Value>(work: (writer: Writer) => Value): Value {
    if (this.#inTransaction()) return work(this.#writer);
    try {
      this.#guard?.require();
      this.#connection.exec('BEGIN IMMEDIATE');
      const value = work(this.#writer);
      this.#connection.exec('COMMIT');
      this.#guard?.secure();
      return value;
    } catch (error) {
      // SQLite has rolled back by itself after some errors (disk full): then there is nothing left to undo.
      this.#end('ROLLBACK');
      throw storeError(error, this.file);
    }
  }

  /**
   * As `write`, for what may change most of the file. It is durable on return too: only that the log is brought into
   * the file, which takes about as long again, is left to another thread.
   */
  writeMuch<Value>(work: (writer: Writer) => Value): Value {
    const rows = (): number => this.read.get<{ n: number }>('SELECT total_changes() AS n')!.n;
    const before = rows();
    this.#connection.pragma(`cache_size = ${LARGE_CACHE}`);
    this.#checkpoints.hold();
    try {
      return this.write(work);
    } finally {
      this.#connection.pragma(`cache_size = ${CACHE_SIZE}`);
      if (rows() - before >= LARGE_ROWS) this.#checkpoints.start();
      else this.#checkpoints.release();
    }
  }

  /** Several reads of one moment. */
  snapshot<Value>(work: (reader: Reader) => Value): Value {
    if (this.#inTransaction()) return work(this.read);
    try {
      this.#connection.exec('BEGIN');
      return work(this.read);
    } catch (error) {
      throw storeError(error, this.file);
    } finally {
      this.#end('COMMIT');
    }
  }

  /** Ends a transaction in any case: what is written later would else join it, and be answered before it is durable. */
  #end(how: 'COMMIT' | 'ROLLBACK'): void {
    if (!this.#inTransaction()) return;
    try {
      this.#connection.exec(how);
    } catch (error) {
      if (this.#inTransaction()) this.#connection.exec('ROLLBACK');
      throw storeError(error, this.file);
    }
  }

  /** A value of `PRAGMA name`. */
  pragma(name: string): unknown {
    try {
      return this.#connection.pragma(name, { simple: true });
    } catch (error) {
      throw storeError(error, this.file);
    }
  }

  /** SQLite's online backup: consistent, and edits may go on meanwhile. */
  async backupTo(file: string): Promise<void> {
    try {
      await this.#connection.backup(file);
    } catch (error) {
      throw storeError(error, file);
    }
  }

  get open(): boolean {
    return this.#connection.open;
  }

  close(): void {
    this.#checkpoints.finish();
    this.#guard?.stop();
    if (this.#guard?.replaced !== true) this.#connection.close();
  }

  /** A call, since the answer changes under the type checker's feet. */
  #inTransaction(): boolean {
    return this.#connection.inTransaction;
  }

  #prepare(sql: string): Database.Statement<SqlValue[]> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare<SqlValue[]>(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
