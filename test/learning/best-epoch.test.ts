import { describe, expect, it } from 'vitest';
import { recordEpoch } from '../../electron/learning/training/best-epoch.ts';
import type { ScoreRecord } from '../../electron/learning/training/best-epoch.ts';

const START: ScoreRecord = { bestScore: null, bestEpoch: null, epochsSinceBest: 0 };

/** The record after epochs with these scores, and which of them were the best yet. */
function after(...scores: (number | null)[]): { record: ScoreRecord; best: number[] } {
  let record = START;
  const best: number[] = [];
  scores.forEach((score, index) => {
    const completed = recordEpoch(record, index + 1, score);
    record = completed.record;
    if (completed.best) best.push(index + 1);
  });
  return { record, best };
}

describe('the best epoch', () => {
  it('is none where there was nothing to judge by, and such epochs stop no training', () => {
    expect(after(null, null, null)).toEqual({ record: START, best: [] });
  });

  it('is the first that has a score, though it be 0: no score is not a score of 0', () => {
    expect(after(null, 0, null)).toEqual({
      record: { bestScore: 0, bestEpoch: 2, epochsSinceBest: 0 },
      best: [2],
    });
  });

  it('is the first of equal ones; epochs without a score between them are not counted as worse', () => {
    expect(after(0.5, null, 0.5, 0.4, null)).toEqual({
      record: { bestScore: 0.5, bestEpoch: 1, epochsSinceBest: 2 },
      best: [1],
    });
    expect(after(0.5, 0.4, 0.6)).toMatchObject({
      record: { bestEpoch: 3, epochsSinceBest: 0 },
      best: [1, 3],
    });
  });
});
