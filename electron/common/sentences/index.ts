import { english } from './english.ts';
import type { Catalogue, Language, Translation } from './types.ts';
import { zhCN } from './zh-CN/index.ts';
import { wordsOf } from './sentence.ts';
import type { Said } from './sentence.ts';

/** A language that lacks a sentence does not compile. */
const CATALOGUES: Record<Language, Translation<typeof english> & Catalogue> = { en: english, 'zh-CN': zhCN };

/** A sentence in a language: for the interface. The services themselves need English only (english.ts). */
export function sentenceText(said: Said, language: Language): string {
  return wordsOf(said, CATALOGUES[language], language);
}
