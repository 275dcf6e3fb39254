import type { AppPorts, Logger } from '../app.ts';
import { userFolder } from './user-folder.ts';

/** Ports of this process: its clock, its environment and this user's folder. */
export function processPorts(host: AppPorts['host'], logger: Logger, engine?: string): AppPorts {
  const environment = process.env;
  return {
    host,
    clock: () => new Date(),
    logger,
    userFolder: userFolder(environment),
    engine,
    environment,
  };
}
