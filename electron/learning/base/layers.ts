import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Kernels, TensorFlow } from '../../engine/kernels.ts';
import type { Initializer, ParameterStore } from './parameters.ts';
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

/** How layers compute whose network leaves it open. */
export interface LayerStyle {
  readonly activation: 'relu' | 'selu';
  /** false: convolutions get a bias instead. */
  readonly batchNorm: boolean;
}

/** That of networks which bring a form of their own. */
export const STANDARD_STYLE: LayerStyle = { activation: 'relu', batchNorm: true };

export interface ConvolutionOptions {
  readonly channels: number;
  /** Side of the kernel; 3 where not given. */
  readonly kernel?: number;
  readonly stride?: number;
}

export interface DepthwiseOptions {
  /** Side of the kernel. */
  readonly kernel: number;
  readonly stride: number;
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
  readonly style: LayerStyle;
  readonly #prefix: string;
  readonly #keepsStatistics: (name: string) => boolean;

  constructor(
    tf: TensorFlow,
    kernels: Kernels,
    mode: LayerMode,
    store: ParameterStore,
    prefix = '',
    keepsStatistics: (name: string) => boolean = () => false,
    style: LayerStyle = STANDARD_STYLE,
  ) {
    this.tf = tf;
    this.kernels = kernels;
    this.mode = mode;
    this.store = store;
    this.style = style;
    this.#prefix = prefix;
    this.#keepsStatistics = keepsStatistics;
  }

  /** The same blocks, with names under `name/`. The first part of a name is the parameter's group: trunk or a head. */
  within(name: string): Layers {
    return this.#with({ prefix: `${this.#prefix}${name}/` });
  }

  /** The same blocks; those whose whole name `keeps` says so train with their running statistics, which stay. */
  keepingStatistics(keeps: (name: string) => boolean): Layers {
    return this.#with({ keepsStatistics: keeps });
  }

  /** The same blocks, computing in another style. */
  styled(style: LayerStyle): Layers {
    return this.#with({ style });
  }

  /** The same blocks, with parameters from another store. */
  from(store: ParameterStore): Layers {
    return this.#with({ store });
  }

  #with({
    store = this.store,
    prefix = this.#prefix,
    keepsStatistics = this.#keepsStatistics,
    style = this.style,
  }): Layers {
    return new Layers(this.tf, this.kernels, this.mode, store, prefix, keepsStatistics, style);
  }

  /** ReLU, or SELU: 1.0507 · x above 0, else 1.0507 · 1.6733 · (e^x - 1) (Klambauer et al. 2017, equation 2). */
  activate<T extends Tensor>(x: T): T {
    return this.style.activation === 'selu' ? this.tf.selu(x) : this.kernels.relu(x);
  }

  /** Convolution and batch norm; no activation. In a style without batch norm: convolution with bias. */
  convolutionNorm(name: string, x: Tensor4D, options: ConvolutionOptions): Tensor4D {
    if (!this.style.batchNorm) return this.convolutionBias(name, x, options);
    const inputs = x.shape[3];
    const { kernel: side = 3, stride = 1, channels } = options;
    const kernel = this.#kernel(name, [side, side, inputs, channels], side * side * inputs);
    return this.#normalise(name, kernel, channels, 3, (values) => this.tf.conv2d(x, values, stride, 'same'));
  }

  /** Depthwise convolution, each channel by itself, and batch norm; no activation. */
  depthwiseNorm(name: string, x: Tensor4D, { kernel: side, stride }: DepthwiseOptions): Tensor4D {
    const channels = x.shape[3];
    const kernel = this.#kernel(name, [side, side, channels, 1], side * side);
    return this.#normalise(name, kernel, channels, 2, (values) =>
      this.tf.depthwiseConv2d(x, values, stride, 'same'),
    );
  }

  /** Convolution, batch norm, activation. */
  convolutionNormRelu(name: string, x: Tensor4D, options: ConvolutionOptions): Tensor4D {
    return this.activate(this.convolutionNorm(name, x, options));
  }

  /** Convolution with bias; no activation. `initial` is the bias at the start. */
  convolutionBias(
    name: string,
    x: Tensor4D,
    options: ConvolutionOptions & { readonly initial?: number; readonly gain?: number },
  ): Tensor4D {
    const { kernel: side = 3, stride = 1, channels, gain = 1 } = options;
    const inputs = side * side * x.shape[3];
    const kernel = this.#kernel(name, [side, side, x.shape[3], channels], inputs, {
      gain,
      rate: rateOf(inputs),
    });
    const y = this.#counted(this.tf.conv2d(x, kernel, stride, 'same'), kernel);
    return this.kernels.biasAdd(y, this.#vector(`${name}/bias`, channels, options.initial ?? 0));
  }

  /** x [batch, inputs] · kernel + bias: [batch, units]. `initial` is the bias at the start. */
  dense(name: string, x: Tensor2D, units: number, gain = 1, initial = 0): Tensor2D {
    const inputs = x.shape[1];
    const kernel = this.store.parameter({
      name: this.#name(`${name}/kernel`),
      shape: [inputs, units],
      decays: true,
      rate: rateOf(inputs),
      initial: this.#normal(inputs, gain),
    });
    this.store.countMultiplyAdds(inputs * units);
    return this.kernels.biasAdd(
      this.tf.matMul(x, kernel as Tensor2D),
      this.#vector(`${name}/bias`, units, initial),
    );
  }

  /** @param channelAxis of the kernel @param convolve applies a kernel [height, width, …] to the input */
  #normalise(
    name: string,
    kernel: Tensor4D,
    channels: number,
    channelAxis: 2 | 3,
    convolve: (kernel: Tensor4D) => Tensor4D,
  ): Tensor4D {
    const { tf, kernels } = this;
    if (this.mode === 'folded') {
      return kernels.biasAdd(
        this.#counted(convolve(kernel), kernel),
        this.#vector(`${name}/bias`, channels, 0),
      );
    }
    const scale = this.#vector(`${name}/scale`, channels, 1);
    const offset = this.#vector(`${name}/offset`, channels, 0);
    const mean = this.#statistic(`${name}/mean`, channels, 0);
    const variance = this.#statistic(`${name}/variance`, channels, 1);
    if (this.mode === 'training' && this.#keepsStatistics(this.#name(name))) {
      // Constants scale and shift each channel, so they go into the kernel: no pass over the map, forward or backward.
      const factor = tf.mul<Tensor1D>(scale, tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON)));
      const perChannel = channelAxis === 3 ? factor : tf.reshape(factor, [channels, 1]);
      const y = convolve(tf.mul(kernel, perChannel));
      return kernels.biasAdd(y, tf.sub<Tensor1D>(offset, tf.mul(mean, factor)));
    }
    const y = this.#counted(convolve(kernel), kernel);
    if (this.mode === 'inference') {
      return kernels.batchNormInference(y, scale, offset, mean, variance, BATCH_NORM_EPSILON);
    }
    // Momentum 0: the statistics of this batch. The step averages them (step.ts), at a pace that varies with time.
    const result = kernels.batchNormTraining(y, scale, offset, mean, variance, {
      epsilon: BATCH_NORM_EPSILON,
      momentum: 0,
    });
    this.store.updateStatistic(this.#name(`${name}/mean`), result.mean);
    this.store.updateStatistic(this.#name(`${name}/variance`), result.variance);
    return result.y;
  }

  /** Counts a convolution's multiply-adds: each position of each channel takes the kernel's share for it. */
  #counted(y: Tensor4D, kernel: Tensor4D): Tensor4D {
    const positions = y.size / y.shape[0] / y.shape[3];
    this.store.countMultiplyAdds(positions * kernel.size);
    return y;
  }

  #kernel(
    name: string,
    shape: [number, number, number, number],
    inputs: number,
    { gain, rate }: { readonly gain: number; readonly rate: number } = { gain: 1, rate: 1 },
  ): Tensor4D {
    const request = { name: this.#name(`${name}/kernel`), shape, decays: true, rate };
    return this.store.parameter({ ...request, initial: this.#normal(inputs, gain) }) as Tensor4D;
  }

  /** SELU keeps the size of signals at half the variance that ReLU wants (LeCun's initialisation). */
  #normal(inputs: number, gain: number): Initializer {
    return heNormal(inputs, this.style.activation === 'selu' ? gain * Math.SQRT1_2 : gain);
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
