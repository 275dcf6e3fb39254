import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Layers } from '../layers.ts';
import { globalAverage } from '../layers.ts';
import type { FeatureLevel } from '../networks/types.ts';

/** Places that the attention looks for at once. */
const ATTENTION_MAPS = 4;

export interface ImageClassOptions {
  readonly classes: number;
  readonly pooling: 'attention' | 'average';
}

/**
 * Averages of a map by learned weights: a softmax over its places for each of several attention maps, so that "the
 * largest thing" can be told from "all things". [batch, h, w, c] → [batch, maps · c].
 */
function attentionPool(layers: Layers, level: FeatureLevel): Tensor2D {
  const { tf } = layers;
  const [batch, height, width, channels] = level.map.shape;
  const places = height * width;
  const scores = layers.convolutionBias('attention', level.map, {
    channels: ATTENTION_MAPS,
    kernel: 1,
    gain: 0.5,
  });
  const byMap = tf.transpose(tf.reshape(scores, [batch, places, ATTENTION_MAPS]), [0, 2, 1]);
  const values: Tensor3D = tf.reshape(level.map, [batch, places, channels]);
  return tf.reshape(tf.matMul(tf.softmax(byMap), values), [batch, ATTENTION_MAPS * channels]);
}

/**
 * Logits of the image's class.
 * @param dropout [batch, features] to multiply the pooled features with (0 or 1/(1 - rate)), null outside training.
 * @returns logits [batch, classes] and the pooled features [batch, features].
 */
export function imageClassHead(
  layers: Layers,
  levels: readonly FeatureLevel[],
  options: ImageClassOptions,
  dropout: Tensor2D | null,
): { logits: Tensor2D; pooled: Tensor2D } {
  const { tf } = layers;
  const coarsest = levels.at(-1)!;
  const average = globalAverage(tf, coarsest.map);
  const attended = options.pooling === 'attention' ? attentionPool(layers, levels.at(-2) ?? coarsest) : null;
  const pooled = attended === null ? average : tf.concat([attended, average], 1);
  const kept = dropout === null ? pooled : tf.mul<Tensor2D>(pooled, dropout);
  return { logits: layers.dense('classifier', kept, options.classes, 0.3), pooled };
}
