import type { Tensor } from '@tensorflow/tfjs';
import type { Kernels } from '../../engine/kernels.ts';

export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

export type OptimizerOptions =
  | { readonly method: 'adamw' }
  | { readonly method: 'sgd'; readonly momentum: number; readonly nesterov: boolean };

/** The scalars of a step (schedule.ts) that an update takes, the learning rate already that of the parameter. */
export interface StepRates {
  readonly learningRate: Tensor;
  readonly beta1Power: Tensor;
  readonly beta2Power: Tensor;
}

/** How a parameter follows its gradient. What it remembers is state, one tensor a slot of the parameter's shape. */
export interface Optimizer {
  /** Prefixes of its state's names. */
  readonly slots: readonly string[];
  /** @param slots by prefix */
  update(
    kernels: Kernels,
    parameter: Tensor,
    gradient: Tensor,
    slots: Readonly<Record<string, Tensor>>,
    rates: StepRates,
  ): { parameter: Tensor; slots: Record<string, Tensor> };
}

const adam: Optimizer = {
  slots: ['adam.m', 'adam.v'],
  update(kernels, parameter, gradient, slots, rates) {
    const before = { parameter, m: slots['adam.m']!, v: slots['adam.v']! };
    const after = kernels.adamUpdate(before, gradient, rates, ADAM);
    return { parameter: after.parameter, slots: { 'adam.m': after.m, 'adam.v': after.v } };
  },
};

/**
 * Stochastic gradient descent (Sutskever et al. 2013, equations 1 to 4, as PyTorch and Keras write it):
 * u ← μ·u + g, p ← p - rate·u, with Nesterov's p ← p - rate·(g + μ·u). Without momentum it keeps nothing.
 */
function gradientDescent(momentum: number, nesterov: boolean): Optimizer {
  if (momentum === 0) {
    return {
      slots: [],
      update: (_kernels, parameter, gradient, _slots, { learningRate }) => ({
        parameter: parameter.sub(gradient.mul(learningRate)),
        slots: {},
      }),
    };
  }
  return {
    slots: ['sgd.momentum'],
    update(_kernels, parameter, gradient, slots, { learningRate }) {
      const velocity = slots['sgd.momentum']!.mul(momentum).add(gradient);
      const step = nesterov ? gradient.add(velocity.mul(momentum)) : velocity;
      return { parameter: parameter.sub(step.mul(learningRate)), slots: { 'sgd.momentum': velocity } };
    },
  };
}

export function createOptimizer(options: OptimizerOptions): Optimizer {
  return options.method === 'adamw' ? adam : gradientDescent(options.momentum, options.nesterov);
}
