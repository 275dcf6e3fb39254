import type { ListedRun } from '../../electron/common/entities.ts';

/** A run's state as pages show it. */
type ShownState = ListedRun['state'] | 'stopping';

export const shownState = ({ state, stopping }: Pick<ListedRun, 'state' | 'stopping'>): ShownState =>
  stopping ? 'stopping' : state;

/** How a run's state is coloured. */
export const RUN_TONES: Record<ShownState, 'plain' | 'ok' | 'warn' | 'bad' | 'where'> = {
  preparing: 'where',
  running: 'where',
  stopping: 'warn',
  stopped: 'warn',
  interrupted: 'warn',
  done: 'ok',
  failed: 'bad',
};
