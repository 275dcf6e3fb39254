/** Smallest number of inserted, deleted, replaced or swapped letters that turns a into b (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => {
    const row = new Array<number>(b.length + 1).fill(0);
    row[0] = i;
    return row;
  });
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replace = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replace, rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      }
      rows[i]![j] = best;
    }
  }
  return rows[a.length]![b.length]!;
}

/** How many letters may be mistyped in a name of so many: one in three. */
const LETTERS_A_SLIP = 3;
/** Shorter parts of names say nothing. */
const SHORTEST_PART = 3;

/** How far two names are from each other; null where none can be taken for the other. */
function distanceOf(wanted: string, name: string): number | null {
  const distance = editDistance(wanted, name);
  return distance * LETTERS_A_SLIP <= Math.max(wanted.length, name.length) ? distance : null;
}

/**
 * The names that a mistyped one may mean, the likeliest first, upper and lower case alike; the last part of a dotted
 * name may stand alone, or a part of it. Those that share less are no help and are left out.
 */
export function nearestNames(wanted: string, names: readonly string[], limit = 3): string[] {
  const whole = wanted.toLowerCase();
  const last = (text: string): string => text.slice(text.lastIndexOf('.') + 1);
  const part = last(whole);
  return names
    .flatMap((name) => {
      const folded = name.toLowerCase();
      const asPart = distanceOf(part, last(folded));
      const distances = [
        distanceOf(whole, folded),
        asPart === null ? null : asPart + 0.5,
        part.length >= SHORTEST_PART && last(folded).includes(part) ? 1.5 : null,
      ].filter((distance) => distance !== null);
      return distances.length === 0 ? [] : [{ name, distance: Math.min(...distances) }];
    })
    .sort((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map(({ name }) => name);
}
