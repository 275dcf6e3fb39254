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
const MOST_CANDIDATES = 3000;

function overlap(a: Detection, b: Detection): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  const union = (a.x2 - a.x1) * (a.y2 - a.y1) + (b.x2 - b.x1) * (b.y2 - b.y1) - shared;
  return union > 0 ? shared / union : 0;
}

/**
 * Greedy class-wise non-maximum suppression.
 * @param boxes [places, 4] corners @param scores [places, classes], 0 to 1
 * @returns detections by falling score; equal scores keep the order of places.
 */
export function selectDetections(
  boxes: Float32Array,
  scores: Float32Array,
  classes: number,
  { minScore, nmsIou, maxDetections }: DetectionOptions,
): Detection[] {
  const candidates: Detection[] = [];
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    if (score < minScore || Number.isNaN(score)) continue;
    const at = Math.floor(i / classes) * 4;
    candidates.push({
      x1: boxes[at]!,
      y1: boxes[at + 1]!,
      x2: boxes[at + 2]!,
      y2: boxes[at + 3]!,
      classIndex: i % classes,
      score,
    });
  }
  candidates.sort((a, b) => b.score - a.score);
  const kept: Detection[] = [];
  const keptByClass = new Map<number, Detection[]>();
  for (const candidate of candidates.slice(0, MOST_CANDIDATES)) {
    const rivals = keptByClass.get(candidate.classIndex) ?? [];
    if (rivals.some((rival) => overlap(rival, candidate) > nmsIou)) continue;
    rivals.push(candidate);
    keptByClass.set(candidate.classIndex, rivals);
    kept.push(candidate);
    if (kept.length === maxDetections) break;
  }
  return kept;
}
