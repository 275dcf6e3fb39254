import { statSync } from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import type { Logger } from '../app.ts';
import { canonicalPath, makeFolder, moveSync } from '../files/index.ts';

const LARGEST_LOG = 5 * 1024 * 1024;

/** A window has no terminal: its log is a file, and the one before it. */
export function fileLogger(folder: string): Logger {
  const own = canonicalPath(folder);
  makeFolder(own);
  const file = path.join(own, 'twinhead.log');
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_LOG) moveSync(file, `${file}.old`);
  return pino({ level: 'info', base: null }, pino.destination({ dest: file, sync: true }));
}
