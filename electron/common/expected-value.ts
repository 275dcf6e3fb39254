import { z } from 'zod';
import { say } from './sentences/sentence.ts';
import type { Sentence } from './sentences/sentence.ts';

/** A schema without its default. */
export function unwrap(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) inner = inner.unwrap() as z.ZodType;
  return inner;
}

/** What a setting or an option may be, in words: "a whole number from 1 to 512", "one of nano, plain". */
export function expectation(schema: z.ZodType | null): Sentence {
  const inner = schema === null ? null : unwrap(schema);
  if (inner instanceof z.ZodEnum) {
    return say('settings.expected.choice', { choices: inner.options.join(', ') });
  }
  if (inner instanceof z.ZodNumber) {
    const json = z.toJSONSchema(inner) as Record<string, number | string | undefined>;
    const lowest = json['minimum'] ?? json['exclusiveMinimum'];
    // As a person writes them in a setting: without a mark between thousands.
    const range = { lowest: String(lowest ?? '-∞'), highest: String(json['maximum'] ?? '∞') };
    const step = json['multipleOf'];
    if (json['type'] === 'integer') {
      return step === undefined
        ? say('settings.expected.integerFrom', range)
        : say('settings.expected.integerFromStep', { ...range, step: String(step) });
    }
    const above = json['minimum'] === undefined && json['exclusiveMinimum'] !== undefined;
    return say(above ? 'settings.expected.numberAbove' : 'settings.expected.numberFrom', range);
  }
  if (inner instanceof z.ZodBoolean) return say('settings.expected.boolean');
  if (inner instanceof z.ZodObject) return say('settings.expected.group');
  return say('settings.expected.other');
}
