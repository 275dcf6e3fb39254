import { inEnglish } from './english.ts';
import type { Said } from './sentence.ts';

/** What an option is called where a person chooses, and what each of its choices is. */
export const named = (
  name: Said,
  choices: Readonly<Record<string, Said>> = {},
): { readonly title: string; readonly named: Said; readonly choices: Readonly<Record<string, Said>> } => ({
  title: inEnglish(name),
  named: name,
  choices,
});

/** What a setting or an option says of itself, for its schema: in English for programs, as data for people of other languages. */
export const help = (said: Said): { readonly description: string; readonly said: Said } => ({
  description: inEnglish(said),
  said,
});
