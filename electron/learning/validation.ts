import { fromNetwork, letterbox } from '../common/geometry.ts';
import type { BatchMaker } from './data/batches.ts';
import type { TrainingConfig } from './config/config.ts';
import { imageClassesOf } from './data/dataset.ts';
import type { TrainingDataset, TrainingSample } from './data/dataset.ts';
import { evaluateDetections, evaluateImageClasses, overallScore } from './metrics/index.ts';
import type { DetectionImage } from './metrics/index.ts';
import type { Model } from './model.ts';
import { selectDetections } from './heads/nms.ts';
import type { DetectionOptions } from './heads/nms.ts';
import type { EvaluatedBatch, Evaluator } from './training/runner.ts';

/** A box that a network finds, in pixels of the oriented image. */
export interface RawBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Place in `objectClasses`. */
  readonly classIndex: number;
  readonly score: number;
}

/** What a network says of one image. */
export interface RawPrediction {
  /** Probabilities of all image classes in their order; null without that head. */
  readonly imageClass: Float32Array | null;
  /** By falling score; empty without a box head. */
  readonly boxes: readonly RawBox[];
}

function softmax(logits: Float32Array): Float32Array {
  const highest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const exponentials = logits.map((value) => Math.exp(value - highest));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / sum);
}

const sigmoid = (logits: Float32Array): Float32Array => logits.map((value) => 1 / (1 + Math.exp(-value)));

/** Reads the prediction of one image out of a batch. */
export function predictionOf(
  model: Model,
  batch: EvaluatedBatch,
  slot: number,
  image: { readonly width: number; readonly height: number },
  options: DetectionOptions,
): RawPrediction {
  const { imageClasses, objectClasses } = model.classes;
  const { classLogits, boxes, scores } = batch;
  const places = model.places;
  const fit = letterbox(image, model.config.inputSize);
  const probabilities = model.config.imageHead.classes === 'one' ? softmax : sigmoid;
  const found =
    boxes === null || scores === null
      ? []
      : selectDetections(
          boxes.subarray(slot * places * 4, (slot + 1) * places * 4),
          scores.subarray(slot * places * objectClasses, (slot + 1) * places * objectClasses),
          objectClasses,
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
  return {
    imageClass:
      classLogits === null
        ? null
        : probabilities(classLogits.subarray(slot * imageClasses, (slot + 1) * imageClasses)),
    boxes: inImage,
  };
}

export interface ValidationResult {
  /** imageClass.accuracy, boxes.map50, boxes.map, overall; what has no head or no labels is left out. */
  readonly metrics: Record<string, number>;
  /** null where no head's loss can be computed without matching. */
  readonly loss: number | null;
  readonly terms: Record<string, number>;
}

/** Low, so that the precision-recall curve is whole. */
const LEAST_SCORE = 0.01;

/**
 * Metrics and losses of the validation split.
 * @param check is shown each batch's result before it is used, and may throw
 */
export function validate(
  model: Model,
  data: TrainingDataset,
  evaluator: Evaluator,
  batches: BatchMaker,
  order: readonly number[],
  check: (result: EvaluatedBatch) => void,
): ValidationResult {
  const { config } = model;
  const { nmsIou, maxDetections } = config.evaluation;
  const truths: (readonly number[])[] = [];
  const scores: Float32Array[] = [];
  const images: DetectionImage[] = [];
  const sums: Record<string, number> = {};
  for (let index = 0; index < batches.stepsAnEpoch; index++) {
    const result = evaluator.run(batches.make(order, 0, index));
    check(result);
    for (const [name, value] of Object.entries(result.losses)) sums[name] = (sums[name] ?? 0) + value;
    batches.samplesOf(index).forEach((sample, slot) => {
      const options = { minScore: LEAST_SCORE, nmsIou, maxDetections };
      const prediction = predictionOf(model, result, slot, sample, options);
      const classes = imageClassesOf(sample);
      if (prediction.imageClass !== null && classes !== null) {
        truths.push(classes);
        scores.push(prediction.imageClass);
      }
      if (model.hasBoxHead && sample.boxes !== null) images.push(judged(sample, prediction));
    });
  }
  const terms: Record<string, number> = {};
  for (const [name, sum] of Object.entries(sums)) terms[name] = sum / batches.stepsAnEpoch;
  return { metrics: metricsOf(data, config, truths, scores, images), loss: totalLoss(terms, config), terms };
}

function judged(sample: TrainingSample, { boxes }: RawPrediction): DetectionImage {
  return {
    truths: (sample.boxes ?? []).map((box) => ({ ...box, crowd: box.crowd ?? false })),
    detections: boxes,
  };
}

function metricsOf(
  data: TrainingDataset,
  config: TrainingConfig,
  truths: readonly (readonly number[])[],
  scores: readonly Float32Array[],
  images: readonly DetectionImage[],
): Record<string, number> {
  const metrics: Record<string, number> = {};
  const names = (classes: readonly { name: string }[]) => classes.map(({ name }) => name);
  const what =
    truths.length > 0
      ? evaluateImageClasses(
          { truths, scores, classNames: names(data.imageClasses) },
          config.imageHead.classes,
        )
      : null;
  if (what !== null) {
    metrics['imageClass.accuracy'] = what.accuracy;
    metrics['imageClass.macroF1'] = what.macroF1;
  }
  const where =
    images.length > 0 ? evaluateDetections({ images, classNames: names(data.objectClasses) }) : null;
  if (where !== null && where.map !== null && where.map50 !== null && where.map75 !== null) {
    metrics['boxes.map'] = where.map;
    metrics['boxes.map50'] = where.map50;
    metrics['boxes.map75'] = where.map75;
  }
  metrics['overall'] = overallScore(
    { imageClass: what?.score ?? null, boxes: where?.map50 ?? null },
    config.evaluation.overall,
  );
  return metrics;
}

function totalLoss(terms: Readonly<Record<string, number>>, { weights }: TrainingConfig): number | null {
  const parts = (['imageClass', 'boxes'] as const).flatMap((task) =>
    terms[task] === undefined ? [] : [terms[task] * weights[task]],
  );
  return parts.length === 0 ? null : parts.reduce((a, b) => a + b, 0);
}
