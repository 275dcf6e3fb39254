import { rmSync } from 'node:fs';
import path from 'node:path';
import { readDataset } from '../../electron/exchange/index.ts';
import { findImageFiles } from '../../electron/images/index.ts';
import { mainPath, SAMPLES, textOf, writeSample } from '../exchange/corpus.ts';
import { defectOf, mutate, pick } from './harness.ts';
import type { Harness } from './harness.ts';

/** More of the processor than any of these small files may take; the clock also counts what else the machine does. */
const LONGEST_MS = 2000;

export const importFuzz: Harness = {
  name: 'import-fuzz',
  goal: 10_000,
  serves: true,
  about:
    'annotation files with places cut, repeated and replaced; broken: an error without words, or slowness',
  async open(folder) {
    return {
      close: async () => undefined,
      attempt: async (random) => {
        const at = path.join(folder, 'data');
        const [format, sample] = pick(random, Object.entries(SAMPLES));
        await writeSample(at, sample, mutate(random, textOf(sample)));
        const started = process.threadCpuUsage();
        try {
          const source = pick(random, [at, mainPath(at, sample)]);
          await readDataset(source, pick(random, [format, 'auto']), {
            listImages: findImageFiles,
            sizeOf: async () => ({ width: 100, height: 80 }),
          });
        } catch (error) {
          const defect = defectOf(error);
          if (defect !== null) return defect;
        } finally {
          rmSync(at, { recursive: true, force: true });
        }
        const { user, system } = process.threadCpuUsage(started);
        const took = (user + system) / 1000;
        return took > LONGEST_MS ? `it took ${Math.round(took)} ms` : null;
      },
    };
  },
};
