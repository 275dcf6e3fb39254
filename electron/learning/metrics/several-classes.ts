import { CLASS_PRESENT } from '../../common/entities.ts';
import { calibrationError } from './calibration.ts';
import { check, evaluateClassification, mean, ratio } from './classification.ts';
import type { ClassificationEvaluation, ClassificationInput } from './classification.ts';

export interface ImageClassInput extends Omit<ClassificationInput, 'truths'> {
  /** [image]: its classes, one or more. */
  readonly truths: readonly (readonly number[])[];
}

/**
 * Evaluates image classes as the network gives them. Images with several classes say nothing of a network that gives
 * one, and are left out. Null without images.
 * @throws TwinheadError as evaluateClassification does.
 */
export function evaluateImageClasses(
  { truths, scores, classNames }: ImageClassInput,
  classes: 'one' | 'several',
): ClassificationEvaluation | null {
  if (classes === 'several') return evaluateSeveralClasses({ truths, scores, classNames });
  const single = truths.flatMap((of, image) => (of.length === 1 ? [{ truth: of[0]!, image }] : []));
  return evaluateClassification({
    truths: single.map(({ truth }) => truth),
    scores: single.map(({ image }) => scores[image]!),
    classNames,
  });
}

interface Counts {
  /** Images that have the class and are said to have it. */
  readonly hits: number;
  readonly predicted: number;
  readonly support: number;
}

/**
 * Evaluates each class of an image by itself, by scikit-learn's definitions for indicator matrices: `accuracy_score`
 * (all classes of an image right), `precision_recall_fscore_support(average='macro', zero_division=0)`. Balanced accuracy
 * is the mean over classes of that of "there or not". There is no confusion matrix: no class stands for another one.
 */
function evaluateSeveralClasses(input: ImageClassInput): ClassificationEvaluation | null {
  const { truths, scores, classNames } = input;
  check(input);
  if (truths.length === 0) return null;
  const images = truths.length;
  const there = truths.map((classes) => classNames.map((_, index) => classes.includes(index)));
  const said = scores.map((row) => classNames.map((_, index) => row[index]! >= CLASS_PRESENT));
  const counts = classNames.map((_, index): Counts => {
    const count = (condition: (image: number) => boolean): number =>
      truths.reduce((sum, _classes, image) => sum + Number(condition(image)), 0);
    return {
      hits: count((image) => there[image]![index]! && said[image]![index]!),
      predicted: count((image) => said[image]![index]!),
      support: count((image) => there[image]![index]!),
    };
  });
  const perClass = counts.map(({ hits, predicted, support }, index) => ({
    name: classNames[index]!,
    precision: ratio(hits, predicted),
    recall: ratio(hits, support),
    f1: ratio(2 * hits, support + predicted),
    support,
  }));
  const present = perClass.filter((_, index) => counts[index]!.support + counts[index]!.predicted > 0);
  const balanced = counts
    .filter(({ support }) => support > 0 && support < images)
    .map(({ hits, predicted, support }) => {
      const specificity = (images - support - predicted + hits) / (images - support);
      return (hits / support + specificity) / 2;
    });
  const exact = there.filter((row, image) => row.every((is, index) => is === said[image]![index]));
  const macroF1 = mean(present.map(({ f1 }) => f1));
  return {
    images,
    score: macroF1,
    accuracy: exact.length / images,
    balancedAccuracy: mean(balanced),
    macroPrecision: mean(present.map(({ precision }) => precision)),
    macroRecall: mean(present.map(({ recall }) => recall)),
    macroF1,
    topK: [],
    perClass,
    confusion: null,
    calibrationError: calibrationError(
      scores.flatMap((row) => classNames.map((_, index) => row[index]!)),
      there.flat(),
    ),
  };
}
