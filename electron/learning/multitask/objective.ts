import type { Tensor } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../../engine/kernels.ts';
import { groupOf } from '../base/parameters.ts';
import { aggregations } from './aggregation/index.ts';
import { cosines, jointGradients, sharedGram, taskGradients } from './gradients.ts';
import type { Losses, NamedGradients } from './gradients.ts';
import { needsTaskGradients } from './types.ts';
import type { MultitaskOptions, NamedTensors, TaskLoss } from './types.ts';
import { createWeighting } from './weighting/index.ts';
import { namedInState, weightingState } from './weighting/state.ts';
import type { StepLosses, Weighting } from './weighting/types.ts';

/** Names in a step's report, beside those of the losses. */
export const reportName = {
  /** Factor of a task's loss in the total. */
  weight: (task: string) => `weight.${task}`,
  /** Factor of a task's gradient on the trunk, where the aggregation makes it differ from the weight. */
  trunkWeight: (task: string) => `weight.trunk.${task}`,
  /** Norm of a task's own gradient on the trunk, before weighting. */
  taskNorm: (task: string) => `gradientNorm.trunk.${task}`,
  cosine: (pair: string) => `gradientCosine.${pair}`,
};

export interface ObjectiveInput {
  readonly parameters: NamedTensors;
  readonly state: NamedTensors;
  readonly batch: NamedTensors;
  readonly losses: () => Losses;
}

export interface ObjectiveResult {
  /** Gradients of the weighted and aggregated losses, for every parameter that one of them depends on. */
  readonly gradients: Record<string, Tensor>;
  /** Scalars for the curves: `loss`, each task, each task.term, and what weighting and aggregation have to tell. */
  readonly report: Record<string, Tensor>;
  /** The weighting's state after the step. */
  readonly state: Record<string, Tensor>;
  /** Tensors that outlive the scope of the call: to be disposed of once the others have been used. */
  readonly kept: readonly Tensor[];
}

/** Makes one gradient of the tasks' losses; to be called within tf.tidy. */
export type Objective = (input: ObjectiveInput) => ObjectiveResult;

type Weight = number | Tensor;

/** Losses by task, before weighting, and what became of them. */
interface Weighed extends Omit<ObjectiveResult, 'state'> {
  readonly losses: Losses;
  readonly weights: readonly Weight[];
  /** Norms of each task's gradient on the trunk, where the way there needed them. */
  readonly norms: readonly Tensor[] | null;
}

/**
 * Weighting and aggregation of the tasks' losses. With fixed weights and the sum it is one pass forward and one
 * backward; methods that look at each task's own gradient cost one pass backward a task.
 * @param baseWeights by task; a moving weighting multiplies them
 */
export function createObjective(
  tf: TensorFlow,
  kernels: Kernels,
  baseWeights: Readonly<Record<string, number>>,
  options: MultitaskOptions | undefined,
): Objective {
  const weighting = options === undefined ? null : createWeighting(options);
  const { weights: reweighed } = aggregations[options?.aggregation ?? 'sum'];
  const base = (task: string): number => baseWeights[task] ?? 1;

  return ({ parameters, state, batch, losses }) => {
    const own = weighting === null ? null : weightingState(weighting, state);
    const factorsOf = (found: Losses): Tensor[] | null => {
      if (weighting === null) return null;
      // Constants: they may follow from the losses, which are not to be differentiated through them.
      const [factors] = kernels.constants(() => [
        weighting.factors(tf, own!, batch, observed(tf, found, base)),
      ]);
      return scalars(tf, factors!, options!.tasks.length);
    };
    const weightsOf = (found: Losses): Weight[] => {
      const factors = factorsOf(found);
      const all = Object.keys(found).map((task, i) => factors?.[i]!.mul(base(task)) ?? base(task));
      return reweighed === undefined ? all : [...reweighed(tf, tensors(tf, all), labels(tf, found))];
    };
    const weighed =
      options !== undefined && needsTaskGradients(options)
        ? byTask(tf, kernels, options, parameters, losses, weightsOf)
        : together(tf, parameters, losses, weightsOf);
    if (weighting !== null || reweighed !== undefined) {
      const weights = tensors(tf, weighed.weights);
      Object.keys(weighed.losses).forEach(
        (task, i) => (weighed.report[reportName.weight(task)] = weights[i]!),
      );
    }
    const next = weighting === null ? {} : moved(tf, kernels, weighting, own!, batch, weighed, base);
    return { ...weighed, state: namedInState(next) };
  };
}

function moved(
  tf: TensorFlow,
  kernels: Kernels,
  weighting: Weighting,
  own: NamedTensors,
  batch: NamedTensors,
  { losses, norms }: Weighed,
  base: BaseWeight,
): Record<string, Tensor> {
  return weighting.update({ tf, kernels }, own, batch, {
    ...observed(tf, losses, base),
    norms: norms === null ? null : based(tf, Object.keys(losses), norms, base),
  });
}

type BaseWeight = (task: string) => number;

const observed = (tf: TensorFlow, losses: Losses, base: BaseWeight): StepLosses => ({
  losses: based(
    tf,
    Object.keys(losses),
    Object.values(losses).map(({ loss }) => loss),
    base,
  ),
  labelled: tf.stack(labels(tf, losses)),
});

/** Values of the tasks times their base weights [tasks]. */
const based = (
  tf: TensorFlow,
  tasks: readonly string[],
  values: readonly Tensor[],
  base: BaseWeight,
): Tensor => tf.stack(values.map((value, i) => value.mul(base(tasks[i]!))));

/** Σ weight · loss. */
export function weightedSum(tf: TensorFlow, losses: Losses, weights: readonly Weight[]): Tensor {
  return tf.addN(Object.values(losses).map(({ loss }, i) => loss.mul(weights[i]!)));
}

function together(
  tf: TensorFlow,
  parameters: NamedTensors,
  losses: () => Losses,
  weightsOf: (losses: Losses) => Weight[],
): Weighed {
  const result = jointGradients(tf, parameters, losses, (found) => weightedSum(tf, found, weightsOf(found)));
  return {
    losses: result.losses,
    gradients: { ...result.gradients },
    report: { loss: result.total, ...lossReport(result.losses) },
    // Once more: those of the pass forward ended with it.
    weights: weightsOf(result.losses),
    norms: null,
    kept: result.kept,
  };
}

function byTask(
  tf: TensorFlow,
  kernels: Kernels,
  options: MultitaskOptions,
  parameters: NamedTensors,
  losses: () => Losses,
  weightsOf: (losses: Losses) => Weight[],
): Weighed {
  const result = taskGradients(tf, parameters, losses);
  const tasks = Object.keys(result.losses);
  const weights = tensors(tf, weightsOf(result.losses));
  const gram = sharedGram(tf, kernels, inOrder(result.gradients, tasks));
  const { shares: combine } = aggregations[options.aggregation];
  const shares = combine?.(tf, { gram, weights, labelled: labels(tf, result.losses) }, options) ?? weights;
  const report: Record<string, Tensor> = {
    loss: weightedSum(tf, result.losses, weights),
    ...lossReport(result.losses),
    ...gradientReport(tf, tasks, gram),
  };
  if (combine !== null) {
    tasks.forEach((task, i) => (report[reportName.trunkWeight(task)] = shares[i]!));
  }
  return {
    losses: result.losses,
    gradients: combined(tf, tasks, result.gradients, weights, shares),
    report,
    weights,
    norms: tasks.map((_, i) => tf.sqrt(gram[i]![i]!)),
    kept: result.kept,
  };
}

/** Σ share · gradient on the trunk, Σ weight · gradient elsewhere. */
function combined(
  tf: TensorFlow,
  tasks: readonly string[],
  gradients: Readonly<Record<string, NamedGradients>>,
  weights: readonly Tensor[],
  shares: readonly Tensor[],
): Record<string, Tensor> {
  const parts: Record<string, Tensor[]> = {};
  tasks.forEach((task, i) => {
    for (const [name, gradient] of Object.entries(gradients[task]!)) {
      const factor = groupOf(name) === 'trunk' ? shares[i]! : weights[i]!;
      (parts[name] ??= []).push(gradient.mul(factor));
    }
  });
  return Object.fromEntries(Object.entries(parts).map(([name, list]) => [name, tf.addN(list)]));
}

/** Cosines between the tasks' gradients on the trunk, and the norm of each. */
export function gradientReport(
  tf: TensorFlow,
  tasks: readonly string[],
  gram: readonly (readonly Tensor[])[],
): Record<string, Tensor> {
  const report: Record<string, Tensor> = {};
  tasks.forEach((task, i) => (report[reportName.taskNorm(task)] = tf.sqrt(gram[i]![i]!)));
  for (const [pair, cosine] of Object.entries(cosines(tf, tasks, gram)))
    report[reportName.cosine(pair)] = cosine;
  return report;
}

function lossReport(losses: Losses): Record<string, Tensor> {
  const report: Record<string, Tensor> = {};
  for (const [task, { loss, terms }] of Object.entries(losses)) {
    report[task] = loss;
    for (const [term, value] of Object.entries(terms)) report[`${task}.${term}`] = value;
  }
  return report;
}

const inOrder = <T>(named: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, named[name]!]));

const tensors = (tf: TensorFlow, weights: readonly Weight[]): Tensor[] =>
  weights.map((weight) => (typeof weight === 'number' ? tf.scalar(weight) : weight));

const labelOf = (tf: TensorFlow, { labelled }: TaskLoss): Tensor =>
  labelled === undefined ? tf.scalar(1) : tf.reshape(labelled, []);

const labels = (tf: TensorFlow, losses: Losses): Tensor[] =>
  Object.values(losses).map((task) => labelOf(tf, task));

function scalars(tf: TensorFlow, vector: Tensor, count: number): Tensor[] {
  return tf.split(vector, count).map((part) => tf.reshape(part, []));
}
