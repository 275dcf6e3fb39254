import type { Tensor3D } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { NetworkBox } from '../../samples/network-box.ts';
import { fillSlots } from '../../assignment/slot-matching.ts';
import type { Layers } from '../../base/layers.ts';
import { floats } from '../../samples/batch-arrays.ts';
import type { BatchArrays } from '../../samples/batch-arrays.ts';
import { conditioned } from '../../multitask/sharing.ts';
import type { FeatureLevel } from '../../networks/types.ts';
import { boxes, boxOutputs, boxTargetsOf, readBoxes, summaryOfBoxes, tinyBoxes } from '../boxes.ts';
import { anyOf } from '../losses.ts';
import { slotsLayers, slotsLoss } from './layers.ts';
import type { Head, HeadContext, HeadFeatures, HeadPrediction, TargetOptions, TaskHead } from '../types.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import { help } from '../../../common/sentences/help.ts';

const weight = (fallback: number, said: Sentence) =>
  z.number().min(0).max(100).default(fallback).meta(help(said));

const settings = z
  .strictObject({
    count: z
      .int()
      .min(1)
      .max(100)
      .default(5)
      .meta(help(say('settings.slots.count'))),
    hidden: z
      .int()
      .min(16)
      .max(4096)
      .default(1024)
      .meta(help(say('settings.slots.hidden'))),
    l1Weight: weight(5, say('settings.slots.l1Weight')),
    iouWeight: weight(2, say('settings.slots.iouWeight')),
  })
  .prefault({})
  .meta(help(say('settings.slots')));
type Settings = z.infer<typeof settings>;

/** A fixed number of boxes, matched to the true ones before each step. */
export const slotsHead = {
  name: 'slots',
  task: boxes,
  group: 'slots',
  settings,
  description: say('settings.boxHead.slots'),
  check: ({ settings: { count }, inputSize }, { train }) => {
    const tooMany = train.filter((sample) => (sample.boxes?.length ?? 0) > count).length;
    const lost = say('training.boxes.overSlots', { images: tooMany, slots: count });
    return [...tinyBoxes(train, inputSize), ...(tooMany > 0 ? [lost] : [])];
  },
  create: (context) => new SlotsHead(context),
} satisfies TaskHead<'slots', 'slots', Settings>;

class SlotsHead implements Head {
  readonly name = 'slots';
  readonly task = boxes;
  readonly settings: Settings;
  /** What is left of a box at an edge would take one of few slots. */
  readonly wholeBoxesOnly = true;
  readonly outputs: Head['outputs'];
  readonly #context: HeadContext<Settings>;

  constructor(context: HeadContext<Settings>) {
    this.#context = context;
    this.settings = context.settings;
    this.outputs = boxOutputs(context.inputSize);
  }

  /** Second level of the pyramid (stride 16) of a deep trunk; the map of a shallow one as it is. */
  reads(levels: readonly FeatureLevel[]): readonly FeatureLevel[] {
    return levels.slice(1, isDeep(levels) ? 2 : 1);
  }

  predict(layers: Layers, { levels, neck, own, before }: HeadFeatures): HeadPrediction {
    const { tf, kernels } = layers;
    const { classes, inputSize } = this.#context;
    const { iouWeight, l1Weight } = this.settings;
    const level = isDeep(levels) ? neck.find(({ stride }) => stride === levels[1]!.stride)! : levels[0]!;
    const read = own(layers, 'level', level);
    const { map } = before === null ? read : conditioned(layers, before.summary(), read);
    const prediction = slotsLayers(layers, map, { ...this.settings, classes, inputSize });
    const scores = (): Tensor3D =>
      tf.mul<Tensor3D>(tf.softmax(prediction.logits), tf.expandDims(tf.sigmoid(prediction.objectness), 2));
    const outputs = () => ({ boxes: prediction.boxes, scores: scores() });
    return {
      loss: (batch) => {
        const targets = boxTargetsOf(batch);
        if (targets === null) return null;
        const labelled = anyOf(tf, targets.weight);
        const terms = slotsLoss(tf, kernels, prediction, targets, inputSize);
        const loss = tf.addN([
          terms.objectness,
          terms.class,
          terms.iou.mul(iouWeight),
          terms.l1.mul(l1Weight),
        ]);
        return { loss, terms, labelled };
      },
      outputs,
      evidence: () => tf.add(prediction.logits, tf.expandDims(prediction.objectness, 2)),
      exported: outputs,
      summary: () => summaryOfBoxes(tf, scores()),
      guesses: outputs,
    };
  }

  /** By slot; nothing outside training, where no slot is matched. */
  targets(batch: number, { training }: TargetOptions): BatchArrays {
    if (!training) return {};
    const { count } = this.settings;
    return {
      classIndex: { shape: [batch, count], data: new Int32Array(batch * count) },
      boxes: floats(batch, count, 4),
      boxWeight: floats(batch, count),
    };
  }

  fill(): void {
    // Slots get their boxes in `match`, once the network has said where it sees some.
  }

  match(
    arrays: BatchArrays,
    guesses: Readonly<Record<string, Float32Array>>,
    labelled: readonly (readonly NetworkBox[] | null)[],
  ): void {
    const { inputSize } = this.#context;
    const guess = { scores: guesses['scores']!, boxes: guesses['boxes']! };
    fillSlots(arrays, guess, labelled, inputSize, this.settings);
  }

  read(...[outputs, slot, image, options]: Parameters<Head['read']>): ReturnType<Head['read']> {
    const { classes, inputSize } = this.#context;
    const { count } = this.settings;
    return { boxes: readBoxes(outputs, slot, { anchors: count, classes, inputSize }, image, options) };
  }
}

const isDeep = (levels: readonly FeatureLevel[]): boolean => levels.length > 2;
