/** Two forms chosen by `count` (Intl.PluralRules); a language without plural gives the same text twice. */
export interface PluralForms {
  readonly one: string;
  readonly other: string;
}

export type Message = string | PluralForms;
export type Catalogue = Readonly<Record<string, Message>>;

/** The same messages in another language: a missing one is a type error. */
export type Translation<English> = {
  readonly [Key in keyof English]: English[Key] extends string ? string : PluralForms;
};

type Names<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** Names of the `{parameters}` of a message. */
export type ParameterNames<Text> = Text extends string
  ? Names<Text>
  : Text extends { one: infer One; other: infer Other }
    ? Names<One> | Names<Other> | 'count'
    : never;
