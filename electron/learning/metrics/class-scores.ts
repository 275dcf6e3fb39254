import { meanPrecision } from './average-precision.ts';
import { AREA_RANGES, COMBINATIONS, IOU_THRESHOLDS, OUTCOME } from './matching.ts';

const THRESHOLDS = IOU_THRESHOLDS.length;

/** What one gets by taking the detections of a class from a score on. */
export interface OperatingPoint {
  readonly score: number;
  readonly precision: number;
  readonly recall: number;
  /** 2 · precision · recall / (precision + recall) */
  readonly f1: number;
}

/** The detections of a class, most confident first. */
export interface ClassList {
  readonly scores: Float64Array;
  readonly ranks: Int32Array;
  /** See rangesOf: where a detection is wrong that overlaps no box of the class; 0: it doesn't count. */
  readonly ranges: Uint8Array;
  /** Outcomes of the others, by combination of area range and threshold: see {@link OUTCOME}. */
  readonly matched: readonly (Uint8Array | null)[];
  /** By area range: boxes that can be found. */
  readonly truths: readonly number[];
}

export interface ClassScore {
  /** By area range. */
  readonly ap: readonly (number | null)[];
  readonly recall: readonly (number | null)[];
  readonly ap50: number | null;
  readonly ap75: number | null;
  readonly recall1: number | null;
  readonly recall10: number | null;
  /** By area range. */
  readonly truths: readonly number[];
  readonly best: OperatingPoint | null;
}

export function meanOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (value === null) continue;
    sum += value;
    count++;
  }
  return count === 0 ? null : sum / count;
}

/** Outcomes at the overlap 0.5, for boxes of all sizes. */
export function outcomesOf({ ranges, matched }: ClassList): Uint8Array {
  const outcomes = new Uint8Array(ranges.length);
  for (let i = 0; i < outcomes.length; i++)
    outcomes[i] = matched[i]?.[0] ?? ((ranges[i]! & 1) === 1 ? OUTCOME.wrong : OUTCOME.ignored);
  return outcomes;
}

/** Goes through the list once: most detections overlap no box and are wrong at every threshold alike. */
export function scoreClass(list: ClassList): ClassScore {
  const { scores, ranks, ranges, matched, truths } = list;
  const right = new Int32Array(COMBINATIONS);
  const wrong = new Int32Array(COMBINATIONS);
  const wrongAlike = new Int32Array(AREA_RANGES.length);
  const within = { 1: new Int32Array(THRESHOLDS), 10: new Int32Array(THRESHOLDS) };
  const precisions = Array.from(
    right,
    (_, combination) => new Float64Array(truths[Math.floor(combination / THRESHOLDS)]!),
  );
  for (let i = 0; i < ranges.length; i++) {
    const outcomes = matched[i];
    if (outcomes === null || outcomes === undefined) {
      for (let range = 0; range < wrongAlike.length; range++) wrongAlike[range]! += (ranges[i]! >> range) & 1;
      continue;
    }
    for (let c = 0; c < COMBINATIONS; c++) {
      if (outcomes[c] === OUTCOME.wrong) wrong[c]!++;
      if (outcomes[c] !== OUTCOME.right) continue;
      right[c]!++;
      const all = right[c]! + wrong[c]! + wrongAlike[Math.floor(c / THRESHOLDS)]!;
      precisions[c]![right[c]! - 1] = right[c]! / all;
      if (c >= THRESHOLDS) continue;
      if (ranks[i]! < 1) within[1][c]!++;
      if (ranks[i]! < 10) within[10][c]!++;
    }
  }
  /** By threshold. */
  const each = (range: number, measure: (c: number) => number): (number | null)[] =>
    Array.from({ length: THRESHOLDS }, (_, t) =>
      truths[range] === 0 ? null : measure(range * THRESHOLDS + t),
    );
  const recall = (range: number, found: Int32Array): number | null =>
    meanOf(each(range, (c) => found[c]! / truths[range]!));
  const ap = AREA_RANGES.map((_, range) =>
    each(range, (c) => meanPrecision(precisions[c]!, right[c]!, truths[range]!)),
  );
  return {
    ap: ap.map(meanOf),
    recall: AREA_RANGES.map((_, range) => recall(range, right)),
    ap50: ap[0]![0]!,
    ap75: ap[0]![5]!,
    recall1: recall(0, within[1]),
    recall10: recall(0, within[10]),
    truths: [...truths],
    best: bestPoint(outcomesOf(list), scores, truths[0]!),
  };
}

/** A score at which something changes, with how many are right and wrong from there on. */
export interface ScorePoint {
  readonly score: number;
  readonly right: number;
  readonly wrong: number;
}

/** Tells of every such score, most confident first. @param outcomes, scores by falling score */
export function eachPoint(
  outcomes: Uint8Array,
  scores: Float64Array,
  tell: (score: number, right: number, wrong: number) => void,
): void {
  let right = 0;
  let wrong = 0;
  for (let i = 0; i < outcomes.length; i++) {
    if (outcomes[i] === OUTCOME.right) right++;
    else if (outcomes[i] === OUTCOME.wrong) wrong++;
    // Detections of one score come and go together.
    if (i + 1 === outcomes.length || scores[i + 1] !== scores[i]) tell(scores[i]!, right, wrong);
  }
}

/** The score from which F1 is highest; of equal ones the highest score. */
function bestPoint(outcomes: Uint8Array, scores: Float64Array, truths: number): OperatingPoint | null {
  let best: OperatingPoint | null = null;
  let most = 0;
  eachPoint(outcomes, scores, (score, right, wrong) => {
    const f1 = (2 * right) / (right + wrong + truths);
    if (right === 0 || f1 <= most) return;
    most = f1;
    best = { score, precision: right / (right + wrong), recall: right / truths, f1 };
  });
  return best;
}
