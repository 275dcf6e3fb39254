import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { averagePrecision, byFallingScore } from './average-precision.ts';
import { AREA_RANGES, IOU_THRESHOLDS, matchClass, MAX_DETECTIONS, OUTCOME } from './matching.ts';
import type { Cell, ClassMatches, DetectedBox, TrueBox } from './matching.ts';

export interface DetectionImage {
  readonly truths: readonly TrueBox[];
  /** In any order; of equal scores the earlier one goes first. */
  readonly detections: readonly DetectedBox[];
}

export interface DetectionInput {
  /** Their order decides between equal scores on different images. */
  readonly images: readonly DetectionImage[];
  readonly classNames: readonly string[];
}

/**
 * Averages over the classes that have a box to be found; null where none has (COCO writes −1). AP is the area under
 * the precision-recall curve at 101 recall points; `map` its mean over overlaps of 0.5, 0.55 … 0.95; AR the recall
 * with at most 1, 10 or 100 detections a class and image, averaged the same way. Small is up to 32² square pixels,
 * large from 96².
 */
export interface DetectionEvaluation {
  readonly images: number;
  readonly map: number | null;
  readonly map50: number | null;
  readonly map75: number | null;
  readonly mapSmall: number | null;
  readonly mapMedium: number | null;
  readonly mapLarge: number | null;
  readonly ar1: number | null;
  readonly ar10: number | null;
  readonly ar100: number | null;
  readonly arSmall: number | null;
  readonly arMedium: number | null;
  readonly arLarge: number | null;
  /** In the order of `classNames`. */
  readonly perClass: readonly {
    readonly name: string;
    readonly ap: number | null;
    readonly ap50: number | null;
    readonly ap75: number | null;
    /** Boxes to be found: crowds are not among them. */
    readonly truths: number;
    /** All that were given, also beyond the 100 an image that count. */
    readonly detections: number;
    /** At the overlap 0.5; null where nothing is right. */
    readonly best: OperatingPoint | null;
  }[];
}

/** What one gets by taking the detections of a class from a score on. */
export interface OperatingPoint {
  readonly score: number;
  readonly precision: number;
  readonly recall: number;
  /** 2 · precision · recall / (precision + recall) */
  readonly f1: number;
}

/**
 * Judges boxes by COCO's rules; equal to pycocotools' COCOeval for boxes to 1e-6 (test/learning/metrics).
 * @throws TwinheadError `invalid-input` for a class index outside `classNames` or a number that isn't finite.
 */
export function evaluateDetections({ images, classNames }: DetectionInput): DetectionEvaluation {
  const classes = groupByClass(images, classNames.length);
  const scores = classes.map(({ cells }) => scoreClass(matchClass(cells)));
  const mean = (pick: (score: ClassScore) => number | null): number | null => meanOf(scores.map(pick));
  return {
    images: images.length,
    map: mean(({ ap }) => ap[0]!),
    map50: mean(({ ap50 }) => ap50),
    map75: mean(({ ap75 }) => ap75),
    mapSmall: mean(({ ap }) => ap[1]!),
    mapMedium: mean(({ ap }) => ap[2]!),
    mapLarge: mean(({ ap }) => ap[3]!),
    ar1: mean(({ recall1 }) => recall1),
    ar10: mean(({ recall10 }) => recall10),
    ar100: mean(({ recall }) => recall[0]!),
    arSmall: mean(({ recall }) => recall[1]!),
    arMedium: mean(({ recall }) => recall[2]!),
    arLarge: mean(({ recall }) => recall[3]!),
    perClass: scores.map(({ ap, ap50, ap75, truths, best }, c) => ({
      name: classNames[c]!,
      ap: ap[0]!,
      ap50,
      ap75,
      truths,
      detections: classes[c]!.detections,
      best,
    })),
  };
}

interface ClassScore {
  /** By area range. */
  readonly ap: readonly (number | null)[];
  readonly recall: readonly (number | null)[];
  readonly ap50: number | null;
  readonly ap75: number | null;
  readonly recall1: number | null;
  readonly recall10: number | null;
  readonly truths: number;
  readonly best: OperatingPoint | null;
}

function meanOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (value === null) continue;
    sum += value;
    count++;
  }
  return count === 0 ? null : sum / count;
}

function groupByClass(
  images: readonly DetectionImage[],
  classCount: number,
): { cells: Cell[]; detections: number }[] {
  const classes = Array.from({ length: classCount }, () => ({
    cells: [] as Cell[],
    detections: 0,
    lastImage: -1,
  }));
  const check = (
    box: TrueBox | DetectedBox,
    what: 'truth' | 'detection',
    image: number,
    extra: number,
  ): void => {
    const place = say('learning.image', { image: String(image) });
    if (classes[box.classIndex] === undefined) {
      const said = say(`learning.judge.${what}.class`, { class: String(box.classIndex) });
      throw new TwinheadError('invalid-input', said, {
        place,
        remedy: say('learning.judge.class.remedy', { last: String(classCount - 1) }),
      });
    }
    if (!Number.isFinite(box.x + box.y + box.width + box.height + extra)) {
      throw new TwinheadError('invalid-input', say(`learning.judge.${what}.number`), {
        place,
        remedy: say('learning.judge.number.remedy'),
      });
    }
  };
  images.forEach(({ truths, detections }, image) => {
    const cellOf = (classIndex: number): Cell => {
      const group = classes[classIndex]!;
      if (group.lastImage !== image) {
        group.lastImage = image;
        group.cells.push({ truths: [], detections: [] });
      }
      return group.cells[group.cells.length - 1]!;
    };
    for (const truth of truths) {
      check(truth, 'truth', image, truth.area ?? 0);
      cellOf(truth.classIndex).truths.push(truth);
    }
    for (const detection of detections) {
      check(detection, 'detection', image, detection.score);
      cellOf(detection.classIndex).detections.push(detection);
      classes[detection.classIndex]!.detections++;
    }
  });
  return classes;
}

function scoreClass(matches: ClassMatches): ClassScore {
  const total = matches.scores.length;
  const order = byFallingScore(matches.scores);
  const outcomesAt = (range: number, threshold: number): Uint8Array => {
    const start = (range * IOU_THRESHOLDS.length + threshold) * total;
    return matches.outcomes.subarray(start, start + total);
  };
  const averaged = (
    range: number,
    measure: (outcomes: Uint8Array, truths: number) => number,
  ): (number | null)[] => {
    const truths = matches.truths[range]!;
    return Array.from(IOU_THRESHOLDS, (_, t) =>
      truths === 0 ? null : measure(outcomesAt(range, t), truths),
    );
  };
  const recallWithin = (range: number, most: number): number | null =>
    meanOf(averaged(range, (outcomes, truths) => recallOf(outcomes, matches.ranks, most) / truths));
  const precisions = AREA_RANGES.map((_, range) =>
    averaged(range, (outcomes, truths) => averagePrecision(outcomes, order, truths)),
  );
  return {
    ap: precisions.map(meanOf),
    recall: AREA_RANGES.map((_, range) => recallWithin(range, MAX_DETECTIONS)),
    ap50: precisions[0]![0]!,
    ap75: precisions[0]![5]!,
    recall1: recallWithin(0, 1),
    recall10: recallWithin(0, 10),
    truths: matches.truths[0]!,
    best: bestPoint(outcomesAt(0, 0), matches.scores, order, matches.truths[0]!),
  };
}

/** The score from which F1 is highest; of equal ones the highest score. */
function bestPoint(
  outcomes: Uint8Array,
  scores: Float64Array,
  order: Uint32Array,
  truths: number,
): OperatingPoint | null {
  let best: OperatingPoint | null = null;
  let right = 0;
  let wrong = 0;
  for (let i = 0; i < order.length; i++) {
    const at = order[i]!;
    if (outcomes[at] === OUTCOME.right) right++;
    else if (outcomes[at] === OUTCOME.wrong) wrong++;
    const next = order[i + 1];
    // Detections of one score come and go together.
    if (right === 0 || (next !== undefined && scores[next] === scores[at])) continue;
    const f1 = (2 * right) / (right + wrong + truths);
    if (best !== null && f1 <= best.f1) continue;
    best = { score: scores[at]!, precision: right / (right + wrong), recall: right / truths, f1 };
  }
  return best;
}

/** How many of the detections whose rank on their image is below `most` are right. */
function recallOf(outcomes: Uint8Array, ranks: Uint8Array, most: number): number {
  let right = 0;
  for (let i = 0; i < outcomes.length; i++) {
    if (outcomes[i] === OUTCOME.right && ranks[i]! < most) right++;
  }
  return right;
}
