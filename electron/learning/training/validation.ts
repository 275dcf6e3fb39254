import type { BatchMaker } from '../data/batches.ts';
import type { TrainingConfig } from '../config/schema.ts';
import type { TrainingDataset } from '../samples/dataset.ts';
import { ofHead } from '../samples/batch-arrays.ts';
import { overallScore } from '../metrics/index.ts';
import type { Model } from '../model/model.ts';
import type { DetectionOptions } from '../heads/nms.ts';
import { answersOf } from '../heads/answers.ts';
import { evaluateTask } from '../heads/evaluate.ts';
import type { EvaluatedSample, RawPrediction } from '../heads/types.ts';
import type { EvaluatedBatch, Evaluator } from '../model/runner.ts';

/** Reads the prediction of one image out of a batch. */
export function predictionOf(
  { heads }: Model,
  { outputs }: EvaluatedBatch,
  slot: number,
  image: { readonly width: number; readonly height: number },
  options: DetectionOptions,
): RawPrediction {
  const answers = heads.map((head) => head.read(ofHead(outputs, head.task.name), slot, image, options));
  return answersOf(...answers);
}

export interface ValidationResult {
  /** imageClass.accuracy, boxes.map50, boxes.map, overall; what has no head or no labels is left out. */
  readonly metrics: Record<string, number>;
  /** null where no head's loss can be computed without matching. */
  readonly loss: number | null;
  readonly terms: Record<string, number>;
  /** The answers to all images, in their order. */
  readonly evaluated: readonly EvaluatedSample[];
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
  const { nmsIou, maxDetections } = model.config.evaluation;
  const evaluated: EvaluatedSample[] = [];
  const sums: Record<string, number> = {};
  for (let index = 0; index < batches.stepsAnEpoch; index++) {
    const result = evaluator.run(batches.make(order, 0, index));
    check(result);
    for (const [name, value] of Object.entries(result.losses)) sums[name] = (sums[name] ?? 0) + value;
    batches.samplesOf(index).forEach((sample, slot) => {
      const options = { minScore: LEAST_SCORE, nmsIou, maxDetections };
      evaluated.push({ sample, prediction: predictionOf(model, result, slot, sample, options) });
    });
  }
  const terms: Record<string, number> = {};
  for (const [name, sum] of Object.entries(sums)) terms[name] = sum / batches.stepsAnEpoch;
  return {
    metrics: metricsOf(model, data, evaluated),
    loss: totalLoss(terms, model.config),
    terms,
    evaluated,
  };
}

/** By task and name, such as boxes.map50, with the overall score. */
export function metricsOf(
  { heads, config }: Model,
  data: Pick<TrainingDataset, 'imageClasses' | 'objectClasses'>,
  evaluated: readonly EvaluatedSample[],
): Record<string, number> {
  const metrics: Record<string, number> = {};
  const scores: Record<string, number | null> = {};
  for (const { task, settings } of heads) {
    const names = data[task.classes].map(({ name }) => name);
    const found = evaluateTask(task, evaluated, names, settings, config.evaluation.minScore);
    scores[task.name] = found?.score ?? null;
    for (const [name, value] of Object.entries(found?.figures ?? {})) metrics[`${task.name}.${name}`] = value;
  }
  const overall = overallScore(scores, config.evaluation.overall);
  if (overall !== null) metrics['overall'] = overall;
  return metrics;
}

function totalLoss(terms: Readonly<Record<string, number>>, { weights }: TrainingConfig): number | null {
  const parts = Object.entries(weights).flatMap(([task, weight]) =>
    terms[task] === undefined ? [] : [terms[task] * weight],
  );
  return parts.length === 0 ? null : parts.reduce((a, b) => a + b, 0);
}
