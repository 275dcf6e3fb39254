import type { Tensor3D } from '@tensorflow/tfjs';
import { z } from 'zod';
import { countOutbid, fillTruths } from '../../assignment/aligned-truths.ts';
import { checkAlignmentMemory } from '../../assignment/alignment-memory.ts';
import { assignAnchors, countUnreachable } from '../../assignment/assign.ts';
import { mostBoxes } from '../../assignment/most-boxes.ts';
import type { Layers } from '../../base/layers.ts';
import { floats } from '../../samples/batch-arrays.ts';
import type { BatchArrays } from '../../samples/batch-arrays.ts';
import { networkBoxes } from '../../samples/dataset.ts';
import { conditioned } from '../../multitask/sharing.ts';
import type { FeatureLevel } from '../../networks/types.ts';
import { boxes, boxOutputs, boxTargetsOf, partOf, readBoxes, summaryOfBoxes, tinyBoxes } from '../boxes.ts';
import { denseLayers, denseLoss } from './layers.ts';
import type { DenseTargets } from './layers.ts';
import { anyOf } from '../losses.ts';
import { alignedTargets } from './task-aligned.ts';
import type {
  Head,
  HeadContext,
  HeadData,
  HeadFeatures,
  HeadLabels,
  HeadPrediction,
  TargetOptions,
  TaskHead,
} from '../types.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import { help } from '../../../common/sentences/help.ts';

const settings = z
  .strictObject({
    depth: z
      .int()
      .min(0)
      .max(4)
      .default(0)
      .meta(help(say('settings.dense.depth'))),
    anchorScale: z
      .number()
      .min(1)
      .max(16)
      .default(5)
      .meta(help(say('settings.dense.anchorScale'))),
    candidates: z
      .int()
      .min(1)
      .max(25)
      .default(9)
      .meta(help(say('settings.dense.candidates'))),
    assignment: z
      .enum(['atss', 'taskAligned'])
      .default('atss')
      .meta(help(say('settings.dense.assignment'))),
    taskAligned: z
      .strictObject({
        alpha: z
          .number()
          .min(0)
          .max(10)
          .default(1)
          .meta(help(say('settings.dense.taskAligned.alpha'))),
        beta: z
          .number()
          .min(0)
          .max(20)
          .default(6)
          .meta(help(say('settings.dense.taskAligned.beta'))),
        candidates: z
          .int()
          .min(1)
          .max(50)
          .default(13)
          .meta(help(say('settings.dense.taskAligned.candidates'))),
      })
      .prefault({})
      .meta(help(say('settings.dense.taskAligned'))),
    overlap: z
      .enum(['giou', 'ciou'])
      .default('giou')
      .meta(help(say('settings.dense.overlap'))),
    iouWeight: z
      .number()
      .min(0)
      .max(100)
      .default(2)
      .meta(help(say('settings.dense.iouWeight'))),
  })
  .prefault({})
  .meta(help(say('settings.dense')));
type Settings = z.infer<typeof settings>;

/** One prediction an anchor of the feature maps. */
export const denseHead = {
  name: 'dense',
  task: boxes,
  group: 'dense',
  settings,
  description: say('settings.boxHead.dense'),
  check: (context, data) => {
    const { assignment } = context.settings;
    const { grid, inputSize } = context;
    if (assignment === 'taskAligned') {
      checkAlignmentMemory({
        boxes: data.room(mostBoxes(data.used.map((sample) => sample.boxes))),
        images: Math.min(data.batch, data.used.length),
        anchors: grid.count,
        inputSize,
        setting: 'dense.assignment',
      });
    }
    return [...unreachableBoxes(context, data), ...tinyBoxes(data.train, inputSize)];
  },
  create: (context) => new DenseHead(context),
} satisfies TaskHead<'dense', 'dense', Settings>;

function unreachableBoxes(
  { settings: dense, grid, inputSize }: HeadContext<Settings>,
  { train }: HeadData,
): Sentence[] {
  const finest = grid.levels[0]!.stride;
  let small = 0;
  let unreachable = 0;
  let total = 0;
  for (const sample of train) {
    const found = networkBoxes(sample, inputSize);
    const smallHere = found.filter(({ x1, y1, x2, y2 }) => Math.max(x2 - x1, y2 - y1) < finest).length;
    small += smallHere;
    total += found.length;
    if (smallHere === 0) continue;
    unreachable +=
      dense.assignment === 'atss' ? countUnreachable(grid, found, dense) : countOutbid(grid, found);
  }
  if (unreachable === 0) return [];
  return [
    say('training.boxes.unreachable', {
      small,
      total,
      stride: finest,
      inputSize: String(inputSize),
      unreachable,
    }),
  ];
}

class DenseHead implements Head {
  readonly name = 'dense';
  readonly task = boxes;
  readonly settings: Settings;
  readonly wholeBoxesOnly = false;
  readonly outputs: Head['outputs'];
  readonly #context: HeadContext<Settings>;

  constructor(context: HeadContext<Settings>) {
    this.#context = context;
    this.settings = context.settings;
    this.outputs = boxOutputs(context.inputSize);
  }

  /** Whether boxes get their anchors while the network runs. */
  get #inGraph(): boolean {
    return this.settings.assignment === 'taskAligned';
  }

  reads(levels: readonly FeatureLevel[]): readonly FeatureLevel[] {
    return levels;
  }

  predict(layers: Layers, { neck, own, before }: HeadFeatures): HeadPrediction {
    const { tf, kernels } = layers;
    const { grid, classes } = this.#context;
    const { depth, taskAligned, overlap, iouWeight } = this.settings;
    const condition = before?.summary() ?? null;
    const levels = neck.map((level) => {
      const read = own(layers, 'level', level);
      return condition === null ? read : conditioned(layers, condition, read);
    });
    const prediction = denseLayers(layers, levels, grid, { classes, depth });
    const scores = (): Tensor3D => tf.sigmoid(prediction.logits);
    const outputs = () => ({ boxes: prediction.boxes, scores: scores() });
    return {
      loss: (batch) => {
        const targets = boxTargetsOf(batch);
        if (targets === null) return null;
        const labelled = anyOf(tf, targets.weight);
        const assigned = (): DenseTargets => {
          const truths = { ...targets, regions: batch['regions'] as Tensor3D };
          return alignedTargets(tf, kernels, prediction, truths, grid, taskAligned);
        };
        const terms = denseLoss(tf, kernels, prediction, this.#inGraph ? assigned() : targets, overlap);
        return { loss: terms.class.add(terms.iou.mul(iouWeight)), terms, labelled };
      },
      outputs,
      evidence: () => prediction.logits,
      exported: outputs,
      summary: () => summaryOfBoxes(tf, scores()),
    };
  }

  /**
   * `classIndex`, `boxes` and `boxWeight` by anchor; where boxes get their anchors while the network runs, the first two
   * by true box, and `regions` (see aligned-truths.ts).
   */
  targets(batch: number, { mostBoxes: most }: TargetOptions): BatchArrays {
    const anchors = this.#context.grid.count;
    const rows = this.#inGraph ? Math.max(1, most) : anchors;
    return {
      classIndex: { shape: [batch, rows], data: new Int32Array(batch * rows) },
      boxes: floats(batch, rows, 4),
      boxWeight: floats(batch, anchors),
      ...(this.#inGraph ? { regions: floats(batch, rows, 4) } : {}),
    };
  }

  fill(arrays: BatchArrays, slot: number, { boxes: labelled }: HeadLabels): void {
    const { grid } = this.#context;
    const classIndex = partOf(arrays, 'classIndex', slot) as Int32Array;
    const corners = partOf(arrays, 'boxes', slot) as Float32Array;
    const weight = partOf(arrays, 'boxWeight', slot) as Float32Array;
    if (this.#inGraph) {
      const regions = partOf(arrays, 'regions', slot) as Float32Array;
      fillTruths(grid, labelled, { truths: corners, regions, classIndex, weight });
      return;
    }
    assignAnchors(grid, labelled ?? [], this.settings, classIndex, corners, weight);
    if (labelled === null) weight.fill(0);
  }

  read(...[outputs, slot, image, options]: Parameters<Head['read']>): ReturnType<Head['read']> {
    const { grid, classes, inputSize } = this.#context;
    return { boxes: readBoxes(outputs, slot, { anchors: grid.count, classes, inputSize }, image, options) };
  }
}
