import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Layers } from '../../base/layers.ts';
import { globalAverage } from '../../base/layers.ts';
import type { FeatureLevel } from '../../networks/types.ts';

/** Positions that the attention looks for at once. */
const ATTENTION_MAPS = 4;

/** What the head reads. */
export interface ImageClassFeatures {
  readonly fine: FeatureLevel;
  readonly coarse: FeatureLevel;
  /** [batch, features] of a head that comes before this one, or null. */
  readonly found: Tensor2D | null;
}

export interface ImageClassOptions {
  readonly classes: number;
  readonly pooling: 'attention' | 'average';
  /** Whether each class is decided by itself: then all start at their share 1 / classes. */
  readonly independent: boolean;
}

/**
 * Averages of a map by learned weights: a softmax over its positions for each of several attention maps, so that "the
 * largest thing" can be told from "all things". [batch, h, w, c] → [batch, maps · c].
 */
function attentionPool(layers: Layers, { map }: FeatureLevel): Tensor2D {
  const { tf } = layers;
  const [batch, height, width, channels] = map.shape;
  const positions = height * width;
  const scores = layers.convolutionBias('attention', map, { channels: ATTENTION_MAPS, kernel: 1, gain: 0.5 });
  const byMap = tf.transpose(tf.reshape(scores, [batch, positions, ATTENTION_MAPS]), [0, 2, 1]);
  const values: Tensor3D = tf.reshape(map, [batch, positions, channels]);
  return tf.reshape(tf.matMul(tf.softmax(byMap), values), [batch, ATTENTION_MAPS * channels]);
}

/**
 * Logits of the image's class, from the average of the coarsest level and, where asked for, attention over the finest, and
 * what a head before it has found.
 * @param dropout [batch, features] to multiply the pooled features with (0 or 1/(1 - rate)), null outside training.
 * @returns logits [batch, classes] and the pooled features [batch, features].
 */
export function imageClassLayers(
  layers: Layers,
  { fine, coarse, found }: ImageClassFeatures,
  options: ImageClassOptions,
  dropout: Tensor2D | null,
): { logits: Tensor2D; pooled: Tensor2D } {
  const { tf } = layers;
  const average = globalAverage(tf, coarse.map);
  const parts = [
    ...(options.pooling === 'attention' ? [attentionPool(layers, fine)] : []),
    average,
    ...(found === null ? [] : [found]),
  ];
  const pooled = parts.length === 1 ? average : tf.concat(parts, 1);
  const kept = dropout === null ? pooled : tf.mul<Tensor2D>(pooled, dropout);
  // σ(initial) = 1 / classes.
  const initial = options.independent ? -Math.log(Math.max(1, options.classes - 1)) : 0;
  return { logits: layers.dense('classifier', kept, options.classes, 0.3, initial), pooled };
}
