import fs from 'node:fs';
import type { Random } from '../common/random.ts';
import { TwinheadError } from '../common/errors.ts';
import type { NetworkBox } from './assign.ts';
import { cropOf, drawAffine, drawColor, transformBoxes } from './augment.ts';
import { boxTargetArrays, fillBoxTargets, mostBoxes } from './box-targets.ts';
import type { TrainingConfig } from './config.ts';
import { networkBoxes } from './dataset.ts';
import type { FeatureCache } from './feature-cache.ts';
import type { TrainingDataset, TrainingSample } from './dataset.ts';
import type { Model } from './model.ts';
import { permutation, randomFrom } from './random.ts';

/** Pixel files up to this size are kept in memory; of larger ones, what the system's page cache holds costs nothing. */
const IN_MEMORY_BYTES = 256_000_000;

/** The rows of a pixel cache: bytes [count, size, size, 3]. */
export class PixelFile {
  readonly #rowBytes: number;
  readonly #bytes: Uint8Array | null;
  readonly #descriptor: number | null;
  readonly #buffer: Uint8Array;

  /** @throws TwinheadError `not-found` or `unusable-input` where the file is not there or not of whole rows. */
  constructor(file: string, size: number) {
    this.#rowBytes = size * size * 3;
    let bytes: number;
    try {
      bytes = fs.statSync(file).size;
    } catch (error) {
      throw new TwinheadError('not-found', 'The cache of decoded images is not there.', {
        file,
        remedy: 'Start again: it is made anew.',
        cause: String(error),
      });
    }
    if (bytes % this.#rowBytes !== 0) {
      throw new TwinheadError('unusable-input', 'The cache of decoded images is damaged.', {
        file,
        remedy: 'Delete the project’s cache folder and start again.',
      });
    }
    const inMemory = bytes <= IN_MEMORY_BYTES;
    this.#bytes = inMemory ? fs.readFileSync(file) : null;
    this.#descriptor = inMemory ? null : fs.openSync(file, 'r');
    this.#buffer = new Uint8Array(inMemory ? 0 : this.#rowBytes);
  }

  /** Writes the bytes of a row, as numbers, to `target` from `offset` on. */
  copyRow(row: number, target: Float32Array, offset: number): void {
    const start = row * this.#rowBytes;
    if (this.#bytes !== null) {
      target.set(this.#bytes.subarray(start, start + this.#rowBytes), offset);
      return;
    }
    fs.readSync(this.#descriptor!, this.#buffer, 0, this.#rowBytes, start);
    target.set(this.#buffer, offset);
  }

  close(): void {
    if (this.#descriptor !== null) fs.closeSync(this.#descriptor);
  }
}

export interface BatchArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** Inputs of a step by name; the arrays are overwritten by the next batch. */
export type BatchArrays = Record<string, BatchArray>;

const floats = (...shape: number[]): { shape: number[]; data: Float32Array } => ({
  shape,
  data: new Float32Array(shape.reduce((size, side) => size * side, 1)),
});

/** Makes the inputs of training and validation steps. */
export class BatchMaker {
  readonly size: number;
  readonly stepsAnEpoch: number;
  readonly #model: Model;
  readonly #config: TrainingConfig;
  readonly #pixels: PixelFile;
  readonly #samples: readonly TrainingSample[];
  readonly #boxes: readonly (readonly NetworkBox[])[];
  /** Of an image, crowds not counted. */
  readonly #mostBoxes: number;
  readonly #training: boolean;
  readonly #pooledFeatures: number;
  #arrays: BatchArrays;
  #features: FeatureCache | null = null;
  #boxesOfBatch: (readonly NetworkBox[] | null)[] = [];

  /**
   * @param samples of one split. Training drops the last images of an epoch that fill no batch (others in each
   * epoch); validation pads its last batch with images that count nothing.
   */
  constructor(
    model: Model,
    data: TrainingDataset,
    pixels: PixelFile,
    samples: readonly TrainingSample[],
    options: { readonly training: boolean; readonly pooledFeatures: number },
  ) {
    this.#model = model;
    this.#config = model.config;
    this.#pixels = pixels;
    this.#samples = samples;
    this.#training = options.training;
    this.#pooledFeatures = options.pooledFeatures;
    this.#boxes = samples.map((sample) => networkBoxes(sample, data.inputSize));
    this.#mostBoxes = mostBoxes(this.#boxes);
    this.size = Math.min(this.#config.batch, samples.length);
    const steps = samples.length / this.size;
    this.stepsAnEpoch = options.training ? Math.floor(steps) : Math.ceil(steps);
    this.#arrays = this.#allocate();
  }

  get sampleCount(): number {
    return this.#samples.length;
  }

  /** Samples of a validation batch, without the padding. */
  samplesOf(index: number): readonly TrainingSample[] {
    return this.#samples.slice(index * this.size, (index + 1) * this.size);
  }

  /** Boxes of the last batch made, after augmentation, by image. null: not labelled. */
  get boxesOfBatch(): readonly (readonly NetworkBox[] | null)[] {
    return this.#boxesOfBatch;
  }

  /** From now on batches bring features in the place of images; null: images again. */
  useFeatures(features: FeatureCache | null): void {
    this.#features = features;
    this.#arrays = this.#allocate();
  }

  /** Places in `samples` in the order of an epoch: follows from seed and epoch alone. */
  order(epoch: number): readonly number[] {
    return permutation(this.#samples.length, randomFrom('order', this.#config.seed, epoch));
  }

  /** The batch `index` of an epoch; same arguments, same batch. */
  make(order: readonly number[], epoch: number, index: number): BatchArrays {
    const random = randomFrom('augment', this.#config.seed, epoch, index);
    this.#boxesOfBatch = [];
    for (let slot = 0; slot < this.size; slot++) {
      const place = order[index * this.size + slot];
      if (place === undefined) this.#fillPadding(slot);
      else this.#fill(slot, place, epoch, random);
    }
    const dropout = this.#arrays['dropout'];
    if (dropout !== undefined) fillDropout(dropout.data, this.#config.imageHead.dropout, random);
    return this.#arrays;
  }

  #allocate(): BatchArrays {
    const { inputSize, augment, boxHead, imageHead } = this.#config;
    const batch = this.size;
    const arrays: BatchArrays = {};
    for (const [name, shape] of this.#features?.shapes ?? []) arrays[name] = floats(batch, ...shape);
    if (this.#features === null) arrays['images'] = floats(batch, inputSize, inputSize, 3);
    if (this.#training && this.#features === null) {
      const moves = augment.flip + augment.flipVertical + augment.scale + augment.translate > 0;
      if (moves) arrays['crops'] = floats(batch, 4);
      if (augment.color > 0) arrays['colors'] = floats(batch, 3);
    }
    if (this.#model.hasImageHead) {
      arrays['imageTargets'] = floats(batch, this.#model.classes.imageClasses);
      arrays['imageMask'] = floats(batch);
      if (this.#training && imageHead.dropout > 0) arrays['dropout'] = floats(batch, this.#pooledFeatures);
    }
    if (this.#model.hasBoxHead && (boxHead === 'dense' || this.#training)) {
      Object.assign(arrays, boxTargetArrays(this.#model, batch, this.#mostBoxes));
    }
    return arrays;
  }

  #fill(slot: number, place: number, epoch: number, random: Random): void {
    const sample = this.#samples[place]!;
    this.#fillImageTarget(slot, sample.imageClass);
    const boxes =
      this.#features?.fill(place, epoch, this.#arrays, slot) ?? this.#fillImage(slot, place, random);
    this.#fillBoxTargets(slot, sample.boxes === null ? null : boxes);
  }

  /** The image, and how the step is to change it. Returns where its boxes are then. */
  #fillImage(slot: number, place: number, random: Random): readonly NetworkBox[] {
    const { row } = this.#samples[place]!;
    const { inputSize, augment } = this.#config;
    const { images, crops, colors } = this.#arrays;
    this.#pixels.copyRow(row, images!.data as Float32Array, slot * inputSize * inputSize * 3);
    let boxes = this.#boxes[place]!;
    if (crops !== undefined) {
      const map = drawAffine(augment, inputSize, random);
      crops.data.set(cropOf(map, inputSize), slot * 4);
      boxes = transformBoxes(boxes, map, inputSize);
    }
    if (colors !== undefined) colors.data.set(drawColor(augment.color, random), slot * 3);
    return boxes;
  }

  #fillPadding(slot: number): void {
    this.#fillImageTarget(slot, null);
    this.#fillBoxTargets(slot, null);
  }

  #fillImageTarget(slot: number, imageClass: number | null): void {
    const { imageTargets, imageMask } = this.#arrays;
    if (imageTargets === undefined || imageMask === undefined) return;
    const { imageClasses } = this.#model.classes;
    const smoothing = this.#training ? this.#config.imageHead.labelSmoothing : 0;
    const row = imageTargets.data.subarray(slot * imageClasses, (slot + 1) * imageClasses);
    row.fill(smoothing / imageClasses);
    if (imageClass !== null) row[imageClass]! += 1 - smoothing;
    imageMask.data[slot] = imageClass === null ? 0 : 1;
  }

  #fillBoxTargets(slot: number, boxes: readonly NetworkBox[] | null): void {
    this.#boxesOfBatch.push(boxes);
    if (this.#arrays['boxWeight'] !== undefined) fillBoxTargets(this.#model, this.#arrays, slot, boxes);
  }
}

function fillDropout(mask: Float32Array | Int32Array, rate: number, random: Random): void {
  const kept = 1 / (1 - rate);
  for (let i = 0; i < mask.length; i++) mask[i] = random.next() < rate ? 0 : kept;
}
