/** Records functions on tensors and runs them as one TensorFlow graph; see docs/decisions/compiled-step.md. */
export { compileFunction, compileStep } from './compile.ts';
export { GraphError } from './errors.ts';
export { asIntrinsic } from './intrinsics.ts';
export { record } from './recorder.ts';
export { statelessUniform } from './random.ts';
export type * from './types.ts';
export { timeOperations } from './profile.ts';
