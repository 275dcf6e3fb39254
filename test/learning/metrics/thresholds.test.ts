import { describe, expect, it } from 'vitest';
import { chooseThreshold } from '../../../electron/learning/metrics/thresholds.ts';

/** Four boxes on 50 images; found right, right, wrong, right, wrong, wrong in the order of scores. */
const curve = {
  points: [
    { score: 0.9, right: 1, wrong: 0 },
    { score: 0.8, right: 2, wrong: 0 },
    { score: 0.7, right: 2, wrong: 1 },
    { score: 0.6, right: 3, wrong: 1 },
    { score: 0.5, right: 3, wrong: 2 },
    { score: 0.4, right: 3, wrong: 3 },
  ],
  truths: 4,
  images: 50,
};

describe('the threshold of a class', () => {
  it('for the best F1 is where precision and recall are both high', () => {
    // F1 by hand: 2/5, 4/6, 4/7, 6/8, 6/9, 6/10.
    expect(chooseThreshold(curve, { for: 'f1' })).toEqual({
      score: 0.6,
      recall: 0.75,
      precision: 0.75,
      falseAlarms: 2,
      reached: true,
    });
  });

  it('for a recall is the highest score that reaches it', () => {
    expect(chooseThreshold(curve, { for: 'recall', least: 0.5 })).toMatchObject({
      score: 0.8,
      reached: true,
    });
    expect(chooseThreshold(curve, { for: 'recall', least: 0.75 })).toMatchObject({ score: 0.6 });
  });

  it('for a recall that nothing reaches comes nearest, with as few false alarms as that takes', () => {
    expect(chooseThreshold(curve, { for: 'recall', least: 0.9 })).toMatchObject({
      score: 0.6,
      recall: 0.75,
      reached: false,
    });
  });

  it('for false alarms is the lowest score that keeps within them', () => {
    expect(chooseThreshold(curve, { for: 'falseAlarms', most: 2 })).toMatchObject({ score: 0.6 });
    expect(chooseThreshold(curve, { for: 'falseAlarms', most: 4 })).toMatchObject({ score: 0.5 });
    expect(chooseThreshold(curve, { for: 'falseAlarms', most: 0 })).toMatchObject({
      score: 0.8,
      recall: 0.5,
    });
  });

  it('takes nothing where even the surest detection is a false alarm too many', () => {
    const wrong = { points: [{ score: 0.9, right: 0, wrong: 1 }], truths: 1, images: 1 };
    expect(chooseThreshold(wrong, { for: 'falseAlarms', most: 5 })).toMatchObject({
      score: 1,
      reached: false,
    });
  });

  it('is not chosen where nothing was found', () => {
    expect(chooseThreshold({ points: [], truths: 3, images: 5 }, { for: 'f1' })).toBeNull();
  });
});
