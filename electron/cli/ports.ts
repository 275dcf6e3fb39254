import { pino } from 'pino';
import type { AppPorts, Logger } from '../app.ts';
import { userFolder } from './user-folder.ts';

/** Structured lines on standard error. `TWINHEAD_LOG` sets the level; warnings and errors are said by default. */
export function stderrLogger(environment: NodeJS.ProcessEnv): Logger {
  const level = environment['TWINHEAD_LOG'] ?? 'warn';
  const known = level in pino.levels.values || level === 'silent';
  return pino({ level: known ? level : 'warn', base: null }, pino.destination({ dest: 2, sync: true }));
}

/** The ports of a process without a window. */
export function processPorts(
  host: 'web' | 'cli',
  engine: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): AppPorts {
  return {
    host,
    clock: () => new Date(),
    logger: stderrLogger(environment),
    userFolder: userFolder(environment),
    engine,
    environment,
  };
}
