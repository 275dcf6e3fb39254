import type { Tensor4D } from '@tensorflow/tfjs';
import type { Layers } from '../layers.ts';
import type { FeatureLevel } from './types.ts';

/**
 * The end of the shared trunk: brings all levels to one width and adds the coarser ones to the finer ones, top down
 * (feature pyramid; Lin et al. 2017), so that fine places know their surroundings.
 */
export function pyramid(layers: Layers, levels: readonly FeatureLevel[], channels: number): FeatureLevel[] {
  const { tf } = layers;
  const result: FeatureLevel[] = [];
  let above: Tensor4D | null = null;
  for (const { stride, map } of [...levels].reverse()) {
    let merged = layers.convolutionNormRelu(`lateral${stride}`, map, { channels, kernel: 1 });
    if (above !== null) {
      const enlarged = tf.image.resizeNearestNeighbor(above, [map.shape[1], map.shape[2]]);
      merged = tf.add(merged, enlarged);
    }
    above = merged;
    result.unshift({ stride, map: merged });
  }
  return result;
}
