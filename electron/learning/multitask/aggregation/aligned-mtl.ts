import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../../engine/kernels.ts';
import { matrixOf, scalarsOf, SMALLEST } from './algebra.ts';
import type { Aggregation } from './types.ts';

/** Machine precision of float32: an eigenvalue below tasks · this of the largest counts as 0. */
const PRECISION = 1.2e-7;

/** One is exact for two tasks; for more, each makes the rest as small as its square. */
const sweeps = (tasks: number): number => (tasks === 2 ? 1 : 6);

/**
 * Rounds of pairs, so that every pair comes once: the circle method of tournaments.
 * @returns for each round the partner of each, itself where it has none
 */
function rounds(count: number): number[][] {
  const seats = count + (count % 2);
  return Array.from({ length: seats - 1 }, (_, round) => {
    const seat = (i: number): number => (i === 0 ? 0 : 1 + ((i - 1 + round) % (seats - 1)));
    const partners = Array.from({ length: count }, (_, i) => i);
    for (let i = 0; i < seats / 2; i++) {
      const [one, other] = [seat(i), seat(seats - 1 - i)];
      if (one < count && other < count) [partners[one], partners[other]] = [other, one];
    }
    return partners;
  });
}

/**
 * Eigenvalues [n] and eigenvectors, as columns [n, n], of a symmetric matrix by Jacobi's method, the pairs of a round in
 * one rotation: t = tan θ = 2 aₚᵩ · sign(δ) / (|δ| + √(δ² + 4 aₚᵩ²)), δ = aᵩᵩ - aₚₚ.
 */
function eigen(tf: TensorFlow, matrix: Tensor): { values: Tensor; vectors: Tensor } {
  const count = matrix.shape[0];
  const identity = tf.eye(count);
  const diagonalOf = (of: Tensor): Tensor => tf.sum(of.mul(identity), 1, true);
  const product = (a: Tensor, b: Tensor, transposed = false): Tensor => tf.matMul(a, b, transposed);
  let rest: Tensor = matrix;
  let vectors: Tensor = identity;
  for (let sweep = 0; sweep < sweeps(count); sweep++) {
    for (const partners of rounds(count)) {
      const swap = tf.tensor2d(partners.map((j, i) => partners.map((_, k) => (k === j && j !== i ? 1 : 0))));
      const side = tf.tensor2d(partners.map((j, i) => [i < j ? 1 : -1]));
      const diagonal = diagonalOf(rest);
      const mixed = tf.sum(rest.mul(swap), 1, true).mul(2);
      const apart = product(swap, diagonal).sub(diagonal).mul(side);
      const sign = tf.cast(tf.greaterEqual(apart, 0), 'float32').mul(2).sub(1);
      const root = tf.sqrt(apart.square().add(mixed.square()));
      const tangent = mixed
        .mul(sign)
        .mul(side)
        .div(tf.maximum(tf.abs(apart).add(root), SMALLEST));
      const cosine = tf.div(1, tf.sqrt(tangent.square().add(1)));
      const rotation = identity.mul(cosine).add(swap.mul(tangent.mul(cosine)));
      rest = product(rotation, product(rest, rotation), true);
      vectors = product(vectors, rotation);
    }
  }
  return { values: tf.squeeze(diagonalOf(rest), [1]), vectors };
}

/**
 * Aligned-MTL (Senushkin et al. 2023, equation 12 and algorithm 1): with the eigenvalues λ and eigenvectors V of the Gram
 * matrix of the gradients before weighting, B = √λ_R V Λ^(-1/2) Vᵀ makes them orthogonal and of the same length, that of
 * the smallest λ_R above 0, and the coefficients are B w with the tasks' weights w. An eigenvalue counts as 0 below the
 * precision of float32, which leaves tasks without label out.
 */
export const alignedMtl: Aggregation = {
  shares(tf, { gram, weights, labelled }) {
    const matrix = matrixOf(tf, gram);
    const { values, vectors } = eigen(tf, matrix.div(tf.maximum(tf.max(matrix), SMALLEST)));
    const known = tf.greater(values, tf.maximum(tf.max(values).mul(gram.length * PRECISION), SMALLEST));
    const least = tf.min(tf.where(known, values, tf.onesLike(values).mul(2 * gram.length)));
    const scales = tf.where(known, tf.sqrt(least.div(tf.maximum(values, SMALLEST))), tf.zerosLike(values));
    const weighted = tf.stack([...weights]).mul(tf.stack([...labelled]));
    const along = tf.matMul(vectors, tf.expandDims(weighted, 1), true);
    const scaled = along.mul(tf.expandDims(scales, 1));
    return scalarsOf(tf, tf.squeeze(tf.matMul(vectors, scaled), [1]));
  },
};
