import type { Network } from './types.ts';
import { say } from '../../common/sentences/sentence.ts';

/**
 * The textbook network: convolutions of 64, 128 and 256 channels at full resolution, each with bias and ReLU, then
 * average pooling. Its map at stride 8 keeps the positions that the dense head needs; the slots head pools it to 6×6.
 */
export const plain: Network = {
  description: say('settings.network.plain'),
  strides: [8, 16],
  stages: 3,
  stageOf: (layer) => ['conv64', 'conv128', 'conv256'].findIndex((name) => layer.startsWith(name)) + 1,
  weights: null,
  recipe: { steps: 2300, epochs: [24, 200], batch: [4, 32], learningRate: 0.012, flip: 0, frozen: 0 },
  features(layers, images) {
    const { tf } = layers;
    let x = images;
    for (const channels of [64, 128, 256]) {
      x = layers.activate(layers.convolutionBias(`conv${channels}`, x, { channels }));
    }
    const halved = tf.avgPool(x, 2, 2, 'valid');
    const stride8 = tf.avgPool(halved, 4, 4, 'valid');
    return [
      { stride: 8, map: stride8 },
      { stride: 16, map: tf.avgPool(stride8, 2, 2, 'valid') },
    ];
  },
};
