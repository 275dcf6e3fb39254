import type { StoredTensor } from '../../../learning/base/safetensors.ts';
import type { Layer, LayerList } from '../layers.ts';
import type { LiteTensor } from './schema.ts';

const WEIGHTED: ReadonlySet<string> = new Set(['conv2d', 'depthwise_conv2d', 'matmul']);
const LARGEST_INTEGER = 127;
/** Scales below would be of weights that are as good as zero. */
const LEAST_WEIGHT = 1e-20;

/**
 * Layers with weights, but for the last on each way to an output: those make the probabilities and distances themselves,
 * which 256 steps are too few for.
 */
export function innerOf({ layers, tensors }: LayerList): ReadonlySet<Layer> {
  const inner = new Set<Layer>();
  /** Values that a later layer with weights is computed from. */
  const before = new Set<string | number>();
  for (const layer of layers.toReversed()) {
    const { op, inputs, outputs } = layer;
    const hasWeights = WEIGHTED.has(op) && tensors.has(String(inputs[1]));
    const leads = outputs.some((name) => before.has(name));
    if (hasWeights && leads) inner.add(layer);
    if (hasWeights || leads) for (const name of inputs) before.add(name);
  }
  return inner;
}

/**
 * A weight in 8 bits, from -127 to 127, with what its integers are to be multiplied by.
 * @param byOutput a scale for each position on the first axis, instead of one
 */
export function inIntegers(
  { data, shape }: StoredTensor,
  byOutput: boolean,
): Required<Pick<LiteTensor, 'shape' | 'data' | 'scales'>> {
  const perScale = byOutput ? data.length / shape[0]! : data.length;
  const scales = Array.from({ length: data.length / perScale }, (_, at) => {
    const part = data.subarray(at * perScale, (at + 1) * perScale);
    const largest = part.reduce((most, value) => Math.max(most, Math.abs(value)), LEAST_WEIGHT);
    return Math.fround(largest / LARGEST_INTEGER);
  });
  const integers = Int8Array.from(data, (value, at) =>
    Math.round(value / scales[Math.floor(at / perScale)]!),
  );
  return { shape, data: integers, scales };
}

/** [rows, columns] → [columns, rows]. */
export function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      result[column * rows + row] = data[row * columns + column]!;
  }
  return result;
}
