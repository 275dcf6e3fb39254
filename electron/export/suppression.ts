import { selectDetections } from '../learning/heads/nms.ts';
import type { ModelCard } from './types.ts';

/** Name of the output that has the boxes which suppression leaves. */
export const DETECTIONS = 'detections';
/** Numbers of a row of that output: x1, y1, x2, y2, score, index of the class. */
export const DETECTION_NUMBERS = 6;

/** Which boxes are kept. */
export interface Suppression {
  /** By class: the score from which its boxes are taken. */
  readonly minScores: readonly number[];
  readonly nmsIou: number;
  readonly maxDetections: number;
}

/** As `predict` keeps them. */
export function suppressionOf({ classes, boxes: { nmsIou, maxDetections } }: ModelCard): Suppression {
  return { minScores: classes.object.map(({ threshold }) => threshold), nmsIou, maxDetections };
}

/** How far off an overlap may be that is computed in 32 bits: on such an edge either answer is right. */
const OVERLAP_ROUNDING = 1e-6;

/**
 * Whether the rows of an image, [rows, 6], are the boxes that Twinhead keeps of the same predictions: to the bit, in the
 * same order, zeros after the last.
 * @param boxes [predictions, 4] @param scores [predictions, classes]
 */
export function keepsTheSame(
  rows: Float32Array,
  boxes: Float32Array,
  scores: Float32Array,
  { minScores, nmsIou, maxDetections }: Suppression,
): boolean {
  const minScore = Math.min(...minScores);
  return [0, OVERLAP_ROUNDING, -OVERLAP_ROUNDING].some((shift) => {
    const options = { minScore, nmsIou: nmsIou + shift, maxDetections };
    const kept = selectDetections(boxes, scores, minScores.length, options)
      .filter(({ classIndex, score }) => score >= minScores[classIndex]!)
      .flatMap(({ x1, y1, x2, y2, score, classIndex }) => [x1, y1, x2, y2, score, classIndex]);
    return kept.length <= rows.length && rows.every((value, i) => value === (kept[i] ?? 0));
  });
}
