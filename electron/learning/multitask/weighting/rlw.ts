import { drawName } from './types.ts';
import type { WeightingKind } from './types.ts';

/**
 * Random loss weighting (Lin et al. 2022, section 3.1): factors = K · softmax(z) over the K tasks, z drawn anew at each
 * step from the standard normal distribution. The batch brings z, which follows from seed and step.
 */
export const rlw: WeightingKind = {
  create: ({ tasks }) => ({
    state: {},
    factors: (tf, _state, batch) =>
      tf.softmax(tf.stack(tasks.map((task) => batch[drawName(task)]!))).mul(tasks.length),
    update: () => ({}),
  }),
  needs: 'draws',
};
