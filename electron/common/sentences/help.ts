import { inEnglish } from './english.ts';
import type { Said } from './sentence.ts';

/** What a setting or an option says of itself, for its schema: in English for programs, as data for people of other languages. */
export const help = (said: Said): { readonly description: string; readonly said: Said } => ({
  description: inEnglish(said),
  said,
});
