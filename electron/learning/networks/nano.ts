import type { Tensor4D } from '@tensorflow/tfjs';
import type { Layers } from '../base/layers.ts';
import type { Network } from './types.ts';
import { say } from '../../common/sentences/sentence.ts';

/** x + ReLU(batch norm(convolution(x))). */
function residual(layers: Layers, name: string, x: Tensor4D): Tensor4D {
  return layers.tf.add(x, layers.convolutionNormRelu(name, x, { channels: x.shape[3] }));
}

/**
 * A small trunk to be trained from scratch. Dense 3×3 convolutions throughout: on processors they are several times
 * faster for each multiply-add than depthwise ones, whose backward pass is slow.
 */
export const nano: Network = {
  description: say('settings.network.nano'),
  strides: [8, 16, 32],
  stages: 5,
  stageOf: (layer) => ['stem', 'down4', '8', '16', '32'].findIndex((part) => layer.includes(part)) + 1,
  weights: null,
  recipe: { steps: 2300, epochs: [24, 200], batch: [4, 32], learningRate: 0.012, flip: 0, frozen: 0 },
  features(layers, images) {
    let x = layers.convolutionNormRelu('stem', images, { channels: 16, stride: 2 });
    x = layers.convolutionNormRelu('down4', x, { channels: 32, stride: 2 });
    x = layers.convolutionNormRelu('down8', x, { channels: 64, stride: 2 });
    const stride8 = residual(layers, 'residual8', x);
    x = layers.convolutionNormRelu('down16', stride8, { channels: 128, stride: 2 });
    const stride16 = residual(layers, 'residual16', x);
    x = layers.convolutionNormRelu('down32', stride16, { channels: 192, stride: 2 });
    const stride32 = residual(layers, 'residual32', x);
    return [
      { stride: 8, map: stride8 },
      { stride: 16, map: stride16 },
      { stride: 32, map: stride32 },
    ];
  },
};
