import type { Tensor } from '@tensorflow/tfjs';
import { aggregations } from './aggregation/index.ts';
import type { AggregationMethod } from './aggregation/index.ts';
import type { AggregationOptions } from './aggregation/types.ts';

export type NamedTensors = Readonly<Record<string, Tensor>>;

/** The multi-task core: knows heads by their names only, and nothing of images. */
export interface TaskLoss {
  /** Scalar, before weighting; 0 where the batch has no label for the task. */
  readonly loss: Tensor;
  /** Its parts, for the curves. */
  readonly terms: NamedTensors;
  /**
   * Scalar, 1 where the batch has a label for the task, else 0: what has none is left out before anything is weighted,
   * since ratios and logarithms of a loss of 0 are not numbers. Not given: always labelled.
   */
  readonly labelled?: Tensor | undefined;
}

export const WEIGHTINGS = ['fixed', 'uncertainty', 'dwa', 'gradnorm'] as const;
export type WeightingMethod = (typeof WEIGHTINGS)[number];

/** How the tasks share one step. */
export interface MultitaskOptions extends AggregationOptions {
  /** The names of `losses`, in the order of the weighting's state. */
  readonly tasks: readonly string[];
  readonly weighting: WeightingMethod;
  readonly aggregation: AggregationMethod;
  /** DWA only: the higher, the more equal the weights. Default 2. */
  readonly temperature?: number | undefined;
  /** GradNorm only: how strongly the slower task is pulled forward. Default 1.5. */
  readonly alpha?: number | undefined;
  /** GradNorm only: step size of its weights. Default 0.025. */
  readonly weightLearningRate?: number | undefined;
}

/** Whether a step has to know each task's own gradient on the shared weights, at the cost of a backward pass a task. */
export function needsTaskGradients({ weighting, aggregation }: MultitaskOptions): boolean {
  return weighting === 'gradnorm' || aggregations[aggregation].shares !== null;
}

/** A tensor of the state of a step, and what it starts with. */
export interface StateSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** The parameter or statistic (parameters.ts) whose initial values it starts with; null: `fill`. */
  readonly source: string | null;
  readonly fill: number;
}
