import type { Tensor } from '@tensorflow/tfjs';

/** What a recorder does with a stretch of operations that has a name. */
export interface IntrinsicListener {
  intrinsic<Outputs extends Readonly<Record<string, Tensor>>>(
    call: IntrinsicCall,
    run: () => Outputs,
  ): Outputs;
}

export interface IntrinsicCall {
  readonly kind: 'adam';
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly numbers: Readonly<Record<string, number>>;
}

let listener: IntrinsicListener | null = null;

/** Called by the recorder only: from now on, intrinsics are reported to it. null ends that. */
export function setIntrinsicListener(next: IntrinsicListener | null): void {
  listener = next;
}

/**
 * Runs `composed` and lets a recorder know that these operations together are one of TensorFlow's in-place
 * operations, so that a compiled step may run that one instead. Op by op it is just `composed()`.
 *
 * `adam` stands for ResourceApplyAdam. Inputs: `parameter`, `m`, `v`, `gradient`, and scalars `learningRate`,
 * `beta1Power`, `beta2Power`; numbers: `beta1`, `beta2`, `epsilon`; outputs: `parameter`, `m`, `v`. `composed` must
 * compute exactly m ← β1·m + (1-β1)·g, v ← β2·v + (1-β2)·g², p ← p - rate·√(1-β2^t)/(1-β1^t) · m / (√v + ε).
 * The in-place form is used where parameter, m and v are the step's own state and m and v become the new state as
 * they are; otherwise the composed operations are.
 */
export function asIntrinsic<Outputs extends Readonly<Record<string, Tensor>>>(
  call: IntrinsicCall,
  composed: () => Outputs,
): Outputs {
  return listener === null ? composed() : listener.intrinsic(call, composed);
}
