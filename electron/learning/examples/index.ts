import { TwinheadError } from '../../common/errors.ts';
import { nearestNames } from '../../common/nearest-names.ts';
import { say } from '../../common/sentences/sentence.ts';
import { recommender } from './recommender.ts';
import { tabular, tabularSoft } from './tabular.ts';
import { text } from './text.ts';
import type { Example } from './types.ts';

/** The multi-task core on data without images: the small models of the article that the product comes from. */
export const examples: readonly Example[] = [tabular, tabularSoft, text, recommender];

/** @throws TwinheadError `not-found` with the nearest name */
export function findExample(name: string): Example {
  const found = examples.find((example) => example.name === name);
  if (found !== undefined) return found;
  const names = examples.map((example) => example.name);
  const [nearest] = nearestNames(name, names, 1);
  throw new TwinheadError('not-found', say('learning.example.unknown', { name }), {
    remedy:
      nearest === undefined
        ? say('learning.example.others', { names: names.join(', ') })
        : say('learning.example.unknown.remedy', { nearest, names: names.join(', ') }),
  });
}
