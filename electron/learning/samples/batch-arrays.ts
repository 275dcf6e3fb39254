export interface BatchArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** Inputs of a step by name; the arrays are overwritten by the next batch. */
export type BatchArrays = Record<string, BatchArray>;

/** The name of what a head brings or says, among that of all heads. */
export const headName = (task: string, name: string): string => `${task}.${name}`;

/** What a head brings or says by the names that it knows, out of that of all heads. */
export function ofHead<Value>(all: Readonly<Record<string, Value>>, task: string): Record<string, Value> {
  const prefix = headName(task, '');
  const own = Object.entries(all).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** The same the other way round. */
export const namedByHead = <Value>(
  own: Readonly<Record<string, Value>>,
  task: string,
): Record<string, Value> =>
  Object.fromEntries(Object.entries(own).map(([name, value]) => [headName(task, name), value]));

/** Zeros. */
export const floats = (...shape: number[]): { shape: number[]; data: Float32Array } => ({
  shape,
  data: new Float32Array(shape.reduce((size, side) => size * side, 1)),
});
