import type { Interval } from '../../common/entities.ts';
import { createRandom } from '../../common/random.ts';

/** How often each image is in a sample, by its index. */
export type ImageCounts = Uint16Array;

/**
 * Draws samples of as many images, with replacement, for the bootstrap (Efron 1979). The array is used again for the
 * next sample.
 * @param images indices to draw from
 * @param total number of images that have an index
 */
export function* drawSamples(
  images: readonly number[],
  total: number,
  { samples, seed }: { readonly samples: number; readonly seed: number },
): Generator<ImageCounts> {
  const random = createRandom(seed);
  const counts = new Uint16Array(total);
  for (let sample = 0; sample < samples; sample++) {
    counts.fill(0);
    for (let draw = 0; draw < images.length; draw++) counts[images[random.integer(images.length)]!]!++;
    yield counts;
  }
}

/** The middle 95 % of a figure over all samples (percentile method); null where most samples have no such figure. */
export function middleOf(values: readonly (number | null)[]): Interval | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0 || known.length < values.length / 2) return null;
  const at = (share: number): number => known[Math.min(known.length - 1, Math.floor(share * known.length))]!;
  return { low: at(0.025), high: at(0.975) };
}
