import type { Tensor } from '@tensorflow/tfjs';
import { aggregations } from './aggregation/index.ts';
import type { AggregationMethod } from './aggregation/index.ts';
import type { AggregationOptions } from './aggregation/types.ts';
import { weightings } from './weighting/index.ts';
import type { WeightingMethod } from './weighting/index.ts';
import type { NamedTensors, WeightingOptions } from './weighting/types.ts';

export type { NamedTensors } from './weighting/types.ts';

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

/** How the tasks share one step. */
export interface MultitaskOptions extends WeightingOptions, AggregationOptions {
  readonly weighting: WeightingMethod;
  readonly aggregation: AggregationMethod;
}

/** Whether a step has to know each task's own gradient on the shared weights, at the cost of a backward pass a task. */
export function needsTaskGradients({ weighting, aggregation }: MultitaskOptions): boolean {
  return weightings[weighting].needs === 'norms' || aggregations[aggregation].shares !== null;
}

/** A tensor of the state of a step, and what it starts with. */
export interface StateSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** The parameter or statistic (parameters.ts) whose initial values it starts with; null: `fill`. */
  readonly source: string | null;
  readonly fill: number;
}
