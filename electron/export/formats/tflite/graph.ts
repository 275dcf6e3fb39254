import { say } from '../../../common/sentences/sentence.ts';
import type { StoredTensor } from '../../../learning/base/safetensors.ts';
import type { Layer, LayerList } from '../layers.ts';
import type { Precision } from '../precision.ts';
import { samePadding } from '../padding.ts';
import { notTranslated } from '../recordings.ts';
import { fused } from './fuse.ts';
import type { FusedLayer } from './fuse.ts';
import { OPTIONS } from './schema.ts';
import { innerOf, inIntegers, transposed } from './weights.ts';
import type { LiteModel, LiteOperator, LiteTensor, OperatorName, Window } from './schema.ts';

export type LiteGraph = Pick<LiteModel, 'tensors' | 'operators' | 'inputs' | 'outputs'>;

/** SELU(x) = λ · x above zero, λ · α · (exp(x) - 1) below (Klambauer et al. 2017). */
const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };

/** Operators that take what the layer takes, with options that are always the same. */
const PLAIN: Readonly<Record<string, readonly [OperatorName, LiteOperator['options']?]>> = {
  add: ['ADD', OPTIONS.add],
  subtract: ['SUB', OPTIONS.subtract],
  multiply: ['MUL', OPTIONS.multiply],
  divide: ['DIV', OPTIONS.divide],
  minimum: ['MINIMUM', OPTIONS.extremum],
  maximum: ['MAXIMUM', OPTIONS.extremum],
  exp: ['EXP', OPTIONS.exp],
  relu: ['RELU'],
  relu6: ['RELU6'],
  sigmoid: ['LOGISTIC'],
  softmax: ['SOFTMAX', OPTIONS.softmax],
};
const REDUCTIONS: Readonly<Record<string, OperatorName>> = { mean: 'MEAN', sum: 'SUM', max: 'REDUCE_MAX' };

/**
 * The layers as operators of TensorFlow Lite, which takes maps as they are and kernels in an order of its own. What follows
 * a convolution alone is part of it.
 * @param precision of weights: `float16` ones are made 32 bits when the model is loaded; `int8` ones multiply maps that the
 *   runtime rounds to 8 bits as it goes
 * @throws TwinheadError `internal` where a layer has no counterpart
 */
export function liteGraph(list: LayerList, input: string, precision: Precision): LiteGraph {
  return new GraphWriter(list, precision).write(input);
}

class GraphWriter {
  readonly #list: LayerList;
  readonly #precision: Precision;
  /** Layers whose weights may be rounded to 8 bits. */
  readonly #inner: ReadonlySet<Layer>;
  readonly #tensors: LiteTensor[] = [];
  readonly #operators: LiteOperator[] = [];
  readonly #indices = new Map<string, number>();

  constructor(list: LayerList, precision: Precision) {
    this.#list = list;
    this.#precision = precision;
    this.#inner = innerOf(list);
  }

  write(input: string): LiteGraph {
    const inputs = { [input]: this.#value(input) };
    for (const layer of fused(this.#list)) this.#add(layer);
    const outputs = Object.entries(this.#list.outputs).map(([name, value]) => [name, this.#operand(value)]);
    return {
      tensors: this.#tensors,
      operators: this.#operators,
      inputs,
      outputs: Object.fromEntries(outputs) as Record<string, number>,
    };
  }

  #tensor(tensor: LiteTensor): number {
    return this.#tensors.push(tensor) - 1;
  }

  /** Something that is computed. */
  #value(name: string, shape = this.#list.shapes.get(name)!): number {
    const index = this.#tensor({ name, type: 'float32', shape });
    this.#indices.set(name, index);
    return index;
  }

  #constant(name: string, { shape, data }: StoredTensor): number {
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    const index = this.#tensor({ name, type: 'float32', shape, data });
    this.#indices.set(name, index);
    return index;
  }

  #scalar(value: number): number {
    return this.#constant(`scalar ${value}`, { shape: [], data: Float32Array.of(value) });
  }

  #integers(values: readonly number[]): number {
    const name = `integers ${this.#tensors.length}`;
    return this.#tensor({ name, type: 'int32', shape: [values.length], data: Int32Array.from(values) });
  }

  #integer(value: number): number {
    const name = `integer ${this.#tensors.length}`;
    return this.#tensor({ name, type: 'int32', shape: [], data: Int32Array.of(value) });
  }

  #stored(name: string | number | undefined): StoredTensor | undefined {
    return typeof name === 'string' ? this.#list.tensors.get(name) : undefined;
  }

  #operand(operand: string | number): number {
    if (typeof operand === 'number') return this.#scalar(operand);
    const stored = this.#stored(operand);
    return stored === undefined ? this.#indices.get(operand)! : this.#constant(operand, stored);
  }

  /** A weight in the order of the operator; in 16 bits, if that is asked for, with what makes it 32. */
  #weight(name: string, tensor: StoredTensor): number {
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    if (this.#precision !== 'float16') return this.#constant(name, tensor);
    const data = Float16Array.from(tensor.data);
    const half = this.#tensor({ name: `${name} (float16)`, type: 'float16', shape: tensor.shape, data });
    const index = this.#value(name, tensor.shape);
    this.#operator('DEQUANTIZE', [half], [index], OPTIONS.dequantize);
    return index;
  }

  /** A weight in 8 bits, if that is asked for and the layer is not the last: its outputs are on the first axis. */
  #rounded(layer: Layer, name: string, tensor: StoredTensor, byOutput: boolean): number {
    if (this.#precision !== 'int8' || !this.#inner.has(layer)) return this.#weight(name, tensor);
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    const index = this.#tensor({ name, type: 'int8', ...inIntegers(tensor, byOutput) });
    this.#indices.set(name, index);
    return index;
  }

  #operator(
    op: OperatorName,
    inputs: readonly number[],
    outputs: readonly number[],
    options?: LiteOperator['options'],
  ): void {
    this.#operators.push({ op, inputs, outputs, ...(options === undefined ? {} : { options }) });
  }

  #add(fusedLayer: FusedLayer): void {
    const { layer, output } = fusedLayer;
    const { op } = layer;
    if (op === 'conv2d' || op === 'depthwise_conv2d') this.#convolution(fusedLayer);
    else if (op === 'matmul') this.#product(fusedLayer);
    else if (op === 'selu') this.#selu(layer);
    else if (op === 'log1p') this.#log1p(layer);
    else if (op === 'split') this.#split(layer);
    else {
      const operands = layer.inputs.map((operand) => this.#operand(operand));
      const [name, more, options] = operatorOf(layer);
      const further = more === null ? [] : [this.#integers(more)];
      this.#operator(name, [...operands, ...further], [this.#value(output)], options);
    }
  }

  #convolution({ layer, bias, activation, output }: FusedLayer): void {
    const [x, name] = layer.inputs;
    const kernel = this.#stored(name);
    if (typeof name !== 'string' || kernel === undefined) throw unknown(layer.op);
    const [height, width, channels, outputs] = kernel.shape as [number, number, number, number];
    const strides = pairOf(layer, 'strides');
    const padding = this.#paddingRule(layer, [height, width], strides);
    const isDepthwise = layer.op === 'depthwise_conv2d';
    const weight = isDepthwise
      ? { shape: [1, height, width, channels * outputs], data: kernel.data }
      : {
          shape: [outputs, height, width, channels],
          data: transposed(kernel.data, height * width * channels, outputs),
        };
    const terms = this.#bias(bias, isDepthwise ? channels * outputs : outputs);
    // Those of one channel each are few, and not every runtime multiplies them as integers.
    const kernelIndex = isDepthwise ? this.#weight(name, weight) : this.#rounded(layer, name, weight, true);
    const operands = [this.#operand(x!), kernelIndex, terms];
    const window = { padding, strides };
    const options = isDepthwise
      ? OPTIONS.depthwise(window, outputs, activation)
      : OPTIONS.convolution(window, activation);
    this.#operator(isDepthwise ? 'DEPTHWISE_CONV_2D' : 'CONV_2D', operands, [this.#value(output)], options);
  }

  /** Zeros where there is none: older runtimes want one. */
  #bias(name: string | null, count: number): number {
    const stored = name === null ? undefined : this.#stored(name);
    return stored === undefined
      ? this.#constant(`zeros ${count}`, { shape: [count], data: new Float32Array(count) })
      : this.#constant(name!, stored);
  }

  /** The rule by which the operator pads as the layer says. */
  #paddingRule(
    { op, inputs, attributes }: Layer,
    sides: readonly [number, number],
    strides: readonly [number, number],
  ): Window['padding'] {
    const shape = this.#list.shapes.get(String(inputs[0]))!;
    const wanted = JSON.stringify(attributes['padding']);
    const same = sides.map((side, axis) => samePadding(shape[axis + 1]!, side, strides[axis]!));
    if (wanted === JSON.stringify(same)) return 'SAME';
    if (wanted === '[[0,0],[0,0]]') return 'VALID';
    throw unknown(op);
  }

  /** With a matrix of weights, the operator that holds them by output; of two computed ones, the general one. */
  #product({ layer, bias, activation, output }: FusedLayer): void {
    const [left, right] = layer.inputs;
    const matrix = this.#stored(right);
    const rank = this.#list.shapes.get(String(left))?.length;
    if (typeof right === 'string' && matrix?.shape.length === 2 && rank === 2) {
      const [inputs, outputs] = matrix.shape as [number, number];
      const weight = { shape: [outputs, inputs], data: transposed(matrix.data, inputs, outputs) };
      const rounded = this.#rounded(layer, right, weight, false);
      const operands = [this.#operand(left!), rounded, this.#bias(bias, outputs)];
      this.#operator('FULLY_CONNECTED', operands, [this.#value(output)], OPTIONS.fullyConnected(activation));
      return;
    }
    if (bias !== null) throw unknown(layer.op);
    const operands = [left, right].map((operand) => {
      const stored = this.#stored(operand);
      return stored === undefined ? this.#operand(operand!) : this.#weight(String(operand), stored);
    });
    this.#operator('BATCH_MATMUL', operands, [this.#value(output)], OPTIONS.matmul);
  }

  /** SELU as the sum of both halves: ELU is exp(x) - 1 below zero. */
  #selu({ inputs, outputs }: Layer): void {
    const [x, y] = [this.#operand(inputs[0]!), outputs[0]!];
    const part = (name: string): number => this.#value(`${y} ${name}`, this.#list.shapes.get(y));
    const [above, scaled, below, curve, curved] = ['relu', 'above', 'minimum', 'elu', 'below'].map(part);
    this.#operator('RELU', [x], [above!]);
    this.#operator('MUL', [above!, this.#scalar(SELU.scale)], [scaled!], OPTIONS.multiply);
    this.#operator('MINIMUM', [x, this.#scalar(0)], [below!], OPTIONS.extremum);
    this.#operator('ELU', [below!], [curve!]);
    this.#operator('MUL', [curve!, this.#scalar(SELU.scale * SELU.alpha)], [curved!], OPTIONS.multiply);
    this.#operator('ADD', [scaled!, curved!], [this.#value(y)], OPTIONS.add);
  }

  #log1p({ inputs, outputs }: Layer): void {
    const [x, y] = [this.#operand(inputs[0]!), outputs[0]!];
    const sum = this.#value(`${y} sum`, this.#list.shapes.get(y));
    this.#operator('ADD', [x, this.#scalar(1)], [sum], OPTIONS.add);
    this.#operator('LOG', [sum], [this.#value(y)]);
  }

  #split(layer: Layer): void {
    const sizes = this.#integers(numbersOf(layer, 'sizes'));
    const operands = [this.#operand(layer.inputs[0]!), sizes, this.#integer(numberOf(layer, 'axis'))];
    const parts = layer.outputs.map((name) => this.#value(name));
    this.#operator('SPLIT_V', operands, parts, OPTIONS.split(parts.length));
  }
}

/** Operators of one output: the operator, whole numbers that it takes as its last input, its options. */
function operatorOf(
  layer: Layer,
): readonly [OperatorName, readonly number[] | null, LiteOperator['options']?] {
  const { op } = layer;
  const plain = PLAIN[op];
  if (plain !== undefined) return [plain[0], null, plain[1]];
  const reduction = REDUCTIONS[op];
  if (reduction !== undefined) return [reduction, numbersOf(layer, 'axes'), OPTIONS.reduction];
  switch (op) {
    case 'reshape': {
      const shape = numbersOf(layer, 'shape');
      return ['RESHAPE', shape, OPTIONS.reshape(shape)];
    }
    case 'transpose':
      return ['TRANSPOSE', numbersOf(layer, 'axes'), OPTIONS.transpose];
    case 'concatenate':
      return ['CONCATENATION', null, OPTIONS.concatenation(numberOf(layer, 'axis'))];
    case 'resize_nearest':
      return ['RESIZE_NEAREST_NEIGHBOR', numbersOf(layer, 'size'), OPTIONS.resize];
    case 'average_pool2d': {
      const window = { padding: 'VALID', strides: pairOf(layer, 'strides') } as const;
      return ['AVERAGE_POOL_2D', null, OPTIONS.pool(window, pairOf(layer, 'window'))];
    }
    default:
      throw unknown(op);
  }
}

const unknown = (op: string) => notTranslated('TFLite', say('export.graph.operation', { operation: op }));

function numbersOf({ op, attributes }: Layer, name: string): readonly number[] {
  const value = attributes[name];
  if (value === undefined || typeof value === 'number') throw unknown(op);
  return value.map((one) => {
    if (typeof one === 'number') return one;
    throw unknown(op);
  });
}

function numberOf({ op, attributes }: Layer, name: string): number {
  const value = attributes[name];
  if (typeof value !== 'number') throw unknown(op);
  return value;
}

const pairOf = (layer: Layer, name: string): [number, number] => {
  const [first, second] = numbersOf(layer, name);
  return [first!, second!];
};
