import type { PluralForms } from '../types.ts';

/** Chinese has one form for every number. */
export const same = (text: string): PluralForms => ({ one: text, other: text });
