import { z } from 'zod';
import { formatBytes, formatCount, formatDuration, formatMessage, formatNumber } from './format.ts';
import type { ParameterValues } from './format.ts';
import type { english } from './en/catalogue.ts';
import type { Speaking } from './language.ts';
import type { Language } from './languages.ts';
import type { Message, ParameterNames } from './types.ts';

export type SentenceKey = keyof typeof english;

/** A number that is written with its unit: bytes, seconds, a share from 0 to 1, or a large count in words. */
export interface Quantity {
  readonly unit: 'bytes' | 'seconds' | 'share' | 'count';
  readonly value: number;
}

/** Several values in a row, joined as the language does it: "a, b and c". */
export interface ValueList {
  readonly list: readonly SentenceValue[];
  /** "a, b, c", where more may follow. */
  readonly comma?: boolean;
  /** "a; b; c", where items have commas of their own. */
  readonly semicolon?: boolean;
}

/** Sentences one after another. */
export interface Paragraph {
  readonly sentences: readonly Said[];
}

/**
 * Value of a parameter: a number is written as the language does it (1,234), a text stands as it is (names, ports, what
 * the operating system says).
 */
export type SentenceValue = string | number | Quantity | ValueList | Paragraph | Sentence;

/** A sentence as data: which one, with its parameters. It becomes text where a person reads it. */
export interface Sentence {
  readonly key: SentenceKey;
  readonly values?: Readonly<Record<string, SentenceValue>>;
}

/** A sentence, or a text that is in one language only: of another program, or stored by an older version. */
export type Said = string | Sentence;

type Values<Key extends SentenceKey> = [ParameterNames<(typeof english)[Key]>] extends [never]
  ? []
  : [values: Record<ParameterNames<(typeof english)[Key]>, SentenceValue>];

/** The sentence `key` with its parameters filled: a missing or a misspelt one is a type error. */
export function say<Key extends SentenceKey>(key: Key, ...[values]: Values<Key>): Sentence {
  return values === undefined ? { key } : { key, values };
}

/** Schemas of what crosses a border. A key that this version lacks (a newer one wrote it) is shown as it is. */
export const SentenceSchema = z.custom<Sentence>((value) => isSentence(value), 'expected a sentence');
export const SaidSchema: z.ZodType<Said> = z.union([z.string(), SentenceSchema]);

export function isSentence(value: unknown): value is Sentence {
  if (typeof value !== 'object' || value === null || !('key' in value) || typeof value.key !== 'string')
    return false;
  const others = Object.keys(value).filter((name) => name !== 'key');
  return (
    others.length === 0 ||
    (others.length === 1 &&
      'values' in value &&
      typeof value.values === 'object' &&
      value.values !== null &&
      Object.values(value.values).every(isValue))
  );
}

/** A newer version may have written a value of another sort. */
function isValue(value: unknown): value is SentenceValue {
  if (typeof value === 'string' || typeof value === 'number') return true;
  if (typeof value !== 'object' || value === null) return false;
  if ('key' in value) return isSentence(value);
  const isSaid = (one: unknown): boolean => typeof one === 'string' || isSentence(one);
  if ('sentences' in value) return Array.isArray(value.sentences) && value.sentences.every(isSaid);
  if ('list' in value) return Array.isArray(value.list) && value.list.every(isValue);
  return (
    'unit' in value &&
    'value' in value &&
    typeof value.value === 'number' &&
    (value.unit === 'bytes' || value.unit === 'seconds' || value.unit === 'share' || value.unit === 'count')
  );
}

/** Whether two say the same but for its numbers: how far something is, mostly. */
export function saySameBesidesNumbers(one: Said, other: Said): boolean {
  const kind = (said: Said): string =>
    JSON.stringify(said, (_, value: unknown) => (typeof value === 'number' ? 0 : value));
  return kind(one) === kind(other);
}

/** What a step did, where it stands within a sentence ("Undone: added a box"): that begins small. */
export function withinSentence(step: string): string {
  return step.charAt(0).toLocaleLowerCase() + step.slice(1);
}

/** A text that an older version stored may be a name, which is written as it is. */
function isStepWithin({ key, values }: Sentence, name: string, message: Message): boolean {
  if (!key.startsWith('history.') || !isSentence(values?.[name])) return false;
  return typeof message === 'string' && !message.startsWith(`{${name}}`);
}

/** The text of a sentence by the words of one language. */
export function wordsOf(said: Said, words: Speaking, language: Language): string {
  if (typeof said === 'string') return said;
  const message = Object.hasOwn(words.services, said.key) ? words.services[said.key] : undefined;
  if (message === undefined) return said.key;
  const parameters: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(said.values ?? {})) {
    const text = typeof value === 'number' ? value : valueText(value, words, language);
    parameters[name] = isStepWithin(said, name, message) ? withinSentence(String(text)) : text;
  }
  return formatMessage(message, language, parameters satisfies ParameterValues);
}

function valueText(value: Exclude<SentenceValue, number>, words: Speaking, language: Language): string {
  if (typeof value === 'string' || 'key' in value) return wordsOf(value, words, language);
  if ('sentences' in value)
    return value.sentences.map((said) => wordsOf(said, words, language)).join(words.between);
  if ('list' in value) {
    const items = value.list.map((item) =>
      typeof item === 'number' ? formatNumber(language, item) : valueText(item, words, language),
    );
    if (value.comma === true) return items.join(words.comma);
    if (value.semicolon === true) return items.join(words.semicolon);
    return new Intl.ListFormat(language, { type: 'conjunction' }).format(items);
  }
  switch (value.unit) {
    case 'bytes':
      return formatBytes(language, value.value);
    case 'seconds':
      return formatDuration(language, value.value);
    case 'share':
      return formatNumber(language, value.value, { style: 'percent', maximumFractionDigits: 1 });
    case 'count':
      return formatCount(language, value.value);
  }
}
