import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said, Sentence } from '../../common/sentences/sentence.ts';
import { calibrationError } from './calibration.ts';

export interface ClassificationInput {
  /** Index of the true class, by image. */
  readonly truths: readonly number[];
  /** [image][class]: probabilities. The highest is the prediction; of equal ones the first. */
  readonly scores: readonly ArrayLike<number>[];
  readonly classNames: readonly string[];
}

export interface ClassificationEvaluation {
  readonly images: number;
  /** What counts in the overall score: the accuracy, or, where an image can have several classes, macro F1. */
  readonly score: number;
  readonly accuracy: number;
  /** Mean recall of the classes that occur among the truths. */
  readonly balancedAccuracy: number;
  /** Means over the classes that occur among truths or predictions; a quotient of nothing by nothing is 0. */
  readonly macroPrecision: number;
  readonly macroRecall: number;
  readonly macroF1: number;
  /** See {@link topAccuracies}. */
  readonly topK: readonly { readonly k: number; readonly accuracy: number }[];
  /** In the order of `classNames`. */
  readonly perClass: readonly {
    readonly name: string;
    readonly precision: number;
    readonly recall: number;
    readonly f1: number;
    readonly support: number;
  }[];
  /** counts[truth][prediction]; null where an image can have several classes. */
  readonly confusion: { readonly names: string[]; readonly counts: number[][] } | null;
  /** Expected calibration error, 0 to 1. */
  readonly calibrationError: number;
}

export const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
export const mean = (values: readonly number[]): number =>
  ratio(
    values.reduce((sum, value) => sum + value, 0),
    values.length,
  );

/**
 * Evaluates image classes by scikit-learn's definitions: `accuracy_score`, `balanced_accuracy_score`,
 * `precision_recall_fscore_support(average='macro', zero_division=0)`, `confusion_matrix`. Null without images.
 * @throws TwinheadError `invalid-input` for an unknown class, scores of the wrong length or that aren't numbers.
 */
export function evaluateClassification(input: ClassificationInput): ClassificationEvaluation | null {
  const { truths, scores, classNames } = input;
  check({ ...input, truths: truths.map((truth) => [truth]) });
  if (truths.length === 0) return null;
  const predictions = scores.map(indexOfLargest);
  const counts = classNames.map(() => new Array<number>(classNames.length).fill(0));
  truths.forEach((truth, i) => counts[truth]![predictions[i]!]!++);
  const correct = classNames.map((_, c) => counts[c]![c]!);
  const perClass = classNames.map((name, c) => {
    const support = counts[c]!.reduce((sum, count) => sum + count, 0);
    const predicted = counts.reduce((sum, row) => sum + row[c]!, 0);
    return {
      name,
      precision: ratio(correct[c]!, predicted),
      recall: ratio(correct[c]!, support),
      f1: ratio(2 * correct[c]!, support + predicted),
      support,
      predicted,
    };
  });
  const supported = perClass.filter(({ support }) => support > 0);
  const present = perClass.filter(({ support, predicted }) => support + predicted > 0);
  const accuracy = correct.reduce((sum, count) => sum + count, 0) / truths.length;
  return {
    images: truths.length,
    score: accuracy,
    accuracy,
    balancedAccuracy: mean(supported.map(({ recall }) => recall)),
    macroPrecision: mean(present.map(({ precision }) => precision)),
    macroRecall: mean(present.map(({ recall }) => recall)),
    macroF1: mean(present.map(({ f1 }) => f1)),
    topK: topAccuracies(input),
    perClass: perClass.map(({ name, precision, recall, f1, support }) => ({
      name,
      precision,
      recall,
      f1,
      support,
    })),
    confusion: { names: [...classNames], counts },
    calibrationError: calibrationError(
      predictions.map((prediction, i) => scores[i]![prediction]!),
      predictions.map((prediction, i) => prediction === truths[i]),
    ),
  };
}

const TOPS = [3, 5];

/**
 * The share of images whose class is among the k most likely ones, as scikit-learn's `top_k_accuracy_score`; of equal
 * scores the first go before. A k that takes all classes says nothing and is left out.
 */
function topAccuracies({
  truths,
  scores,
  classNames,
}: ClassificationInput): { k: number; accuracy: number }[] {
  const ranks = truths.map((truth, i) => {
    const row = scores[i]!;
    let rank = 0;
    for (let c = 0; c < row.length; c++)
      if (row[c]! > row[truth]! || (row[c]! === row[truth]! && c < truth)) rank++;
    return rank;
  });
  return TOPS.filter((k) => k < classNames.length).map((k) => ({
    k,
    accuracy: ratio(ranks.filter((rank) => rank < k).length, truths.length),
  }));
}

export function indexOfLargest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** @param truths [image]: its classes */
export function check({
  truths,
  scores,
  classNames,
}: Omit<ClassificationInput, 'truths'> & { readonly truths: readonly (readonly number[])[] }): void {
  const refuse = (said: Sentence, place: Said): never => {
    throw new TwinheadError('invalid-input', said, { place });
  };
  if (truths.length !== scores.length) {
    refuse(say('learning.judge.counts', { truths: truths.length, scores: scores.length }), 'scores');
  }
  truths.forEach((classes, i) => {
    const place = say('learning.image', { image: String(i) });
    for (const truth of classes) {
      if (classNames[truth] === undefined)
        refuse(say('learning.judge.truth', { class: String(truth) }), place);
    }
    const row = scores[i]!;
    if (row.length !== classNames.length) {
      refuse(say('learning.judge.scores', { scores: row.length, classes: classNames.length }), place);
    }
    for (let c = 0; c < row.length; c++) {
      if (!Number.isFinite(row[c]))
        refuse(
          say('learning.judge.score'),
          say('learning.imageClass', { image: String(i), name: classNames[c]! }),
        );
    }
  });
}
