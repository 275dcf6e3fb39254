export interface BatchArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** Inputs of a step by name; the arrays are overwritten by the next batch. */
export type BatchArrays = Record<string, BatchArray>;

/** Zeros. */
export const floats = (...shape: number[]): { shape: number[]; data: Float32Array } => ({
  shape,
  data: new Float32Array(shape.reduce((size, side) => size * side, 1)),
});
