import { inEnglish } from '../../electron/common/sentences/english.ts';
import { isSentence } from '../../electron/common/sentences/sentence.ts';

/** A value as it crosses a border, each sentence in it in English: for comparing words. */
export function asEnglish<Value>(value: Value): Value {
  if (value === undefined) return value;
  const text = JSON.stringify(value, (_, part: unknown) => (isSentence(part) ? inEnglish(part) : part));
  return JSON.parse(text) as Value;
}

/** Matches what is said in English with these words in it: stands where `expect.stringContaining` would. */
export function saying(words: string | RegExp): unknown {
  const said = (value: unknown): string | null =>
    isSentence(value) ? inEnglish(value) : typeof value === 'string' ? value : null;
  return {
    $$typeof: Symbol.for('jest.asymmetricMatcher'),
    asymmetricMatch: (value: unknown): boolean =>
      typeof words === 'string' ? (said(value)?.includes(words) ?? false) : words.test(said(value) ?? ''),
    toString: () => 'saying',
    toAsymmetricMatcher: () => `saying ${String(words)}`,
  };
}
