import { describe, expect, it } from 'vitest';
import { chooseEvaluation } from '../../renderer/evaluate/choose-evaluation.ts';
import { wilson } from '../../electron/common/wilson.ts';

describe('what Evaluate opens on', () => {
  const runs = [{ id: 'newest' }, { id: 'older' }, { id: 'oldest' }];
  const nothing = { run: undefined, split: undefined };

  it('is the newest run that has results, on a split that has them', () => {
    const evaluations = [
      { runId: 'oldest', split: 'val' },
      { runId: 'older', split: 'test' },
    ] as const;
    expect(chooseEvaluation(runs, evaluations, nothing)).toEqual({ runId: 'older', split: 'test' });
  });

  it('is the newest run and validation where none has results', () => {
    expect(chooseEvaluation(runs, [], nothing)).toEqual({ runId: 'newest', split: 'val' });
    expect(chooseEvaluation([], [], nothing)).toEqual({ runId: '', split: 'val' });
  });

  it('is what the address asks for, unless the run is gone', () => {
    const evaluations = [{ runId: 'older', split: 'val' }] as const;
    const asked = { run: 'newest', split: 'test' };
    expect(chooseEvaluation(runs, evaluations, asked)).toEqual({ runId: 'newest', split: 'test' });
    expect(chooseEvaluation(runs, evaluations, { run: 'deleted', split: 'nonsense' })).toEqual({
      runId: 'older',
      split: 'val',
    });
  });
});

describe('Wilson’s interval', () => {
  // Brown, Cai and DasGupta, "Interval estimation for a binomial proportion", 2001; R's binom.confint.
  it.each([
    [0.5, 10, 0.2366, 0.7634],
    [0, 10, 0, 0.2775],
    [1, 2, 0.3424, 1],
    [0.81, 1000, 0.7845, 0.8331],
  ])('of %f on %i cases', (share, count, low, high) => {
    const found = wilson(share, count);
    expect(found.low).toBeCloseTo(low, 3);
    expect(found.high).toBeCloseTo(high, 3);
  });
});
