import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRandom } from '../../electron/common/random.ts';
import { findEngine, loadEngine } from '../../electron/engine/index.ts';
import type { Engine, EngineChoice } from '../../electron/engine/index.ts';
import type { NetworkBox } from '../../electron/learning/samples/network-box.ts';
import type { ModelShape } from '../../electron/learning/base/parameters.ts';
import type { TrainingDataset, TrainingSample } from '../../electron/learning/index.ts';

/** TensorFlow's native engine: set-up guarantees it, so its absence fails the tests. */
export function nativeChoice(): EngineChoice {
  return findEngine({ forced: 'cpu' });
}

let loaded: Promise<Engine> | null = null;

/** One a thread: the same engine for all tests of a file. */
export function nativeEngine(): Promise<Engine> {
  loaded ??= loadEngine(nativeChoice());
  return loaded;
}

/** The most that rounding to float32 changes a number by, relative to it. */
export const FLOAT32_ROUNDING = 2 ** -24;

/**
 * How far losses and gradients of one batch may be apart, relative to their size, when two programs add up the same
 * products in another order: a sum of n terms is out by about √n roundings, and each layer's errors are handed on, there
 * and back. As much comes from weights that are half a unit of float32 off; what is wrong by its formula is not so close.
 * @param terms of the longest sum
 */
export function roundingOf(shape: ModelShape, terms: number): number {
  const layers = shape.parameters.filter(({ name }) => name.endsWith('/kernel')).length;
  return 2 * layers * Math.sqrt(terms) * FLOAT32_ROUNDING;
}

/** A folder that `dispose` removes. */
export function temporaryFolder(): { path: string; [Symbol.dispose]: () => void } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'twinhead-learning-'));
  return { path: folder, [Symbol.dispose]: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

const SHADES = [
  [230, 40, 40],
  [40, 60, 230],
];

/**
 * Images of one or two coloured squares on grey: the object class is the colour, the image class that of the larger
 * square. Written as a pixel file into the folder.
 */
export function squaresDataset(folder: string, train: number, val: number, inputSize = 64): TrainingDataset {
  const random = createRandom(7);
  const count = train + val;
  const bytes = new Uint8Array(count * inputSize * inputSize * 3);
  const samples: TrainingSample[] = [];
  for (let row = 0; row < count; row++) {
    const image = bytes.subarray(row * inputSize * inputSize * 3, (row + 1) * inputSize * inputSize * 3);
    for (let i = 0; i < image.length; i++) image[i] = 100 + random.integer(40);
    const largest = random.integer(2);
    const sides = [22 + random.integer(8), 12 + random.integer(5)];
    const boxes = (random.next() < 0.5 ? [0] : [0, 1]).map((index) => {
      const side = sides[index]!;
      const x = random.integer(inputSize - side);
      // One in the upper, one in the lower half, so that neither hides the other.
      const y = index === 0 ? random.integer(4) : inputSize - side;
      const classIndex = index === 0 ? largest : 1 - largest;
      return { x, y, width: side, height: side, classIndex };
    });
    for (const { x, y, width, height, classIndex } of boxes) {
      for (let r = y; r < y + height; r++) {
        for (let c = x; c < x + width; c++) image.set(SHADES[classIndex]!, (r * inputSize + c) * 3);
      }
    }
    samples.push({
      row,
      imageId: row + 1,
      split: row < train ? 'train' : 'val',
      width: inputSize,
      height: inputSize,
      imageClass: largest,
      boxes,
    });
  }
  const pixelFile = path.join(folder, 'pixels.bin');
  fs.writeFileSync(pixelFile, bytes);
  const classes = ['red', 'blue'];
  return {
    imageClasses: classes.map((name, i) => ({ id: i + 1, name })),
    objectClasses: classes.map((name, i) => ({ id: i + 11, name })),
    samples,
    pixelFile,
    inputSize,
  };
}

/** A true box in pixels of the network's input. */
export const networkBox = (
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  classIndex = 0,
  crowd = false,
): NetworkBox => ({
  x1,
  y1,
  x2,
  y2,
  classIndex,
  crowd,
});
