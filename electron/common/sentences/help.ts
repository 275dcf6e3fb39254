import type { ClassKind } from '../entities.ts';
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

/** An option that has an effect only where others have one of these values. */
export const onlyWith = (
  values: Readonly<Record<string, readonly string[]>>,
): { readonly onlyWith: Readonly<Record<string, readonly string[]>> } => ({ onlyWith: values });

/** An option that only networks have which tell such classes apart. */
export const needs = (kind: ClassKind): { readonly needs: ClassKind } => ({ needs: kind });

/** A share from 0 to 1, which pages show in percent. */
export const SHARE = { share: true } as const;

/** What a setting or an option says of itself, for its schema: in English for programs, as data for people of other languages. */
export const help = (said: Said): { readonly description: string; readonly said: Said } => ({
  description: inEnglish(said),
  said,
});
