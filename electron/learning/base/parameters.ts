import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/kernels.ts';
import type { Random } from '../../common/random.ts';
import { randomFrom } from './random.ts';

/** Initial values of a parameter of `size` elements. */
export type Initializer = (size: number, random: Random) => Float32Array;

/** Normal with variance gain² · 2 / inputs (He et al. 2015, equation 10): keeps the size of signals through ReLUs. */
export function heNormal(inputs: number, gain = 1): Initializer {
  const deviation = gain * Math.sqrt(2 / inputs);
  return (size, random) => Float32Array.from({ length: size }, () => random.normal() * deviation);
}

export function constantValues(value: number): Initializer {
  return (size) => new Float32Array(size).fill(value);
}

export interface ParameterRequest {
  /** group/…/name, where the group is `trunk` or a head's name. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether weight decay applies. */
  readonly decays: boolean;
  /** Learning rate relative to that of its group; 1 where not given. */
  readonly rate?: number;
  readonly initial: Initializer;
  /** The name that its initial values follow from, so that copies of a network start the same; `name` where not given. */
  readonly origin?: string;
}

/** Where layers take the values of their parameters from. */
export interface ParameterStore {
  parameter(request: ParameterRequest): Tensor;
  statistic(request: ParameterRequest): Tensor;
  /** What a statistic was in the batch at hand. */
  updateStatistic(name: string, value: Tensor): void;
  countMultiplyAdds(count: number): void;
}

export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly decays: boolean;
  /** Learning rate relative to that of its group. */
  readonly rate: number;
  /** The name that its initial values follow from: `name`, or that of the layer that it is a copy of. */
  readonly origin: string;
}

/** What a model consists of. */
export interface ModelShape {
  readonly parameters: readonly TensorSpec[];
  readonly statistics: readonly TensorSpec[];
  /** Parameters that do not move; none where not given. They are not among `parameters`. */
  readonly frozen?: readonly TensorSpec[];
  /** For one sample. */
  readonly multiplyAdds: number;
}

export const groupOf = (name: string): string => name.slice(0, name.indexOf('/'));

const product = (shape: readonly number[]): number => shape.reduce((size, side) => size * side, 1);

export function parameterCount(shape: ModelShape): number {
  return shape.parameters.reduce((sum, spec) => sum + product(spec.shape), 0);
}

/**
 * Runs a model once on an example of one sample and notes which parameters it asks for. Their initial values follow
 * from the seed and their names alone, so that a head more or less leaves the others as they are.
 * @returns the shape and the initial values by name.
 */
export function declareModel(
  tf: TensorFlow,
  seed: number,
  run: (store: ParameterStore) => void,
): { shape: ModelShape; initial: Map<string, Float32Array> } {
  const parameters: TensorSpec[] = [];
  const statistics: TensorSpec[] = [];
  const initial = new Map<string, Float32Array>();
  let multiplyAdds = 0;
  const declare = (list: TensorSpec[], request: ParameterRequest): Tensor => {
    const { name, shape, decays, rate = 1, origin = name } = request;
    if (initial.has(name)) throw new Error(`two parameters are called ${name}`);
    const values = request.initial(product(shape), randomFrom('initial', seed, origin));
    initial.set(name, values);
    list.push({ name, shape: [...shape], decays, rate, origin });
    return tf.tensor(values, [...shape]);
  };
  tf.tidy(() => {
    run({
      parameter: (request) => declare(parameters, request),
      statistic: (request) => declare(statistics, request),
      updateStatistic: () => undefined,
      countMultiplyAdds: (count) => {
        multiplyAdds += count;
      },
    });
  });
  return { shape: { parameters, statistics, multiplyAdds }, initial };
}

/** A store over given tensors; the batch's statistics are handed to `onUpdate`. */
export function storeOf(
  tensors: Readonly<Record<string, Tensor>>,
  onUpdate: (name: string, value: Tensor) => void = () => undefined,
): ParameterStore {
  const get = ({ name, shape }: ParameterRequest): Tensor => {
    const tensor = tensors[name];
    if (tensor === undefined) throw new Error(`the model has no parameter ${name}`);
    if (tensor.shape.join() !== shape.join()) {
      throw new Error(`${name} has shape [${tensor.shape.join()}], not [${shape.join()}]`);
    }
    return tensor;
  };
  return { parameter: get, statistic: get, updateStatistic: onUpdate, countMultiplyAdds: () => undefined };
}
