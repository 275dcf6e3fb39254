import type { TrainingConfig } from '../config/schema.ts';
import { tasks } from '../config/config-heads.ts';
import { headEpochs } from '../config/freezing.ts';
import { ADAM } from '../base/optimizer.ts';
import { randomFrom } from '../base/random.ts';
import { weightings } from '../multitask/weighting/index.ts';
import { drawName } from '../multitask/weighting/types.ts';
import { STATISTICS_DECAY } from '../model/step.ts';

/**
 * Learning rate of a step counted from 0: linear warm-up (again where a pretrained trunk begins to move), then a cosine
 * from the full rate to the floor (Loshchilov & Hutter 2017), or the full rate, or steps down every so many epochs.
 * With `restart` all of it begins anew after that epoch, for the epochs that are left: their warm restart.
 */
export function learningRateAt(config: TrainingConfig, step: number, stepsAnEpoch: number): number {
  const { learningRate } = config.optimizer;
  const { shape, warmupEpochs, floor, stepEpochs, stepFactor } = config.schedule;
  const part = partOf(config, Math.floor(step / stepsAnEpoch));
  const from = part.from * stepsAnEpoch;
  const warmup = Math.min(warmupEpochs, part.epochs) * stepsAnEpoch;
  const sinceChange = step - Math.max(from, phaseStart(config, step, stepsAnEpoch));
  const rise = Math.min(1, (sinceChange + 1) / Math.max(1, Math.ceil(warmup)));
  if (step - from < warmup || shape === 'constant') return learningRate * rise;
  if (shape === 'step') {
    return learningRate * rise * stepFactor ** Math.floor((step - from) / stepsAnEpoch / stepEpochs);
  }
  const total = Math.max(1, part.epochs * stepsAnEpoch - warmup);
  const progress = Math.min(1, (step - from - warmup) / total);
  return learningRate * rise * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress)));
}

/** The epochs over which the schedule goes its way once: those before the restart, or those after it. */
function partOf(
  { epochs, schedule: { restart } }: TrainingConfig,
  epoch: number,
): { readonly from: number; readonly epochs: number } {
  if (restart === 0 || restart >= epochs) return { from: 0, epochs };
  return epoch < restart ? { from: 0, epochs: restart } : { from: restart, epochs: epochs - restart };
}

/** The step at which what is trained last changed: there the moments of Adam start anew. */
function phaseStart(config: TrainingConfig, step: number, stepsAnEpoch: number): number {
  const start = headEpochs(config) * stepsAnEpoch;
  return step < start ? 0 : start;
}

/**
 * Decay of a running average at a step counted from 0: short at first, so that the average forgets its start within a
 * few steps and a short run is judged by what it has learned.
 */
const averageDecay = (highest: number, step: number): number => Math.min(highest, (1 + step) / (10 + step));

/** A number a task, drawn anew at each step. */
function drawsAt({ seed }: TrainingConfig, step: number): Record<string, number> {
  const random = randomFrom('weighting', seed, step);
  return Object.fromEntries(tasks.map(({ name }) => [drawName(name), random.normal()]));
}

/** The scalars that a step takes beside its batch: what varies from step to step comes in as a tensor. */
export function stepScalars(
  config: TrainingConfig,
  step: number,
  stepsAnEpoch: number,
): Record<string, number> {
  const { ema } = config;
  const { needs } = weightings[config.weighting];
  const sinceChange = step - phaseStart(config, step, stepsAnEpoch);
  return {
    learningRate: learningRateAt(config, step, stepsAnEpoch),
    beta1Power: ADAM.beta1 ** (sinceChange + 1),
    beta2Power: ADAM.beta2 ** (sinceChange + 1),
    // Averaged weights are judged with statistics that were averaged over the same steps.
    statisticsDecay: averageDecay(ema > 0 ? ema : STATISTICS_DECAY, step),
    ...(ema > 0 ? { emaDecay: averageDecay(ema, step) } : {}),
    // What averages over epochs has to know where one begins.
    ...(needs === 'epochs' ? { epochStart: step > 0 && step % stepsAnEpoch === 0 ? 1 : 0 } : {}),
    ...(needs === 'draws' ? drawsAt(config, step) : {}),
  };
}
