import { expect, it } from 'vitest';
import { runsByScore } from '../../renderer/state/runs-by-score.ts';

it('the best run comes first, of equals the newest, and one without a score last', () => {
  const run = (name: string, bestScore: number | null, bestEpoch: number | null = 1) => ({
    name,
    bestScore,
    bestEpoch,
  });
  const newestFirst = [
    run('unscored', null),
    run('failed', null, null),
    run('poor', 0),
    run('newer', 0.8),
    run('older', 0.8),
    run('middling', 0.5),
  ];
  expect(runsByScore(newestFirst).map(({ name }) => name)).toEqual([
    'newer',
    'older',
    'middling',
    'poor',
    'unscored',
  ]);
});
