import type { ElementArray } from '../../../engine/graph/types.ts';

/**
 * TensorFlow keeps maps as [batch, height, width, channels], ONNX's convolutions want [batch, channels, height,
 * width]. A map may be held in either; what has no rank of 4 is always `tensorflow`.
 */
export type Layout = 'tensorflow' | 'channelsFirst';

/** Output axis i of a transposition to the layout is input axis order[i]. */
export const TO_CHANNELS_FIRST = [0, 3, 1, 2] as const;
export const TO_TENSORFLOW = [0, 2, 3, 1] as const;

/** Where TensorFlow's axis lies in the layout. */
export function axisIn(layout: Layout, axis: number): number {
  return layout === 'channelsFirst' ? TO_TENSORFLOW[axis]! : axis;
}

/** One entry an axis, from TensorFlow's order to the layout's. */
export function inLayout<T>(layout: Layout, perAxis: readonly T[]): T[] {
  return layout === 'channelsFirst' ? TO_CHANNELS_FIRST.map((axis) => perAxis[axis]!) : [...perAxis];
}

export function transposeShape(shape: readonly number[], order: readonly number[]): number[] {
  return order.map((axis) => shape[axis]!);
}

/** The elements of a tensor after transposition: output axis i is input axis order[i]. */
export function transposeElements<T extends ElementArray>(
  data: T,
  shape: readonly number[],
  order: readonly number[],
): T {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((size, side) => size * side, 1));
  const outShape = transposeShape(shape, order);
  const outStrides = order.map((axis) => strides[axis]!);
  const result = data.slice() as T;
  const position = outShape.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from]!;
    for (let axis = outShape.length - 1; axis >= 0; axis--) {
      position[axis]!++;
      from += outStrides[axis]!;
      if (position[axis]! < outShape[axis]!) break;
      from -= outStrides[axis]! * outShape[axis]!;
      position[axis] = 0;
    }
  }
  return result;
}
