import { classNameKey } from '../../common/class-names.ts';
import { COMMON_ATTRIBUTES } from '../../common/entities.ts';
import type { AttributeDefinition, Box } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';

const LONGEST = 100;
const LONGEST_TEXT = 1000;

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

function fits(value: Box['attributes'][string], { type, choices }: AttributeDefinition): boolean {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number';
    case 'choice':
      return typeof value === 'string' && choices.includes(value);
    case 'text':
      return typeof value === 'string' && value.length <= LONGEST_TEXT;
  }
}

const COMMON: readonly AttributeDefinition[] = COMMON_ATTRIBUTES.map((name) => ({
  name,
  type: 'boolean',
  choices: [],
}));

/**
 * What a person sets has to be what the attribute is for; what is there already, from an import or an earlier
 * definition, stays.
 * @throws TwinheadError `invalid-input`, naming the place
 */
export function requireAttributeValues(
  attributes: Box['attributes'],
  before: Box['attributes'],
  definitions: readonly AttributeDefinition[],
  place: string,
): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (before[name] === value) continue;
    const definition = [...COMMON, ...definitions].find((one) => one.name === name);
    if (definition === undefined || fits(value, definition)) continue;
    const wanted =
      definition.type === 'choice' ? `one of ${definition.choices.join(', ')}` : `a ${definition.type}`;
    throw new TwinheadError(
      'invalid-input',
      `The attribute “${name}” is ${wanted}, not ${JSON.stringify(value)}.`,
      {
        place,
        remedy: 'Choose a value of that kind.',
      },
    );
  }
}
