import { classNameKey, LONGEST_CLASS_NAME } from '../../common/class-names.ts';
import { LONGEST_DESCRIPTION } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';

/** Control characters, line breaks and separators, and the marks that turn the direction of text around. */
const FORBIDDEN = /[\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
/** Characters of a refused name that are told: enough to find it by. */
const MOST_TOLD = 60;

/** A name that is refused, as a sentence can show it. */
function toldName(name: string): string {
  const characters = Array.from(name.toWellFormed().replace(FORBIDDEN, '\uFFFD'));
  const told = characters.slice(0, MOST_TOLD).join('');
  return characters.length > MOST_TOLD ? `${told}…` : told;
}

/**
 * The name as it is stored: trimmed, composed Unicode.
 * @throws TwinheadError `invalid-input`, naming `place`
 */
export function requireClassName(given: string, place = 'name'): string {
  const name = given.normalize('NFC').trim();
  const told = toldName(name);
  const refuse = (message: Sentence): never => {
    throw new TwinheadError('invalid-input', message, { place, remedy: say('store.anotherName') });
  };
  if (classNameKey(name) === '') refuse(say('store.class.noName', { name: told }));
  if (!name.isWellFormed()) refuse(say('store.class.halfCharacter', { name: told }));
  if (name.search(FORBIDDEN) >= 0) refuse(say('store.class.oneLine', { name: told }));
  const { length } = Array.from(name);
  if (length > LONGEST_CLASS_NAME) {
    refuse(say('store.class.long', { name: told, most: LONGEST_CLASS_NAME, length }));
  }
  return name;
}

/** The sentence as it is stored: composed Unicode on one line. @throws TwinheadError `invalid-input` */
export function requireDescription(given: string): string {
  const text = given.normalize('NFC').replace(/\s+/g, ' ').trim();
  const { length } = Array.from(text);
  if (length > LONGEST_DESCRIPTION || !text.isWellFormed() || text.search(FORBIDDEN) >= 0) {
    throw new TwinheadError('invalid-input', say('store.class.description', { most: LONGEST_DESCRIPTION }), {
      place: 'description',
      remedy: say('store.class.description.remedy'),
    });
  }
  return text;
}

/** `#RRGGBB`, upper case. @throws TwinheadError `invalid-input` */
export function requireColor(given: string): string {
  if (!/^#[0-9a-f]{6}$/i.test(given)) {
    throw new TwinheadError('invalid-input', say('store.class.color', { color: given }), {
      place: 'color',
      remedy: say('store.class.color.remedy'),
    });
  }
  return given.toUpperCase();
}

/** One letter or digit in lower case, or null. @throws TwinheadError `invalid-input` */
export function requireHotkey(given: string | null): string | null {
  if (given === null) return null;
  const key = given.toLowerCase();
  if (!/^[a-z0-9]$/.test(key)) {
    throw new TwinheadError('invalid-input', say('store.class.key', { key: given }), {
      place: 'hotkey',
      remedy: say('store.class.key.remedy'),
    });
  }
  return key;
}
