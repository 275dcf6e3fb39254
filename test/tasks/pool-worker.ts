import { setImmediate } from 'node:timers/promises';
import { TwinheadError } from '../../electron/common/errors.ts';
import { servePool, stopped } from '../../electron/tasks/serve-pool.ts';

/** A task whose items never end, as those of a folder of hostile pictures. */
async function endless(): Promise<void> {
  while (!stopped()) await setImmediate();
}

servePool({
  endless,
  double: async (input: number) => {
    // Others may come meanwhile.
    await setImmediate();
    return 2 * input;
  },
  refuse: () => Promise.reject(new TwinheadError('not-found', 'No.', { place: 'here' })),
  die: () => process.exit(3),
  throw: () => {
    setTimeout(() => {
      throw new Error('of its own');
    }, 0);
    return new Promise(() => undefined);
  },
});
