import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import type { TrainingConfig } from './schema.ts';
import { AGGREGATIONS, aggregations } from '../multitask/aggregation/index.ts';
import { trunkIsFrozen } from './freezing.ts';

interface Contradiction {
  readonly place: string;
  readonly said: Sentence;
  readonly remedy: Sentence;
  readonly holds: (config: TrainingConfig) => boolean;
}

/** Settings that are each right and cannot be meant together. */
const contradictions: readonly Contradiction[] = [
  {
    place: 'optimizer.nesterov',
    said: say('settings.nesterovAdamw'),
    remedy: say('settings.nesterovAdamw.remedy'),
    holds: ({ optimizer }) => optimizer.nesterov && optimizer.method !== 'sgd',
  },
  {
    place: 'optimizer.nesterov',
    said: say('settings.nesterovStill'),
    remedy: say('settings.nesterovStill.remedy'),
    holds: ({ optimizer }) => optimizer.nesterov && optimizer.momentum === 0,
  },
  {
    place: 'sharing',
    said: say('settings.softFrozen'),
    remedy: say('settings.softFrozen.remedy'),
    holds: ({ sharing, optimizer }) => sharing === 'soft' && optimizer.trunkMultiplier === 0,
  },
  {
    place: 'weighting',
    said: say('settings.gradnormFrozen'),
    remedy: say('settings.gradnormFrozen.remedy'),
    holds: ({ weighting, optimizer }) => weighting === 'gradnorm' && optimizer.trunkMultiplier === 0,
  },
  ...AGGREGATIONS.filter((method) => aggregations[method].shares !== null).map((method) => ({
    place: 'aggregation',
    said: say('settings.aggregationFrozen', { method }),
    remedy: say('settings.aggregationFrozen.remedy'),
    holds: ({ aggregation, optimizer }: TrainingConfig) =>
      aggregation === method && optimizer.trunkMultiplier === 0,
  })),
  {
    place: 'augment.mosaic',
    said: say('settings.mosaicFrozen'),
    remedy: say('settings.mosaicFrozen.remedy'),
    holds: (config) =>
      config.augment.mosaic > 0 &&
      config.freeze.variants > 0 &&
      config.sharing !== 'soft' &&
      trunkIsFrozen(config, config.epochs),
  },
];

/** @throws TwinheadError `invalid-input` where two settings contradict each other, with the place and the remedy. */
export function checkConsistent(config: TrainingConfig): void {
  const found = contradictions.find(({ holds }) => holds(config));
  if (found === undefined) return;
  throw new TwinheadError('invalid-input', found.said, {
    place: say('settings.place', { setting: found.place }),
    remedy: found.remedy,
  });
}
