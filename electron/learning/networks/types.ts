import type { Tensor4D } from '@tensorflow/tfjs';
import type { Layers } from '../base/layers.ts';
import type { Said } from '../../common/sentences/sentence.ts';

/** A feature map of the trunk. */
export interface FeatureLevel {
  /** Input pixels per position of the map. */
  readonly stride: number;
  /** [batch, size/stride, size/stride, channels]. */
  readonly map: Tensor4D;
}

/** What is proposed with a trunk. */
export interface Recipe {
  readonly steps: number;
  readonly epochs: readonly [fewest: number, most: number];
  readonly batch: readonly [smallest: number, largest: number];
  readonly learningRate: number;
  /** Share of images that are mirrored. */
  readonly flip: number;
  /** Stages of the trunk that never move. */
  readonly frozen: number;
}

export interface Network {
  /** What it is good for, in a sentence for people who choose one. */
  readonly description: Said;
  /** Strides of the levels that `features` returns, fine to coarse. */
  readonly strides: readonly number[];
  /** Parts of the trunk from the image on, counted from 1; each begins where the side is halved (or at a convolution). */
  readonly stages: number;
  /** The stage that a layer, named as `features` names it, belongs to. */
  stageOf(layer: string): number;
  /** File of pretrained weights in resources/networks; null: there are none. */
  readonly weights: string | null;
  /** What reached most on blood cells and on digit scenes (docs/networks.md). */
  readonly recipe: Recipe;
  /** images [batch, size, size, 3], about -1 to 1; size a multiple of the coarsest stride. */
  features(layers: Layers, images: Tensor4D): FeatureLevel[];
}
