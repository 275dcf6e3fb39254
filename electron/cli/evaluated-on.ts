import type { Split } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { savedFilter } from './saved-filter.ts';
import type { CommandSession } from './session.ts';

/** The images of an evaluation, as calls take them: those of a saved filter are of whichever split. */
export interface EvaluatedOn {
  readonly split: Split;
  readonly testSet?: string;
  readonly filter?: string;
}

/** @throws TwinheadError `invalid-input` for an unknown filter, or one beside a split or a test set */
export async function evaluatedOn(
  session: CommandSession,
  { split, testSet, filter }: Partial<EvaluatedOn>,
  otherwise: Split,
): Promise<EvaluatedOn> {
  if (filter === undefined)
    return testSet === undefined ? { split: split ?? otherwise } : { split: 'test', testSet };
  if (split !== undefined || testSet !== undefined) {
    throw new TwinheadError('invalid-input', say('services.filter.split', { name: filter }), {
      place: '--filter',
      remedy: say('services.filter.split.remedy'),
    });
  }
  return { split: 'none', filter: (await savedFilter(session, filter)).name };
}
