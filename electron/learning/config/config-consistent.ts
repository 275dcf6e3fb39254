import { TwinheadError } from '../../common/errors.ts';
import type { TrainingConfig } from './schema.ts';
import { trunkIsFrozen } from './freezing.ts';

interface Contradiction {
  readonly place: string;
  readonly message: string;
  readonly remedy: string;
  readonly holds: (config: TrainingConfig) => boolean;
}

/** Settings that are each right and cannot be meant together. */
const contradictions: readonly Contradiction[] = [
  {
    place: 'optimizer.nesterov',
    message: '"optimizer.nesterov" looks ahead along the momentum, and adamw has none.',
    remedy: 'Set optimizer.method to sgd, or optimizer.nesterov to false.',
    holds: ({ optimizer }) => optimizer.nesterov && optimizer.method !== 'sgd',
  },
  {
    place: 'optimizer.nesterov',
    message: '"optimizer.nesterov" looks ahead along the momentum, which is 0.',
    remedy: 'Set optimizer.momentum to 0.9, or optimizer.nesterov to false.',
    holds: ({ optimizer }) => optimizer.nesterov && optimizer.momentum === 0,
  },
  {
    place: 'sharing',
    message:
      '"sharing" soft lets two trunks grow apart, and optimizer.trunkMultiplier 0 keeps them as they are.',
    remedy: 'Set sharing to subnetworks, or optimizer.trunkMultiplier above 0.',
    holds: ({ sharing, optimizer }) => sharing === 'soft' && optimizer.trunkMultiplier === 0,
  },
  {
    place: 'weighting',
    message:
      '"weighting" gradnorm balances what the heads do to the trunk, and optimizer.trunkMultiplier is 0.',
    remedy: 'Set weighting to fixed or uncertainty, or optimizer.trunkMultiplier above 0.',
    holds: ({ weighting, optimizer }) => weighting === 'gradnorm' && optimizer.trunkMultiplier === 0,
  },
  ...(['pcgrad', 'mgda'] as const).map((method) => ({
    place: 'aggregation',
    message: `"aggregation" ${method} settles conflicts on the trunk, and optimizer.trunkMultiplier is 0.`,
    remedy: 'Set aggregation to sum, or optimizer.trunkMultiplier above 0.',
    holds: ({ aggregation, optimizer }: TrainingConfig) =>
      aggregation === method && optimizer.trunkMultiplier === 0,
  })),
  {
    place: 'augment.mosaic',
    message:
      '"augment.mosaic" makes new images at every step, and features of a frozen trunk are kept of old ones ' +
      '(freeze.stages, freeze.variants).',
    remedy: 'Set augment.mosaic to 0, or freeze.variants to 0: then features are computed at every step.',
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
  throw new TwinheadError('invalid-input', found.message, {
    place: `setting ${found.place}`,
    remedy: found.remedy,
  });
}
