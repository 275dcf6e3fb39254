import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../../engine/kernels.ts';

/** Scalar products of the tasks' gradients on the shared weights: gram[i][j] = gᵢ · gⱼ, each a scalar. */
export type Gram = readonly (readonly Tensor[])[];

export interface TaskGradients {
  /** Inner products of the gradients before weighting. */
  readonly gram: Gram;
  /** Weight of each task's loss in the total, a scalar each. */
  readonly weights: readonly Tensor[];
  /** 1 where the batch has a label for the task, else 0. */
  readonly labelled: readonly Tensor[];
}

export interface AggregationOptions {
  /** CAGrad only: how far its step may be from the mean gradient, relative to that one's length. Default 0.5. */
  readonly aversion?: number | undefined;
}

/**
 * How the tasks' gradients on the shared weights become one: always a linear combination of them, whose coefficients
 * follow from their scalar products alone.
 */
export interface Aggregation {
  /**
   * A coefficient a task, a scalar each, for the gradients before weighting; finite whatever has no label. null: the
   * weights of the losses, so that one pass backward does.
   */
  readonly shares: ((tf: TensorFlow, tasks: TaskGradients, options: AggregationOptions) => Tensor[]) | null;
  /** The weights of the losses themselves, where they are others than the weighting's. */
  readonly weights?: (
    tf: TensorFlow,
    weights: readonly Tensor[],
    labelled: readonly Tensor[],
  ) => readonly Tensor[];
}
