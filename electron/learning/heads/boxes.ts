import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/kernels.ts';
import { fromNetwork, letterbox } from '../../common/geometry.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import type { BatchArrays } from '../samples/batch-arrays.ts';
import { networkBoxes } from '../samples/dataset.ts';
import type { TrainingSample } from '../samples/dataset.ts';
import { boxScorer } from './box-scorer.ts';
import { exampleDoubts } from './examples.ts';
import { selectDetections } from './nms.ts';
import type { DetectionOptions } from './nms.ts';
import { BOX_TOLERANCE, PROBABILITY_TOLERANCE } from './tolerances.ts';
import type { ExportedOutput, RawBox, Task } from './types.ts';
import type { NamedTensors } from '../multitask/types.ts';

/** Where things are: the task of all heads that give boxes. */
export const boxes: Task<'boxes'> = {
  name: 'boxes',
  classes: 'objectClasses',
  weight: {
    fallback: 5,
    description: say('settings.weights.boxes'),
  },
  overall: say('settings.evaluation.overall.boxes'),
  first: say('settings.sequential.first.boxes'),
  classesOf: ({ boxes: labelled }) => labelled && [...new Set(labelled.map(({ classIndex }) => classIndex))],
  learnable: (train) => train.some(({ boxes: labelled }) => (labelled?.length ?? 0) > 0),
  evaluable: (validation) => validation.some(({ boxes: labelled }) => (labelled?.length ?? 0) > 0),
  notEvaluable: say('training.boxes.notJudgeable'),
  notLearnable: say('training.boxes.notLearnable'),
  doubts(train, { objectClasses }) {
    const counts = new Array<number>(objectClasses.length).fill(0);
    for (const sample of train) for (const { classIndex } of sample.boxes ?? []) counts[classIndex]!++;
    return exampleDoubts(objectClasses, counts, 'boxes');
  },
  scorer: (predictions, classNames, _settings, shownFrom) => boxScorer(predictions, classNames, shownFrom),
};

/** Said of boxes that are hardly visible in the network's input. */
export function tinyBoxes(train: readonly TrainingSample[], inputSize: number): Sentence[] {
  let total = 0;
  let tiny = 0;
  for (const sample of train) {
    for (const { x1, y1, x2, y2 } of networkBoxes(sample, inputSize)) {
      total++;
      if (Math.max(x2 - x1, y2 - y1) < 4) tiny++;
    }
  }
  if (tiny === 0) return [];
  return [say('training.boxes.tiny', { tiny, total, inputSize: String(inputSize) })];
}

/** What every box head gives an exported model. */
export const boxOutputs = (inputSize: number): ExportedOutput[] => [
  {
    name: 'boxes',
    unit: 'pixels',
    tolerance: BOX_TOLERANCE * inputSize,
    extent: inputSize,
    description: say('export.card.output.boxes'),
  },
  {
    name: 'scores',
    unit: 'probability',
    tolerance: PROBABILITY_TOLERANCE,
    description: say('export.card.output.scores'),
  },
];

/**
 * What a box head has found, for a head that comes after it: by class, the highest score and log(1 + the sum of all
 * scores). scores [batch, anchors, classes] → [batch, 2 · classes].
 */
export function summaryOfBoxes(tf: TensorFlow, scores: Tensor3D): Tensor2D {
  return tf.concat([tf.max<Tensor2D>(scores, 1), tf.log1p(tf.sum<Tensor2D>(scores, 1))], 1);
}

/** What the predictions of a head, at anchors or slots, should say. */
export interface BoxTargets {
  /** int32 [batch, predictions]: the class, or -1 where there is no object. */
  readonly classIndex: Tensor2D;
  /** [batch, predictions, 4] corners in input pixels; anything sensible (positive area) where there is no object. */
  readonly boxes: Tensor3D;
  /** [batch, predictions]: 0 where one is ignored (crowd, image without box labels), else 1. */
  readonly weight: Tensor2D;
}

/** The targets that a batch brings; null where it brings none. */
export function boxTargetsOf(batch: NamedTensors): BoxTargets | null {
  if (batch['boxWeight'] === undefined) return null;
  return {
    classIndex: batch['classIndex'] as Tensor2D,
    boxes: batch['boxes'] as Tensor3D,
    weight: batch['boxWeight'] as Tensor2D,
  };
}

/** The part of an array that belongs to one image of the batch. */
export function partOf(arrays: BatchArrays, name: string, slot: number): Float32Array | Int32Array {
  const { data, shape } = arrays[name]!;
  const size = data.length / shape[0]!;
  return data.subarray(slot * size, (slot + 1) * size);
}

/**
 * The boxes of one image, in its pixels, by falling score.
 * @param outputs of the batch: boxes [batch, anchors, 4] in input pixels, scores [batch, anchors, classes]
 */
export function readBoxes(
  outputs: Readonly<Record<string, Float32Array>>,
  slot: number,
  {
    anchors,
    classes,
    inputSize,
  }: { readonly anchors: number; readonly classes: number; readonly inputSize: number },
  image: { readonly width: number; readonly height: number },
  options: DetectionOptions,
): RawBox[] {
  const fit = letterbox(image, inputSize);
  const found = selectDetections(
    outputs['boxes']!.subarray(slot * anchors * 4, (slot + 1) * anchors * 4),
    outputs['scores']!.subarray(slot * anchors * classes, (slot + 1) * anchors * classes),
    classes,
    options,
  );
  const inImage: RawBox[] = [];
  for (const { x1, y1, x2, y2, classIndex, score } of found) {
    const box = fromNetwork({ x: x1, y: y1, width: x2 - x1, height: y2 - y1 }, fit);
    const left = Math.max(0, box.x);
    const top = Math.max(0, box.y);
    const width = Math.min(image.width, box.x + box.width) - left;
    const height = Math.min(image.height, box.y + box.height) - top;
    if (width > 0 && height > 0) inImage.push({ x: left, y: top, width, height, classIndex, score });
  }
  return inImage;
}
