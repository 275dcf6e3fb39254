import { classNameKey } from '../../common/class-names.ts';
import { COMMON_ATTRIBUTES } from '../../common/entities.ts';
import type { AttributeDefinition } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';

const LONGEST = 100;

/** Taken, though no project defines them. */
const BUILT_IN: ReadonlySet<string> = new Set([...COMMON_ATTRIBUTES, 'crowd'].map(classNameKey));

function requireText(given: string, what: 'choice' | 'name', place: string): string {
  const text = given.normalize('NFC').trim();
  if (classNameKey(text) === '' || /\p{Cc}/u.test(text) || Array.from(text).length > LONGEST) {
    throw new TwinheadError('invalid-input', say(`store.attribute.${what}`, { length: LONGEST }), {
      place,
      remedy: say('store.anotherName'),
    });
  }
  return text;
}

function requireDistinct(names: readonly string[], place: string): void {
  const keys = names.map(classNameKey);
  const doubled = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  if (doubled < 0) return;
  throw new TwinheadError('invalid-input', say('store.attribute.twice', { name: names[doubled] ?? '' }), {
    place,
    remedy: say('store.anotherName'),
  });
}

/**
 * The attributes that a project defines, as they are stored. Values that boxes have already stay as they are.
 * @throws TwinheadError `invalid-input`, naming the place
 */
export function requireDefinitions(given: readonly AttributeDefinition[]): AttributeDefinition[] {
  const definitions = given.map(({ name, type, choices }, index) => {
    const place = `attributes[${index}]`;
    const known = choices.map((choice) => requireText(choice, 'choice', place));
    if (type === 'choice' && known.length === 0) {
      throw new TwinheadError('invalid-input', say('store.attribute.noChoices', { name }), {
        place,
        remedy: say('store.attribute.noChoices.remedy'),
      });
    }
    requireDistinct(known, place);
    return {
      name: requireText(name, 'name', place),
      type,
      choices: type === 'choice' ? known : [],
    };
  });
  const names = definitions.map(({ name }) => name);
  requireDistinct(names, 'attributes');
  const taken = names.find((name) => BUILT_IN.has(classNameKey(name)));
  if (taken !== undefined) {
    throw new TwinheadError('invalid-input', say('store.attribute.exists', { name: taken }), {
      place: 'attributes',
      remedy: say('store.anotherName'),
    });
  }
  return definitions;
}
