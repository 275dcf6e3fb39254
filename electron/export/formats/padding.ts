/**
 * Padding before and after one axis (TensorFlow's rule for "SAME": what is odd goes to the end).
 * @param input length of the axis @param window length of the kernel, dilation included
 */
export function samePadding(input: number, window: number, stride: number): [number, number] {
  const total = Math.max(0, (Math.ceil(input / stride) - 1) * stride + window - input);
  const before = Math.floor(total / 2);
  return [before, total - before];
}
