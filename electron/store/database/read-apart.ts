import Database from 'better-sqlite3';
import { ProjectDatabase } from './database.ts';
import type { Reader } from './database.ts';

/** Reads a project's file on another thread, all of one moment, through a connection of its own. */
export function readProjectFile<Value>(file: string, work: (reader: Reader) => Value): Value {
  const connection = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return new ProjectDatabase(connection, file).snapshot(work);
  } finally {
    connection.close();
  }
}
