import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { asIntrinsic } from './graph/intrinsics.ts';
import type { Engine } from './types.ts';
import { nativeOperations } from './kernels-native.ts';
import type { NativeOperations } from './kernels-native.ts';

export type TensorFlow = Engine['tf'];

export interface BatchNormResult {
  readonly y: Tensor4D;
  /** Running statistics after this batch, to become the new state. */
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

export interface BatchNormOptions {
  readonly epsilon: number;
  /** Share of the old running statistics that is kept, 0 to 1. */
  readonly momentum: number;
}

/** Scalars that change from step to step are tensors, so that a recorded step can be fed with them. */
export interface AdamRates {
  readonly learningRate: Tensor;
  /** beta1^t and beta2^t at step t, counted from 1. */
  readonly beta1Power: Tensor;
  readonly beta2Power: Tensor;
}

export interface AdamConstants {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export type AdamState = Readonly<Record<'parameter' | 'm' | 'v', Tensor>>;

/**
 * Operations for training that tfjs-core lacks or composes of many: on TensorFlow one kernel forward and one backward,
 * elsewhere composed with the same values and gradients. None of them reads a value.
 */
export interface Kernels {
  readonly native: boolean;
  relu<T extends Tensor>(x: T): T;
  relu6<T extends Tensor>(x: T): T;
  /** Adds `bias` [channels] to the last axis of x. */
  biasAdd<T extends Tensor>(x: T, bias: Tensor1D): T;
  /** Normalises x [batch, height, width, channels] by its own statistics (biased variance) and moves the running ones. */
  batchNormTraining(
    x: Tensor4D,
    scale: Tensor1D,
    offset: Tensor1D,
    runningMean: Tensor1D,
    runningVariance: Tensor1D,
    options: BatchNormOptions,
  ): BatchNormResult;
  /** Normalises x by given statistics. Not meant to be differentiated. */
  batchNormInference(
    x: Tensor4D,
    scale: Tensor1D,
    offset: Tensor1D,
    mean: Tensor1D,
    variance: Tensor1D,
    epsilon: number,
  ): Tensor4D;
  /** Cross-entropy of logits [n, classes] against target distributions of the same shape: [n]. */
  softmaxCrossEntropy(logits: Tensor2D, targets: Tensor2D): Tensor1D;
  /** Elementwise max(x, 0) - x·z + log(1 + e^-|x|), the stable form of binary cross-entropy; gradient to logits only. */
  sigmoidCrossEntropy<T extends Tensor>(logits: T, targets: T): T;
  /** Sum of squares: a scalar. */
  squaredNorm(x: Tensor): Tensor;
  /** The value of x, through which no gradient flows. */
  stopGradient<T extends Tensor>(x: T): T;
  /** What `compute` returns (tensors that it makes), as constants: nothing in it is differentiated or kept for that. */
  constants(compute: () => Tensor[]): Tensor[];
  /**
   * One step of Adam (Kingma & Ba 2015, algorithm 1, in the order of TensorFlow's ApplyAdam):
   * m ← β1·m + (1-β1)·g, v ← β2·v + (1-β2)·g², p ← p - rate·√(1-β2^t)/(1-β1^t) · m / (√v + ε).
   */
  adamUpdate(state: AdamState, gradient: Tensor, rates: AdamRates, constants: AdamConstants): AdamState;
}

/** The kernels of an engine. */
export function createKernels(engine: { readonly tf: TensorFlow; readonly native: boolean }): Kernels {
  const { tf } = engine;
  return engine.native ? nativeKernels(tf, nativeOperations(tf)) : composedKernels(tf);
}

type Gradient = () => Tensor;

/** The part of tfjs-core's engine that takes a backward function for several outputs, which its types keep private. */
interface GradientEngine {
  runKernelFunc(call: {
    inputs: Record<string, Tensor>;
    forwardFunc: (backend: unknown, save: (tensors: Tensor[]) => void) => Tensor | Tensor[];
    backwardsFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => Record<string, Gradient>;
  }): Tensor | Tensor[];
}

/** Runs a forward function whose backward function is given; several outputs are allowed, unlike in tf.customGrad. */
function withGradient(
  tf: TensorFlow,
  inputs: Record<string, Tensor>,
  forward: (save: (tensors: Tensor[]) => void) => Tensor | Tensor[],
  backward: (dy: Tensor[], saved: Tensor[]) => Record<string, Gradient>,
): Tensor[] {
  const result = (tf.engine() as unknown as GradientEngine).runKernelFunc({
    inputs,
    forwardFunc: (_backend, save) => forward(save),
    backwardsFunc: (dy, saved) => backward(Array.isArray(dy) ? dy : [dy], saved),
  });
  return Array.isArray(result) ? result : [result];
}

function adamUpdate(
  tf: TensorFlow,
  state: AdamState,
  gradient: Tensor,
  rates: AdamRates,
  constants: AdamConstants,
): AdamState {
  const { beta1, beta2, epsilon } = constants;
  // ApplyAdam subtracts in 32 bits, where 1 - 0.999 is 0.00099998713: v would be 1.3e-5 of itself off otherwise.
  const rest = (beta: number): number => 1 - Math.fround(beta);
  const call = {
    kind: 'adam',
    inputs: { ...state, gradient, ...rates },
    numbers: { beta1, beta2, epsilon },
  } as const;
  return asIntrinsic(call, () => {
    const m = state.m.mul(beta1).add(gradient.mul(rest(beta1)));
    const v = state.v.mul(beta2).add(gradient.square().mul(rest(beta2)));
    const rate = rates.learningRate
      .mul(tf.sqrt(tf.sub(1, rates.beta2Power)))
      .div(tf.sub(1, rates.beta1Power));
    return { parameter: state.parameter.sub(m.mul(rate).div(v.sqrt().add(epsilon))), m, v };
  });
}

/** What both kinds of kernels share: composed of tfjs operations that are single kernels everywhere. */
function commonKernels(
  tf: TensorFlow,
): Pick<Kernels, 'stopGradient' | 'constants' | 'sigmoidCrossEntropy' | 'adamUpdate'> {
  return {
    // Without inputs it is on no way from a parameter to a loss.
    constants: (compute) => withGradient(tf, {}, compute, () => ({})),
    stopGradient: <T extends Tensor>(x: T) =>
      withGradient(
        tf,
        { x },
        () => tf.clone(x),
        () => ({ x: () => tf.zerosLike(x) }),
      )[0] as T,
    sigmoidCrossEntropy: <T extends Tensor>(logits: T, targets: T) =>
      withGradient(
        tf,
        { logits },
        (save) => {
          save([logits, targets]);
          return tf
            .relu(logits)
            .sub(logits.mul(targets))
            .add(tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));
        },
        ([dy], [x, z]) => ({ logits: () => dy!.mul(tf.sigmoid(x!).sub(z!)) }),
      )[0] as T,
    adamUpdate: (state, gradient, rates, constants) => adamUpdate(tf, state, gradient, rates, constants),
  };
}

function nativeKernels(tf: TensorFlow, ops: NativeOperations): Kernels {
  return {
    native: true,
    ...commonKernels(tf),
    relu: <T extends Tensor>(x: T) =>
      withGradient(
        tf,
        { x },
        (save) => {
          const y = ops.relu(x);
          save([y]);
          return y;
        },
        ([dy], [y]) => ({ x: () => ops.reluGradient(dy!, y!) }),
      )[0] as T,
    relu6: <T extends Tensor>(x: T) =>
      withGradient(
        tf,
        { x },
        (save) => {
          const y = ops.relu6(x);
          save([y]);
          return y;
        },
        ([dy], [y]) => ({ x: () => ops.relu6Gradient(dy!, y!) }),
      )[0] as T,
    biasAdd: <T extends Tensor>(x: T, bias: Tensor1D) =>
      withGradient(
        tf,
        { x, bias },
        () => ops.biasAdd(x, bias),
        ([dy]) => ({ x: () => tf.clone(dy!), bias: () => ops.biasAddGradient(dy!) }),
      )[0] as T,
    batchNormTraining: (x, scale, offset, runningMean, runningVariance, options) => {
      const [y, mean, variance] = withGradient(
        tf,
        { x, scale, offset },
        (save) => {
          const [normalised, newMean, newVariance, ...reserved] = ops.batchNorm(
            [x, scale, offset, runningMean, runningVariance],
            { epsilon: options.epsilon, averageFactor: 1 - options.momentum, training: true },
          );
          save([x, scale, ...reserved]);
          return [normalised!, newMean!, newVariance!];
        },
        ([dy], saved) => {
          const [dx, dScale, dOffset] = ops.batchNormGradient(dy!, saved, options.epsilon);
          return { x: () => dx!, scale: () => dScale!, offset: () => dOffset! };
        },
      );
      return { y: y as Tensor4D, mean: mean as Tensor1D, variance: variance as Tensor1D };
    },
    batchNormInference: (x, scale, offset, mean, variance, epsilon) =>
      ops.batchNorm([x, scale, offset, mean, variance], {
        epsilon,
        averageFactor: 1,
        training: false,
      })[0] as Tensor4D,
    softmaxCrossEntropy: (logits, targets) =>
      withGradient(
        tf,
        { logits },
        (save) => {
          const [loss, gradient] = ops.softmaxCrossEntropy(logits, targets);
          save([gradient!]);
          return loss!;
        },
        ([dy], [gradient]) => ({ logits: () => gradient!.mul(tf.expandDims(dy!, 1)) }),
      )[0] as Tensor1D,
    squaredNorm: (x) => tf.mul(ops.halfSquaredNorm(x), 2),
  };
}

function composedKernels(tf: TensorFlow): Kernels {
  return {
    native: false,
    ...commonKernels(tf),
    relu: (x) => tf.relu(x),
    relu6: (x) => tf.relu6(x),
    biasAdd: <T extends Tensor>(x: T, bias: Tensor1D) => tf.add<T>(x, bias),
    batchNormTraining: (x, scale, offset, runningMean, runningVariance, { epsilon, momentum }) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      const y = x
        .sub(mean)
        .mul(tf.rsqrt(variance.add(epsilon)))
        .mul(scale)
        .add(offset);
      const count = x.size / scale.size;
      const unbiased = variance.mul(count / Math.max(1, count - 1));
      return {
        y: y as Tensor4D,
        mean: runningMean.mul(momentum).add(mean.mul(1 - momentum)),
        variance: runningVariance.mul(momentum).add(unbiased.mul(1 - momentum)),
      };
    },
    batchNormInference: (x, scale, offset, mean, variance, epsilon) =>
      tf.batchNorm<Rank.R4>(x, mean, variance, offset, scale, epsilon),
    softmaxCrossEntropy: (logits, targets) =>
      withGradient(
        tf,
        { logits },
        (save) => {
          const logProbabilities = tf.logSoftmax(logits);
          save([logProbabilities, targets]);
          return tf.neg(tf.sum(targets.mul(logProbabilities), 1));
        },
        ([dy], [logProbabilities, z]) => ({
          logits: () =>
            tf
              .exp(logProbabilities!)
              .mul(tf.sum(z!, 1, true))
              .sub(z!)
              .mul(tf.expandDims(dy!, 1)),
        }),
      )[0] as Tensor1D,
    squaredNorm: (x) => tf.sum(tf.square(x)),
  };
}
