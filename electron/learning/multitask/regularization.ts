import type { Tensor } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../../engine/kernels.ts';
import type { TensorSpec } from '../base/parameters.ts';
import { groupOf } from '../base/parameters.ts';
import type { NamedTensors } from './types.ts';

export interface Penalty {
  /** Factor of Σ |w|. */
  readonly l1: number;
  /** Factor of Σ w². */
  readonly l2: number;
}

/** Penalties on kernels (biases and batch norm are left alone) and on the distance of towers. */
export interface RegularizationOptions {
  readonly trunk: Penalty;
  readonly heads: Penalty;
  /** Soft sharing: `weight` · Σ ‖a - b‖² over pairs of parameters (Duong et al. 2015, equation 3). */
  readonly tie?:
    { readonly weight: number; readonly pairs: readonly (readonly [string, string])[] } | undefined;
}

export interface Regularized {
  /** Scalar. */
  readonly value: Tensor;
  /** What the penalties add to the gradients, of the parameters that they concern. */
  readonly gradients: Record<string, Tensor>;
}

/** The sum of the penalties and their gradients, in closed form: l1·Σ|w| + l2·Σw², gradient l1·sign(w) + 2·l2·w. */
export function regularize(
  tf: TensorFlow,
  kernels: Kernels,
  specs: readonly TensorSpec[],
  parameters: NamedTensors,
  { trunk, heads, tie }: RegularizationOptions,
): Regularized | null {
  const values: Tensor[] = [];
  const gradients: Record<string, Tensor> = {};
  const add = (name: string, gradient: Tensor): void => {
    gradients[name] = gradients[name]?.add(gradient) ?? gradient;
  };
  for (const { name, decays } of specs) {
    const { l1, l2 } = groupOf(name) === 'trunk' ? trunk : heads;
    if (!decays) continue;
    const parameter = parameters[name]!;
    if (l1 > 0) {
      values.push(tf.sum(tf.abs(parameter)).mul(l1));
      add(name, tf.sign(parameter).mul(l1));
    }
    if (l2 > 0) {
      values.push(kernels.squaredNorm(parameter).mul(l2));
      add(name, parameter.mul(2 * l2));
    }
  }
  if (tie !== undefined && tie.weight > 0) {
    for (const [one, other] of tie.pairs) {
      const difference = parameters[one]!.sub(parameters[other]!);
      values.push(kernels.squaredNorm(difference).mul(tie.weight));
      add(one, difference.mul(2 * tie.weight));
      add(other, difference.mul(-2 * tie.weight));
    }
  }
  return values.length === 0 ? null : { value: tf.addN(values), gradients };
}
