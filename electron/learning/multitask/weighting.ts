import type { Tensor } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../../engine/kernels.ts';
import { ADAM } from '../base/optimizer.ts';
import type { MultitaskOptions, NamedTensors, StateSpec, WeightingMethod } from './types.ts';

/** What a step has seen of its tasks; vectors [tasks]. */
export interface Observed {
  /** Losses times their base weights; 0 where there is no label. */
  readonly losses: Tensor;
  /** 1 where the batch has a label for the task, else 0. */
  readonly labelled: Tensor;
  /** L2 norm of the gradient of each of `losses` on the shared weights; given where the weighting needs it. */
  readonly norms: Tensor | null;
}

/** Factors of the tasks' losses that move while training, as pure functions of a state. */
export interface Weighting {
  /** State, all of shape [tasks]: name and initial value. */
  readonly state: Readonly<Record<string, number>>;
  /** The factors of this step [tasks], from the state before it. Always finite. */
  factors(tf: TensorFlow, state: NamedTensors, batch: NamedTensors): Tensor;
  /** The state after a step. */
  update(
    tools: { readonly tf: TensorFlow; readonly kernels: Kernels },
    state: NamedTensors,
    batch: NamedTensors,
    observed: Observed,
  ): Record<string, Tensor>;
}

/** Name of a weighting's tensor in the state of a step. */
const stateOf = (name: string): string => `weighting/${name}`;

/** The tensors that a weighting keeps in the state of a step. */
export function weightingSpecs(weighting: Weighting | null, tasks: number): StateSpec[] {
  return Object.entries(weighting?.state ?? {}).map(([name, fill]) => ({
    name: stateOf(name),
    shape: [tasks],
    source: null,
    fill,
  }));
}

/** A weighting of the step's state: reads and writes under its names there. */
export function weightingState(weighting: Weighting, state: NamedTensors): Record<string, Tensor> {
  return Object.fromEntries(Object.keys(weighting.state).map((name) => [name, state[stateOf(name)]!]));
}

export const namedInState = (next: NamedTensors): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(next).map(([name, tensor]) => [stateOf(name), tensor]));

/** The weighting of that name; null for fixed weights, which have no state. */
export function createWeighting(options: MultitaskOptions): Weighting | null {
  const makers: Record<WeightingMethod, (options: MultitaskOptions) => Weighting | null> = {
    fixed: () => null,
    uncertainty: () => uncertainty,
    dwa: dynamicWeightAverage,
    gradnorm,
  };
  return makers[options.weighting](options);
}

/** One step of Adam on a vector of the weighting's own; moments under `m` and `v`. */
function adam(
  { kernels }: { readonly kernels: Kernels },
  state: NamedTensors,
  parameter: string,
  gradient: Tensor,
  learningRate: Tensor,
  batch: NamedTensors,
): { parameter: Tensor; m: Tensor; v: Tensor } {
  return kernels.adamUpdate(
    { parameter: state[parameter]!, m: state['m']!, v: state['v']! },
    gradient,
    { learningRate, beta1Power: batch['beta1Power']!, beta2Power: batch['beta2Power']! },
    ADAM,
  );
}

/** Logarithms of variances stay within ± this, so that a loss near 0 does not get a weight without end. */
const LOG_VARIANCE_LIMIT = 7;

/**
 * Homoscedastic uncertainty (Kendall, Gal & Cipolla 2018, equation 10, in the form of its section 3.2 with
 * s = log σ²): the objective is Σ exp(-s)·L + s/2 over the tasks that have a label, and s is learned along with the
 * network. exp(-s) is the factor; ∂/∂s = 1/2 - exp(-s)·L. At its optimum every task's weighted loss is 1/2.
 */
const uncertainty: Weighting = {
  state: { logVariance: 0, m: 0, v: 0 },
  factors: (tf, { logVariance }) => tf.exp(tf.neg(logVariance!)),
  update(tools, state, batch, { losses, labelled }) {
    const { tf } = tools;
    const weighted = losses.mul(tf.exp(tf.neg(state['logVariance']!)));
    const gradient = tf.sub(0.5, weighted).mul(labelled);
    const moved = adam(tools, state, 'logVariance', gradient, batch['learningRate']!, batch);
    const logVariance = tf.clipByValue(moved.parameter, -LOG_VARIANCE_LIMIT, LOG_VARIANCE_LIMIT);
    return { logVariance, m: moved.m, v: moved.v };
  },
};

/** A loss that grew by more than this from one epoch to the next counts as having grown by this. */
const LARGEST_RATIO = 10;

/** At the first step of an epoch the epoch that has ended becomes `last`, and `last` becomes `before`. */
function rollEpoch(tf: TensorFlow, state: NamedTensors, epochStart: Tensor): Record<string, Tensor> {
  const { sum, count, last, before } = state as Record<'sum' | 'count' | 'last' | 'before', Tensor>;
  // A task that had no label in the whole epoch keeps the mean that it had.
  const seen = tf.cast(tf.greater(count, 0), 'float32');
  const mean = tf
    .div(sum, tf.maximum(count, 1))
    .mul(seen)
    .add(last.mul(tf.sub(1, seen)));
  const start = epochStart;
  const stay = tf.sub(1, start);
  return {
    sum: sum.mul(stay),
    count: count.mul(stay),
    last: mean.mul(start).add(last.mul(stay)),
    before: last.mul(start).add(before.mul(stay)),
  };
}

/**
 * Dynamic weight average (Liu, Johns & Davison 2019, equation 7): with the mean losses of the last two epochs,
 * r = L(t-1) / L(t-2) and factors = K · softmax(r / T) over the K tasks; 1 until there are two epochs. The batch brings
 * `epochStart`, 1 at the first step of an epoch and else 0.
 */
function dynamicWeightAverage({ tasks, temperature = 2 }: MultitaskOptions): Weighting {
  return {
    state: { sum: 0, count: 0, last: 0, before: 0 },
    factors(tf, state, batch) {
      const { last, before } = rollEpoch(tf, state, batch['epochStart']!) as Record<
        'last' | 'before',
        Tensor
      >;
      const known = tf.cast(tf.logicalAnd(tf.greater(before, 0), tf.greater(last, 0)), 'float32');
      const ratio = tf.minimum(last.div(tf.maximum(before, 1e-12)), LARGEST_RATIO);
      const rate = ratio.mul(known).add(tf.sub(1, known));
      return tf.softmax(rate.div(temperature)).mul(tasks.length);
    },
    update({ tf }, state, batch, { losses, labelled }) {
      const rolled = rollEpoch(tf, state, batch['epochStart']!);
      return {
        ...rolled,
        sum: rolled['sum']!.add(losses.mul(labelled)),
        count: rolled['count']!.add(labelled),
      };
    },
  };
}

/** A factor of GradNorm never gets lower: at 0 a task could not come back. */
const LEAST_FACTOR = 1e-3;

/**
 * GradNorm (Chen et al. 2018, algorithm 1): the factors w are learned so that the norm G = w·‖∇L‖ of each task's
 * gradient on the shared weights comes near mean(G) · r^α, where r = (L / L₀) / mean(L / L₀) says how much slower than
 * the others the task learns (equations 1 and 2). The targets count as constants, so that the gradient of
 * Σ |G - target| to w is sign(G - target) · ‖∇L‖. After each step the factors are brought back to the sum K. Means go
 * over the tasks that the batch has labels for; the others' factors do not move by it. L₀ is the first labelled loss.
 */
function gradnorm({ tasks, alpha = 1.5, weightLearningRate = 0.025 }: MultitaskOptions): Weighting {
  return {
    state: { factor: 1, first: 0, m: 0, v: 0 },
    factors: (_tf, { factor }) => factor!,
    update(tools, state, batch, { losses, labelled, norms }) {
      const { tf } = tools;
      if (norms === null) throw new Error('GradNorm needs the norms of the gradients');
      const { factor, first } = state as Record<'factor' | 'first', Tensor>;
      const isFirst = tf.cast(tf.equal(first, 0), 'float32').mul(labelled);
      const start = first.add(losses.mul(isFirst));
      const count = tf.maximum(tf.sum(labelled), 1);
      const meanOf = (values: Tensor) => tf.sum(values.mul(labelled)).div(count);
      const ratio = losses.div(tf.maximum(start, 1e-6));
      const rate = ratio.div(tf.maximum(meanOf(ratio), 1e-6));
      const gradientNorm = factor.mul(norms);
      const target = meanOf(gradientNorm).mul(tf.pow(rate, alpha));
      const gradient = tf.sign(gradientNorm.sub(target)).mul(norms).mul(labelled);
      const moved = adam(tools, state, 'factor', gradient, tf.scalar(weightLearningRate), batch);
      const positive = tf.maximum(moved.parameter, LEAST_FACTOR);
      const normalised = positive.mul(tf.div(tasks.length, tf.sum(positive)));
      return { factor: normalised, first: start, m: moved.m, v: moved.v };
    },
  };
}
