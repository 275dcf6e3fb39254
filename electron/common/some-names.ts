import type { ValueList } from './sentences/sentence.ts';

/** Files that are named where there are many. */
const NAMED = 3;

/** The first of many names, and that there are more. */
export function someNames(names: readonly string[]): ValueList {
  return { list: [...names.slice(0, NAMED), ...(names.length > NAMED ? ['…'] : [])], comma: true };
}
