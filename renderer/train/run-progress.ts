import type { ListedRun } from '../../electron/common/entities.ts';
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

/**
 * The epoch that a run is in, or that it came to: a run that has ended counts the epochs that are complete.
 * @param step the last one that was told
 */
export const reachedEpoch = (
  run: Pick<ListedRun, 'state' | 'epoch'>,
  step: { readonly epoch: number } | undefined,
): number => (isLive(run) ? (step?.epoch ?? run.epoch) : run.epoch);
