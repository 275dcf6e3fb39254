import { classNameKey } from '../../common/class-names.ts';
import { COMMON_ATTRIBUTES } from '../../common/entities.ts';
import type { AttributeDefinition } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';

const LONGEST = 100;

function requireText(given: string, what: string, place: string): string {
  const text = given.normalize('NFC').trim();
  if (classNameKey(text) === '' || /\p{Cc}/u.test(text) || Array.from(text).length > LONGEST) {
    throw new TwinheadError('invalid-input', `${what} is one line of 1 to ${LONGEST} characters.`, {
      place,
      remedy: 'Choose another name.',
    });
  }
  return text;
}

function requireDistinct(names: readonly string[], place: string): void {
  const keys = names.map(classNameKey);
  const doubled = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  if (doubled < 0) return;
  throw new TwinheadError('invalid-input', `“${names[doubled] ?? ''}” is there twice.`, {
    place,
    remedy: 'Choose another name.',
  });
}

/**
 * The attributes that a project defines, as they are stored. Values that boxes have already stay as they are.
 * @throws TwinheadError `invalid-input`, naming the place
 */
export function requireDefinitions(given: readonly AttributeDefinition[]): AttributeDefinition[] {
  const definitions = given.map(({ name, type, choices }, index) => {
    const place = `attributes[${index}]`;
    const known = choices.map((choice) => requireText(choice, 'A choice', place));
    if (type === 'choice' && known.length === 0) {
      throw new TwinheadError('invalid-input', `“${name}” has nothing to choose from.`, {
        place,
        remedy: 'Add a choice, or make it a text.',
      });
    }
    requireDistinct(known, place);
    return {
      name: requireText(name, 'The name of an attribute', place),
      type,
      choices: type === 'choice' ? known : [],
    };
  });
  requireDistinct([...COMMON_ATTRIBUTES, 'crowd', ...definitions.map(({ name }) => name)], 'attributes');
  return definitions;
}
