import type { Tensor } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../../engine/kernels.ts';
import { Layers } from '../base/layers.ts';
import { sharedGram, taskGradients } from '../multitask/gradients.ts';
import { createObjective, gradientReport } from '../multitask/objective.ts';
import { regularize } from '../multitask/regularization.ts';
import type { RegularizationOptions } from '../multitask/regularization.ts';
import type { MultitaskOptions, NamedTensors, StateSpec, TaskLoss } from '../multitask/types.ts';
import { createWeighting } from '../multitask/weighting/index.ts';
import { weightingSpecs } from '../multitask/weighting/state.ts';
import { createOptimizer } from '../base/optimizer.ts';
import type { Optimizer, OptimizerOptions } from '../base/optimizer.ts';
import { groupOf, storeOf } from '../base/parameters.ts';
import type { ModelShape } from '../base/parameters.ts';

export type { NamedTensors, TaskLoss } from '../multitask/types.ts';

export interface StepOptions {
  readonly shape: ModelShape;
  /** Losses by task of one batch. Called with layers in training mode; must not read a value. */
  readonly losses: (layers: Layers, batch: NamedTensors) => Readonly<Record<string, TaskLoss>>;
  /** Fixed factors by task; a moving weighting multiplies them. */
  readonly taskWeights: Readonly<Record<string, number>>;
  /** Not given: fixed weights and the sum of the tasks' gradients. */
  readonly multitask?: MultitaskOptions | undefined;
  /** Not given: none. */
  readonly regularization?: RegularizationOptions | undefined;
  /** Not given: AdamW. */
  readonly optimizer?: OptimizerOptions | undefined;
  readonly weightDecay: number;
  readonly trunkMultiplier: number;
  /** 0: gradients are not clipped. */
  readonly clipNorm: number;
  /** Whether the state has running averages of the weights. */
  readonly ema: boolean;
  /** false leaves gradient norms out of the report; they are needed where gradients are clipped. Default true. */
  readonly norms?: boolean | undefined;
}

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

/** Name of what an optimiser remembers of a parameter. */
export const slotName = (slot: string, name: string): string => `${slot}/${name}`;

/** The tensors of a step's state. */
export function stateSpecs(
  options: Pick<StepOptions, 'shape' | 'multitask' | 'optimizer' | 'ema'>,
): StateSpec[] {
  const { shape, multitask, optimizer = { method: 'adamw' }, ema } = options;
  const { slots } = createOptimizer(optimizer);
  const weighting = multitask === undefined ? null : createWeighting(multitask);
  return [
    ...shape.parameters.flatMap(({ name, shape: sides }): StateSpec[] => [
      { name: stateName.parameter(name), shape: sides, source: name, fill: 0 },
      ...slots.map((slot) => ({ name: slotName(slot, name), shape: sides, source: null, fill: 0 })),
      ...(ema ? [{ name: stateName.ema(name), shape: sides, source: name, fill: 0 }] : []),
    ]),
    ...shape.statistics.map(({ name, shape: sides }) => ({
      name: stateName.statistic(name),
      shape: sides,
      source: name,
      fill: 0,
    })),
    ...weightingSpecs(weighting, multitask?.tasks.length ?? 0),
  ];
}

export interface TrainStep {
  /**
   * One step as a pure function. The batch brings what the losses need and the scalars of schedule.ts. Outputs: `report` [values], whose names are `reportNames` once it has run. The
   * tensors of the result are kept (tf.keep): whoever calls owns them.
   */
  readonly run: (
    state: NamedTensors,
    batch: NamedTensors,
  ) => { state: Record<string, Tensor>; outputs: Record<string, Tensor> };
  /**
   * loss, each task, each task.term, gradientNorm, gradientNorm.group, and what a weighting or an aggregation tells
   * (see reportName in multitask/objective.ts). Filled by the first run.
   */
  readonly reportNames: string[];
  /**
   * Looks at the tasks' own gradients on the trunk without changing anything: `report` [values] as above, named by
   * `observedNames`. The tensors of the result are kept.
   */
  readonly observe: (state: NamedTensors, batch: NamedTensors) => Record<string, Tensor>;
  /** gradientNorm.trunk.task, gradientCosine.task.task. Filled by the first `observe`. */
  readonly observedNames: string[];
  /** What of the state `observe` reads. */
  readonly observedState: readonly string[];
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

/** The forward pass of a step: the parameters as the state has them, and the losses as a function of a batch. */
function forwardOf(
  tf: TensorFlow,
  kernels: Kernels,
  { shape, losses }: StepOptions,
  state: NamedTensors,
  batch: NamedTensors,
) {
  const statistics: Record<string, Tensor> = {};
  const parameters: Record<string, Tensor> = {};
  const tensors: Record<string, Tensor> = {};
  for (const { name } of shape.parameters) {
    tensors[name] = parameters[name] = state[stateName.parameter(name)]!;
  }
  for (const { name } of shape.frozen ?? []) tensors[name] = state[stateName.parameter(name)]!;
  for (const { name } of shape.statistics) tensors[name] = state[stateName.statistic(name)]!;
  const store = storeOf(tensors, (name, value) => (statistics[name] = tf.keep(value)));
  return { parameters, statistics, losses: () => losses(new Layers(tf, kernels, 'training', store), batch) };
}

/** The state of one parameter after its update. */
function updated(
  tools: { readonly tf: TensorFlow; readonly kernels: Kernels; readonly optimizer: Optimizer },
  options: StepOptions,
  spec: ModelShape['parameters'][number],
  gradient: Tensor,
  state: NamedTensors,
  batch: NamedTensors,
): Record<string, Tensor> {
  const { kernels, optimizer } = tools;
  const { name, decays, rate } = spec;
  const multiplier = rate * (groupOf(name) === 'trunk' ? options.trunkMultiplier : 1);
  const scheduled = batch['learningRate']!;
  const rates = {
    learningRate: multiplier === 1 ? scheduled : scheduled.mul(multiplier),
    beta1Power: batch['beta1Power']!,
    beta2Power: batch['beta2Power']!,
  };
  const before = state[stateName.parameter(name)]!;
  const slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, state[slotName(slot, name)]!]));
  const after = optimizer.update(kernels, before, gradient, slots, rates);
  const parameter =
    decays && options.weightDecay > 0
      ? after.parameter.sub(before.mul(rates.learningRate.mul(options.weightDecay)))
      : after.parameter;
  const next: Record<string, Tensor> = { [stateName.parameter(name)]: parameter };
  for (const [slot, value] of Object.entries(after.slots)) next[slotName(slot, name)] = value;
  if (options.ema) {
    const average = state[stateName.ema(name)]!;
    next[stateName.ema(name)] = parameter.add(average.sub(parameter).mul(batch['emaDecay']!));
  }
  return next;
}

/**
 * The training step of a model: losses, their weighting and aggregation to one gradient, penalties, clipping by global
 * norm, AdamW or SGD (both with decoupled decay, Loshchilov & Hutter 2019), running averages.
 */
export function createTrainStep(tf: TensorFlow, kernels: Kernels, options: StepOptions): TrainStep {
  const { shape, clipNorm, regularization } = options;
  const reportNames: string[] = [];
  const observedNames: string[] = [];
  const optimizer = createOptimizer(options.optimizer ?? { method: 'adamw' });
  const objective = createObjective(tf, kernels, options.taskWeights, options.multitask);
  const stacked = (names: string[], values: NamedTensors): Tensor => {
    if (names.length === 0) names.push(...Object.keys(values));
    return tf.keep(tf.stack(names.map((name) => tf.reshape(values[name]!, []))));
  };

  const run: TrainStep['run'] = (state, batch) => {
    const kept: Tensor[] = [];
    const result = tf.tidy(() => {
      const { parameters, statistics, losses } = forwardOf(tf, kernels, options, state, batch);
      const found = objective({ parameters, state, batch, losses });
      const { gradients } = found;
      const report: Record<string, Tensor> = { ...found.report };
      const penalties =
        regularization === undefined
          ? null
          : regularize(tf, kernels, shape.parameters, parameters, regularization);
      if (penalties !== null) {
        report['loss'] = report['loss']!.add(penalties.value);
        report['regularization'] = penalties.value;
        for (const [name, gradient] of Object.entries(penalties.gradients)) {
          gradients[name] = gradients[name]?.add(gradient) ?? gradient;
        }
      }
      const norms = options.norms === false && clipNorm === 0 ? null : gradientNorms(tf, kernels, gradients);
      const scale =
        norms !== null && clipNorm > 0 ? tf.minimum(1, tf.div(clipNorm, tf.add(norms.total, 1e-6))) : null;
      const next: Record<string, Tensor> = { ...found.state };
      for (const spec of shape.parameters) {
        const gradient = gradients[spec.name] ?? tf.zeros(spec.shape.slice());
        const clipped = scale === null ? gradient : gradient.mul(scale);
        Object.assign(next, updated({ tf, kernels, optimizer }, options, spec, clipped, state, batch));
      }
      const statisticsDecay = batch['statisticsDecay'] ?? STATISTICS_DECAY;
      for (const [name, value] of Object.entries(statistics)) {
        const running = state[stateName.statistic(name)]!;
        next[stateName.statistic(name)] = value.add(running.sub(value).mul(statisticsDecay));
      }
      if (norms !== null) {
        report['gradientNorm'] = norms.total;
        for (const [group, norm] of Object.entries(norms.groups)) report[`gradientNorm.${group}`] = norm;
      }
      for (const tensor of Object.values(next)) tf.keep(tensor);
      kept.push(...found.kept, ...Object.values(statistics));
      return { state: next, outputs: { report: stacked(reportNames, report) } };
    });
    for (const tensor of kept) tensor.dispose();
    return result;
  };

  const observe: TrainStep['observe'] = (state, batch) => {
    const kept: Tensor[] = [];
    const report = tf.tidy(() => {
      const { parameters, statistics, losses } = forwardOf(tf, kernels, options, state, batch);
      const found = taskGradients(tf, parameters, losses);
      kept.push(...found.kept, ...Object.values(statistics));
      const tasks = Object.keys(found.losses);
      const ordered = Object.fromEntries(tasks.map((task) => [task, found.gradients[task]!]));
      return stacked(observedNames, gradientReport(tf, tasks, sharedGram(tf, kernels, ordered)));
    });
    for (const tensor of kept) tensor.dispose();
    return { report };
  };
  const observedState = [
    ...[...shape.parameters, ...(shape.frozen ?? [])].map(({ name }) => stateName.parameter(name)),
    ...shape.statistics.map(({ name }) => stateName.statistic(name)),
  ];
  return { run, reportNames, observe, observedNames, observedState };
}
