import type { Tensor } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../../../engine/kernels.ts';

export type NamedTensors = Readonly<Record<string, Tensor>>;

/** The tasks' losses in a step, as constants; vectors [tasks]. */
export interface StepLosses {
  /** Losses times their base weights; 0 where there is no label. */
  readonly losses: Tensor;
  /** 1 where the batch has a label for the task, else 0. */
  readonly labelled: Tensor;
}

/** What a step has seen of its tasks. */
export interface Observed extends StepLosses {
  /** L2 norm of the gradient of each of `losses` on the shared weights [tasks]; given where the weighting needs it. */
  readonly norms: Tensor | null;
}

/** Factors of the tasks' losses that move while training, as pure functions of a state and the losses of the step. */
export interface Weighting {
  /** State, all of shape [tasks]: name and initial value. */
  readonly state: Readonly<Record<string, number>>;
  /** The factors of this step [tasks], from the state before it. Always finite; no gradient flows through them. */
  factors(tf: TensorFlow, state: NamedTensors, batch: NamedTensors, now: StepLosses): Tensor;
  /** The state after a step. */
  update(
    tools: { readonly tf: TensorFlow; readonly kernels: Kernels },
    state: NamedTensors,
    batch: NamedTensors,
    observed: Observed,
  ): Record<string, Tensor>;
}

export interface WeightingOptions {
  /** The names of the losses, in the order of the weighting's state. */
  readonly tasks: readonly string[];
  /** DWA only: the higher, the more equal the weights. Default 2. */
  readonly temperature?: number | undefined;
  /** GradNorm only: how strongly the slower task is pulled forward. Default 1.5. */
  readonly alpha?: number | undefined;
  /** GradNorm only: step size of its weights. Default 0.025. */
  readonly weightLearningRate?: number | undefined;
  /** STCH only: the smaller, the more the worst task counts. Default 0.5. */
  readonly mu?: number | undefined;
  /** FAMO only: step size of its weights. Default 0.025. */
  readonly famoLearningRate?: number | undefined;
  /** FAMO only: how strongly its weights return to equal ones. Default 0.01. */
  readonly famoDecay?: number | undefined;
}

export interface WeightingKind {
  /** null: fixed weights, which have no state. */
  readonly create: (options: WeightingOptions) => Weighting | null;
  /**
   * norms: of each task's own gradient, a pass backward a task. epochs: the batch brings `epochStart`, 1 at the first step
   * of an epoch and else 0. draws: the batch brings a standard normal number a task, named by `drawName`.
   */
  readonly needs?: 'norms' | 'epochs' | 'draws';
}

export const drawName = (task: string): string => `draw.${task}`;
