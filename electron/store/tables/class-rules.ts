import { classNameKey, LONGEST_CLASS_NAME } from '../../common/class-names.ts';
import { TwinheadError } from '../../common/errors.ts';

/** Control characters, line breaks and separators, and the marks that turn the direction of text around. */
const FORBIDDEN = /[\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;

/**
 * The name as it is stored: trimmed, composed Unicode.
 * @throws TwinheadError `invalid-input`, naming `place`
 */
export function requireClassName(given: string, place = 'name'): string {
  const name = given.normalize('NFC').trim();
  const refuse = (message: string): never => {
    throw new TwinheadError('invalid-input', message, { place, remedy: 'Choose another name.' });
  };
  if (classNameKey(name) === '') refuse('A class needs a name that can be seen.');
  if (!name.isWellFormed()) refuse('A class name is text: this one holds half of a character.');
  if (FORBIDDEN.test(name)) refuse('A class name is one line without control characters.');
  const { length } = Array.from(name);
  if (length > LONGEST_CLASS_NAME) {
    refuse(`A class name has at most ${LONGEST_CLASS_NAME} characters; this one has ${length}.`);
  }
  return name;
}

/** `#RRGGBB`, upper case. @throws TwinheadError `invalid-input` */
export function requireColor(given: string): string {
  if (!/^#[0-9a-f]{6}$/i.test(given)) {
    throw new TwinheadError('invalid-input', `“${given}” is not a colour.`, {
      place: 'color',
      remedy: 'Give it as #RRGGBB.',
    });
  }
  return given.toUpperCase();
}

/** One letter or digit in lower case, or null. @throws TwinheadError `invalid-input` */
export function requireHotkey(given: string | null): string | null {
  if (given === null) return null;
  const key = given.toLowerCase();
  if (!/^[a-z0-9]$/.test(key)) {
    throw new TwinheadError('invalid-input', `“${given}” can't be the key of a class.`, {
      place: 'hotkey',
      remedy: 'Choose one letter or digit.',
    });
  }
  return key;
}
