import { en } from './en/index.ts';
import type { LanguageWords } from './language.ts';
import { zhCN } from './zh-CN/index.ts';

/** Every language there is, by its tag (BCP 47). */
export const languages = { en, 'zh-CN': zhCN } as const satisfies Record<string, LanguageWords>;

export type Language = keyof typeof languages;
export const LANGUAGES = Object.keys(languages) as readonly Language[] as readonly [Language, ...Language[]];

/** The language to use for a system that prefers `wanted`, in its order. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split('-')[0];
    const found = LANGUAGES.find((language) => language.split('-')[0] === primary);
    if (found !== undefined) return found;
  }
  return 'en';
}
