/** Index of the first value of an array that is not a finite number; -1: all are. */
export function firstNotFinite(data: Float32Array): number {
  let sum = 0;
  // 0 for all that is finite, NaN for the rest: one pass without a branch, over some ten million numbers.
  for (let i = 0; i < data.length; i++) sum += data[i]! * 0;
  return sum === 0 ? -1 : data.findIndex((value) => !Number.isFinite(value));
}
