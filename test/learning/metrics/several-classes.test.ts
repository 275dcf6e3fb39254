import { describe, expect, it } from 'vitest';
import { TwinheadError } from '../../../electron/common/errors.ts';
import { evaluateImageClasses } from '../../../electron/learning/metrics/index.ts';

const classNames = ['cat', 'dog', 'indoors'];
const truths = [[0], [0, 1], [1, 2]];
const scores = [
  [0.9, 0.2, 0.1],
  [0.6, 0.4, 0.3],
  [0.1, 0.8, 0.7],
];

describe('figures of images that can have several classes', () => {
  const evaluated = evaluateImageClasses({ truths, scores, classNames }, 'several')!;

  it('judge each class by itself, as worked by hand', () => {
    expect(evaluated.perClass).toEqual([
      { name: 'cat', precision: 1, recall: 1, f1: 1, support: 2 },
      { name: 'dog', precision: 1, recall: 0.5, f1: 2 / 3, support: 2 },
      { name: 'indoors', precision: 1, recall: 1, f1: 1, support: 1 },
    ]);
    expect(evaluated.images).toBe(3);
    expect(evaluated.accuracy).toBeCloseTo(2 / 3);
    expect(evaluated.macroPrecision).toBeCloseTo(1);
    expect(evaluated.macroRecall).toBeCloseTo(2.5 / 3);
    expect(evaluated.macroF1).toBeCloseTo(8 / 9);
    // Of "there or not": cat 1, dog (1/2 + 1) / 2, indoors 1.
    expect(evaluated.balancedAccuracy).toBeCloseTo(2.75 / 3);
    expect(evaluated.confusion).toBeNull();
    // No two scores share a bin but the two of 0.1, both wrongly above 0.
    expect(evaluated.calibrationError).toBeCloseTo((0.1 + 0.2 + 0.2 + 0.4 + 0.6 + 0.3 + 0.2 + 0.3) / 9);
  });

  it('count by macro F1 in the overall score, not by all classes of an image at once', () => {
    expect(evaluated.score).toBe(evaluated.macroF1);
    expect(evaluateImageClasses({ truths: [[0]], scores: [[0.4, 0.6, 0]], classNames }, 'one')!.score).toBe(
      0,
    );
  });

  it('leave out classes that are neither there nor said to be', () => {
    const nobody = evaluateImageClasses(
      { truths: [[0], [0]], scores: [[1, 0, 0], [1, 0, 0]], classNames }, // prettier-ignore
      'several',
    )!;
    expect(nobody).toMatchObject({ macroF1: 1, accuracy: 1, balancedAccuracy: 0 });
  });

  it('leave images with several classes out of the judgement of a network that gives one', () => {
    const one = evaluateImageClasses({ truths, scores, classNames }, 'one')!;
    expect(one).toMatchObject({ images: 1, accuracy: 1 });
    expect(one.confusion!.counts[0]).toEqual([1, 0, 0]);
    const none = { truths: [[0, 1]], scores: [[0.5, 0.5, 0]], classNames };
    expect(evaluateImageClasses(none, 'one')).toBeNull();
  });

  it('refuse unknown classes and scores that are no numbers, naming the image', () => {
    const evaluate = (input: object) => () =>
      evaluateImageClasses({ truths, scores, classNames, ...input }, 'several');
    expect(evaluate({ truths: [[0], [0, 7], [1]] })).toThrow(TwinheadError);
    expect(evaluate({ scores: [[1, 0, 0], [NaN, 0, 0], [0, 0, 1]] })).toThrow('not a finite number'); // prettier-ignore
  });
});
