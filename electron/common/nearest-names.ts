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

/** The known name that a mistyped one most likely means; the last part of a dotted name may stand alone. */
export function nearestName(name: string, known: readonly string[]): string {
  const wanted = name.toLowerCase();
  const last = (text: string) => text.slice(text.lastIndexOf('.') + 1);
  let nearest = known[0] ?? '';
  let least = Infinity;
  for (const candidate of known) {
    const lower = candidate.toLowerCase();
    const contained = last(wanted).length > 2 && last(lower).includes(last(wanted)) ? 1.5 : Infinity;
    const distance = Math.min(
      editDistance(wanted, lower),
      editDistance(last(wanted), last(lower)) + 0.5,
      contained,
    );
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** The names most like `wanted`, best first, upper and lower case alike; those that share little are left out. */
export function nearestNames(wanted: string, names: readonly string[], limit = 3): string[] {
  const folded = wanted.toLowerCase();
  return names
    .map((name) => ({ name, distance: editDistance(folded, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.max(name.length, wanted.length) / 2))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map(({ name }) => name);
}
