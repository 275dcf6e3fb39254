import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { errorCode } from './error-code.ts';
import { removeSync } from './folders.ts';
import { TEMPORARY } from './temporary-name.ts';

/** Numbers of processes come back, in containers the same at each start: nothing is written for longer than a day. */
const LONGEST_WRITING_MS = 24 * 60 * 60 * 1000;

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

/** By its age, where the process whose number it bears runs. */
function isGivenUp(file: string): boolean {
  const changed = lstatSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return changed !== undefined && Date.now() - changed > LONGEST_WRITING_MS;
}

/** Removes what processes that have died since were writing in a folder: temporary names of theirs, and no others. */
export function sweep(folder: string): void {
  for (const name of namesIn(folder)) {
    const pid = TEMPORARY.exec(name)?.[1];
    if (pid === undefined || (isAlive(Number(pid)) && !isGivenUp(path.join(folder, name)))) continue;
    try {
      removeSync(path.join(folder, name));
    } catch {
      // Behind a link, or not permitted: litter is no reason not to go on.
    }
  }
}
