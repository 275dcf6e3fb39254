import type { Tensor4D } from '@tensorflow/tfjs';
import type { Layers } from '../base/layers.ts';
import type { FeatureLevel, Network } from './types.ts';
import { say } from '../../common/sentences/sentence.ts';

/** Groups of blocks: kernel side, expansion, channels, blocks, stride of the first. */
const GROUPS = [
  [3, 1, 16, 1, 1],
  [3, 6, 24, 2, 2],
  [5, 6, 40, 2, 2],
  [3, 6, 80, 3, 2],
  [5, 6, 112, 3, 1],
  [5, 6, 192, 4, 2],
  [3, 6, 320, 1, 1],
] as const;

/** The last block of each stride that heads read: their maps have 40, 112 and 320 channels. */
const LEVELS: ReadonlyMap<number, number> = new Map([
  [4, 8],
  [10, 16],
  [15, 32],
]);

/** The last block of each halving of the side, the first halving being the stem and block 0. */
const LAST_OF_STAGE = [0, 2, 4, 10, 15];

interface BlockOptions {
  readonly kernel: number;
  readonly expansion: number;
  readonly channels: number;
  readonly stride: number;
}

/**
 * Inverted residual (Sandler et al. 2018): 1×1 convolution to more channels, a depthwise one, and 1×1 back to few
 * without activation; x is added where the shapes agree.
 */
function block(layers: Layers, x: Tensor4D, { kernel, expansion, channels, stride }: BlockOptions): Tensor4D {
  const { kernels } = layers;
  let y = x;
  if (expansion > 1) {
    y = kernels.relu6(layers.convolutionNorm('expand', x, { channels: x.shape[3] * expansion, kernel: 1 }));
  }
  y = kernels.relu6(layers.depthwiseNorm('depthwise', y, { kernel, stride }));
  y = layers.convolutionNorm('project', y, { channels, kernel: 1 });
  return stride === 1 && x.shape[3] === channels ? layers.tf.add(x, y) : y;
}

/**
 * EfficientNet-Lite0 (Tan & Le 2019, without squeeze-and-excite and with ReLU6) up to its last block, with weights
 * learned on ImageNet: the trunk for photographs.
 */
export const lite0: Network = {
  description: say('settings.network.lite0'),
  strides: [...LEVELS.values()],
  stages: LAST_OF_STAGE.length,
  stageOf(layer) {
    const number = /^block(\d+)\//.exec(layer)?.[1];
    return number === undefined ? 1 : LAST_OF_STAGE.findIndex((last) => Number(number) <= last) + 1;
  },
  weights: 'lite0.safetensors',
  recipe: { steps: 600, epochs: [12, 60], batch: [8, 16], learningRate: 0.01, flip: 0.5, frozen: 2 },
  features(layers, images) {
    let x = layers.kernels.relu6(layers.convolutionNorm('stem', images, { channels: 32, stride: 2 }));
    const levels: FeatureLevel[] = [];
    let number = 0;
    for (const [kernel, expansion, channels, blocks, firstStride] of GROUPS) {
      for (let i = 0; i < blocks; i++, number++) {
        const stride = i === 0 ? firstStride : 1;
        x = block(layers.within(`block${number}`), x, { kernel, expansion, channels, stride });
        const level = LEVELS.get(number);
        if (level !== undefined) levels.push({ stride: level, map: x });
      }
    }
    return levels;
  },
};
