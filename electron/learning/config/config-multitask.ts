import { z } from 'zod';
import { firstTasks } from './config-heads.ts';
import { AGGREGATIONS, WEIGHTINGS } from '../multitask/types.ts';

const penalty = (what: string) =>
  z
    .strictObject({
      l1: z
        .number()
        .min(0)
        .max(1)
        .default(0)
        .describe(`Factor of the sum of sizes of the kernels of ${what}.`),
      l2: z
        .number()
        .min(0)
        .max(1)
        .default(0)
        .describe(`Factor of the sum of squares of the kernels of ${what}.`),
    })
    .prefault({})
    .describe(`Penalties on the kernels of ${what}.`);

/** How the heads share the network and the gradient: the settings of multitask/. */
export const multitaskSettings = {
  sharing: z
    .enum(['parallel', 'sequential', 'subnetworks', 'soft'])
    .default('parallel')
    .describe(
      'What the heads share. parallel: one trunk, heads side by side. sequential: the second head also reads what the ' +
        'first one says. subnetworks: one trunk, then convolutions of its own for each head. soft: a trunk for each ' +
        'head, held together by a penalty on their distance. With one head only it is parallel.',
    ),
  sequential: z
    .strictObject({
      first: z
        .enum(firstTasks.map(({ name }) => name))
        .default('boxes')
        .describe(
          ['Which head speaks first.', ...firstTasks.map(({ name, first }) => `${name}: ${first}`)].join(' '),
        ),
    })
    .prefault({})
    .describe('Settings of sharing sequential.'),
  subnetworks: z
    .strictObject({
      depth: z
        .int()
        .min(1)
        .max(4)
        .default(1)
        .describe('3×3 convolutions of its own that each head gets on each level.'),
    })
    .prefault({})
    .describe('Settings of sharing subnetworks.'),
  soft: z
    .strictObject({
      tie: z
        .number()
        .min(0)
        .max(10)
        .default(0.001)
        .describe(
          'Factor of the squared distance between the weights of the two trunks. 0: they are not tied.',
        ),
      crossStitch: z
        .boolean()
        .default(false)
        .describe(
          'Cross-stitch units: each trunk gets a learned share of the feature maps of the other one.',
        ),
    })
    .prefault({})
    .describe('Settings of sharing soft.'),
  weighting: z
    .enum(WEIGHTINGS)
    .default('fixed')
    .describe(
      'How the weights of the losses move while training; they multiply those above. fixed: not at all. uncertainty: ' +
        'learned, lower for noisy tasks. dwa: higher for the task whose loss falls more slowly. gradnorm: learned, so ' +
        'that the tasks pull the trunk equally hard. Dynamic weights seldom beat fixed ones that fit the data.',
    ),
  dwa: z
    .strictObject({
      temperature: z
        .number()
        .min(0.1)
        .max(100)
        .default(2)
        .describe('The higher, the more equal the weights stay.'),
    })
    .prefault({})
    .describe('Settings of weighting dwa.'),
  gradnorm: z
    .strictObject({
      alpha: z
        .number()
        .min(0)
        .max(10)
        .default(1.5)
        .describe('How strongly the task that learns more slowly is pulled forward. 0: equal pull for all.'),
      learningRate: z.number().positive().max(1).default(0.025).describe('Step size of the weights.'),
    })
    .prefault({})
    .describe('Settings of weighting gradnorm.'),
  aggregation: z
    .enum(AGGREGATIONS)
    .default('sum')
    .describe(
      'How the gradients of the heads become one on the trunk. sum; mean: of the heads that have labels in the batch; ' +
        'pcgrad: without the parts that point against the other head; mgda: the point of least norm between the two, ' +
        'which worsens neither. The last two, like gradnorm, cost a second pass backward.',
    ),
  regularization: z
    .strictObject({ trunk: penalty('the trunk'), heads: penalty('the heads') })
    .prefault({})
    .describe('Penalties in the loss. With AdamW weight decay is the usual means against large weights.'),
  log: z
    .strictObject({
      gradients: z
        .int()
        .min(0)
        .max(100_000)
        .default(100)
        .describe(
          'Every how many steps the gradients of the heads on the trunk are compared (cosine and norms), without any ' +
            'effect on the training. Each time costs about 1.6 steps, the first about 10. 0: only where weighting or ' +
            'aggregation need them.',
        ),
    })
    .prefault({})
    .describe('What is noted beside the losses.'),
};
