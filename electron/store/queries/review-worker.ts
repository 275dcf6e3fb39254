import { serveTask } from '../../tasks/serve.ts';
import type { Reader } from '../database/database.ts';
import { readProjectFile } from '../database/read-apart.ts';
import { readAssistLabels } from './assist-labels.ts';
import type { AssistLabelsQuery } from './assist-labels.ts';
import { findLeaks, similarPairs } from './kinship.ts';
import { diffMoments } from './snapshot-diff.ts';
import { reviewLabels } from './label-review.ts';
import type { Reviewing, ReviewInput, ReviewTask } from './review.ts';

const NO_QUERY: AssistLabelsQuery = { folder: '', learned: 0, validated: 0, open: [], ahead: [] };

const READ: { readonly [What in keyof Reviewing]: (reader: Reader, input: ReviewInput) => Reviewing[What] } =
  {
    review: reviewLabels,
    leaks: findLeaks,
    similar: similarPairs,
    diff: (reader, { between = [0, 0] }) => diffMoments(reader, ...between),
    assist: (reader, { assist = NO_QUERY }) => readAssistLabels(reader, assist),
  };

await serveTask<ReviewTask>((input) =>
  readProjectFile<ReviewTask['result']>(input.file, (reader) => READ[input.what](reader, input)),
);
