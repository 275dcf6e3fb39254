import {
  formatBytes,
  formatDuration,
  formatMessage,
  formatNumber,
  formatSmall,
} from '../../electron/common/sentences/format.ts';
import { joinSentences, sentenceText } from '../../electron/common/sentences/index.ts';
import type { Said } from '../../electron/common/sentences/sentence.ts';
import { LANGUAGES, languages } from '../../electron/common/sentences/languages.ts';
import type { Language } from '../../electron/common/sentences/languages.ts';
import type { MessageKey, Parameters } from './types.ts';

let current = $state<Language>('en');

export function setLanguage(language: Language): void {
  current = language;
}

/** For what the services name or write for the person to keep. */
export const language = (): Language => current;

/** The one after the language of the moment, round and round. */
export function nextLanguage(): Language {
  return LANGUAGES[(LANGUAGES.indexOf(current) + 1) % LANGUAGES.length]!;
}

/** The message in the language of the moment; read in a template, it changes with the language. */
export function t<Key extends MessageKey>(key: Key, ...parameters: Parameters<Key>): string {
  return formatMessage(languages[current].interface[key], current, parameters[0]);
}

/** For keys chosen at run time among messages without parameters. */
export function translate(key: MessageKey): string {
  return formatMessage(languages[current].interface[key], current);
}

/** As {@link translate}, in English whatever the language is. */
export function inEnglish(key: MessageKey): string {
  return formatMessage(languages.en.interface[key], 'en');
}

/** What the services say, in the language of the moment. */
export function textOf(said: Said): string {
  return sentenceText(said, current);
}

/** Sentences one after another. */
export const textOfSentences = (texts: readonly string[]): string => joinSentences(current, texts);
export const textOfAll = (said: readonly Said[]): string => textOfSentences(said.map(textOf));

/** Names one after another, with the comma of the language. */
export const textOfNames = (names: readonly string[]): string => names.join(languages[current].comma);

/** What failed and what can be done about it, in one line. */
export function textWithRemedy({
  said,
  details,
}: {
  said: Said;
  details: { readonly remedy?: Said };
}): string {
  return textOfAll(details.remedy === undefined ? [said] : [said, details.remedy]);
}

export function number(value: number, options?: Intl.NumberFormatOptions): string {
  return formatNumber(current, value, options);
}

/** A share from 0 to 1 with one decimal. */
export function percent(value: number, digits = 1): string {
  return formatNumber(current, value, {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** A share in whole percent; one that is too small for that does not read as none. */
export function share(value: number): string {
  return value > 0 && value < 0.005 ? `< ${percent(0.01, 0)}` : percent(value, 0);
}

/** A learning rate, a tolerance: 0.00048, 4.8×10⁻⁷. */
export function small(value: number): string {
  return formatSmall(current, value);
}

export function duration(seconds: number): string {
  return formatDuration(current, seconds);
}

export function bytes(value: number): string {
  return formatBytes(current, value);
}

export function dateTime(iso: string): string {
  return new Intl.DateTimeFormat(current, { dateStyle: 'medium', timeStyle: 'short' }).format(
    Date.parse(iso),
  );
}

export function time(iso: string): string {
  return new Intl.DateTimeFormat(current, { timeStyle: 'medium' }).format(Date.parse(iso));
}
