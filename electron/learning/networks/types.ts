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
  /** Parts of the trunk from the image on, counted from 1; each begins where the side is halved (or at a convolution). */
  readonly stages: number;
  /** The stage that a layer, named as `features` names it, belongs to. */
  stageOf(layer: string): number;
  /** File of pretrained weights in resources/networks; null: there are none. */
  readonly weights: string | null;
  /** images [batch, size, size, 3], about -1 to 1; size a multiple of the coarsest stride. */
  features(layers: Layers, images: Tensor4D): FeatureLevel[];
}
