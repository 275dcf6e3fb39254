import { SIZES } from '../../common/heads.ts';
import type { ScorePart } from '../../common/score-parts.ts';
import { BoxScorer, detectionFigures } from '../metrics/index.ts';
import type { FoundBox } from '../metrics/index.ts';
import { AREA_RANGES, IOU_THRESHOLDS } from '../metrics/matching.ts';
import { isWithin, thousandthsOf } from '../metrics/score-bins.ts';
import { suspectBoxes } from '../metrics/suspects.ts';
import type { TrainingSample } from '../samples/dataset.ts';
import type { FoundAnswer, RawPrediction, TaskScorer } from './types.ts';

/** The least probability that counts: boxes are kept from this score on. */
const LEAST = 0.01;

type Images = ReadonlySet<number> | undefined;

/** What boxes are worth by the labels of their images. */
export function boxScorer(
  predictions: readonly RawPrediction[],
  classNames: readonly string[],
  shownFrom: number,
): TaskScorer<'boxes'> {
  const scorer = new BoxScorer(
    predictions.map(({ boxes }) => boxes),
    classNames.length,
    shownFrom,
  );
  const samples = predictions.map((): TrainingSample | null => null);
  const truthsOf = (image: number): NonNullable<TrainingSample['boxes']> => samples[image]?.boxes ?? [];

  function evaluate(): ReturnType<TaskScorer<'boxes'>['evaluate']> {
    if (scorer.images === 0 || classNames.length === 0) return null;
    const { map, map50, map75, mapSmall, mapMedium, mapLarge, perClass, images } = detectionFigures(
      scorer,
      classNames,
    );
    // No class has a box to be found.
    if (map === null || map50 === null || map75 === null) return null;
    return {
      scores: () => ({
        images,
        map,
        map50,
        map75,
        meanIou: scorer.meanOverlap(),
        countedFrom: shownFrom,
        perClass: perClass.map((scores, index) => ({ ...scores, detections: scorer.detections(index) })),
        errors: scorer.errors(),
        confusion: { names: [...classNames], counts: scorer.confusion() },
        sizes: [mapSmall, mapMedium, mapLarge].map((value, index) => ({
          size: SIZES[index]!,
          map: value,
          truths: scorer.classScores().reduce((sum, { truths }) => sum + truths[index + 1]!, 0),
        })),
      }),
      score: map50,
      shareOf: null,
      figures: { map, map50, map75 },
    };
  }

  /** Negative log-likelihood of a detection as right or wrong; a box that is not found has no score that is kept. */
  function lossOf({ image, detection, truth, overlap, kind }: FoundBox): number {
    if (detection === null) return -Math.log(LEAST);
    const isRight =
      kind === null &&
      truth !== null &&
      overlap >= IOU_THRESHOLDS[0]! &&
      truthsOf(image)[truth]!.classIndex === detection.classIndex;
    return -Math.log(Math.max(LEAST, isRight ? detection.score : 1 - detection.score));
  }

  const answer = ({ image, detection, truth, overlap, kind }: FoundBox): FoundAnswer => ({
    image,
    score: detection?.score ?? null,
    overlap,
    loss: lossOf({ image, detection, truth, overlap, kind }),
    error: kind,
    box: detection,
    truth,
    imageClasses: null,
  });
  const answersOf = (found: Iterable<FoundBox>, fits: (one: FoundBox) => boolean): FoundAnswer[] => {
    const answers: FoundAnswer[] = [];
    for (const one of found) if (fits(one)) answers.push(answer(one));
    return answers;
  };
  /** Errors that are counted: detections from the score on from which the run shows boxes, and missed boxes. */
  const errors = (on: Images, fits: (one: FoundBox) => boolean): FoundAnswer[] =>
    answersOf(
      scorer.foundBoxes(on),
      (one) => one.kind !== null && (one.detection?.score ?? 1) >= shownFrom && fits(one),
    );
  const classOf = ({ image, truth }: FoundBox): number | null =>
    truth === null ? null : truthsOf(image)[truth]!.classIndex;

  /** Detections of a class from a score on that are wrong, and its boxes that none of them finds. */
  function cutOff({ classIndex, from }: Extract<ScorePart, { of: 'cutoff' }>, on: Images): FoundAnswer[] {
    const answers: FoundAnswer[] = [];
    const foundOn = predictions.map(() => new Set<number>());
    for (const one of scorer.foundBoxes(on)) {
      const { image, detection, kind, truth } = one;
      if (detection?.classIndex !== classIndex || thousandthsOf(detection.score) < from) continue;
      if (kind !== null) answers.push(answer(one));
      else foundOn[image]!.add(truth!);
    }
    for (const image of on ?? samples.keys())
      for (const [truth, box] of truthsOf(image).entries())
        if (box.classIndex === classIndex && box.crowd !== true && !foundOn[image]!.has(truth))
          answers.push(answer({ image, detection: null, truth, overlap: 0, kind: 'missed' }));
    return answers;
  }

  function find(part: ScorePart, on?: ReadonlySet<number>): FoundAnswer[] {
    switch (part.of) {
      case 'found':
        return answersOf(
          scorer.foundBoxes(on),
          ({ kind, detection }) => kind === null && detection !== null && detection.score >= shownFrom,
        );
      case 'wrong':
        return errors(on, () => true);
      case 'error':
        return errors(on, ({ kind }) => kind === part.error);
      case 'boxClass':
        return errors(
          on,
          (one) => one.detection?.classIndex === part.classIndex || classOf(one) === part.classIndex,
        );
      case 'size': {
        const [least, most] = AREA_RANGES[SIZES.indexOf(part.size) + 1]!;
        return errors(on, ({ image, truth, detection }) => {
          const { width, height } = truth === null ? detection! : truthsOf(image)[truth]!;
          return width * height >= least && width * height <= most;
        });
      }
      case 'boxes':
        return answersOf(
          scorer.confused(on),
          (one) => classOf(one) === part.truth && (one.detection?.classIndex ?? null) === part.found,
        );
      case 'falseAlarms':
        return answersOf(
          scorer.foundBoxes(on),
          ({ image, detection }) =>
            detection !== null &&
            truthsOf(image).length === 0 &&
            detection.score >= (part.from[detection.classIndex] ?? shownFrom),
        );
      case 'scores':
        return answersOf(
          scorer.foundBoxes(on),
          ({ detection }) => detection?.classIndex === part.classIndex && isWithin(detection.score, part),
        );
      case 'cutoff':
        return cutOff(part, on);
      case 'suspect':
        return part.suspect === 'misclassed'
          ? []
          : suspectBoxes(
              predictions.map(({ boxes }, image) => ({
                truths: samples[image]?.boxes ?? null,
                detections: boxes,
              })),
              part.suspect,
            )
              .filter(({ image }) => on?.has(image) ?? true)
              .map((one) => ({
                ...one,
                // A box that no label is near, or that has another: as the label stands, it is wrong.
                loss: -Math.log(Math.max(LEAST, 1 - one.box.score)),
                imageClasses: null,
              }));
      case 'imageClasses':
      case 'imageClass':
      case 'confidence':
        return [];
    }
  }

  return {
    label(image, sample) {
      samples[image] = sample;
      scorer.label(image, sample?.boxes ?? null);
    },
    evaluate,
    resampler: () => scorer.resampler(),
    figureResampler: () => {
      const sampled = scorer.figureResampler();
      return (counts) => {
        const { ap50: classes, ...figures } = sampled(counts);
        return { score: figures.map50, figures, classes };
      };
    },
    isLabelled: (image) => (samples[image]?.boxes ?? null) !== null,
    curves: () =>
      scorer.classScores().map(({ truths }, index) => ({
        points: scorer.points(index),
        truths: truths[0]!,
        images: scorer.images,
      })),
    temperature: () => null,
    calibration: () => null,
    find,
  };
}
