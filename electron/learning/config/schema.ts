import { z } from 'zod';
import { say } from '../../common/sentences/sentence.ts';
import type { Said, Sentence } from '../../common/sentences/sentence.ts';
import { networkNames, networks } from '../networks/index.ts';
import { byTask, headSettings } from './config-heads.ts';
import { help } from '../../common/sentences/help.ts';
import { multitaskSettings } from './config-multitask.ts';

const ratio = (said: Sentence, fallback: number, highest = 1) =>
  z.number().min(0).max(highest).default(fallback).meta(help(said));
const weight = (said: Said, fallback: number) =>
  z.number().min(0).max(100).default(fallback).meta(help(said));

/**
 * Every dial of a training run, with its range, default, unit and meaning: the one source of the command line's
 * checks, of the interface's advanced panel and of what a run records.
 */
export const TrainingConfig = z.strictObject({
  network: z
    .enum(networkNames)
    .default('nano')
    .meta(
      help(
        say('settings.network', {
          networks: { sentences: networkNames.map((name) => networks[name].description) },
        }),
      ),
    ),
  pretrained: z
    .boolean()
    .default(true)
    .meta(help(say('settings.pretrained'))),
  freeze: z
    .strictObject({
      epochs: z
        .int()
        .min(0)
        .max(10_000)
        .default(2)
        .meta(help(say('settings.freeze.epochs'))),
      stages: z
        .int()
        .min(0)
        .max(5)
        .default(0)
        .meta(help(say('settings.freeze.stages'))),
      variants: z
        .int()
        .min(0)
        .max(64)
        .default(8)
        .meta(help(say('settings.freeze.variants'))),
      statistics: z
        .enum(['auto', 'keep', 'batch'])
        .default('auto')
        .meta(help(say('settings.freeze.statistics'))),
    })
    .prefault({})
    .meta(help(say('settings.freeze'))),
  inputSize: z
    .int()
    .multipleOf(32)
    .min(32)
    .max(1024)
    .default(128)
    .meta(help(say('settings.inputSize'))),
  neckChannels: z
    .int()
    .min(16)
    .max(256)
    .default(96)
    .meta(help(say('settings.neckChannels'))),
  ...headSettings,
  batch: z
    .int()
    .min(1)
    .max(512)
    .default(32)
    .meta(help(say('settings.batch'))),
  epochs: z
    .int()
    .min(1)
    .max(10_000)
    .default(30)
    .meta(help(say('settings.epochs'))),
  precision: z
    .enum(['auto', 'float32', 'mixed'])
    .default('auto')
    .meta(help(say('settings.precision'))),
  activation: z
    .enum(['relu', 'selu'])
    .default('relu')
    .meta(help(say('settings.activation'))),
  batchNorm: z
    .boolean()
    .default(true)
    .meta(help(say('settings.batchNorm'))),
  optimizer: z
    .strictObject({
      method: z
        .enum(['adamw', 'sgd'])
        .default('adamw')
        .meta(help(say('settings.optimizer.method'))),
      learningRate: z
        .number()
        .positive()
        .max(1)
        .default(0.012)
        .meta(help(say('settings.optimizer.learningRate'))),
      momentum: z
        .number()
        .min(0)
        .max(0.999)
        .default(0.9)
        .meta(help(say('settings.optimizer.momentum'))),
      nesterov: z
        .boolean()
        .default(false)
        .meta(help(say('settings.optimizer.nesterov'))),
      weightDecay: z
        .number()
        .min(0)
        .max(1)
        .default(0.02)
        .meta(help(say('settings.optimizer.weightDecay'))),
      pretrainedMultiplier: z
        .number()
        .min(0)
        .max(10)
        .default(0.1)
        .meta(help(say('settings.optimizer.pretrainedMultiplier'))),
      trunkMultiplier: z
        .number()
        .min(0)
        .max(10)
        .default(1)
        .meta(help(say('settings.optimizer.trunkMultiplier'))),
      clipNorm: z
        .number()
        .min(0)
        .max(1000)
        .default(10)
        .meta(help(say('settings.optimizer.clipNorm'))),
    })
    .prefault({})
    .meta(help(say('settings.optimizer'))),
  schedule: z
    .strictObject({
      shape: z
        .enum(['cosine', 'constant', 'step'])
        .default('cosine')
        .meta(help(say('settings.schedule.shape'))),
      warmupEpochs: z
        .number()
        .min(0)
        .max(100)
        .default(1)
        .meta(help(say('settings.schedule.warmupEpochs'))),
      floor: ratio(say('settings.schedule.floor'), 0.02),
      stepEpochs: z
        .int()
        .min(1)
        .max(10_000)
        .default(10)
        .meta(help(say('settings.schedule.stepEpochs'))),
      stepFactor: ratio(say('settings.schedule.stepFactor'), 0.3),
      restart: z
        .int()
        .min(0)
        .max(10_000)
        .default(0)
        .meta(help(say('settings.schedule.restart'))),
    })
    .prefault({})
    .meta(help(say('settings.schedule'))),
  ema: z
    .number()
    .min(0)
    .max(0.99999)
    .default(0.998)
    .meta(help(say('settings.ema'))),
  earlyStopping: z
    .strictObject({
      patience: z
        .int()
        .min(0)
        .max(10_000)
        .default(15)
        .meta(help(say('settings.earlyStopping.patience'))),
    })
    .prefault({})
    .meta(help(say('settings.earlyStopping'))),
  weights: z
    .strictObject(byTask(({ weight: { fallback, description } }) => weight(description, fallback)))
    .prefault({})
    .meta(help(say('settings.weights'))),
  ...multitaskSettings,
  augment: z
    .strictObject({
      flip: ratio(say('settings.augment.flip'), 0),
      flipVertical: ratio(say('settings.augment.flipVertical'), 0),
      scale: z
        .number()
        .min(0)
        .max(0.9)
        .default(0.2)
        .meta(help(say('settings.augment.scale'))),
      translate: z
        .number()
        .min(0)
        .max(0.9)
        .default(0.1)
        .meta(help(say('settings.augment.translate'))),
      crop: z
        .number()
        .min(0)
        .max(0.9)
        .default(0)
        .meta(help(say('settings.augment.crop'))),
      mosaic: ratio(say('settings.augment.mosaic'), 0),
      mosaicUntil: ratio(say('settings.augment.mosaicUntil'), 0.8),
      color: ratio(say('settings.augment.color'), 0.3),
    })
    .prefault({})
    .meta(help(say('settings.augment'))),
  sampling: z
    .strictObject({
      balance: ratio(say('settings.sampling.balance'), 0),
    })
    .prefault({})
    .meta(help(say('settings.sampling'))),
  evaluation: z
    .strictObject({
      overall: z
        .strictObject(byTask(({ overall }) => weight(overall, 1)))
        .prefault({})
        .meta(help(say('settings.evaluation.overall'))),
      minScore: ratio(say('settings.evaluation.minScore'), 0.05),
      nmsIou: ratio(say('settings.evaluation.nmsIou'), 0.6),
      maxDetections: z
        .int()
        .min(1)
        .max(1000)
        .default(300)
        .meta(help(say('settings.evaluation.maxDetections'))),
    })
    .prefault({})
    .meta(help(say('settings.evaluation'))),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1)
    .meta(help(say('settings.seed'))),
});
export type TrainingConfig = z.infer<typeof TrainingConfig>;
