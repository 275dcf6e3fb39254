import type { Tensor2D } from '@tensorflow/tfjs';
import { z } from 'zod';
import { CLASS_PRESENT } from '../../../common/entities.ts';
import { TwinheadError } from '../../../common/errors.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Layers } from '../../base/layers.ts';
import { floats } from '../../samples/batch-arrays.ts';
import type { BatchArrays } from '../../samples/batch-arrays.ts';
import { imageClassesOf } from '../../samples/dataset.ts';
import { exampleDoubts } from '../examples.ts';
import { imageClassLayers } from './layers.ts';
import { imageClassScorer } from './scorer.ts';
import { anyOf, classBinaryCrossEntropy, classCrossEntropy } from '../losses.ts';
import { PROBABILITY_TOLERANCE } from '../tolerances.ts';
import type { Head, HeadContext, HeadFeatures, HeadPrediction, Task, TaskHead } from '../types.ts';
import { help } from '../../../common/sentences/help.ts';

const settings = z
  .strictObject({
    pooling: z
      .enum(['attention', 'average'])
      .default('attention')
      .meta(help(say('settings.imageHead.pooling'))),
    classes: z
      .enum(['one', 'several'])
      .default('one')
      .meta(help(say('settings.imageHead.classes'))),
    dropout: z
      .number()
      .min(0)
      .max(0.9)
      .default(0.1)
      .meta(help(say('settings.imageHead.dropout'))),
    labelSmoothing: z
      .number()
      .min(0)
      .max(0.5)
      .default(0.05)
      .meta(help(say('settings.imageHead.labelSmoothing'))),
  })
  .prefault({})
  .meta(help(say('settings.imageHead')));
type Settings = z.infer<typeof settings>;

const task: Task<'imageClass'> = {
  name: 'imageClass',
  classes: 'imageClasses',
  weight: {
    fallback: 1,
    description: say('settings.weights.imageClass'),
  },
  overall: say('settings.evaluation.overall.imageClass'),
  first: say('settings.sequential.first.imageClass'),
  classesOf: imageClassesOf,
  learnable: (train) => new Set(train.flatMap((sample) => imageClassesOf(sample) ?? [])).size > 1,
  evaluable: (validation) => validation.some((sample) => imageClassesOf(sample) !== null),
  notEvaluable: say('training.imageClass.notJudgeable'),
  notLearnable: say('training.imageClass.notLearnable'),
  doubts(train, { imageClasses }) {
    const counts = new Array<number>(imageClasses.length).fill(0);
    for (const sample of train) for (const index of imageClassesOf(sample) ?? []) counts[index]!++;
    return exampleDoubts(imageClasses, counts, 'imageClass');
  },
  scorer: (predictions, classNames, given) =>
    imageClassScorer(predictions, classNames, (given as Settings).classes),
};

/** What the image is: one class, or each of several by itself. */
export const imageClassHead = {
  name: 'imageClass',
  task,
  group: 'imageHead',
  settings,
  description: '',
  check({ settings: { classes } }, { all }) {
    const several = all.filter((sample) => (imageClassesOf(sample)?.length ?? 0) > 1).length;
    if (classes === 'several' || several === 0) return [];
    // What is trained to give one class can't learn from images that have several.
    throw new TwinheadError('not-trainable', say('training.severalClasses', { count: several }), {
      remedy: say('training.severalClasses.remedy'),
    });
  },
  create: (context) => new ImageClassHead(context),
} satisfies TaskHead<'imageClass', 'imageHead', Settings>;

class ImageClassHead implements Head {
  readonly name = 'imageClass';
  readonly task = task;
  readonly settings: Settings;
  readonly wholeBoxesOnly = false;
  readonly outputs: Head['outputs'];
  readonly #classes: number;
  readonly #several: boolean;

  constructor({ settings: given, classes }: HeadContext<Settings>) {
    this.settings = given;
    this.#classes = classes;
    this.#several = given.classes === 'several';
    this.outputs = [
      {
        name: 'class_probabilities',
        unit: 'probability',
        tolerance: PROBABILITY_TOLERANCE,
        description: this.#several
          ? say('export.card.output.severalClasses', { threshold: CLASS_PRESENT })
          : say('export.card.output.oneClass'),
      },
    ];
  }

  reads(levels: HeadFeatures['levels']): HeadFeatures['levels'] {
    return this.settings.pooling === 'attention' ? levels.slice(0, 1) : [];
  }

  predict(layers: Layers, { levels, neck, own, before, dropout }: HeadFeatures): HeadPrediction {
    const { tf, kernels } = layers;
    const { pooling } = this.settings;
    const found = before?.summary() ?? null;
    const fine = neck[0] ?? levels[0]!;
    const { logits, pooled } = imageClassLayers(
      layers,
      {
        fine: pooling === 'attention' ? own(layers, 'fine', fine) : fine,
        coarse: own(layers, 'coarse', levels.at(-1)!),
        found,
      },
      { classes: this.#classes, pooling, independent: this.#several },
      dropout,
    );
    const probabilities = (): Tensor2D => (this.#several ? tf.sigmoid(logits) : tf.softmax(logits));
    return {
      loss: (batch) => {
        const targets = batch['imageTargets'] as Tensor2D | undefined;
        if (targets === undefined) return null;
        const lossOf = this.#several ? classBinaryCrossEntropy : classCrossEntropy;
        const mask = batch['imageMask']!;
        const loss = lossOf(tf, kernels, logits, targets, mask);
        return { loss, terms: {}, labelled: anyOf(tf, mask) };
      },
      outputs: () => ({ classLogits: logits }),
      evidence: () => logits,
      exported: () => ({ class_probabilities: probabilities() }),
      summary: probabilities,
      pooledFeatures: pooled.shape[1],
    };
  }

  targets(
    batch: number,
    { training, pooledFeatures }: { readonly training: boolean; readonly pooledFeatures: number },
  ): BatchArrays {
    return {
      imageTargets: floats(batch, this.#classes),
      imageMask: floats(batch),
      ...(training && this.settings.dropout > 0 ? { dropout: floats(batch, pooledFeatures) } : {}),
    };
  }

  fill(
    arrays: BatchArrays,
    slot: number,
    { classes }: { readonly classes: readonly number[] | null },
    training: boolean,
  ): void {
    const smoothing = training ? this.settings.labelSmoothing : 0;
    const count = this.#classes;
    const row = arrays['imageTargets']!.data.subarray(slot * count, (slot + 1) * count);
    // Smoothing spreads over all answers: the classes, or of each class there and not there.
    row.fill(smoothing / (this.#several ? 2 : count));
    for (const index of classes ?? []) row[index]! += 1 - smoothing;
    arrays['imageMask']!.data[slot] = classes === null ? 0 : 1;
  }

  draw({ dropout }: BatchArrays, random: { next(): number }): void {
    if (dropout === undefined) return;
    const rate = this.settings.dropout;
    const kept = 1 / (1 - rate);
    for (let i = 0; i < dropout.data.length; i++) dropout.data[i] = random.next() < rate ? 0 : kept;
  }

  read(outputs: Readonly<Record<string, Float32Array>>, slot: number): { imageClass: Float32Array } {
    const ofImage = (values: Float32Array) =>
      values.subarray(slot * this.#classes, (slot + 1) * this.#classes);
    const exported = outputs['class_probabilities'];
    if (exported !== undefined) return { imageClass: ofImage(exported).slice() };
    const logits = ofImage(outputs['classLogits']!);
    return { imageClass: this.#several ? sigmoid(logits) : softmax(logits) };
  }
}

function softmax(logits: Float32Array): Float32Array {
  const highest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const exponentials = logits.map((value) => Math.exp(value - highest));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / sum);
}

const sigmoid = (logits: Float32Array): Float32Array => logits.map((value) => 1 / (1 + Math.exp(-value)));
