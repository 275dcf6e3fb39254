import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  calibrationBins,
  calibrationError,
  fitTemperature,
  withTemperature,
} from '../../../electron/learning/metrics/calibration.ts';
import type { Answered } from '../../../electron/learning/metrics/calibration.ts';

const softmax = (logits: readonly number[]): number[] => {
  const exponentials = logits.map((logit) => Math.exp(logit));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / sum);
};
const likelihood = (answers: readonly Answered[], temperature: number): number =>
  answers.reduce(
    (sum, { probabilities, truth }) => sum + Math.log(withTemperature(probabilities, temperature)[truth]!),
    0,
  );

describe('the reliability diagram', () => {
  it('has each answer in one of 15 bins, the upper end included, with their mean confidence', () => {
    const bins = calibrationBins([1, 0.96, 14 / 15, 0.2, 0], [true, false, true, false, false]);
    expect(bins).toHaveLength(15);
    expect(bins[14]).toMatchObject({ count: 2, right: 1, confidence: 0.98 });
    expect(bins[13]).toMatchObject({ count: 1, right: 1 });
    expect([bins[2]?.count, bins[0]?.count]).toEqual([1, 1]);
  });

  it('adds up to the calibration error', () => {
    // (|2 · 0.9 − 1| + |0.6 − 1|) / 3
    expect(calibrationError([0.9, 0.9, 0.6], [true, false, true])).toBeCloseTo((0.8 + 0.4) / 3);
  });
});

describe('the temperature', () => {
  it('is, of two classes, what brings confidence to the share of right answers', () => {
    // Three of four right at 95 %: log(0.95 / 0.05) / T = log(3).
    const answers = [0, 0, 0, 1].map((truth) => ({ probabilities: [0.95, 0.05], truth }));
    const temperature = fitTemperature(answers)!;
    expect(temperature).toBeCloseTo(Math.log(19) / Math.log(3), 6);
    expect(withTemperature([0.95, 0.05], temperature)[0]).toBeCloseTo(0.75, 6);
  });

  it('undoes a scale of the logits', () => {
    const logits = [[2, 0, -1], [0, 1, 0.5], [1, 1.5, 0], [0.2, 0, 0.1]]; // prettier-ignore
    const of = (scale: number): Answered[] =>
      logits.flatMap((row) =>
        [0, 0, 1, 2].map((truth) => ({ probabilities: softmax(row.map((value) => scale * value)), truth })),
      );
    expect(fitTemperature(of(3))! / fitTemperature(of(1))!).toBeCloseTo(3, 6);
  });

  it('makes the labels likelier than any other does, and changes no answer', () => {
    const row = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 3, maxLength: 3 });
    const answer = fc.record({ probabilities: row.map(softmax), truth: fc.integer({ min: 0, max: 2 }) });
    fc.assert(
      fc.property(
        fc.array(answer, { minLength: 1, maxLength: 12 }),
        fc.double({ min: 0.06, max: 15, noNaN: true }),
        (answers, other) => {
          const temperature = fitTemperature(answers);
          if (temperature === null) return;
          expect(likelihood(answers, temperature)).toBeGreaterThanOrEqual(likelihood(answers, other) - 1e-9);
          for (const { probabilities } of answers) {
            const scaled = withTemperature(probabilities, temperature);
            expect(scaled.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
            const [a, b] = probabilities;
            if (Math.abs(a! - b!) > 1e-6) expect(scaled[0]! > scaled[1]!).toBe(a! > b!);
          }
        },
      ),
    );
  });

  it('is none without answers, and where all are right: none is cold enough', () => {
    expect(fitTemperature([])).toBeNull();
    expect(fitTemperature([{ probabilities: [0.9, 0.1], truth: 0 }])).toBeNull();
    expect(fitTemperature([{ probabilities: [1, 0], truth: 0 }])).toBeNull();
  });
});
