import { z } from 'zod';
import { say } from '../../common/sentences/sentence.ts';
import { firstTasks } from './config-heads.ts';
import { help } from '../../common/sentences/help.ts';
import { AGGREGATIONS } from '../multitask/aggregation/index.ts';
import { WEIGHTINGS } from '../multitask/weighting/index.ts';

const penalty = (of: 'trunk' | 'heads') =>
  z
    .strictObject({
      l1: z
        .number()
        .min(0)
        .max(1)
        .default(0)
        .meta(help(say(`settings.regularization.${of}.l1`))),
      l2: z
        .number()
        .min(0)
        .max(1)
        .default(0)
        .meta(help(say(`settings.regularization.${of}.l2`))),
    })
    .prefault({})
    .meta(help(say(`settings.regularization.${of}`)));

/** How the heads share the network and the gradient: the settings of multitask/. */
export const multitaskSettings = {
  sharing: z
    .enum(['parallel', 'sequential', 'subnetworks', 'soft'])
    .default('parallel')
    .meta(help(say('settings.sharing'))),
  sequential: z
    .strictObject({
      first: z
        .enum(firstTasks.map(({ name }) => name))
        .default('boxes')
        .meta(
          help(
            say('settings.sequential.first', {
              tasks: { sentences: firstTasks.map(({ first }) => first) },
            }),
          ),
        ),
    })
    .prefault({})
    .meta(help(say('settings.sequential'))),
  subnetworks: z
    .strictObject({
      depth: z
        .int()
        .min(1)
        .max(4)
        .default(1)
        .meta(help(say('settings.subnetworks.depth'))),
    })
    .prefault({})
    .meta(help(say('settings.subnetworks'))),
  soft: z
    .strictObject({
      tie: z
        .number()
        .min(0)
        .max(10)
        .default(0.001)
        .meta(help(say('settings.soft.tie'))),
      crossStitch: z
        .boolean()
        .default(false)
        .meta(help(say('settings.soft.crossStitch'))),
    })
    .prefault({})
    .meta(help(say('settings.soft'))),
  weighting: z
    .enum(WEIGHTINGS)
    .default('fixed')
    .meta(help(say('settings.weighting'))),
  dwa: z
    .strictObject({
      temperature: z
        .number()
        .min(0.1)
        .max(100)
        .default(2)
        .meta(help(say('settings.dwa.temperature'))),
    })
    .prefault({})
    .meta(help(say('settings.dwa'))),
  gradnorm: z
    .strictObject({
      alpha: z
        .number()
        .min(0)
        .max(10)
        .default(1.5)
        .meta(help(say('settings.gradnorm.alpha'))),
      learningRate: z
        .number()
        .positive()
        .max(1)
        .default(0.025)
        .meta(help(say('settings.gradnorm.learningRate'))),
    })
    .prefault({})
    .meta(help(say('settings.gradnorm'))),
  stch: z
    .strictObject({
      mu: z
        .number()
        .min(0.01)
        .max(10)
        .default(0.5)
        .meta(help(say('settings.stch.mu'))),
    })
    .prefault({})
    .meta(help(say('settings.stch'))),
  famo: z
    .strictObject({
      learningRate: z
        .number()
        .positive()
        .max(1)
        .default(0.025)
        .meta(help(say('settings.famo.learningRate'))),
      decay: z
        .number()
        .min(0)
        .max(1)
        .default(0.01)
        .meta(help(say('settings.famo.decay'))),
    })
    .prefault({})
    .meta(help(say('settings.famo'))),
  aggregation: z
    .enum(AGGREGATIONS)
    .default('sum')
    .meta(help(say('settings.aggregation'))),
  cagrad: z
    .strictObject({
      c: z
        .number()
        .min(0)
        .max(0.99)
        .default(0.5)
        .meta(help(say('settings.cagrad.c'))),
    })
    .prefault({})
    .meta(help(say('settings.cagrad'))),
  regularization: z
    .strictObject({ trunk: penalty('trunk'), heads: penalty('heads') })
    .prefault({})
    .meta(help(say('settings.regularization'))),
  log: z
    .strictObject({
      gradients: z
        .int()
        .min(0)
        .max(100_000)
        .default(100)
        .meta(help(say('settings.log.gradients'))),
    })
    .prefault({})
    .meta(help(say('settings.log'))),
};
