/** Anchors of a square grid, level by level, row by row: centres in input pixels and the stride of each. */
export interface Grid {
  readonly count: number;
  readonly centersX: Float32Array;
  readonly centersY: Float32Array;
  readonly strides: Float32Array;
  /** [count, 4] corners of the square of a stride's side at each anchor: stands in where there is no true box. */
  readonly squares: Float32Array;
  readonly levels: readonly { readonly stride: number; readonly side: number; readonly start: number }[];
}

export function makeGrid(inputSize: number, strides: readonly number[]): Grid {
  const levels: { stride: number; side: number; start: number }[] = [];
  let count = 0;
  for (const stride of strides) {
    const side = Math.floor(inputSize / stride);
    levels.push({ stride, side, start: count });
    count += side * side;
  }
  const centersX = new Float32Array(count);
  const centersY = new Float32Array(count);
  const perAnchor = new Float32Array(count);
  const squares = new Float32Array(count * 4);
  for (const { stride, side, start } of levels) {
    for (let anchor = 0; anchor < side * side; anchor++) {
      centersX[start + anchor] = ((anchor % side) + 0.5) * stride;
      centersY[start + anchor] = (Math.floor(anchor / side) + 0.5) * stride;
      perAnchor[start + anchor] = stride;
      const [left, top] = [(anchor % side) * stride, Math.floor(anchor / side) * stride];
      squares.set([left, top, left + stride, top + stride], (start + anchor) * 4);
    }
  }
  return { count, centersX, centersY, strides: perAnchor, squares, levels };
}
