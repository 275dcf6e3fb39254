import { isSentence } from './sentence.ts';
import type { Said } from './sentence.ts';

/** What a column of texts keeps of a sentence; {@link readSaid} reads it. */
export const storedSaid = (said: Said): string => (typeof said === 'string' ? said : JSON.stringify(said));

/**
 * A sentence from a column of texts; what an older version wrote there is a text, and stays one. Of one that only a newer
 * version can read, its key.
 */
export function readSaid(text: string): Said {
  if (!text.startsWith('{"key":')) return text;
  try {
    const value: unknown = JSON.parse(text);
    if (isSentence(value)) return value;
    const { key, ...others } = value as { readonly key: unknown };
    return typeof key === 'string' && Object.keys(others).join() === 'values' ? key : text;
  } catch {
    return text;
  }
}
