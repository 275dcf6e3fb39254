import { serveTask } from '../../tasks/serve.ts';
import type { Reader } from '../database/database.ts';
import { readProjectFile } from '../database/read-apart.ts';
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

await serveTask<ReviewTask>((input) =>
  readProjectFile<ReviewTask['result']>(input.file, (reader) => READ[input.what](reader, input)),
);
