import path from 'node:path';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';

/** As files are searched for: composed Unicode, lower case. */
export function foldText(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

const PADDED_DIGITS = 12;

/** As people sort: img9 before img10, upper and lower case together. */
export function sortKey(relativePath: string): string {
  return foldText(relativePath).replace(/\d+/g, (digits) =>
    digits.replace(/^0+(?=\d)/, '').padStart(PADDED_DIGITS, '0'),
  );
}

/**
 * The one spelling of a path below a root: forward slashes, no `.` or empty parts.
 * @throws TwinheadError `invalid-input` for an absolute path or one that leaves the root
 */
export function relativeImagePath(given: string): string {
  const slashed = path.sep === '\\' ? given.replaceAll('\\', '/') : given;
  const parts = slashed.split('/').filter((part) => part !== '' && part !== '.');
  const absolute = slashed.startsWith('/') || /^[A-Za-z]:\//.test(slashed);
  if (absolute || parts.length === 0 || parts.includes('..') || slashed.includes('\0')) {
    throw new TwinheadError('invalid-input', say('store.path', { path: given }), {
      place: 'path',
    });
  }
  return parts.join('/');
}

/** Where an image is on this system. `relative` is as relativeImagePath gives it. */
export function absoluteImagePath(rootFolder: string, relative: string): string {
  return rootFolder + path.sep + (path.sep === '/' ? relative : relative.replaceAll('/', path.sep));
}
