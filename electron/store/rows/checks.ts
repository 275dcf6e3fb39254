/** Whether a value that was read from a text of the project is what it should be. */
export type Check = (value: unknown) => boolean;

export const integer: Check = Number.isSafeInteger;
export const real: Check = (value) => typeof value === 'number';
export const text: Check = (value) => typeof value === 'string';
export const boolean: Check = (value) => typeof value === 'boolean';
export const flag: Check = (value) => value === 0 || value === 1;
export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
export const oneOf = (...words: readonly string[]): Check => words.includes.bind(words) as Check;
export const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
export const tuple =
  (...checks: readonly Check[]): Check =>
  (value) =>
    Array.isArray(value) && value.length === checks.length && checks.every((check, at) => check(value[at]));
