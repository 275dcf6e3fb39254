import type { RunState } from '../../electron/common/entities.ts';

/** How a run's state is coloured. */
export const RUN_TONES: Record<RunState, 'plain' | 'ok' | 'warn' | 'bad' | 'where'> = {
  preparing: 'where',
  running: 'where',
  stopped: 'warn',
  interrupted: 'warn',
  done: 'ok',
  failed: 'bad',
};
