import { ENGLISH } from './en/catalogue.ts';
import { wordsOf } from './sentence.ts';
import type { Said } from './sentence.ts';

/** A sentence in English: for the command line, the log and messages of errors. */
export function inEnglish(said: Said): string {
  return wordsOf(said, ENGLISH, 'en');
}
