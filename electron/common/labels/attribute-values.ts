import { COMMON_ATTRIBUTES } from '../entities.ts';
import type { AttributeDefinition, Box } from '../entities.ts';
import { TwinheadError } from '../errors.ts';
import { say } from '../sentences/sentence.ts';

const LONGEST_TEXT = 1000;

/** @throws TwinheadError `invalid-input` where a number is not finite: JSON can't keep it */
export function requireFiniteAttributes(
  attributes: Box['attributes'],
  score: number | null,
  place: string,
): void {
  const wrong = Object.entries(attributes).find(
    ([, value]) => typeof value === 'number' && !Number.isFinite(value),
  );
  if (wrong !== undefined) {
    throw new TwinheadError('invalid-input', say('labels.attribute.finite', { name: wrong[0] }), { place });
  }
  if (score !== null && !Number.isFinite(score)) {
    throw new TwinheadError('invalid-input', say('labels.score.finite'), { place });
  }
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
    const said = { name, value: JSON.stringify(value) };
    const { type, choices } = definition;
    throw new TwinheadError(
      'invalid-input',
      type === 'choice'
        ? say('labels.attribute.choice', { ...said, choices: choices.join(', ') })
        : say(`labels.attribute.${type}`, said),
      {
        place,
        remedy: say('labels.attribute.remedy'),
      },
    );
  }
}
