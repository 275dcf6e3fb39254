import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../engine/kernels.ts';
import type { ParameterStore } from './parameters.ts';
import { constantValues, heNormal } from './parameters.ts';

export const BATCH_NORM_EPSILON = 1e-3;

/** Inputs of a unit from which on its kernel moves more slowly. */
const FULL_RATE_INPUTS = 128;

/**
 * Relative learning rate of a kernel that no normalisation follows. Adam moves every weight by about the learning rate
 * a step, all of them in concert, so that a unit's output moves by rate × inputs: in wide layers that overshoots,
 * and sigmoids behind them saturate for good. Falling with the inputs, it is the same at every width (Yang et al.
 * 2021, "Tensor Programs V", table 3).
 */
const rateOf = (inputs: number): number => Math.min(1, FULL_RATE_INPUTS / inputs);

/**
 * training: batch statistics, which are handed to the store. inference: running statistics. folded: batch norm is already
 * part of the kernels (see fold.ts).
 */
export type LayerMode = 'training' | 'inference' | 'folded';

export interface ConvolutionOptions {
  readonly channels: number;
  /** Side of the kernel; 3 where not given. */
  readonly kernel?: number;
  readonly stride?: number;
}

/**
 * The building blocks of networks and heads. A block names its parameters; their values come from the store. All
 * maps are [batch, height, width, channels], padding is TensorFlow's "same".
 */
export class Layers {
  readonly tf: TensorFlow;
  readonly kernels: Kernels;
  readonly mode: LayerMode;
  readonly store: ParameterStore;
  readonly #prefix: string;

  constructor(tf: TensorFlow, kernels: Kernels, mode: LayerMode, store: ParameterStore, prefix = '') {
    this.tf = tf;
    this.kernels = kernels;
    this.mode = mode;
    this.store = store;
    this.#prefix = prefix;
  }

  /** The same blocks, with names under `name/`. The first part of a name is the parameter's group: trunk or a head. */
  within(name: string): Layers {
    return new Layers(this.tf, this.kernels, this.mode, this.store, `${this.#prefix}${name}/`);
  }

  /** Convolution and batch norm; no activation. */
  convolutionNorm(name: string, x: Tensor4D, options: ConvolutionOptions): Tensor4D {
    const y = this.#convolve(name, x, options);
    const { channels } = options;
    if (this.mode === 'folded') return this.kernels.biasAdd(y, this.#vector(`${name}/bias`, channels, 0));
    const scale = this.#vector(`${name}/scale`, channels, 1);
    const offset = this.#vector(`${name}/offset`, channels, 0);
    const mean = this.#statistic(`${name}/mean`, channels, 0);
    const variance = this.#statistic(`${name}/variance`, channels, 1);
    if (this.mode === 'inference') {
      return this.kernels.batchNormInference(y, scale, offset, mean, variance, BATCH_NORM_EPSILON);
    }
    // Momentum 0: the statistics of this batch. The step averages them (step.ts), at a pace that varies with time.
    const result = this.kernels.batchNormTraining(y, scale, offset, mean, variance, {
      epsilon: BATCH_NORM_EPSILON,
      momentum: 0,
    });
    this.store.updateStatistic(this.#name(`${name}/mean`), result.mean);
    this.store.updateStatistic(this.#name(`${name}/variance`), result.variance);
    return result.y;
  }

  /** Convolution, batch norm, ReLU. */
  convolutionNormRelu(name: string, x: Tensor4D, options: ConvolutionOptions): Tensor4D {
    return this.kernels.relu(this.convolutionNorm(name, x, options));
  }

  /** Convolution with bias; no activation. `initial` is the bias at the start. */
  convolutionBias(
    name: string,
    x: Tensor4D,
    options: ConvolutionOptions & { readonly initial?: number; readonly gain?: number },
  ): Tensor4D {
    const inputs = (options.kernel ?? 3) ** 2 * x.shape[3];
    const y = this.#convolve(name, x, options, { gain: options.gain ?? 1, rate: rateOf(inputs) });
    return this.kernels.biasAdd(y, this.#vector(`${name}/bias`, options.channels, options.initial ?? 0));
  }

  /** x [batch, inputs] · kernel + bias: [batch, units]. */
  dense(name: string, x: Tensor2D, units: number, gain = 1): Tensor2D {
    const inputs = x.shape[1];
    const kernel = this.store.parameter({
      name: this.#name(`${name}/kernel`),
      shape: [inputs, units],
      decays: true,
      rate: rateOf(inputs),
      initial: heNormal(inputs, gain),
    });
    this.store.countMultiplyAdds(inputs * units);
    return this.kernels.biasAdd(
      this.tf.matMul(x, kernel as Tensor2D),
      this.#vector(`${name}/bias`, units, 0),
    );
  }

  #convolve(
    name: string,
    x: Tensor4D,
    { channels, kernel: side = 3, stride = 1 }: ConvolutionOptions,
    { gain, rate }: { readonly gain: number; readonly rate: number } = { gain: 1, rate: 1 },
  ): Tensor4D {
    const inputs = x.shape[3];
    const kernel = this.store.parameter({
      name: this.#name(`${name}/kernel`),
      shape: [side, side, inputs, channels],
      decays: true,
      rate,
      initial: heNormal(side * side * inputs, gain),
    });
    const y = this.tf.conv2d(x, kernel as Tensor4D, stride, 'same');
    this.store.countMultiplyAdds(side * side * inputs * (y.size / y.shape[0]));
    return y;
  }

  #vector(name: string, size: number, value: number): Tensor1D {
    return this.store.parameter({
      name: this.#name(name),
      shape: [size],
      decays: false,
      initial: constantValues(value),
    }) as Tensor1D;
  }

  #statistic(name: string, size: number, value: number): Tensor1D {
    return this.store.statistic({
      name: this.#name(name),
      shape: [size],
      decays: false,
      initial: constantValues(value),
    }) as Tensor1D;
  }

  #name(name: string): string {
    return this.#prefix + name;
  }
}

/** x [batch, height, width, channels] → [batch, channels]. */
export function globalAverage(tf: TensorFlow, x: Tensor): Tensor2D {
  return tf.mean(x, [1, 2]);
}
