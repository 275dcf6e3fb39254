import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import { readSaid } from '../../common/sentences/stored.ts';

/** What an entry of the journal did, in words: of an import, and of suggestions, the name of their source is stored. */
export function entrySummary(row: {
  readonly kind: string;
  readonly summary: string;
  readonly actor_name: string | null;
}): Said {
  const said = readSaid(row.summary);
  if (typeof said !== 'string') return said;
  if (row.kind === 'import') return say('history.imported', { name: said });
  return row.kind === 'suggest' && said === row.actor_name ? say('history.suggested', { name: said }) : said;
}
