import os from 'node:os';
import path from 'node:path';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';

/** A drive's letter, or a share of another machine: on other systems than Windows the name of a file, at best. */
const OF_WINDOWS = /^([A-Za-z]:[\\/]|\\\\)/;
/** The person's own folder, as a shell spells it; `~name` is nobody's here. */
const OWN_FOLDER = /^~(?=[\\/]|$)/;

/**
 * A path that somebody typed or named, absolute; `~` is the person's own folder, as in a shell.
 * @throws TwinheadError `invalid-input` for a path of another system, and for one that is not whole: the folder in which
 * the process happens to run is nobody's choice
 */
export function pathOfSystem(given: string): string {
  return wholePath(given, say('services.path.relative.remedy', { example: os.homedir() }));
}

/**
 * The same for an archive.
 * @throws TwinheadError as {@link pathOfSystem}
 */
export function archiveOfSystem(given: string): string {
  return wholePath(given, say('services.path.relative.archive', { example: os.homedir() }));
}

function wholePath(given: string, remedy: Sentence): string {
  const full = withOwnFolder(given);
  if (path.isAbsolute(full)) return path.resolve(full);
  throw new TwinheadError('invalid-input', say('services.path.relative', { path: given }), {
    file: given,
    remedy,
  });
}

/**
 * The same as somebody names it who is in a folder, as on a command line.
 * @throws TwinheadError `invalid-input` for a path of another system
 */
export function pathFrom(folder: string, given: string): string {
  return path.resolve(folder, withOwnFolder(given));
}

function withOwnFolder(given: string): string {
  if (process.platform === 'win32' || !OF_WINDOWS.test(given))
    return given.replace(OWN_FOLDER, () => os.homedir());
  throw new TwinheadError('invalid-input', say('services.path.windows', { path: given }), {
    file: given,
    remedy: say('services.path.windows.remedy'),
  });
}
