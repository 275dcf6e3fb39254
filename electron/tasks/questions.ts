/** What a thread is asked: by kind, what it takes and what it gives. Plain data, agreed on by both sides. */
export type Questions<Kinds> = {
  readonly [Kind in keyof Kinds]: { readonly input: unknown; readonly result: unknown };
};

/** What answers each kind. */
export type Handlers<Asked extends Questions<Asked>> = {
  readonly [Kind in keyof Asked]: (
    input: Asked[Kind]['input'],
  ) => Asked[Kind]['result'] | Promise<Asked[Kind]['result']>;
};
