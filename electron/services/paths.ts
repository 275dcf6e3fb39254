import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';

/** A drive's letter, or a share of another machine: on other systems than Windows the name of a file, at best. */
const OF_WINDOWS = /^([A-Za-z]:[\\/]|\\\\)/;

/**
 * The path as it is, where it is one of this system.
 * @throws TwinheadError `invalid-input`
 */
export function requirePathOfSystem(given: string): string {
  if (process.platform === 'win32' || !OF_WINDOWS.test(given)) return given;
  throw new TwinheadError('invalid-input', say('services.path.windows', { path: given }), {
    file: given,
    remedy: say('services.path.windows.remedy'),
  });
}
