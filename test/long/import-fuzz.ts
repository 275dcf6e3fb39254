import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Random } from '../../electron/common/random.ts';
import { readDataset, writeDataset } from '../../electron/exchange/index.ts';
import { findImageFiles } from '../../electron/images/index.ts';
import { mainPath, SAMPLES, textOf, VIA_3, writeSample } from '../exchange/corpus.ts';
import { defectOf, mutate, pick } from './harness.ts';
import type { Harness } from './harness.ts';

/** More of the processor than any of these small files may take; the clock also counts what else the machine does. */
const LONGEST_MS = 2000;

/** Formats that are no text: files that we write ourselves are damaged. */
const BINARY = {
  parquet: 'data/train-00000-of-00001.parquet',
  tfrecord: 'train.tfrecord',
  webdataset: 'train-000000.tar',
};

/** A damaged data set, and the file of it that is damaged. */
interface Damaged {
  readonly format: string;
  readonly write: (folder: string, random: Random) => Promise<string>;
}

/** The bytes with one to six changed, and sometimes a piece cut out or repeated. */
function mutateBytes(random: Random, whole: Buffer): Buffer {
  const bytes = Buffer.from(whole);
  for (let edits = 1 + random.integer(6); edits > 0; edits--)
    bytes[random.integer(bytes.length)] = pick(random, [0, 127, 128, 255, random.integer(256)]);
  if (random.integer(4) > 0) return bytes;
  const from = random.integer(bytes.length);
  const to = from + random.integer(40);
  return Buffer.concat([
    bytes.subarray(0, to),
    bytes.subarray(random.integer(2) === 0 ? from : Math.min(to + 40, bytes.length)),
  ]);
}

/** @param folder for what is written once */
async function damageable(folder: string): Promise<Damaged[]> {
  const texts = [...Object.entries(SAMPLES), ['via', VIA_3] as const].map(([format, sample]): Damaged => ({
    format,
    write: async (at, random) => {
      await writeSample(at, sample, mutate(random, textOf(sample)));
      return mainPath(at, sample);
    },
  }));
  const source = await writeSample(path.join(folder, 'whole'), SAMPLES.coco!);
  const options = { listImages: findImageFiles, split: 'train' as const };
  const { dataset } = await readDataset([source], 'coco', options);
  const binary: Damaged[] = [];
  for (const [format, name] of Object.entries(BINARY)) {
    const out = path.join(folder, format);
    await writeDataset({ format, out, dataset, pictures: 'copy', options: {} });
    const whole = readFileSync(path.join(out, name));
    binary.push({
      format,
      write: async (at, random) => {
        mkdirSync(at);
        const file = path.join(at, path.basename(name));
        writeFileSync(file, mutateBytes(random, whole));
        return file;
      },
    });
  }
  return [...texts, ...binary];
}

export const importFuzz: Harness = {
  name: 'import-fuzz',
  goal: 10_000,
  serves: true,
  about:
    'annotation files with places cut, repeated and replaced, or bytes changed; broken: an error without words, or slowness',
  async open(folder) {
    const all = await damageable(folder);
    return {
      close: async () => undefined,
      attempt: async (random) => {
        const at = path.join(folder, 'data');
        const { format, write } = pick(random, all);
        const file = await write(at, random);
        const started = process.threadCpuUsage();
        try {
          const source = pick(random, [at, file]);
          await readDataset([source], pick(random, [format, 'auto']), {
            listImages: findImageFiles,
            sizeOf: async () => ({ width: 100, height: 80 }),
            unpack: async (name) => path.join(at, path.basename(name)),
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
