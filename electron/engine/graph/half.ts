/** How an operation computes in bfloat16. Every other input, and every output but the first, stays as it is. */
export interface HalfOperation {
  /** Inputs that are read as bfloat16. */
  readonly inputs: readonly number[];
  /** Those that must be bfloat16 already, since the operation alone would not repay the rounding; []: it would. */
  readonly alreadyHalf: readonly number[];
}

const follower = (inputs: readonly number[], alreadyHalf = inputs): HalfOperation => ({
  inputs,
  alreadyHalf,
});

/**
 * Operations whose maps stay bfloat16 from convolution to convolution. Not depthwise ones, many times slower in it, nor
 * ReLU6, which stands before them; batch norm still sums in float32.
 */
export const HALF_OPERATIONS: ReadonlyMap<string, HalfOperation> = new Map([
  ['Conv2D', { inputs: [0, 1], alreadyHalf: [] }],
  ['Conv2DBackpropInput', { inputs: [1, 2], alreadyHalf: [] }],
  ['Conv2DBackpropFilter', { inputs: [0, 2], alreadyHalf: [] }],
  ['BiasAdd', follower([0, 1], [0])],
  ['FusedBatchNormV3', follower([0])],
  ['FusedBatchNormGradV3', follower([0, 1])],
  ['Relu', follower([0])],
  ['ReluGrad', follower([0, 1])],
  ['MaxPool', follower([0])],
  ['MaxPoolGrad', follower([0, 1, 2])],
]);
