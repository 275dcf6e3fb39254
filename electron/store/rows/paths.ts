import path from 'node:path';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { damagedValue } from './damaged.ts';

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

/** No path of relativeImagePath's: it holds no character or leaves its folder. */
const STRANGE = /\0|(^|\/)\.\.(\/|$)/;

/**
 * Where an image is on this system. `relative` is as relativeImagePath gives it.
 * @throws TwinheadError `project-corrupt` where a stranger has put another one into the row
 */
export function absoluteImagePath(rootFolder: string, relative: string): string {
  if (STRANGE.test(relative)) throw damagedValue('images.path');
  return rootFolder + path.sep + (path.sep === '/' ? relative : relative.replaceAll('/', path.sep));
}

/** Last name of a path in the spelling of any system. */
export const lastPart = (folder: string): string =>
  folder.split(/[\\/]/).findLast((part) => part !== '') ?? '';
