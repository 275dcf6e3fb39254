import type { NetworkBox } from '../samples/network-box.ts';
import type { BatchArrays } from '../samples/batch-arrays.ts';

/** Features of one copy of all images of a split, and where their boxes lie in it. */
export interface Copy {
  /** By the names of a batch: [images, height · width · channels]. */
  readonly features: ReadonlyMap<string, Float32Array>;
  readonly boxes: readonly (readonly NetworkBox[])[];
}

/** Features of a frozen trunk, for batches that bring them instead of images. */
export interface KeptFeatures {
  /** [height, width, channels] of one image's features by their names. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Writes an image's features to a slot of a batch. @returns its boxes there */
  fill(index: number, epoch: number, arrays: BatchArrays, slot: number): readonly NetworkBox[];
}

/** What a frozen trunk says of several augmented copies of every image of a split. */
export class FeatureCopies implements KeptFeatures {
  /** [height, width, channels] of one image's features by their names. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly #copies: readonly Copy[];

  constructor(shapes: ReadonlyMap<string, readonly number[]>, copies: readonly Copy[]) {
    this.shapes = shapes;
    this.#copies = copies;
  }

  get copies(): number {
    return this.#copies.length;
  }

  get bytes(): number {
    let bytes = 0;
    for (const { features } of this.#copies)
      for (const { byteLength } of features.values()) bytes += byteLength;
    return bytes;
  }

  /**
   * Writes the features of an image, in the copy whose turn it is in this epoch, to its slot of a batch.
   * @param index of the image in its split
   * @returns its boxes in that copy
   */
  fill(index: number, epoch: number, arrays: BatchArrays, slot: number): readonly NetworkBox[] {
    const { features, boxes } = this.#copies[(epoch + index) % this.#copies.length]!;
    for (const [name, values] of features) {
      const size = values.length / boxes.length;
      const target = arrays[name]!.data as Float32Array;
      target.set(values.subarray(index * size, (index + 1) * size), slot * size);
    }
    return boxes[index]!;
  }
}
