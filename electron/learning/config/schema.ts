import { z } from 'zod';
import { networkNames, networks } from '../networks/index.ts';
import { byTask, headSettings } from './config-heads.ts';
import { multitaskSettings } from './config-multitask.ts';

const ratio = (description: string, fallback: number, highest = 1) =>
  z.number().min(0).max(highest).default(fallback).describe(description);
const weight = (description: string, fallback: number) =>
  z.number().min(0).max(100).default(fallback).describe(description);

/**
 * Every dial of a training run, with its range, default, unit and meaning: the one source of the command line's
 * checks, of the interface's advanced panel and of what a run records.
 */
export const TrainingConfig = z.strictObject({
  network: z
    .enum(networkNames)
    .default('nano')
    .describe(
      ['The shared trunk.', ...networkNames.map((name) => `${name}: ${networks[name].description}`)].join(
        ' ',
      ),
    ),
  pretrained: z
    .boolean()
    .default(true)
    .describe('Start from the weights learned on ImageNet where the network has such (lite0).'),
  freeze: z
    .strictObject({
      epochs: z
        .int()
        .min(0)
        .max(10_000)
        .default(2)
        .describe(
          'Epochs at the beginning in which a pretrained trunk does not move and only the pyramid and the heads learn.',
        ),
      stages: z
        .int()
        .min(0)
        .max(5)
        .default(0)
        .describe(
          'Stages of the trunk, counted from the image, that never move. 5 (plain: 3) is all of it: then its features ' +
            'are computed once and training takes a fraction of the time.',
        ),
      variants: z
        .int()
        .min(0)
        .max(64)
        .default(8)
        .describe(
          'Augmented copies of each image whose features are kept while the whole trunk is frozen. 0: none are kept.',
        ),
      statistics: z
        .enum(['auto', 'keep', 'batch'])
        .default('auto')
        .describe(
          'Statistics of the trunk’s batch norm. keep: those that it has; batch: those of the batch. auto: those that ' +
            'a pretrained trunk has where batches are under 32 images, else those of the batch.',
        ),
    })
    .prefault({})
    .describe('What of the trunk stays as it is, and for how long.'),
  inputSize: z
    .int()
    .multipleOf(32)
    .min(32)
    .max(1024)
    .default(128)
    .describe('Side of the square that images are fitted into, in pixels, a multiple of 32.'),
  neckChannels: z
    .int()
    .min(16)
    .max(256)
    .default(96)
    .describe('Width of the feature pyramid at the end of the trunk, which all heads read.'),
  ...headSettings,
  batch: z.int().min(1).max(512).default(32).describe('Images a training step.'),
  epochs: z.int().min(1).max(10_000).default(30).describe('Passes over the training images.'),
  precision: z
    .enum(['auto', 'float32', 'mixed'])
    .default('auto')
    .describe(
      'What convolutions compute with while training. mixed: bfloat16, half the memory and up to twice as fast where ' +
        'the device knows it, with the same result in practice; auto: that where it is faster. Models are float32.',
    ),
  activation: z
    .enum(['relu', 'selu'])
    .default('relu')
    .describe(
      'What follows each convolution, where the network does not bring its own. relu: max(x, 0). selu: keeps signals ' +
        'at the same size by itself, for networks without batch norm.',
    ),
  batchNorm: z
    .boolean()
    .default(true)
    .describe(
      'Batch norm after convolutions, where the network has it. Without it training is slower and wants lower learning ' +
        'rates, but does not depend on the batch.',
    ),
  optimizer: z
    .strictObject({
      method: z
        .enum(['adamw', 'sgd'])
        .default('adamw')
        .describe(
          'adamw: steps of a size that each weight finds for itself. sgd: plain steps, with momentum.',
        ),
      learningRate: z
        .number()
        .positive()
        .max(1)
        .default(0.012)
        .describe('Step size at its highest, after the warm-up.'),
      momentum: z
        .number()
        .min(0)
        .max(0.999)
        .default(0.9)
        .describe('Of sgd: the share of the last step that goes on. 0: none.'),
      nesterov: z.boolean().default(false).describe('Of sgd: looks ahead along the momentum (Nesterov).'),
      weightDecay: z
        .number()
        .min(0)
        .max(1)
        .default(0.02)
        .describe('Shrinks kernels by rate × this at every step; biases and batch norm are left alone.'),
      pretrainedMultiplier: z
        .number()
        .min(0)
        .max(10)
        .default(0.1)
        .describe('Learning rate of pretrained weights relative to that of the others.'),
      trunkMultiplier: z
        .number()
        .min(0)
        .max(10)
        .default(1)
        .describe('Learning rate of the trunk relative to that of the heads. 0 freezes it.'),
      clipNorm: z
        .number()
        .min(0)
        .max(1000)
        .default(10)
        .describe('The norm of all gradients together is cut to this. 0: never.'),
    })
    .prefault({})
    .describe('How weights move.'),
  schedule: z
    .strictObject({
      shape: z
        .enum(['cosine', 'constant', 'step'])
        .default('cosine')
        .describe(
          'After the warm-up. cosine: falls to the floor along a cosine. constant: stays. step: is multiplied by ' +
            'stepFactor every stepEpochs.',
        ),
      warmupEpochs: z
        .number()
        .min(0)
        .max(100)
        .default(1)
        .describe('The learning rate rises linearly over this many epochs.'),
      floor: ratio('Of shape cosine: falls to this share of its height.', 0.02),
      stepEpochs: z.int().min(1).max(10_000).default(10).describe('Of shape step: epochs between two steps.'),
      stepFactor: ratio('Of shape step: what the learning rate is multiplied by.', 0.3),
    })
    .prefault({})
    .describe('How the learning rate moves.'),
  ema: z
    .number()
    .min(0)
    .max(0.99999)
    .default(0.998)
    .describe(
      'Decay a step of the running average of the weights, which is what is evaluated and exported. 0: off.',
    ),
  earlyStopping: z
    .strictObject({
      patience: z
        .int()
        .min(0)
        .max(10_000)
        .default(15)
        .describe('Stop after this many epochs without a better validation score. 0: never.'),
    })
    .prefault({})
    .describe('When to stop by itself.'),
  weights: z
    .strictObject(byTask(({ weight: { fallback, description } }) => weight(description, fallback)))
    .prefault({})
    .describe('What counts how much while training.'),
  ...multitaskSettings,
  augment: z
    .strictObject({
      flip: ratio(
        'Share of the images mirrored left to right. Leave at 0 where mirroring changes the class.',
        0,
      ),
      flipVertical: ratio('Share of the images mirrored top to bottom.', 0),
      scale: z.number().min(0).max(0.9).default(0.2).describe('Images are scaled by up to 1 ± this.'),
      translate: z
        .number()
        .min(0)
        .max(0.9)
        .default(0.1)
        .describe('Images are moved by up to this share of their side.'),
      crop: z
        .number()
        .min(0)
        .max(0.9)
        .default(0)
        .describe(
          'Up to this share of an image’s width and height is cut away and the rest enlarged, stretched by up to 4:3.',
        ),
      mosaic: ratio(
        'Share of the images that are put together of parts of four of the batch, scaled to between half and all of ' +
          'their size. A mosaic teaches the image class only where all four have the same one.',
        0,
      ),
      mosaicUntil: ratio('Share of the epochs after which no mosaics are made any more.', 0.8),
      color: ratio('Strength of changes of brightness, contrast and saturation.', 0.3),
    })
    .prefault({})
    .describe('Random changes of the training images. Boxes follow exactly.'),
  sampling: z
    .strictObject({
      balance: ratio(
        'Images of rare classes are repeated in an epoch, the more often the rarer: √(this / share of the training ' +
          'images with the class), where that is over 1. 0: every image comes once.',
        0,
      ),
    })
    .prefault({})
    .describe('Which images an epoch shows.'),
  evaluation: z
    .strictObject({
      overall: z
        .strictObject(byTask(({ overall }) => weight(overall, 1)))
        .prefault({})
        .describe('The score that chooses the best checkpoint.'),
      minScore: ratio('Boxes with less confidence are dropped.', 0.05),
      nmsIou: ratio('Of boxes of one class that overlap more than this, the most confident stays.', 0.6),
      maxDetections: z.int().min(1).max(1000).default(300).describe('At most this many boxes an image.'),
    })
    .prefault({})
    .describe('How predictions are read.'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1)
    .describe('Starts every random choice: the same seed, data and CPU give the same model.'),
});
export type TrainingConfig = z.infer<typeof TrainingConfig>;
