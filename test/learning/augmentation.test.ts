import fs from 'node:fs';
import path from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LETTERBOX_PADDING, letterbox, toNetwork } from '../../electron/common/geometry.ts';
import { createRandom } from '../../electron/common/random.ts';
import { compileFunction } from '../../electron/engine/graph/index.ts';
import type { Engine } from '../../electron/engine/index.ts';
import type { NetworkBox } from '../../electron/learning/samples/network-box.ts';
import { BatchMaker } from '../../electron/learning/data/batches.ts';
import type { BatchArrays } from '../../electron/learning/samples/batch-arrays.ts';
import { applySettings, parseTrainingConfig } from '../../electron/learning/config/config.ts';
import type { TrainingSample } from '../../electron/learning/index.ts';
import { Model } from '../../electron/learning/model/model.ts';
import { MOSAIC_BLOCKS } from '../../electron/learning/data/mosaic.ts';
import { PixelFile } from '../../electron/learning/samples/pixel-file.ts';
import {
  IMAGE_INPUTS,
  INPUT_MEAN,
  INPUT_SCALE,
  prepareImages,
} from '../../electron/learning/model/prepare-images.ts';
import { nativeEngine, temporaryFolder } from './support.ts';

const SIZE = 64;
/** Told apart whatever is mixed of them at an edge: each channel is all or nothing. */
const COLORS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 0],
];
/** One lies, one stands, two are square: letterboxed each in its way. */
const SIDES = [
  { width: 96, height: 64 },
  { width: 40, height: 64 },
  { width: 64, height: 64 },
  { width: 128, height: 128 },
];

let engine: Engine;
const folder = temporaryFolder();

beforeAll(async () => {
  engine = await nativeEngine();
});
afterAll(() => folder[Symbol.dispose]());

/** Four images, each with one rectangle of its own colour on black; its class is the image's number. */
function scene(seed: number): { samples: TrainingSample[]; pixelFile: string } {
  const random = createRandom(seed);
  const bytes = new Uint8Array(COLORS.length * SIZE * SIZE * 3).fill(LETTERBOX_PADDING);
  const samples = SIDES.map((side, row): TrainingSample => {
    const fit = letterbox(side, SIZE);
    const right = fit.padLeft + fit.contentWidth;
    const bottom = fit.padTop + fit.contentHeight;
    // In whole pixels of the input, a pixel from the image's edge: there resampling has nothing to mix with.
    const width = 8 + random.integer(fit.contentWidth - 12);
    const height = 8 + random.integer(fit.contentHeight - 12);
    const x = fit.padLeft + 1 + random.integer(fit.contentWidth - width - 2);
    const y = fit.padTop + 1 + random.integer(fit.contentHeight - height - 2);
    for (let r = fit.padTop; r < bottom; r++) {
      for (let c = fit.padLeft; c < right; c++) {
        const inside = c >= x && c < x + width && r >= y && r < y + height;
        bytes.set(inside ? COLORS[row]! : [0, 0, 0], ((row * SIZE + r) * SIZE + c) * 3);
      }
    }
    const box = {
      x: (x - fit.padLeft) / fit.scaleX,
      y: (y - fit.padTop) / fit.scaleY,
      width: width / fit.scaleX,
      height: height / fit.scaleY,
    };
    expect(toNetwork(box, fit).x).toBeCloseTo(x, 9);
    return {
      row,
      imageId: row,
      split: 'train',
      ...side,
      imageClass: row % 2,
      boxes: [{ ...box, classIndex: row }],
    };
  });
  const pixelFile = path.join(folder.path, `pixels-${seed}.bin`);
  fs.writeFileSync(pixelFile, bytes);
  return { samples, pixelFile };
}

const QUIET = ['augment.scale=0', 'augment.translate=0', 'augment.color=0', 'imageHead.dropout=0'];

function makerFor(
  settings: readonly string[],
  { samples, pixelFile }: { samples: readonly TrainingSample[]; pixelFile: string },
): BatchMaker {
  const config = applySettings(parseTrainingConfig({}), [
    `inputSize=${SIZE}`,
    'batch=4',
    'epochs=10',
    ...QUIET,
    ...settings,
  ]);
  const named = (count: number) => Array.from({ length: count }, (_, i) => ({ id: i, name: `${i}` }));
  const data = {
    imageClasses: named(2),
    objectClasses: named(COLORS.length),
    samples,
    pixelFile,
    inputSize: SIZE,
  };
  const model = new Model(config, { imageClasses: 2, objectClasses: COLORS.length });
  const pixels = new PixelFile(pixelFile, SIZE);
  return new BatchMaker(model, data, pixels, samples, { training: true, pooledFeatures: {} });
}

/** What a batch says of its images, as tensors. */
function imageInputs(batch: BatchArrays): Record<string, Tensor> {
  const inputs: Record<string, Tensor> = {};
  for (const [name, { data, shape }] of Object.entries(batch)) {
    if (IMAGE_INPUTS.includes(name)) inputs[name] = engine.tf.tensor(data, [...shape]);
  }
  return inputs;
}

/** The images of a batch as the network sees them, in bytes: [batch, size, size, 3]. */
function imagesOf(batch: BatchArrays): Float32Array {
  const { tf } = engine;
  const result = tf.tidy(() => prepareImages(tf, imageInputs(batch)).mul(INPUT_SCALE).add(INPUT_MEAN));
  const values = Float32Array.from(result.dataSync());
  result.dispose();
  return values;
}

/** What of an image is more of this colour than of anything else: its edges, between pixels; null: nothing. */
function extentOf(images: Float32Array, slot: number, color: readonly number[]) {
  const extent = { x1: SIZE, y1: SIZE, x2: 0, y2: 0 };
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const at = ((slot * SIZE + y) * SIZE + x) * 3;
      if (!color.every((value, i) => images[at + i]! > 127.5 === value > 0)) continue;
      extent.x1 = Math.min(extent.x1, x);
      extent.y1 = Math.min(extent.y1, y);
      extent.x2 = Math.max(extent.x2, x + 1);
      extent.y2 = Math.max(extent.y2, y + 1);
    }
  }
  return extent.x2 > 0 ? extent : null;
}

/** An edge lies where half of the colour is reached: a pixel more or less than half of it is in. */
const TOLERANCE = 0.5 + 1e-3;

function expectExact(images: Float32Array, slot: number, box: NetworkBox): void {
  const found = extentOf(images, slot, COLORS[box.classIndex]!);
  expect(found, `class ${box.classIndex} in image ${slot}`).not.toBeNull();
  for (const side of ['x1', 'y1', 'x2', 'y2'] as const) {
    expect(Math.abs(found![side] - box[side]), `${side}: ${found![side]} for ${box[side]}`).toBeLessThan(
      TOLERANCE,
    );
  }
}

describe('boxes follow the pixels', () => {
  it.each([
    ['mirrored', ['augment.flip=0.5', 'augment.flipVertical=0.5']],
    ['scaled and moved', ['augment.scale=0.4', 'augment.translate=0.2']],
    ['cropped', ['augment.crop=0.6']],
    ['put together of four', ['augment.mosaic=1', 'augment.flip=0.5', 'augment.flipVertical=0.5']],
    [
      'changed in every way',
      [
        'augment.mosaic=0.5',
        'augment.crop=0.4',
        'augment.scale=0.3',
        'augment.translate=0.1',
        'augment.flip=0.5',
      ],
    ],
  ])('of images that are %s, within half a pixel', (_, settings) => {
    let compared = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 7 }), (seed, epoch) => {
        const maker = makerFor([...settings, `seed=${seed}`], scene(seed));
        const images = imagesOf(maker.make(maker.order(epoch), epoch, 0));
        maker.boxesOfBatch.forEach((boxes, slot) => {
          for (const box of boxes!) {
            expectExact(images, slot, box);
            compared++;
          }
        });
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(200);
  });

  it('of images that are cropped: enlarged, never smaller, and of every part of the image', () => {
    const areas: number[] = [];
    const places = new Set<string>();
    for (let seed = 0; seed < 80; seed++) {
      const source = scene(seed);
      const maker = makerFor(['augment.crop=0.5', `seed=${seed}`], source);
      const order = maker.order(0);
      maker.make(order, 0, 0);
      maker.boxesOfBatch.forEach((boxes, slot) => {
        const { boxes: labelled, ...sample } = source.samples[order[slot]!]!;
        const fit = letterbox(sample, SIZE);
        const before = toNetwork(labelled![0]!, fit);
        for (const { x1, y1, x2, y2 } of boxes!) {
          const cut = x1 === 0 || y1 === 0 || x2 === SIZE || y2 === SIZE;
          if (!cut) areas.push(((x2 - x1) * (y2 - y1)) / (before.width * before.height));
          places.add(`${before.x > x1} ${before.y > y1}`);
        }
      });
    }
    expect(Math.min(...areas)).toBeGreaterThanOrEqual(1 - 1e-9);
    expect(Math.max(...areas)).toBeGreaterThan(2);
    expect(Math.max(...areas)).toBeLessThanOrEqual(4 + 1e-9);
    expect(places.size).toBe(4);
  });
});

/** The slots whose images block by block make up the image of a slot. */
function sourcesOf(batch: BatchArrays, slot: number): number[] {
  const blocks = MOSAIC_BLOCKS ** 2;
  return [...batch['cropImages']!.data.subarray(slot * blocks, (slot + 1) * blocks)];
}

const isMosaic = (batch: BatchArrays, slot: number): boolean => new Set(sourcesOf(batch, slot)).size > 1;

describe('mosaics', () => {
  it('are the same images compiled as operation by operation', () => {
    const maker = makerFor(['augment.mosaic=0.7', 'augment.scale=0.2', 'augment.color=0.3'], scene(9));
    const inputs = imageInputs(maker.make(maker.order(0), 0, 0));
    const compiled = compileFunction(
      engine,
      (_, batch) => ({ images: prepareImages(engine.tf, batch) }),
      {},
      inputs,
    );
    const [one, other] = [compiled.run(inputs)['images']!, prepareImages(engine.tf, inputs)];
    const difference = engine.tf.max(engine.tf.abs(one.sub(other))).dataSync()[0]!;
    expect(difference).toBeLessThan(1e-5);
    compiled.dispose();
  });

  it('are made of four different images, in about the share of images that is asked for', () => {
    const maker = makerFor(['augment.mosaic=0.5', 'augment.mosaicUntil=1', 'epochs=200'], scene(1));
    let mosaics = 0;
    for (let epoch = 0; epoch < 200; epoch++) {
      const batch = maker.make(maker.order(epoch), epoch, 0);
      for (let slot = 0; slot < 4; slot++) {
        if (!isMosaic(batch, slot)) continue;
        mosaics++;
        expect(new Set(sourcesOf(batch, slot))).toEqual(new Set([0, 1, 2, 3]));
      }
    }
    expect(mosaics / 800).toBeGreaterThan(0.43);
    expect(mosaics / 800).toBeLessThan(0.57);
  });

  it('end for the last epochs, and are not made for features that are kept', () => {
    const maker = makerFor(['augment.mosaic=1', 'augment.mosaicUntil=0.7'], scene(2));
    const mosaicsIn = (epoch: number): number => {
      const batch = maker.make(maker.order(epoch), epoch, 0);
      return [0, 1, 2, 3].filter((slot) => isMosaic(batch, slot)).length;
    };
    expect([-1, 0, 6, 7, 9].map(mosaicsIn)).toEqual([0, 4, 4, 0, 0]);
  });

  it('are the same for the same seed and place in the training, whatever was made before', () => {
    const settings = ['augment.mosaic=0.7', 'augment.crop=0.3', 'augment.flip=0.5'];
    const copy = (batch: BatchArrays) =>
      Object.fromEntries(Object.entries(batch).map(([name, { data }]) => [name, [...data]]));
    const fresh = makerFor(settings, scene(3));
    const used = makerFor(settings, scene(3));
    for (const epoch of [0, 1, 4]) used.make(used.order(epoch), epoch, 0);
    expect(copy(used.make(used.order(2), 2, 0))).toEqual(copy(fresh.make(fresh.order(2), 2, 0)));
  });

  it('have a class where all their images have the same one, else none', () => {
    const same = scene(4);
    const classed = (imageClasses: readonly (number | null)[]) => {
      const samples = same.samples.map((sample, i) => ({ ...sample, imageClass: imageClasses[i]! }));
      const maker = makerFor(['augment.mosaic=1'], { ...same, samples });
      return [...maker.make(maker.order(0), 0, 0)['imageClass.imageMask']!.data];
    };
    expect(classed([1, 1, 1, 1])).toEqual([1, 1, 1, 1]);
    expect(classed([1, 1, 0, 1])).toEqual([0, 0, 0, 0]);
    expect(classed([1, 1, null, 1])).toEqual([0, 0, 0, 0]);
  });

  it('judge nothing in the part of an image that nobody has labelled boxes on', () => {
    const { samples, pixelFile } = scene(5);
    const partly = samples.map((sample, i) => (i === 1 ? { ...sample, boxes: null } : sample));
    const maker = makerFor(['augment.mosaic=1'], { samples: partly, pixelFile });
    let unlabelled = 0;
    let background = 0;
    for (let epoch = 0; epoch < 8; epoch++) {
      const order = maker.order(epoch);
      const batch = maker.make(order, epoch, 0);
      const { grid } = new Model(applySettings(parseTrainingConfig({}), [`inputSize=${SIZE}`]), {
        imageClasses: 2,
        objectClasses: 4,
      });
      for (let slot = 0; slot < 4; slot++) {
        const sources = sourcesOf(batch, slot);
        for (let place = 0; place < grid.count; place++) {
          const at = slot * grid.count + place;
          const side = SIZE / MOSAIC_BLOCKS;
          const blocks = [-0.01, 0.01].flatMap((dy) =>
            [-0.01, 0.01].map(
              (dx) =>
                Math.floor((grid.centersY[place]! + dy) / side) * MOSAIC_BLOCKS +
                Math.floor((grid.centersX[place]! + dx) / side),
            ),
          );
          const inUnlabelled = blocks.some((block) => order[sources[block]!] === 1);
          const isBackground = batch['boxes.classIndex']!.data[at] === -1;
          if (!isBackground) continue;
          expect(batch['boxes.boxWeight']!.data[at], `place ${place} of ${slot}`).toBe(inUnlabelled ? 0 : 1);
          if (inUnlabelled) unlabelled++;
          else background++;
        }
      }
    }
    expect(unlabelled).toBeGreaterThan(100);
    expect(background).toBeGreaterThan(100);
  });

  it('do not train the slots head where a part is not labelled: it cannot mask a place', () => {
    const { samples, pixelFile } = scene(6);
    const partly = samples.map((sample, i) => (i === 1 ? { ...sample, boxes: null } : sample));
    const maker = makerFor(['augment.mosaic=1', 'boxHead=slots'], { samples: partly, pixelFile });
    maker.make(maker.order(0), 0, 0);
    expect(maker.boxesOfBatch).toEqual([null, null, null, null]);
    const whole = makerFor(['augment.mosaic=1', 'boxHead=slots'], { samples, pixelFile });
    whole.make(whole.order(0), 0, 0);
    expect(whole.boxesOfBatch.every((boxes) => boxes !== null)).toBe(true);
  });
});
