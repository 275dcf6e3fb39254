import { expect, it } from 'vitest';
import { run } from '../long/harness.ts';
import { HARNESSES } from '../long/registry.ts';

/** A short pass of each; `npm run test:long` takes as long as is wished. */
const TRIES: Readonly<Record<string, number>> = { kill: 4, faults: 12, links: 8, http: 150, contract: 250 };

// The soak needs minutes and a browser; test/e2e/ has its pages.
it.each(HARNESSES.filter(({ name }) => name !== 'soak').map((harness) => [harness.name, harness] as const))(
  'the harness %s breaks nothing in a short pass',
  async (name, harness) => {
    const outcome = await run(harness, { seed: 1, tries: TRIES[name] ?? 30, seconds: 60, timed: false });
    expect(outcome.breaks).toEqual([]);
    expect(outcome.tries).toBeGreaterThan(0);
  },
);
