import { inEnglish } from '../../common/sentences/english.ts';
import type { Said } from '../../common/sentences/sentence.ts';

/** What a setting says of itself, for its schema: in English for programs, as data for people of other languages. */
export const help = (said: Said): { readonly description: string; readonly said: Said } => ({
  description: inEnglish(said),
  said,
});
