import { expect, it } from 'vitest';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { record } from '../../electron/engine/graph/index.ts';
import { multiplyAdds } from '../../electron/export/multiply-adds.ts';
import { loadNativeEngine } from '../engine/graph/native-engine.ts';

const engine = await loadNativeEngine();

it('counts what convolutions and matrix products sum up, by their shapes', () => {
  const { tf } = engine;
  const images: Tensor4D = tf.ones([1, 8, 8, 3]);
  const recording = record(
    engine,
    ({ images: given }) => {
      const wide = tf.conv2d(given as Tensor4D, tf.ones([3, 3, 3, 4]), 2, 'same');
      const deep = tf.depthwiseConv2d(wide, tf.ones([5, 5, 4, 1]), 1, 'same');
      const pooled = tf.relu(deep).mean([1, 2]).reshape<Tensor2D>([1, 4]);
      const answer = tf.matMul<Tensor2D>(pooled, tf.ones([4, 10]));
      return { answer, turned: tf.matMul(pooled, answer, true) };
    },
    { images },
    { foldConstants: true },
  );
  // 4 × 4 places: 4 channels of 3·3·3, then 4 of 5·5; 10 of 4; 4 × 10 of 1.
  expect(multiplyAdds(recording)).toBe(16 * 4 * 27 + 16 * 4 * 25 + 10 * 4 + 40 * 1);
  images.dispose();
});
