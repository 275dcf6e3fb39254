import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { createRandom } from '../../electron/common/random.ts';
import { encodeExample } from '../../electron/exchange/formats/tfrecord/example.ts';
import { framed } from '../../electron/exchange/formats/tfrecord/records.ts';
import { writeDataset } from '../../electron/exchange/index.ts';
import { mainPath, SAMPLES, textOf, VIA_3, writeSample } from '../exchange/corpus.ts';
import { smallDataset, useTemporaryFolder } from '../exchange/support.ts';
import { mutate } from '../long/harness.ts';
import { odd, survives } from './sound.ts';

const folder = useTemporaryFolder();
let next = 0;

/** A longer pass is the harness import-fuzz. */
const RUNS = 25;

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

describe('a damaged file of every format gives a typed error or a sound result', () => {
  it.each([...Object.entries(SAMPLES), ['via', VIA_3] as const])('%s', async (id, sample) => {
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

  const json = [...Object.entries(SAMPLES), ['via', VIA_3] as const].filter(([, sample]) =>
    isJson(textOf(sample)),
  );
  it.each(json)('%s with values of other types', async (id, sample) => {
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

  it('tfrecord, its checksums made anew so that the records themselves are read', async () => {
    const example = encodeExample({
      'image/filename': { bytes: [new TextEncoder().encode('a.jpg')] },
      'image/width': { integers: [100] },
      'image/height': { integers: [80] },
      'image/object/bbox/xmin': { floats: [0.1] },
      'image/object/bbox/ymin': { floats: [0.2] },
      'image/object/bbox/xmax': { floats: [0.3] },
      'image/object/bbox/ymax': { floats: [0.4] },
      'image/object/class/text': { bytes: [new TextEncoder().encode('cat')] },
    });
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.uint8Array({ maxLength: 40 }), async (seed, noise) => {
        const random = createRandom(seed);
        const from = random.integer(example.length);
        const changed = Buffer.from(example);
        changed.set(noise.subarray(0, example.length - from), from);
        const root = join(folder.path, String(++next));
        await mkdir(root);
        await writeFile(join(root, 'a.tfrecord'), Buffer.concat([framed(changed), framed(noise), noise]));
        await survives(root, 'tfrecord');
      }),
      { numRuns: 5 * RUNS },
    );
  });

  it('parquet, whose numbers say where its parts are and how much memory they need', async () => {
    const out = join(folder.path, 'parquet');
    await mkdir(folder.path, { recursive: true });
    await writeDataset({ format: 'parquet', out, dataset: smallDataset(), pictures: 'none', options: {} });
    const whole = await readFile(join(out, 'data', 'train-00000-of-00001.parquet'));
    const edit = fc.tuple(fc.nat(whole.length - 1), fc.oneof(fc.nat(255), fc.constantFrom(0, 127, 128, 255)));
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of edits) bytes[at] = byte;
        const root = join(folder.path, String(++next));
        await mkdir(root);
        await writeFile(join(root, 'train.parquet'), bytes);
        await survives(join(root, 'train.parquet'), 'parquet');
      }),
      { numRuns: 5 * RUNS },
    );
  });
});
