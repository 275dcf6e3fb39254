import { CLASS_PRESENT } from '../../../common/entities.ts';
import type { Calibration } from '../../../common/entities.ts';
import type { ScorePart } from '../../../common/score-parts.ts';
import {
  calibrationBinOf,
  calibrationBins,
  calibrationError,
  fitTemperature,
  withTemperature,
} from '../../metrics/calibration.ts';
import type { Answered } from '../../metrics/calibration.ts';
import type { ImageCounts } from '../../metrics/bootstrap.ts';
import { suspectLabels } from '../../metrics/class-suspects.ts';
import { indexOfLargest } from '../../metrics/classification.ts';
import { evaluateImageClasses } from '../../metrics/index.ts';
import { imageClassesOf } from '../../samples/dataset.ts';
import type { FoundAnswer, RawPrediction, TaskScorer } from '../types.ts';

/** What image classes are worth by those that the images are labelled with. */
export function imageClassScorer(
  predictions: readonly RawPrediction[],
  classNames: readonly string[],
  classes: 'one' | 'several',
): TaskScorer<'imageClass'> {
  /** By image; null: nobody has labelled it, or the network has no such head. */
  const truths = predictions.map((): readonly number[] | null => null);
  const labelled = () =>
    truths.flatMap((truth, image) =>
      truth === null ? [] : [{ image, truth, scores: predictions[image]!.imageClass! }],
    );

  function evaluate(): ReturnType<TaskScorer<'imageClass'>['evaluate']> {
    const samples = labelled();
    const input = {
      truths: samples.map(({ truth }) => truth),
      scores: samples.map(({ scores }) => scores),
      classNames,
    };
    const found = samples.length === 0 ? null : evaluateImageClasses(input, classes);
    if (found === null) return null;
    const { images, accuracy, balancedAccuracy, macroPrecision, macroRecall, macroF1, confusion } = found;
    const means = { accuracy, balancedAccuracy, macroPrecision, macroRecall, macroF1 };
    return {
      scores: () => ({ images, ...means, topK: [...found.topK], perClass: [...found.perClass], confusion }),
      score: found.score,
      shareOf: classes === 'one' ? images : null,
      figures: { accuracy, macroF1 },
    };
  }

  /** Evaluates samples of the images. */
  function sampler(): (counts: ImageCounts) => ReturnType<typeof evaluateImageClasses> {
    const samples = labelled();
    return (counts) => {
      const drawn = samples.flatMap((one) => new Array<typeof one>(counts[one.image]!).fill(one));
      const truths = drawn.map(({ truth }) => truth);
      const scores = drawn.map((one) => one.scores);
      return evaluateImageClasses({ truths, scores, classNames }, classes);
    };
  }

  /** Images with several classes say nothing of a network that gives one. */
  function isJudged(image: number): boolean {
    const truth = truths[image] ?? null;
    return truth !== null && (classes === 'several' || truth.length === 1);
  }

  /** What the network is more or less confident of: the class of an image, or of each class whether it is there. */
  function* answers(): Generator<Answered & { readonly image: number; readonly asked: number | null }> {
    for (const { image, truth, scores } of labelled()) {
      if (classes === 'one') {
        if (truth.length === 1) yield { image, probabilities: scores, truth: truth[0]!, asked: null };
        continue;
      }
      for (const [index, score] of scores.entries())
        yield {
          ...{ image, probabilities: [1 - score, score], truth: Number(truth.includes(index)) },
          asked: 1,
        };
    }
  }

  /** @param asked of which answer; null: of the likeliest one */
  function confidenceOf(
    { asked, truth }: { readonly asked: number | null; readonly truth: number },
    probabilities: ArrayLike<number>,
  ): { readonly confidence: number; readonly right: boolean } {
    const answer = asked ?? indexOfLargest(probabilities);
    return { confidence: probabilities[answer]!, right: answer === truth };
  }

  function calibration(temperature: number | null): Calibration | null {
    const all = [...answers()];
    if (all.length === 0) return null;
    const now = all.map((one) => confidenceOf(one, one.probabilities));
    const errorOf = (of: typeof now): number =>
      calibrationError(
        of.map(({ confidence }) => confidence),
        of.map(({ right }) => right),
      );
    return {
      error: errorOf(now),
      bins: calibrationBins(
        now.map(({ confidence }) => confidence),
        now.map(({ right }) => right),
      ),
      temperature,
      scaledError:
        temperature === null
          ? null
          : errorOf(all.map((one) => confidenceOf(one, withTemperature(one.probabilities, temperature)))),
    };
  }

  /** Negative log-likelihood of the labelled class; of each class, there or not, where an image can have several. */
  function lossOf(image: number): number | null {
    const [truth, scores] = [truths[image] ?? null, predictions[image]!.imageClass];
    if (truth === null || scores === null || !isJudged(image)) return null;
    const costOf = (likely: number): number => -Math.log(Math.max(1e-6, likely));
    if (classes === 'one') return costOf(scores[truth[0]!]!);
    return scores.reduce((sum, score, index) => sum + costOf(truth.includes(index) ? score : 1 - score), 0);
  }

  const found = (
    image: number,
    score: number | null,
    predicted: readonly number[] = likelyClasses(predictions[image]!.imageClass!, classes),
  ): FoundAnswer => ({
    ...{ image, score, loss: lossOf(image), overlap: null, error: null, box: null, truth: null },
    imageClasses: { labelled: truths[image]!, predicted },
  });

  /** Images whose class may be wrong; where an image can have several, each class is a question by itself. */
  function suspects(): FoundAnswer[] {
    if (classes === 'one') {
      const examples = labelled().flatMap(({ image, truth, scores }) =>
        truth.length === 1 ? [{ image, label: truth[0]!, probabilities: scores }] : [],
      );
      return suspectLabels(examples, classNames.length).map(({ example, score, likely }) =>
        found(examples[example]!.image, score, [likely]),
      );
    }
    const images = labelled();
    const doubts = new Map<number, { score: number; classes: Set<number> }>();
    for (const index of classNames.keys()) {
      const examples = images.map(({ truth, scores }) => ({
        label: Number(truth.includes(index)),
        probabilities: [1 - scores[index]!, scores[index]!],
      }));
      for (const { example, score } of suspectLabels(examples, 2)) {
        const doubt = doubts.get(example) ?? { score, classes: new Set(images[example]!.truth) };
        doubt.score = Math.max(score, doubt.score);
        // There instead of not, or the other way round.
        if (!doubt.classes.delete(index)) doubt.classes.add(index);
        doubts.set(example, doubt);
      }
    }
    return [...doubts].map(([example, { score, classes: likely }]) =>
      found(
        images[example]!.image,
        score,
        [...likely].sort((a, b) => a - b),
      ),
    );
  }

  function find(part: ScorePart): FoundAnswer[] {
    if (part.of === 'confidence')
      return [...answers()].flatMap((one) => {
        const { confidence } = confidenceOf(one, one.probabilities);
        return calibrationBinOf(confidence) === part.bin ? [found(one.image, confidence)] : [];
      });
    if (part.of === 'suspect') return part.suspect === 'misclassed' ? suspects() : [];
    if (part.of === 'found') return [];
    if (part.of !== 'imageClasses' && part.of !== 'imageClass' && part.of !== 'wrong') return [];
    return labelled().flatMap(({ image, truth, scores }) => {
      const said = likelyClasses(scores, classes);
      const fits =
        part.of === 'wrong'
          ? isJudged(image) && !sameClasses(truth, said)
          : part.of === 'imageClasses'
            ? truth.length === 1 && truth[0] === part.truth && said[0] === part.found
            : truth.includes(part.classIndex) !== said.includes(part.classIndex);
      const [first] = said;
      const score = first === undefined ? null : scores[first]!;
      return fits ? [found(image, score, said)] : [];
    });
  }

  return {
    label: (image, sample) => {
      const said = predictions[image]!.imageClass;
      truths[image] = sample === null || said === null ? null : imageClassesOf(sample);
    },
    evaluate,
    resampler: () => {
      const sampled = sampler();
      return (counts) => sampled(counts)?.score ?? null;
    },
    figureResampler: () => {
      const sampled = sampler();
      return (counts) => {
        const found = sampled(counts);
        return {
          score: found?.score ?? null,
          figures: { accuracy: found?.accuracy ?? null, macroF1: found?.macroF1 ?? null },
          // A class that no image has can't be found.
          classes: classNames.map((_, index) => {
            const scores = found?.perClass[index];
            return scores === undefined || scores.support === 0 ? null : scores.f1;
          }),
        };
      };
    },
    isLabelled: (image) => isJudged(image),
    curves: () => null,
    temperature: () => fitTemperature([...answers()]),
    calibration,
    find: (part, on) => find(part).filter(({ image }) => on?.has(image) ?? true),
  };
}

const sameClasses = (some: readonly number[], others: readonly number[]): boolean =>
  some.length === others.length && some.every((one) => others.includes(one));

/** Classes that the network says an image has, the likeliest first. */
function likelyClasses(scores: Float32Array, classes: 'one' | 'several'): number[] {
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
  return classes === 'one' ? order.slice(0, 1) : order.filter((index) => scores[index]! >= CLASS_PRESENT);
}
