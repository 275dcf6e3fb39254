import { inEnglish } from '../../electron/common/sentences/english.ts';
import { isSentence } from '../../electron/common/sentences/sentence.ts';

/** A value as it crosses a border, each sentence in it in English: for comparing words. */
export function asEnglish<Value>(value: Value): Value {
  if (value === undefined) return value;
  const text = JSON.stringify(value, (_, part: unknown) => (isSentence(part) ? inEnglish(part) : part));
  return JSON.parse(text) as Value;
}
