/** Levenshtein distance: how many characters have to be put in, left out or exchanged. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const exchanged = previous[column - 1]! + Number(a[row - 1] !== b[column - 1]);
      current.push(Math.min(exchanged, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
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
