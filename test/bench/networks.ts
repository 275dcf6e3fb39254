import type { Rank, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Layers } from '../../electron/learning/base/layers.ts';
import { globalAverage } from '../../electron/learning/base/layers.ts';
import { lite0 as lite0Trunk } from '../../electron/learning/networks/lite0.ts';
import type { NamedTensors, TaskLoss } from '../../electron/learning/model/step.ts';

/** A network that the peers' scripts build too, made of the learning core's layers. */
export interface ReferenceNetwork {
  readonly batch: number;
  /** Side of the square input. */
  readonly size: number;
  /** Images [batch, size, size, 3] to its outputs. */
  readonly outputs: (layers: Layers, images: Tensor4D) => Record<string, Tensor2D>;
  /** Losses by task of a batch with `images`, `classTargets` [batch, 10] and `boxTargets` [batch, 20]. */
  readonly losses: (layers: Layers, batch: NamedTensors) => Record<string, TaskLoss>;
}

export const CLASSES = 10;
export const BOX_OUTPUTS = 20;

function classLoss({ tf, kernels }: Layers, logits: Tensor2D, batch: NamedTensors): TaskLoss {
  const loss: Tensor = tf.mean(kernels.softmaxCrossEntropy(logits, batch['classTargets'] as Tensor2D));
  return { loss, terms: {} };
}

function smallOutputs(layers: Layers, images: Tensor4D): { classes: Tensor2D } {
  let x = images;
  for (const channels of [32, 64, 128]) {
    x = layers.tf.maxPool(
      layers.convolutionNormRelu(`trunk/conv${channels}`, x, { channels }),
      2,
      2,
      'valid',
    );
  }
  return { classes: layers.dense('imageClass/logits', globalAverage(layers.tf, x), CLASSES) };
}

function plainOutputs(layers: Layers, images: Tensor4D): { classes: Tensor2D; boxes: Tensor2D } {
  const { tf, kernels } = layers;
  let x = images;
  for (const channels of [64, 128, 256]) {
    x = kernels.relu(layers.convolutionBias(`trunk/conv${channels}`, x, { channels }));
  }
  const pooled = tf.avgPool(tf.avgPool(x, 2, 2, 'valid'), 4, 4, 'valid');
  const features = tf.reshape<Rank.R2>(pooled, [pooled.shape[0], pooled.size / pooled.shape[0]]);
  const hidden = kernels.relu(layers.dense('boxes/hidden', features, 1024));
  return {
    classes: layers.dense('imageClass/logits', features, CLASSES),
    boxes: layers.dense('boxes/coordinates', hidden, BOX_OUTPUTS),
  };
}

const small: ReferenceNetwork = {
  batch: 64,
  size: 64,
  outputs: smallOutputs,
  losses: (layers, batch) => ({
    imageClass: classLoss(layers, smallOutputs(layers, batch['images'] as Tensor4D).classes, batch),
  }),
};

const plain: ReferenceNetwork = {
  batch: 32,
  size: 48,
  outputs: plainOutputs,
  losses: (layers, batch) => {
    const { classes, boxes } = plainOutputs(layers, batch['images'] as Tensor4D);
    const error: Tensor = layers.tf.mean(layers.tf.square(boxes.sub(batch['boxTargets']!)));
    return { imageClass: classLoss(layers, classes, batch), boxes: { loss: error, terms: {} } };
  },
};

function lite0Outputs(layers: Layers, images: Tensor4D): { classes: Tensor2D } {
  const last = lite0Trunk.features(layers.within('trunk'), images).at(-1)!.map;
  const head = layers.convolutionNorm('trunk/head', last, { channels: 1280, kernel: 1 });
  const features = globalAverage(layers.tf, layers.kernels.relu6(head));
  return { classes: layers.dense('imageClass/logits', features, CLASSES) };
}

const lite0: ReferenceNetwork = {
  batch: 16,
  size: 224,
  outputs: lite0Outputs,
  losses: (layers, batch) => ({
    imageClass: classLoss(layers, lite0Outputs(layers, batch['images'] as Tensor4D).classes, batch),
  }),
};

export const referenceNetworks = { small, plain, lite0 } as const;
