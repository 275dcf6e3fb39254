import type { CheckpointPosition } from './checkpoint.ts';

/** What a run remembers of its scores. */
export type ScoreRecord = Pick<CheckpointPosition, 'bestScore' | 'bestEpoch' | 'epochsSinceBest'>;

/**
 * The record after an epoch, and whether it is the best one yet.
 * @param score null: nothing to evaluate on, which neither is better nor counts towards an early stop
 */
export function recordEpoch(
  { bestScore, bestEpoch, epochsSinceBest }: ScoreRecord,
  epoch: number,
  score: number | null,
): { best: boolean; record: ScoreRecord } {
  const best = score !== null && (bestScore === null || score > bestScore);
  if (best) return { best, record: { bestScore: score, bestEpoch: epoch, epochsSinceBest: 0 } };
  return {
    best,
    record: { bestScore, bestEpoch, epochsSinceBest: epochsSinceBest + (score === null ? 0 : 1) },
  };
}
