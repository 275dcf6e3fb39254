import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateClassification } from '../../../electron/learning/metrics/classification.ts';
import type { ClassificationEvaluation } from '../../../electron/learning/metrics/classification.ts';

interface Golden {
  readonly name: string;
  readonly truths: number[];
  readonly scores: number[][];
  readonly expected: {
    readonly perClass: Record<string, number>[];
    readonly confusion: number[][];
    readonly [average: string]: unknown;
  };
}

const golden = readFileSync(new URL('./golden-classification.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Golden);

function evaluate(
  truths: number[],
  scores: number[][],
  classes = scores[0]!.length,
): ClassificationEvaluation {
  const classNames = Array.from({ length: classes }, (_, i) => `class ${i}`);
  const result = evaluateClassification({ truths, scores, classNames });
  if (result === null) throw new Error('no evaluation');
  return result;
}

describe('classification metrics equal scikit-learn', () => {
  for (const { name, truths, scores, expected } of golden) {
    it(name, () => {
      const actual = evaluate(truths, scores);
      expect(actual.confusion!.counts).toEqual(expected.confusion);
      const averages = [
        'accuracy',
        'balancedAccuracy',
        'macroPrecision',
        'macroRecall',
        'macroF1',
        'calibrationError',
      ] as const;
      for (const key of averages) expect(actual[key], key).toBeCloseTo(expected[key] as number, 9);
      expected.perClass.forEach((reference, c) => {
        for (const key of ['precision', 'recall', 'f1', 'support'] as const) {
          expect(actual.perClass[c]![key], `class ${c} ${key}`).toBeCloseTo(reference[key]!, 9);
        }
      });
    });
  }
});

describe('classification metrics', () => {
  it('by hand: two of three right', () => {
    const result = evaluate(
      [0, 0, 1],
      [
        [0.9, 0.1],
        [0.2, 0.8],
        [0.3, 0.7],
      ],
    );
    expect(result.accuracy).toBeCloseTo(2 / 3);
    expect(result.balancedAccuracy).toBeCloseTo(0.75);
    expect(result.perClass[1]).toMatchObject({ precision: 0.5, recall: 1, support: 1 });
    expect(result.confusion!.counts).toEqual([
      [1, 1],
      [0, 1],
    ]);
    // Bins: 0.9 right (off by 0.1), 0.8 wrong (0.8), 0.7 right (0.3), each a third.
    expect(result.calibrationError).toBeCloseTo((0.1 + 0.8 + 0.3) / 3);
  });

  it('take the first of equal scores', () => {
    expect(evaluate([1], [[0.4, 0.4, 0.2]]).confusion!.counts[1]).toEqual([1, 0, 0]);
  });

  it('read rows of typed arrays', () => {
    const result = evaluateClassification({
      truths: [1],
      scores: [Float32Array.of(0.1, 0.9)],
      classNames: ['a', 'b'],
    });
    expect(result?.accuracy).toBe(1);
  });

  it('have nothing to say without images', () => {
    expect(evaluateClassification({ truths: [], scores: [], classNames: ['a'] })).toBeNull();
  });

  it('refuse unknown classes, rows of another length and numbers that are not finite', () => {
    expect(() => evaluate([2], [[0.5, 0.5]])).toThrow('true class 2');
    expect(() => evaluate([0], [[0.5, 0.5]], 3)).toThrow('2 scores for 3 classes');
    expect(() => evaluate([0, 1], [[0.5, 0.5]])).toThrow('scores of 1 images');
    expect(() => evaluate([0], [[NaN, 0.5]])).toThrow('finite');
  });

  it('do not depend on the order of images', () => {
    const image = fc.tuple(
      fc.nat(3),
      fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 4, maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(image, { minLength: 1, maxLength: 30 }), (images) => {
        const ofList = (list: typeof images) =>
          evaluate(
            list.map(([truth]) => truth),
            list.map(([, scores]) => scores.map((score) => score / 100)),
          );
        const forward = ofList(images);
        const backward = ofList([...images].reverse());
        expect(backward.confusion).toEqual(forward.confusion);
        expect(backward.macroF1).toBe(forward.macroF1);
        expect(backward.calibrationError).toBeCloseTo(forward.calibrationError, 12);
      }),
    );
  });
});

describe('top-k accuracy', () => {
  it('counts an image whose class is among the k likeliest; of equal ones the first go before', () => {
    const row = (...values: number[]) => values;
    const scores = [row(0.4, 0.3, 0.2, 0.1), row(0.4, 0.3, 0.2, 0.1), row(0.25, 0.25, 0.25, 0.25), row(0.25, 0.25, 0.25, 0.25)]; // prettier-ignore
    // Third, fourth, third of equal ones, fourth of equal ones.
    expect(evaluate([2, 3, 2, 3], scores).topK).toEqual([{ k: 3, accuracy: 0.5 }]);
  });

  it('is left out where k takes every class', () => {
    expect(evaluate([0, 1], [[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]]).topK).toEqual([]); // prettier-ignore
    const six = [[0.3, 0.2, 0.2, 0.1, 0.1, 0.1]];
    expect(evaluate([5], six).topK).toEqual([{ k: 3, accuracy: 0 }, { k: 5, accuracy: 0 }]); // prettier-ignore
  });
});
