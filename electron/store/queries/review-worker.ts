import Database from 'better-sqlite3';
import { serveTask } from '../../tasks/serve.ts';
import { ProjectDatabase } from '../database/database.ts';
import type { Reader } from '../database/database.ts';
import { findLeaks, similarPairs } from './kinship.ts';
import { diffMoments } from './snapshot-diff.ts';
import { reviewLabels } from './label-review.ts';
import type { Reviewing, ReviewInput, ReviewTask } from './review.ts';

const READ: { readonly [What in keyof Reviewing]: (reader: Reader, input: ReviewInput) => Reviewing[What] } =
  {
    review: reviewLabels,
    leaks: findLeaks,
    similar: similarPairs,
    diff: (reader, { between = [0, 0] }) => diffMoments(reader, ...between),
  };

await serveTask<ReviewTask>((input) => {
  const { file, what } = input;
  const connection = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return new ProjectDatabase(connection, file).snapshot<ReviewTask['result']>((reader) =>
      READ[what](reader, input),
    );
  } finally {
    connection.close();
  }
});
