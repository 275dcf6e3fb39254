import type { Tensor4D } from '@tensorflow/tfjs';
import type { Layers } from '../layers.ts';

/** A feature map of the trunk. */
export interface FeatureLevel {
  /** Input pixels a place. */
  readonly stride: number;
  /** [batch, size/stride, size/stride, channels]. */
  readonly map: Tensor4D;
}

export interface Network {
  readonly name: string;
  /** Strides of the levels that `features` returns, fine to coarse. */
  readonly strides: readonly number[];
  /** images [batch, size, size, 3], about -1 to 1; size a multiple of the coarsest stride. */
  features(layers: Layers, images: Tensor4D): FeatureLevel[];
}
