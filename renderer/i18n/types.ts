import type { en } from './en.ts';

/** Two forms chosen by `count` (Intl.PluralRules); a language without plural gives the same text twice. */
export interface PluralForms {
  readonly one: string;
  readonly other: string;
}

export type MessageKey = keyof typeof en;

/** Every language says every key: a missing one is a type error. */
export type Messages = {
  readonly [Key in MessageKey]: (typeof en)[Key] extends string ? string : PluralForms;
};

type Names<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type NamesOf<Message> = Message extends string
  ? Names<Message>
  : Message extends { one: infer One; other: infer Other }
    ? Names<One> | Names<Other> | 'count'
    : never;

/** What the message's `{places}` need: none, or exactly these. */
export type Places<Key extends MessageKey> = [NamesOf<(typeof en)[Key]>] extends [never]
  ? []
  : [places: Record<NamesOf<(typeof en)[Key]>, string | number>];

export const LANGUAGES = ['en', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];
