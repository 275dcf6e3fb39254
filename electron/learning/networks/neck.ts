import type { Tensor4D } from '@tensorflow/tfjs';
import type { Layers } from '../base/layers.ts';
import type { FeatureLevel } from './types.ts';

/** Two thirds, in whole sixteens: the sums of levels need less room than what the heads read. */
const widthOfSums = (channels: number): number => Math.max(16, Math.round(channels / 24) * 16);

/**
 * Feature pyramid (Lin et al. 2017), the end of the shared trunk: brings all levels to one width, adds coarser ones to finer
 * ones from the top down, and smooths each sum with a 3×3 convolution.
 * @param read strides of the maps that a head reads: only those, and what they need, are built
 * @returns maps of `channels` channels, fine to coarse
 */
export function pyramid(
  layers: Layers,
  levels: readonly FeatureLevel[],
  channels: number,
  read: ReadonlySet<number>,
): FeatureLevel[] {
  const { tf } = layers;
  const width = widthOfSums(channels);
  const result: FeatureLevel[] = [];
  const finest = Math.min(...read);
  let above: Tensor4D | null = null;
  for (const { stride, map } of levels.filter((level) => level.stride >= finest).reverse()) {
    let sum = layers.convolutionNormRelu(`lateral${stride}`, map, { channels: width, kernel: 1 });
    if (above !== null) {
      sum = tf.add(sum, tf.image.resizeNearestNeighbor(above, [map.shape[1], map.shape[2]]));
    }
    above = sum;
    if (read.has(stride))
      result.unshift({ stride, map: layers.convolutionNormRelu(`smooth${stride}`, sum, { channels }) });
  }
  return result;
}
