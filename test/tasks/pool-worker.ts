import { setImmediate } from 'node:timers/promises';
import { TwinheadError } from '../../electron/common/errors.ts';
import { servePool, stopped } from '../../electron/tasks/serve-pool.ts';

/** A task whose items never end, as those of a folder of hostile pictures. */
async function endless(): Promise<void> {
  while (!stopped()) await setImmediate();
}

export interface TestTasks {
  readonly endless: { readonly input: number; readonly result: void };
  readonly double: { readonly input: number; readonly result: number };
  readonly refuse: { readonly input: number; readonly result: never };
  readonly die: { readonly input: number; readonly result: never };
  readonly throw: { readonly input: number; readonly result: unknown };
}

servePool<TestTasks>({
  endless,
  double: async (input) => {
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
