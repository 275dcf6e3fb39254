export interface PaletteEntry {
  readonly title: string;
  /** What it is also found by. */
  readonly aliases?: readonly string[];
  /** Takes work back: found by the beginnings of its words alone, and after all that is found so. */
  readonly guarded?: boolean;
}

const SHORTEST_SCATTERED = 4;
/** Scripts that write words without spaces between them. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** What a guarded entry counts: less than initials of others, more than letters in a row. */
const GUARDED = 2.5;

/**
 * Entries that the words find, best first: the title's beginning, beginnings of its words in order, in any order,
 * initials, then letters in a row, then, for four and more, scattered ones. No words: all, in their order.
 */
export function rank<Entry extends PaletteEntry>(words: string, entries: readonly Entry[]): Entry[] {
  const wanted = words.trim().toLocaleLowerCase();
  if (wanted === '') return [...entries];
  return entries
    .map((entry) => {
      const { title, aliases = [], guarded = false } = entry;
      const scores = [title, ...aliases].map((name) => score(wanted, name, guarded));
      return { entry, score: Math.max(...scores) };
    })
    .map(({ entry, score }) => ({ entry, score: entry.guarded && score > 0 ? GUARDED + score / 100 : score }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ entry }) => entry);
}

function score(wanted: string, name: string, guarded: boolean): number {
  const title = name.toLocaleLowerCase();
  const brevity = 1 / (1 + title.length);
  if (title.startsWith(wanted)) return 6 + brevity;
  const starts = title.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const parts = wanted.split(/\s+/);
  if (beginInOrder(parts, starts)) return 5 + brevity;
  if (parts.every((part) => starts.some((word) => word.startsWith(part)))) return 4 + brevity;
  if (UNSPACED.test(wanted) && title.includes(wanted)) return 4 + brevity;
  if (guarded) return 0;
  const letters = parts.join('');
  if (beginInOrder(Array.from(letters), starts)) return 3 + brevity;
  if (letters.length < SHORTEST_SCATTERED) return 0;
  if (title.includes(wanted)) return 2 + brevity;
  return scattered(letters, title) ? 1 + brevity : 0;
}

/** Whether the parts begin words of the title, each a later one than the part before. */
function beginInOrder(parts: readonly string[], words: readonly string[]): boolean {
  let from = 0;
  return parts.every((part) => {
    const index = words.findIndex((word, at) => at >= from && word.startsWith(part));
    from = index + 1;
    return index >= 0;
  });
}

function scattered(letters: string, title: string): boolean {
  let at = -1;
  return Array.from(letters).every((letter) => (at = title.indexOf(letter, at + 1)) >= 0);
}
