import { readdirSync } from 'node:fs';
import path from 'node:path';
import { errorCode } from './error-code.ts';
import { removeSync } from './folders.ts';
import { TEMPORARY } from './temporary-name.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive too.
    return errorCode(error) === 'EPERM';
  }
}

/** Names of a folder; none where it is not there or is a link. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Removes what processes that have died since were writing in a folder: temporary names of theirs, and no others. */
export function sweep(folder: string): void {
  for (const name of namesIn(folder)) {
    const pid = TEMPORARY.exec(name)?.[1];
    if (pid === undefined || Number(pid) === process.pid || isAlive(Number(pid))) continue;
    try {
      removeSync(path.join(folder, name));
    } catch {
      // Behind a link, or not permitted: litter is no reason not to go on.
    }
  }
}
