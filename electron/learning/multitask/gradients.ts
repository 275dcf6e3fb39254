import type { Tensor } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../../engine/kernels.ts';
import { groupOf } from '../base/parameters.ts';
import type { Gram } from './aggregation/types.ts';
import type { NamedTensors, TaskLoss } from './types.ts';

export type Losses = Readonly<Record<string, TaskLoss>>;

/** The gradient of each parameter that a loss depends on. */
export type NamedGradients = Readonly<Record<string, Tensor>>;

interface Differentiated {
  readonly losses: Losses;
  /** Tensors that outlive the scope of the call (tf.keep): to be disposed of once they have been used. */
  readonly kept: readonly Tensor[];
}

/**
 * Losses and the gradient of their total, in one pass forward and one backward.
 * @param total of the losses, a scalar
 */
export function jointGradients(
  tf: TensorFlow,
  parameters: NamedTensors,
  losses: () => Losses,
  total: (losses: Losses) => Tensor,
): Differentiated & { readonly total: Tensor; readonly gradients: NamedGradients } {
  const kept: Tensor[] = [];
  let found: Losses = {};
  const { value, gradients } = differentiate(tf, parameters, () => {
    found = keep(tf, losses(), kept);
    return total(found);
  });
  return { losses: found, total: value, gradients, kept };
}

/**
 * Losses and each task's own gradients: one pass forward, one backward a task. The passes backward of all tasks but the
 * last one are taken inside that of the last, so that they share what went forward.
 */
export function taskGradients(
  tf: TensorFlow,
  parameters: NamedTensors,
  losses: () => Losses,
): Differentiated & { readonly gradients: Readonly<Record<string, NamedGradients>> } {
  const kept: Tensor[] = [];
  const gradients: Record<string, NamedGradients> = {};
  let found: Losses = {};
  let last = '';
  const outer = differentiate(tf, parameters, () => {
    found = keep(tf, losses(), kept);
    const tasks = Object.keys(found);
    last = tasks.pop()!;
    for (const task of tasks) {
      const inner = differentiate(tf, parameters, () => found[task]!.loss).gradients;
      for (const gradient of Object.values(inner)) kept.push(tf.keep(gradient));
      gradients[task] = inner;
    }
    return found[last]!.loss;
  });
  gradients[last] = outer.gradients;
  return { losses: found, gradients, kept };
}

function keep(tf: TensorFlow, losses: Losses, kept: Tensor[]): Losses {
  const keepOne = (tensor: Tensor): Tensor => {
    kept.push(tf.keep(tensor));
    return tensor;
  };
  return Object.fromEntries(
    Object.entries(losses).map(([task, { loss, terms, labelled }]) => [
      task,
      {
        loss: keepOne(loss),
        terms: Object.fromEntries(Object.entries(terms).map(([name, term]) => [name, keepOne(term)])),
        // May be a part of the batch, which is not ours to dispose of.
        labelled: labelled === undefined ? undefined : keepOne(tf.clone(labelled)),
      },
    ]),
  );
}

/** Gradients of a scalar, without those of parameters that it does not depend on (tf.grads refuses these). */
function differentiate(
  tf: TensorFlow,
  parameters: NamedTensors,
  scalar: () => Tensor,
): { value: Tensor; gradients: NamedGradients } {
  const names = Object.keys(parameters);
  const { value, grads } = tf.engine().gradients(scalar, Object.values(parameters), undefined, true);
  const gradients: Record<string, Tensor> = {};
  names.forEach((name, i) => {
    const gradient = grads[i] as Tensor | null | undefined;
    if (gradient !== null && gradient !== undefined) gradients[name] = gradient;
  });
  return { value, gradients };
}

/** Scalar products of the tasks' gradients over the shared parameters: those of the trunk. */
export function sharedGram(
  tf: TensorFlow,
  kernels: Kernels,
  gradients: Readonly<Record<string, NamedGradients>>,
): Gram {
  const byTask = Object.values(gradients);
  const product = (one: NamedGradients, other: NamedGradients): Tensor => {
    const parts = Object.entries(one).flatMap(([name, a]) => {
      const b = other[name];
      if (groupOf(name) !== 'trunk' || b === undefined) return [];
      return [one === other ? kernels.squaredNorm(a) : tf.sum(a.mul(b))];
    });
    return parts.length === 0 ? tf.scalar(0) : tf.addN(parts);
  };
  const rows: Tensor[][] = [];
  byTask.forEach((one, i) => {
    rows.push(byTask.map((other, j) => (j < i ? rows[j]![i]! : product(one, other))));
  });
  return rows;
}

/** Cosines between the tasks' gradients by pair ("a.b"), from their scalar products; 0 where one of them is 0. */
export function cosines(tf: TensorFlow, tasks: readonly string[], gram: Gram): Record<string, Tensor> {
  const result: Record<string, Tensor> = {};
  tasks.forEach((one, i) => {
    for (let j = i + 1; j < tasks.length; j++) {
      const lengths = tf.sqrt(gram[i]![i]!).mul(tf.sqrt(gram[j]![j]!));
      result[`${one}.${tasks[j]!}`] = gram[i]![j]!.div(tf.maximum(lengths, 1e-30));
    }
  });
  return result;
}
