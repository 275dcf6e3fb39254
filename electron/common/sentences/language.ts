import type { words } from './en/interface.ts';
import type { english } from './en/catalogue.ts';
import type { Catalogue, Translation } from './types.ts';

/** What the services' sentences need of a language: its words, and what stands between sentences and between items. */
export interface Speaking {
  readonly between: string;
  /** Between the items of an open list. */
  readonly comma: string;
  /** Between items that have commas of their own. */
  readonly semicolon: string;
  readonly services: Catalogue;
}

/** A language: its name in itself, and all words. One that lacks a sentence does not compile. */
export interface LanguageWords extends Speaking {
  readonly name: string;
  readonly services: Translation<typeof english>;
  readonly interface: Translation<typeof words>;
}
