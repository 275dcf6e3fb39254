import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { TwinheadError } from '../../common/errors.ts';
import { createRandom } from '../../common/random.ts';
import { say } from '../../common/sentences/sentence.ts';
import { findResource, readWhole } from '../../files/index.ts';

/** Side of a digit, pixels. */
export const DIGIT_SIZE = 28;
export const DIGIT_PIXELS = DIGIT_SIZE * DIGIT_SIZE;

/** Handwritten digits, ink 0-255. */
export interface Digits {
  /** samples[digit][n]: [28, 28] bytes. */
  readonly samples: readonly (readonly Uint8Array[])[];
}

const RESOURCE = join('resources', 'digits', 'digits.bin.br');

/** About 50 ms and 8 MB. The layout of the file is said in pack-digits.ts. */
export async function loadDigits(): Promise<Digits> {
  const file = findResource(RESOURCE);
  if (file === null) {
    throw new TwinheadError('not-found', say('images.sample.digits'), {
      file: RESOURCE,
      remedy: say('images.sample.digits.remedy'),
    });
  }
  const bytes = await promisify(brotliDecompress)(await readWhole(file));
  const samples: Uint8Array[][] = [];
  let at = 20;
  for (let digit = 0; digit < 10; digit++) {
    const count = bytes.readUInt16LE(digit * 2);
    samples.push(
      Array.from({ length: count }, (_, index) =>
        bytes.subarray(at + index * DIGIT_PIXELS, at + (index + 1) * DIGIT_PIXELS),
      ),
    );
    at += count * DIGIT_PIXELS;
  }
  return { samples };
}

export const SCENE_SPLITS = ['train', 'val', 'test'] as const;
export type SceneSplit = (typeof SCENE_SPLITS)[number];

/** Shares of each digit's samples; the rest is for testing. */
const SHARES = { train: 0.7, val: 0.15 };

/** Parts every digit's samples among the splits: a handwriting sample is seen in one of them only. */
export function splitDigits(digits: Digits, seed: number): Record<SceneSplit, Digits> {
  const random = createRandom(seed);
  const parts: Record<SceneSplit, (readonly Uint8Array[])[]> = { train: [], val: [], test: [] };
  for (const samples of digits.samples) {
    const shuffled = random.shuffle([...samples]);
    const train = Math.round(shuffled.length * SHARES.train);
    const val = Math.round(shuffled.length * (SHARES.train + SHARES.val));
    parts.train.push(shuffled.slice(0, train));
    parts.val.push(shuffled.slice(train, val));
    parts.test.push(shuffled.slice(val));
  }
  return {
    train: { samples: parts.train },
    val: { samples: parts.val },
    test: { samples: parts.test },
  };
}
