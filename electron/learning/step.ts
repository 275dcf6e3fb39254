import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../engine/kernels.ts';
import { Layers } from './layers.ts';
import { groupOf, storeOf } from './parameters.ts';
import type { ModelShape } from './parameters.ts';

export type NamedTensors = Readonly<Record<string, Tensor>>;

/** The multi-task core: knows heads by their names only, and nothing of images. */
export interface TaskLoss {
  /** Scalar, before weighting; 0 where the batch has no label for the task. */
  readonly loss: Tensor;
  /** Its parts, for the curves. */
  readonly terms: NamedTensors;
}

export interface StepOptions {
  readonly shape: ModelShape;
  /** Losses by task of one batch. Called with layers in training mode; must not read a value. */
  readonly losses: (layers: Layers, batch: NamedTensors) => Readonly<Record<string, TaskLoss>>;
  /** By task. */
  readonly taskWeights: Readonly<Record<string, number>>;
  readonly weightDecay: number;
  readonly trunkMultiplier: number;
  /** 0: gradients are not clipped. */
  readonly clipNorm: number;
  /** Whether the state has running averages of the weights. */
  readonly ema: boolean;
  /** false leaves gradient norms out of the report; they are needed where gradients are clipped. Default true. */
  readonly norms?: boolean | undefined;
}

export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

/** Decay a step of the running statistics of batch norm where the batch brings no `statisticsDecay`. */
export const STATISTICS_DECAY = 0.97;

/** Names of the state's tensors by what they are. */
export const stateName = {
  parameter: (name: string) => `parameters/${name}`,
  statistic: (name: string) => `statistics/${name}`,
  m: (name: string) => `adam.m/${name}`,
  v: (name: string) => `adam.v/${name}`,
  ema: (name: string) => `ema/${name}`,
};

export interface TrainStep {
  /**
   * One step as a pure function. The batch brings what the losses need and the scalars of schedule.ts. Outputs: `report` [values], whose names are `reportNames` once it has run. The
   * tensors of the result are kept (tf.keep): whoever calls owns them.
   */
  readonly run: (
    state: NamedTensors,
    batch: NamedTensors,
  ) => { state: Record<string, Tensor>; outputs: Record<string, Tensor> };
  /** loss, each task, each task.term, gradientNorm, gradientNorm.group. Filled by the first run. */
  readonly reportNames: string[];
}

/**
 * Σ weight · loss over tasks. Losses are masked before they get here: a task without labels in the batch gives 0.
 */
export function weightedSum(
  tf: TensorFlow,
  losses: Readonly<Record<string, TaskLoss>>,
  weights: Readonly<Record<string, number>>,
): Tensor {
  return tf.addN(Object.entries(losses).map(([task, { loss }]) => loss.mul(weights[task] ?? 1)));
}

interface Differentiated {
  readonly gradients: Record<string, Tensor>;
  readonly statistics: Record<string, Tensor>;
  readonly report: Record<string, Tensor>;
}

function differentiate(
  tf: TensorFlow,
  kernels: Kernels,
  options: StepOptions,
  state: NamedTensors,
  batch: NamedTensors,
): Differentiated {
  const names = options.shape.parameters.map(({ name }) => name);
  const statistics: Record<string, Tensor> = {};
  const report: Record<string, Tensor> = {};
  const forward = (...parameters: Tensor[]): Scalar => {
    const tensors: Record<string, Tensor> = {};
    names.forEach((name, i) => (tensors[name] = parameters[i]!));
    for (const { name } of options.shape.statistics) tensors[name] = state[stateName.statistic(name)]!;
    const store = storeOf(tensors, (name, value) => (statistics[name] = tf.keep(value)));
    const losses = options.losses(new Layers(tf, kernels, 'training', store), batch);
    const total = weightedSum(tf, losses, options.taskWeights);
    report['loss'] = tf.keep(total);
    for (const [task, { loss, terms }] of Object.entries(losses)) {
      report[task] = tf.keep(loss);
      for (const [term, value] of Object.entries(terms)) report[`${task}.${term}`] = tf.keep(value);
    }
    return total as Scalar;
  };
  const result = tf.valueAndGrads(forward)(names.map((name) => state[stateName.parameter(name)]!));
  const gradients: Record<string, Tensor> = {};
  names.forEach((name, i) => (gradients[name] = result.grads[i]!));
  return { gradients, statistics, report };
}

/** Norms of the gradients: by group and of all together. */
function gradientNorms(
  tf: TensorFlow,
  kernels: Kernels,
  gradients: NamedTensors,
): { total: Tensor; groups: Record<string, Tensor> } {
  const squares: Record<string, Tensor[]> = {};
  for (const [name, gradient] of Object.entries(gradients)) {
    (squares[groupOf(name)] ??= []).push(kernels.squaredNorm(gradient));
  }
  const sums: Record<string, Tensor> = {};
  for (const [group, list] of Object.entries(squares)) sums[group] = tf.addN(list);
  const groups: Record<string, Tensor> = {};
  for (const [group, sum] of Object.entries(sums)) groups[group] = tf.sqrt(sum);
  return { total: tf.sqrt(tf.addN(Object.values(sums))), groups };
}

/**
 * The training step of a model: losses, gradients, clipping by global norm, AdamW (decoupled decay, Loshchilov &
 * Hutter 2019), running averages.
 */
export function createTrainStep(tf: TensorFlow, kernels: Kernels, options: StepOptions): TrainStep {
  const reportNames: string[] = [];
  const run: TrainStep['run'] = (state, batch) => {
    const kept: Tensor[] = [];
    const result = tf.tidy(() => {
      const { gradients, statistics, report } = differentiate(tf, kernels, options, state, batch);
      kept.push(...Object.values(report));
      const norms =
        options.norms === false && options.clipNorm === 0 ? null : gradientNorms(tf, kernels, gradients);
      const scale =
        norms !== null && options.clipNorm > 0
          ? tf.minimum(1, tf.div(options.clipNorm, tf.add(norms.total, 1e-6)))
          : null;
      const next: Record<string, Tensor> = {};
      for (const { name, decays, rate } of options.shape.parameters) {
        const multiplier = rate * (groupOf(name) === 'trunk' ? options.trunkMultiplier : 1);
        const learningRate = batch['learningRate']!;
        const rates = {
          learningRate: multiplier === 1 ? learningRate : learningRate.mul(multiplier),
          beta1Power: batch['beta1Power']!,
          beta2Power: batch['beta2Power']!,
        };
        const before = state[stateName.parameter(name)]!;
        const gradient = gradients[name]!;
        const after = kernels.adamUpdate(
          { parameter: before, m: state[stateName.m(name)]!, v: state[stateName.v(name)]! },
          scale === null ? gradient : gradient.mul(scale),
          rates,
          ADAM,
        );
        const parameter =
          decays && options.weightDecay > 0
            ? after.parameter.sub(before.mul(rates.learningRate.mul(options.weightDecay)))
            : after.parameter;
        next[stateName.parameter(name)] = tf.keep(parameter);
        next[stateName.m(name)] = tf.keep(after.m);
        next[stateName.v(name)] = tf.keep(after.v);
        if (options.ema) {
          const average = state[stateName.ema(name)]!;
          const moved = parameter.add(average.sub(parameter).mul(batch['emaDecay']!));
          next[stateName.ema(name)] = tf.keep(moved);
        }
      }
      const statisticsDecay = batch['statisticsDecay'] ?? STATISTICS_DECAY;
      for (const [name, value] of Object.entries(statistics)) {
        kept.push(value);
        const running = state[stateName.statistic(name)]!;
        const moved = value.add(running.sub(value).mul(statisticsDecay));
        next[stateName.statistic(name)] = tf.keep(moved);
      }
      const values: Record<string, Tensor> = { ...report };
      if (norms !== null) {
        values['gradientNorm'] = norms.total;
        for (const [group, norm] of Object.entries(norms.groups)) values[`gradientNorm.${group}`] = norm;
      }
      if (reportNames.length === 0) reportNames.push(...Object.keys(values));
      const scalars = reportNames.map((name) => tf.reshape(values[name]!, []));
      return { state: next, outputs: { report: tf.keep(tf.stack(scalars)) } };
    });
    for (const tensor of kept) tensor.dispose();
    return result;
  };
  return { run, reportNames };
}
