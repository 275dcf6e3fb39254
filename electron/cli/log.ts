import { pino } from 'pino';
import type { Logger } from '../app.ts';

/** Structured lines on standard error. `TWINHEAD_LOG` sets the level; warnings and errors are said by default. */
export function stderrLogger(environment: NodeJS.ProcessEnv): Logger {
  const level = environment['TWINHEAD_LOG'] ?? 'warn';
  const known = level in pino.levels.values || level === 'silent';
  return pino({ level: known ? level : 'warn', base: null }, pino.destination({ dest: 2, sync: true }));
}
