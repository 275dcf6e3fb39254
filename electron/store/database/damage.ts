import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';

/** What SQLite says of damage, and how a person reads it; the first group is a name. */
const DAMAGE: readonly (readonly [RegExp, (name: string) => Sentence])[] = [
  [/^CHECK constraint failed in (\S+)$/, (table) => say('store.damage.check', { table })],
  [/^NULL value in (\S+)$/, (column) => say('store.damage.null', { column })],
  [/^(?:non-)?[A-Z]+ value in (\S+)$/, (column) => say('store.damage.type', { column })],
  [
    /^(?:row \S+ missing from|wrong # of entries in|non-unique entry in|rowid not at end-of-record for row \d+ of) index (\S+)$/,
    (index) => say('store.damage.index', { index }),
  ],
  [/^database disk image is malformed$/, () => say('store.damage.malformed')],
  [/^file is not a database$/, () => say('store.damage.noDatabase')],
];

/** SQLite's words of damage as a sentence. */
export function damageSaid(given: string): Sentence {
  const words = given.replaceAll(/\s+/g, ' ').trim();
  for (const [pattern, sentence] of DAMAGE) {
    const found = pattern.exec(words);
    if (found !== null) return sentence(found[1] ?? '');
  }
  return say('store.damage.sqlite', { words });
}
