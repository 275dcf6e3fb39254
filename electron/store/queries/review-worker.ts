import Database from 'better-sqlite3';
import { serveTask } from '../../tasks/serve.ts';
import { ProjectDatabase } from '../database/database.ts';
import { reviewLabels } from './label-review.ts';
import type { ReviewTask } from './review.ts';

await serveTask<ReviewTask>((file) => {
  const connection = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return new ProjectDatabase(connection, file).snapshot(reviewLabels);
  } finally {
    connection.close();
  }
});
