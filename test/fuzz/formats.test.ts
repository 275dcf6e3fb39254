import { join } from 'node:path';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { createRandom } from '../../electron/common/random.ts';
import { mainPath, SAMPLES, textOf, writeSample } from '../exchange/corpus.ts';
import { useTemporaryFolder } from '../exchange/support.ts';
import { mutate } from '../long/harness.ts';
import { survives } from './sound.ts';

const folder = useTemporaryFolder();
let next = 0;

/** A longer pass is the harness import-fuzz. */
const RUNS = 60;

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

describe('a damaged file of every format gives a typed error or a sound result', () => {
  it.each(Object.entries(SAMPLES))('%s', async (id, sample) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const root = join(folder.path, String(++next));
        await writeSample(root, sample, mutate(createRandom(seed), textOf(sample)));
        await survives(mainPath(root, sample), id);
        await survives(root, id);
      }),
      { numRuns: RUNS },
    );
  });

  const json = Object.entries(SAMPLES).filter(([, sample]) => isJson(textOf(sample)));
  it.each(json)('%s with values of other types', async (id, sample) => {
    const odd = fc.oneof(
      fc.constantFrom(null, 0, -5, 1e300, '', 'x', true, [], {}, [1, 2], [[]]),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const plan = fc.record({ at: fc.nat(), every: fc.integer({ min: 3, max: 60 }), by: odd });
    await fc.assert(
      fc.asyncProperty(plan, async ({ at, every, by }) => {
        let seen = at;
        const value = JSON.parse(textOf(sample), (key, one: unknown) =>
          key !== '' && ++seen % every === 0 ? by : one,
        ) as unknown;
        const root = join(folder.path, String(++next));
        await writeSample(root, sample, JSON.stringify(value));
        await survives(mainPath(root, sample), id);
      }),
      { numRuns: RUNS },
    );
  });
});
