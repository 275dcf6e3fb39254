import type { Evaluation } from '../../common/entities.ts';
import type { ClassificationEvaluation } from './classification.ts';
import type { DetectionEvaluation } from './detection.ts';

/** Of `evaluation.overall` in the training configuration. */
export interface OverallWeights {
  readonly imageClass: number;
  readonly boxes: number;
}

/**
 * The weighted mean of the image class's score and mAP50, 0 to 1: the score that chooses the best checkpoint. A part
 * that is null (no such head, nothing to judge it by) is left out. Where every part left has the weight 0, all count
 * alike, so that there still is a best one; 0 where there is no part at all.
 */
export function overallScore(
  parts: { readonly imageClass: number | null; readonly boxes: number | null },
  weights: OverallWeights,
): number {
  const present: { value: number; weight: number }[] = [];
  if (parts.imageClass !== null) present.push({ value: parts.imageClass, weight: weights.imageClass });
  if (parts.boxes !== null) present.push({ value: parts.boxes, weight: weights.boxes });
  const total = present.reduce((sum, { weight }) => sum + weight, 0);
  if (present.length === 0) return 0;
  if (total === 0) return present.reduce((sum, { value }) => sum + value, 0) / present.length;
  return present.reduce((sum, { value, weight }) => sum + value * weight, 0) / total;
}

export interface EvaluationParts {
  readonly run: string;
  readonly split: Evaluation['split'];
  readonly dataRevision: number;
  /** Images of the split that were looked at. */
  readonly images: number;
  readonly seconds: number;
  readonly weights: OverallWeights;
  /** Null where the head does not exist. */
  readonly imageClass: ClassificationEvaluation | null;
  readonly boxes: DetectionEvaluation | null;
}

/** What services keep and return of an evaluation. Boxes are null where no class has a box to be found. */
export function toEvaluation(parts: EvaluationParts): Evaluation {
  const { run, split, dataRevision, images, seconds, weights, imageClass, boxes } = parts;
  return {
    run,
    split,
    dataRevision,
    images,
    seconds,
    overall: overallScore({ imageClass: imageClass?.score ?? null, boxes: boxes?.map50 ?? null }, weights),
    imageClass: imageClass === null ? null : describeImageClass(imageClass),
    boxes: boxes === null ? null : describeBoxes(boxes),
  };
}

function describeImageClass(judged: ClassificationEvaluation): Evaluation['imageClass'] {
  const { images, accuracy, balancedAccuracy, macroPrecision, macroRecall, macroF1, perClass, confusion } =
    judged;
  return {
    images,
    accuracy,
    balancedAccuracy,
    macroPrecision,
    macroRecall,
    macroF1,
    perClass: [...perClass],
    confusion,
  };
}

function describeBoxes({ images, map, map50, map75, perClass }: DetectionEvaluation): Evaluation['boxes'] {
  if (map === null || map50 === null || map75 === null) return null;
  return { images, map, map50, map75, perClass: [...perClass] };
}
