import type { ListedRun } from '../../electron/common/entities.ts';
import { isSentence } from '../../electron/common/sentences/sentence.ts';
import type { Said } from '../../electron/common/sentences/sentence.ts';

export const isLive = ({ state }: Pick<ListedRun, 'state'>): boolean =>
  state === 'running' || state === 'preparing';

/** What the state of a run says already. */
const SAID_BY_STATE: ReadonlySet<string> = new Set([
  'jobs.doing.preparing',
  'jobs.doing.training',
  'training.ended.byYou',
]);

/** What a run is doing, or why it ended, where its state beside it does not say so; else nothing. */
export const besideState = (said: Said): Said =>
  typeof said !== 'string' && SAID_BY_STATE.has(said.key) ? '' : said;

/** The best epoch of a finished run that had others after it; null: there is none, or its end names it already. */
export function bestBeforeEnd({
  state,
  ended,
  epoch,
  bestEpoch,
}: Pick<ListedRun, 'state' | 'ended' | 'epoch' | 'bestEpoch'>): number | null {
  const told = isSentence(ended) && ended.key === 'training.ended.early';
  return state === 'done' && !told && bestEpoch !== null && bestEpoch < epoch ? bestEpoch : null;
}

/** The run that the page opens on. @param runs newest first */
export const runToOpen = <R extends Pick<ListedRun, 'state' | 'bestEpoch'>>(
  runs: readonly R[],
): R | undefined => runs.find(isLive) ?? runs.find(({ bestEpoch }) => bestEpoch !== null) ?? runs[0];

/**
 * The epoch that a run is in, or that it came to: a run that has ended counts the epochs that are complete.
 * @param step the last one that was told
 */
export const reachedEpoch = (
  run: Pick<ListedRun, 'state' | 'epoch'>,
  step: { readonly epoch: number } | undefined,
): number => (isLive(run) ? (step?.epoch ?? run.epoch) : run.epoch);
