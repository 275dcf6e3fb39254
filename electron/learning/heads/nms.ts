/** A box that a network gives, in input pixels. */
export interface Detection {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly classIndex: number;
  readonly score: number;
}

export interface DetectionOptions {
  readonly minScore: number;
  readonly nmsIou: number;
  readonly maxDetections: number;
}

/** More boxes than this of one image are not looked at; the most confident are. */
export const MOST_CANDIDATES = 3000;

/** Whether two boxes of [predictions, 4], each named by the index of its first number, overlap by more than `iou`. */
function overlaps(boxes: Float32Array, a: number, b: number, iou: number): boolean {
  const width = Math.min(boxes[a + 2]!, boxes[b + 2]!) - Math.max(boxes[a]!, boxes[b]!);
  const height = Math.min(boxes[a + 3]!, boxes[b + 3]!) - Math.max(boxes[a + 1]!, boxes[b + 1]!);
  if (width <= 0 || height <= 0) return false;
  const shared = width * height;
  const area = (at: number) => (boxes[at + 2]! - boxes[at]!) * (boxes[at + 3]! - boxes[at + 1]!);
  return shared > iou * (area(a) + area(b) - shared);
}

/**
 * Greedy class-wise non-maximum suppression.
 * @param boxes [predictions, 4] corners @param scores [predictions, classes], 0 to 1
 * @returns detections by falling score; equal scores keep the order of predictions.
 */
export function selectDetections(
  boxes: Float32Array,
  scores: Float32Array,
  classes: number,
  { minScore, nmsIou, maxDetections }: DetectionOptions,
): Detection[] {
  const candidates: number[] = [];
  for (let i = 0; i < scores.length; i++) if (scores[i]! >= minScore) candidates.push(i);
  candidates.sort((a, b) => scores[b]! - scores[a]! || a - b);
  candidates.length = Math.min(candidates.length, MOST_CANDIDATES);
  const kept: Detection[] = [];
  /** By class, where the boxes that stay begin. */
  const rivals: number[][] = Array.from({ length: classes }, () => []);
  for (const i of candidates) {
    if (kept.length === maxDetections) break;
    const at = Math.floor(i / classes) * 4;
    const classIndex = i % classes;
    const ofClass = rivals[classIndex]!;
    if (ofClass.some((rival) => overlaps(boxes, rival, at, nmsIou))) continue;
    ofClass.push(at);
    kept.push({
      x1: boxes[at]!,
      y1: boxes[at + 1]!,
      x2: boxes[at + 2]!,
      y2: boxes[at + 3]!,
      classIndex,
      score: scores[i]!,
    });
  }
  return kept;
}
