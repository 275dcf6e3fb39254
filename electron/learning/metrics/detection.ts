import { BoxScorer } from './box-scorer.ts';
import { meanOf } from './class-scores.ts';
import type { ClassScore, OperatingPoint } from './class-scores.ts';
import type { DetectedBox, TrueBox } from './matching.ts';

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
    /** At the overlap 0.5; null where nothing is right. */
    readonly best: OperatingPoint | null;
  }[];
}

/** A scorer of images that are labelled. @throws TwinheadError `invalid-input` */
export function scoreBoxes({ images, classNames }: DetectionInput, countedFrom: number): BoxScorer {
  const scorer = new BoxScorer(
    images.map(({ detections }) => detections),
    classNames.length,
    countedFrom,
  );
  for (const [index, { truths }] of images.entries()) scorer.label(index, truths);
  return scorer;
}

/** Boxes by COCO's rules; equal to pycocotools' COCOeval for boxes to 1e-6 (test/learning/metrics). */
export function detectionFigures(scorer: BoxScorer, classNames: readonly string[]): DetectionEvaluation {
  const scores = scorer.classScores();
  const mean = (pick: (score: ClassScore) => number | null): number | null => meanOf(scores.map(pick));
  return {
    images: scorer.images,
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
      truths: truths[0]!,
      best,
    })),
  };
}

/**
 * Evaluates boxes of images that are all labelled.
 * @throws TwinheadError `invalid-input` for a class index outside `classNames` or a number that isn't finite.
 */
export function evaluateDetections(input: DetectionInput): DetectionEvaluation {
  return detectionFigures(scoreBoxes(input, 0), input.classNames);
}
