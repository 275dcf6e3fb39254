import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../../engine/kernels.ts';
import type { TaskGradients } from './types.ts';

/** The smallest normal number of float32: what is divided by it stays finite where the dividend is as small. */
export const SMALLEST = 1.2e-38;

/** Added to the diagonal of cosines before they are solved for: float32 knows parallel from nearly parallel no better. */
export const RIDGE = 1e-6;

/** A gradient shorter than this share of the longest one counts as none. */
const SHORTEST = 1e-9;

/** Supports are all looked at: 2^tasks of them. */
const MOST_TASKS = 10;

/** The tasks' weighted gradients, by their lengths and the angles between them, so that no scale is too small or large. */
export interface Directions {
  /** [tasks], none 0. */
  readonly norms: Tensor;
  /** [tasks, tasks]; rows and columns of tasks without label are 0. */
  readonly cosines: Tensor;
  /** 1 where the batch has a label for the task, else 0 [tasks]. */
  readonly labelled: Tensor;
  /** 1 where the task has a label and a gradient, else 0 [tasks]. */
  readonly active: Tensor;
  /** [tasks] */
  readonly weights: Tensor;
}

export function directions(tf: TensorFlow, { gram, weights, labelled }: TaskGradients): Directions {
  const factor = tf.stack([...weights]);
  const known = tf.stack([...labelled]);
  const lengths = tf.sqrt(tf.stack(gram.map((row, i) => row[i]!))).mul(tf.abs(factor));
  const floor = tf.maximum(tf.max(lengths).mul(SHORTEST), 1e-18);
  const norms = tf.maximum(lengths, floor);
  const scale = factor.mul(known).div(norms);
  // One side after the other: the product of two norms may be too small a number.
  const cosines = matrixOf(tf, gram).mul(scale).mul(tf.expandDims(scale, 1));
  const active = tf.cast(tf.greater(lengths, floor), 'float32').mul(known);
  return { norms, cosines, labelled: known, active, weights: factor };
}

/** [tasks, tasks] */
export const matrixOf = (tf: TensorFlow, gram: TaskGradients['gram']): Tensor =>
  tf.stack(gram.map((row) => tf.stack([...row])));

export const scalarsOf = (tf: TensorFlow, vector: Tensor): Tensor[] => tf.unstack(vector);

/** The diagonal matrices of vectors [..., n]: [..., n, n]. */
const diagonal = (tf: TensorFlow, vector: Tensor): Tensor =>
  tf.expandDims(vector, -1).mul(tf.eye(vector.shape.at(-1)!));

/**
 * X of (A + ridge) X = B by Gauss-Jordan elimination, a pivot after the other: no rows are exchanged, which symmetric
 * positive semidefinite matrices do not need.
 * @param a [batch, n, n]
 * @param b [batch, n, columns]
 * @returns [batch, n, columns]
 */
export function solve(tf: TensorFlow, a: Tensor, b: Tensor): Tensor {
  const [batch, n] = a.shape as [number, number, number];
  const columns = b.shape[2]!;
  const identity = tf.eye(n);
  let rows: Tensor = tf.concat([a.add(identity.mul(RIDGE)), b], 2);
  for (let k = 0; k < n; k++) {
    const row = tf.slice(rows, [0, k, 0], [batch, 1, n + columns]);
    const pivot = tf.maximum(tf.slice(rows, [0, k, k], [batch, 1, 1]), RIDGE);
    const column = tf.slice(rows, [0, 0, k], [batch, n, 1]);
    const unit = tf.slice(identity, [0, k], [n, 1]);
    rows = rows.sub(column.sub(unit).mul(row.div(pivot)));
  }
  return tf.slice(rows, [0, 0, n], [batch, n, columns]);
}

/**
 * X of C X = B among the tasks that `within` counts in, 0 for the others.
 * @param cosines [tasks, tasks]
 * @param within 0 or 1 [batch, tasks]
 * @param right [tasks, columns]
 * @returns [batch, tasks, columns]
 */
export function solveWithin(tf: TensorFlow, cosines: Tensor, within: Tensor, right: Tensor): Tensor {
  const column = tf.expandDims(within, 2);
  const matrix = cosines
    .mul(column)
    .mul(tf.expandDims(within, 1))
    .add(diagonal(tf, tf.sub(1, within)));
  return solve(tf, matrix, column.mul(right));
}

/**
 * All supports of a solution that may not be negative, 0 or 1 [2^tasks, tasks]: on the right one the conditions of a quadratic
 * programme are linear, so each is solved, cut to what is allowed, and compared.
 */
export function supports(tf: TensorFlow, tasks: number): Tensor {
  if (tasks > MOST_TASKS) throw new Error(`at most ${MOST_TASKS} tasks, not ${tasks}`);
  return tf.tensor2d(
    Array.from({ length: 2 ** tasks }, (_, set) => Array.from({ length: tasks }, (_, i) => (set >> i) & 1)),
  );
}

/**
 * The candidate of the lowest value, for each column; the mean of those that share it, which is no worse where the
 * value is convex.
 * @param candidates [count, tasks, columns]
 * @param values [count, columns]
 * @returns [tasks, columns]
 */
export function lowest(tf: TensorFlow, candidates: Tensor, values: Tensor): Tensor {
  const best = tf.cast(tf.lessEqual(values, tf.min(values, 0)), 'float32');
  return tf.sum(candidates.mul(tf.expandDims(best, 1)), 0).div(tf.maximum(tf.sum(best, 0), 1));
}

/**
 * The point of the simplex over the labelled tasks with the lowest value, of candidates that need not lie on it.
 * @param candidates [count, tasks]; what is negative is cut off, and the rest brought to the sum 1
 * @param within the supports that they are for [count, tasks]
 * @param value of points [count, tasks]: [count]
 * @returns [tasks]; 0 where no task has a label
 */
export function lowestOnSimplex(
  tf: TensorFlow,
  candidates: Tensor,
  within: Tensor,
  among: Tensor,
  value: (points: Tensor) => Tensor,
): Tensor {
  const positive = tf.relu(candidates).mul(within);
  const sums = tf.sum(positive, 1, true);
  const points = positive.div(tf.maximum(sums, SMALLEST));
  const strangers = tf.sum(within.mul(tf.sub(1, among)), 1);
  const allowed = tf.logicalAnd(tf.equal(strangers, 0), tf.greater(tf.squeeze(sums, [1]), 0));
  const values = tf.where(allowed, value(points), tf.fill([points.shape[0]], Infinity));
  const chosen = lowest(tf, tf.expandDims(points, 2), tf.expandDims(values, 1));
  return tf.squeeze(chosen, [1]).mul(among);
}

/** xᵀ C x of points [count, tasks]: [count]. */
export const quadratic = (tf: TensorFlow, cosines: Tensor, points: Tensor): Tensor =>
  tf.sum(points.mul(tf.matMul(points, cosines)), 1);
