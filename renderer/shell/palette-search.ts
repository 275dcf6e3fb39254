/**
 * Entries whose title holds the words' letters in order, best first: a word's start counts most, letters in a row
 * more than scattered ones. No words: all, in their order.
 */
export function rank<Entry extends { readonly title: string }>(
  words: string,
  entries: readonly Entry[],
): Entry[] {
  const wanted = words.trim().toLocaleLowerCase().replace(/\s+/g, '');
  if (wanted === '') return [...entries];
  return entries
    .map((entry) => ({ entry, score: score(wanted, entry.title.toLocaleLowerCase()) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ entry }) => entry);
}

function score(wanted: string, title: string): number {
  let total = 0;
  let at = -1;
  for (const letter of wanted) {
    const next = title.indexOf(letter, at + 1);
    if (next < 0) return 0;
    const startsWord = next === 0 || title[next - 1] === ' ';
    total += next === at + 1 ? 4 : startsWord ? 3 : 1;
    at = next;
  }
  return total / wanted.length - title.length / 1000;
}
