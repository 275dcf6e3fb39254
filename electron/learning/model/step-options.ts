import { freezeStages } from '../config/freezing.ts';
import type { Model } from './model.ts';
import { tiedPairs } from '../multitask/sharing.ts';
import type { MultitaskOptions, StateSpec } from '../multitask/types.ts';
import type { ModelShape } from '../base/parameters.ts';
import type { StateArrays } from './runner.ts';
import type { StepOptions } from './step.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';

/** Weighting and aggregation as configured; a head alone needs neither. */
function multitaskOf({ config, tasks }: Model): MultitaskOptions | undefined {
  const { weighting, aggregation, dwa, gradnorm, stch, famo, cagrad } = config;
  if (tasks.length < 2) return undefined;
  return {
    tasks,
    weighting,
    aggregation,
    temperature: dwa.temperature,
    alpha: gradnorm.alpha,
    weightLearningRate: gradnorm.learningRate,
    mu: stch.mu,
    famoLearningRate: famo.learningRate,
    famoDecay: famo.decay,
    aversion: cagrad.c,
  };
}

/**
 * The training step of a model as its configuration says.
 * @param stages of the trunk that are frozen
 */
export function stepOptionsOf(model: Model, whole: ModelShape, stages = 0): StepOptions {
  const { config } = model;
  const shape = freezeStages(config, whole, stages);
  const { method, momentum, nesterov, weightDecay, trunkMultiplier, clipNorm } = config.optimizer;
  const tie =
    model.sharing === 'soft' ? { weight: config.soft.tie, pairs: tiedPairs(shape.parameters) } : undefined;
  return {
    shape,
    losses: (layers, batch) => model.losses(layers, batch, stages),
    taskWeights: config.weights,
    multitask: multitaskOf(model),
    regularization: { ...config.regularization, tie },
    optimizer: method === 'adamw' ? { method } : { method, momentum, nesterov },
    weightDecay,
    trunkMultiplier,
    clipNorm,
    ema: config.ema > 0,
  };
}

/** What a single head leaves without effect; null where nothing is. */
export function withoutEffect({ config, tasks }: Model): Sentence | null {
  if (tasks.length > 1) return null;
  const settings = [
    ...(config.sharing === 'parallel' ? [] : [`sharing ${config.sharing}`]),
    ...(config.weighting === 'fixed' ? [] : [`weighting ${config.weighting}`]),
    ...(config.aggregation === 'sum' ? [] : [`aggregation ${config.aggregation}`]),
  ];
  if (settings.length === 0) return null;
  return say('training.withoutEffect', { settings: settings.join(', ') });
}

/** The state that a training begins with. @param initial values of parameters and statistics by name */
export function freshState(
  specs: readonly StateSpec[],
  initial: ReadonlyMap<string, Float32Array>,
): StateArrays {
  const state: StateArrays = new Map();
  for (const { name, shape, source, fill } of specs) {
    const size = shape.reduce((product, side) => product * side, 1);
    const data = source === null ? new Float32Array(size).fill(fill) : initial.get(source)!.slice();
    state.set(name, { shape, data });
  }
  return state;
}
