import type { ListedRun } from '../../electron/common/entities.ts';

/**
 * Runs that have a model, the highest score on validation first: of equals the newest, and last those without a score.
 * @param runs newest first
 */
export const runsByScore = <R extends Pick<ListedRun, 'bestEpoch' | 'bestScore'>>(runs: readonly R[]): R[] =>
  runs
    .filter(({ bestEpoch }) => bestEpoch !== null)
    .toSorted((a, b) => (b.bestScore ?? -1) - (a.bestScore ?? -1));
