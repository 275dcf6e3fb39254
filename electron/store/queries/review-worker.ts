import Database from 'better-sqlite3';
import { serveTask } from '../../tasks/serve.ts';
import { ProjectDatabase } from '../database/database.ts';
import type { Reader } from '../database/database.ts';
import { findLeaks, similarPairs } from './kinship.ts';
import { reviewLabels } from './label-review.ts';
import type { Reviewing, ReviewTask } from './review.ts';

const READ: { readonly [What in keyof Reviewing]: (reader: Reader) => Reviewing[What] } = {
  review: reviewLabels,
  leaks: findLeaks,
  similar: similarPairs,
};

await serveTask<ReviewTask>(({ file, what }) => {
  const connection = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return new ProjectDatabase(connection, file).snapshot<ReviewTask['result']>(READ[what]);
  } finally {
    connection.close();
  }
});
