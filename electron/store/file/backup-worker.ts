import Database from 'better-sqlite3';
import { serveTask } from '../../tasks/serve.ts';
import { ProjectDatabase } from '../database/database.ts';
import { verifyDatabase } from './backup-files.ts';
import type { CheckTask } from './backups.ts';
import { changedOnDisk } from './health.ts';

await serveTask<CheckTask>((file) => {
  verifyDatabase(file);
  const connection = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return changedOnDisk(new ProjectDatabase(connection, file).read, file);
  } finally {
    connection.close();
  }
});
