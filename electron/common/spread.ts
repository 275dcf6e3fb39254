/** So many of a list, evenly spread over it. */
export function spread<Value>(list: readonly Value[], most: number): Value[] {
  const count = Math.min(most, list.length);
  return Array.from({ length: count }, (_, at) => list[Math.floor((at * list.length) / count)]!);
}
