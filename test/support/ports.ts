import os from 'node:os';
import path from 'node:path';
import type { AppPorts } from '../../electron/services/base/ports.ts';

/** Ports of a quiet host whose settings go to a folder that nobody else uses. */
export function testPorts(changes: Partial<AppPorts> = {}): AppPorts {
  const silent = (): void => undefined;
  return {
    host: 'web',
    clock: () => new Date(),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    userFolder: path.join(os.tmpdir(), `twinhead-user-${process.pid}`),
    engine: undefined,
    environment: process.env,
    ...changes,
  };
}
