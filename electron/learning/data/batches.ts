import type { Random } from '../../common/random.ts';
import type { NetworkBox } from '../samples/network-box.ts';
import { cropOf, drawAffine, drawColor, wholeFrame } from './augment.ts';
import type { Frame, Tile } from './augment.ts';
import { floats, namedByHead } from '../samples/batch-arrays.ts';
import type { BatchArrays } from '../samples/batch-arrays.ts';
import { mostBoxes } from '../assignment/most-boxes.ts';
import type { TrainingConfig } from '../config/schema.ts';
import { imageClassesOf, networkBoxes, networkContent } from '../samples/dataset.ts';
import type { KeptFeatures } from './feature-copies.ts';
import type { TrainingDataset, TrainingSample } from '../samples/dataset.ts';
import type { Head } from '../heads/types.ts';
import type { Model } from '../model/model.ts';
import {
  boxesOfTiles,
  classesOfTiles,
  drawMosaic,
  makesMosaics,
  MOSAIC_BLOCKS,
  mostShown,
  frameOfBlock,
  tileOfBlock,
} from './mosaic.ts';
import type { PixelFile } from '../samples/pixel-file.ts';
import { permutation, randomFrom } from '../base/random.ts';
import { drawIndices, imagesAnEpoch } from './sampling.ts';

/** Makes the inputs of training and validation steps. */
export class BatchMaker {
  readonly size: number;
  readonly stepsAnEpoch: number;
  /** Images that an epoch shows, the repeated ones counted as often as they come. */
  readonly epochLength: number;
  readonly #model: Model;
  readonly #config: TrainingConfig;
  readonly #pixels: Pick<PixelFile, 'copyRow'>;
  readonly #samples: readonly TrainingSample[];
  /** By sample: its boxes in pixels of the input, null where nobody has labelled any; and where it lies in the input. */
  readonly #boxes: readonly (readonly NetworkBox[] | null)[];
  readonly #contents: readonly Frame[];
  /** That an image to learn from can show, crowds not counted. */
  readonly #mostBoxes: number;
  readonly #training: boolean;
  readonly #pooledFeatures: Readonly<Record<string, number>>;
  readonly #repeats: readonly number[] | null;
  #arrays: BatchArrays;
  /** What each head brings, by the names that it knows: the same arrays. */
  #ofHeads: readonly { readonly head: Head; readonly arrays: BatchArrays }[] = [];
  #features: KeptFeatures | null = null;
  #boxesOfBatch: (readonly NetworkBox[] | null)[] = [];

  /**
   * @param samples of one split. Training drops the last images of an epoch that fill no batch (others in each
   * epoch); validation pads its last batch with images that count nothing.
   * @param options.size images of a batch, where it has to be the same however many samples there are
   * @param options.repeats how often an epoch shows each sample, on average (sampling.ts); not given: once
   */
  constructor(
    model: Model,
    data: TrainingDataset,
    pixels: Pick<PixelFile, 'copyRow'>,
    samples: readonly TrainingSample[],
    options: {
      readonly training: boolean;
      readonly pooledFeatures: Readonly<Record<string, number>>;
      readonly size?: number | undefined;
      readonly repeats?: readonly number[] | null | undefined;
    },
  ) {
    this.#model = model;
    this.#config = model.config;
    this.#pixels = pixels;
    this.#samples = samples;
    this.#training = options.training;
    this.#pooledFeatures = options.pooledFeatures;
    this.#repeats = options.repeats ?? null;
    this.#boxes = samples.map((sample) =>
      sample.boxes === null ? null : networkBoxes(sample, data.inputSize),
    );
    this.#mostBoxes = mostShown(this.#config, mostBoxes(this.#boxes));
    this.#contents = samples.map((sample) => networkContent(sample, data.inputSize));
    this.size = options.size ?? Math.min(this.#config.batch, samples.length);
    this.epochLength = this.#repeats === null ? samples.length : imagesAnEpoch(this.#repeats);
    const steps = this.epochLength / this.size;
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

  /** From now on batches bring features instead of images; null: images again. */
  useFeatures(features: KeptFeatures | null): void {
    this.#features = features;
    this.#arrays = this.#allocate();
  }

  /** Indices in `samples` in the order of an epoch: follows from seed and epoch alone. */
  order(epoch: number): readonly number[] {
    const random = randomFrom('order', this.#config.seed, epoch);
    return this.#repeats === null
      ? permutation(this.#samples.length, random)
      : drawIndices(this.#repeats, random);
  }

  /** The batch `index` of an epoch; same arguments, same batch. */
  make(order: readonly number[], epoch: number, index: number): BatchArrays {
    const random = randomFrom('augment', this.#config.seed, epoch, index);
    const sampleIndices = order.slice(index * this.size, (index + 1) * this.size);
    this.#boxesOfBatch = [];
    for (let slot = 0; slot < this.size; slot++) {
      if (slot < sampleIndices.length) this.#fill(slot, sampleIndices, epoch, random);
      else this.#fillTargets(slot, null, null);
    }
    if (this.#training) for (const { head, arrays } of this.#ofHeads) head.draw?.(arrays, random);
    return this.#arrays;
  }

  #allocate(): BatchArrays {
    const { inputSize, augment } = this.#config;
    const batch = this.size;
    const arrays: BatchArrays = {};
    for (const [name, shape] of this.#features?.shapes ?? []) arrays[name] = floats(batch, ...shape);
    if (this.#features === null) arrays['images'] = floats(batch, inputSize, inputSize, 3);
    if (this.#training && this.#features === null) {
      const { flip, flipVertical, scale, translate, crop, mosaic } = augment;
      const parts = mosaic > 0 ? MOSAIC_BLOCKS ** 2 : 1;
      const moves = flip + flipVertical + scale + translate + crop + mosaic > 0;
      if (moves) arrays['crops'] = floats(batch * parts, 4);
      if (mosaic > 0) arrays['cropImages'] = { shape: [batch * parts], data: new Int32Array(batch * parts) };
      if (augment.color > 0) arrays['colors'] = floats(batch, 3);
    }
    this.#ofHeads = this.#model.heads.map((head) => {
      const options = {
        training: this.#training,
        mostBoxes: this.#mostBoxes,
        pooledFeatures: this.#pooledFeatures[head.task.name] ?? 0,
      };
      return { head, arrays: head.targets(batch, options) };
    });
    for (const { head, arrays: own } of this.#ofHeads)
      Object.assign(arrays, namedByHead(own, head.task.name));
    return arrays;
  }

  /** @param sampleIndices of the batch's images; that of this slot is among them */
  #fill(slot: number, sampleIndices: readonly number[], epoch: number, random: Random): void {
    const sampleIndex = sampleIndices[slot]!;
    const sample = this.#samples[sampleIndex]!;
    const { boxes } = sample;
    const classes = imageClassesOf(sample);
    if (this.#features !== null) {
      const moved = this.#features.fill(sampleIndex, epoch, this.#arrays, slot);
      this.#fillTargets(slot, classes, boxes === null ? null : moved);
      return;
    }
    this.#fillImage(slot, sampleIndex);
    const { crops, colors } = this.#arrays;
    if (crops === undefined) {
      this.#fillTargets(slot, classes, this.#boxes[sampleIndex]!);
    } else {
      const tiles = this.#drawTiles(slot, sampleIndices, epoch, random);
      this.#fillCrops(slot, tiles);
      const classesOf = (image: number) => imageClassesOf(this.#samples[sampleIndices[image]!]!);
      const boxesOf = (image: number) => this.#boxes[sampleIndices[image]!]!;
      const wholeOnly = this.#model.heads.some(({ wholeBoxesOnly }) => wholeBoxesOnly);
      this.#fillTargets(slot, classesOfTiles(tiles, classesOf), boxesOfTiles(tiles, boxesOf, wholeOnly));
    }
    if (colors !== undefined) colors.data.set(drawColor(this.#config.augment.color, random), slot * 3);
  }

  #fillImage(slot: number, sampleIndex: number): void {
    const { inputSize } = this.#config;
    const images = this.#arrays['images']!.data as Float32Array;
    this.#pixels.copyRow(this.#samples[sampleIndex]!.row, images, slot * inputSize * inputSize * 3);
  }

  /** What the image of a slot will show: one image or a mosaic. */
  #drawTiles(slot: number, sampleIndices: readonly number[], epoch: number, random: Random): Tile[] {
    const { inputSize, augment } = this.#config;
    if (makesMosaics(this.#config, epoch) && random.next() < augment.mosaic) {
      const contents = sampleIndices.map((sampleIndex) => this.#contents[sampleIndex]!);
      return drawMosaic(augment, inputSize, slot, contents, random);
    }
    const map = drawAffine(augment, inputSize, this.#contents[sampleIndices[slot]!]!, random);
    return [{ image: slot, map, frame: wholeFrame(inputSize) }];
  }

  /** Says how the step is to resample the image of a slot. */
  #fillCrops(slot: number, tiles: readonly Tile[]): void {
    const { inputSize } = this.#config;
    const crops = this.#arrays['crops']!;
    const { cropImages } = this.#arrays;
    if (cropImages === undefined) {
      crops.data.set(cropOf(tiles[0]!.map, inputSize), slot * 4);
      return;
    }
    for (let block = 0; block < MOSAIC_BLOCKS ** 2; block++) {
      const { image, map } = tileOfBlock(tiles, block, inputSize);
      const at = slot * MOSAIC_BLOCKS ** 2 + block;
      cropImages.data[at] = image;
      crops.data.set(cropOf(map, inputSize, frameOfBlock(block, inputSize)), at * 4);
    }
  }

  #fillTargets(slot: number, classes: readonly number[] | null, boxes: readonly NetworkBox[] | null): void {
    this.#boxesOfBatch.push(boxes);
    const labels = { classes, boxes };
    for (const { head, arrays } of this.#ofHeads) head.fill(arrays, slot, labels, this.#training);
  }
}
