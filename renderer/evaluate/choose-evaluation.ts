import type { Run, Split } from '../../electron/common/entities.ts';

/** In the order in which they are offered. */
export const EVALUATED_SPLITS: readonly Split[] = ['val', 'test', 'train'];

interface Evaluated {
  readonly runId: string;
  readonly split: Split;
}

/**
 * What the page shows: what the address asks for, else the newest run that has results, on a split that it has them
 * for, else the newest run.
 * @param runs newest first
 * @param asked of the address; a run that is gone counts as not asked for
 */
export function chooseEvaluation(
  runs: readonly Pick<Run, 'id'>[],
  evaluations: readonly Evaluated[],
  asked: {
    readonly run: string | undefined;
    readonly split: string | undefined;
    readonly set?: string | undefined;
  },
): { runId: string; split: Split; filter: string | undefined } {
  const has = (runId: string): boolean => evaluations.some((one) => one.runId === runId);
  const run = runs.find(({ id }) => id === asked.run) ?? runs.find(({ id }) => has(id)) ?? runs[0];
  const runId = run?.id ?? '';
  // A saved filter is no split: its images are of any.
  if (asked.split === 'none' && asked.set !== undefined) return { runId, split: 'none', filter: asked.set };
  const split =
    EVALUATED_SPLITS.find((one) => one === asked.split) ??
    EVALUATED_SPLITS.find((one) =>
      evaluations.some((found) => found.runId === runId && found.split === one),
    ) ??
    'val';
  return { runId, split, filter: undefined };
}
