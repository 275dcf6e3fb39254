import { languages } from './languages.ts';
import type { Language } from './languages.ts';
import { wordsOf } from './sentence.ts';
import type { Said } from './sentence.ts';

/** A sentence in a language: for the interface. The services themselves need English only (english.ts). */
export function sentenceText(said: Said, language: Language): string {
  return wordsOf(said, languages[language], language);
}

/** Texts one after another, as the language sets sentences apart. */
export const joinSentences = (language: Language, texts: readonly string[]): string =>
  texts.join(languages[language].between);
