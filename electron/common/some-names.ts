import { say } from './sentences/sentence.ts';
import type { SentenceValue } from './sentences/sentence.ts';

/** Names that a sentence has. */
const NAMED = 3;

/** The first of many names, and how many more there are. @param nameOf asked for those that are told only */
export function someNames(
  all: readonly string[],
  nameOf: (one: string) => string = (one) => one,
): SentenceValue {
  const names = { list: all.slice(0, NAMED).map(nameOf), comma: true };
  return all.length > NAMED ? say('services.names.more', { names, more: all.length - NAMED }) : names;
}
