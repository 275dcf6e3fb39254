import type { KeptFeatures } from '../data/feature-copies.ts';
import type { FeatureCopies } from '../data/feature-copies.ts';

interface KeptImage {
  readonly copies: FeatureCopies;
  /** Index of the image among those whose features were computed together. */
  readonly index: number;
}

/** Features of a frozen trunk by image: some are added, others forgotten, as labels come. */
export class ImageFeatures {
  readonly #images = new Map<number, KeptImage>();

  add(imageIds: readonly number[], copies: FeatureCopies): void {
    for (const [index, id] of imageIds.entries()) this.#images.set(id, { copies, index });
  }

  /** Drops all images but these. */
  keepOnly(imageIds: ReadonlySet<number>): void {
    for (const id of this.#images.keys()) if (!imageIds.has(id)) this.#images.delete(id);
  }

  has(imageId: number): boolean {
    return this.#images.has(imageId);
  }

  /** For batches of these images, each of which is known. */
  of(imageIds: readonly number[]): KeptFeatures {
    const images = imageIds.map((id) => this.#images.get(id)!);
    return {
      shapes: images[0]!.copies.shapes,
      fill(index, epoch, arrays, slot) {
        const { copies, index: own } = images[index]!;
        return copies.fill(own, epoch, arrays, slot);
      },
    };
  }
}
