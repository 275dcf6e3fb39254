import { createHash } from 'node:crypto';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import type { RecordedConstant, RecordedOp, Recording, ValueId } from '../../engine/graph/index.ts';
import type { StoredTensor } from '../../learning/base/safetensors.ts';
import { samePadding } from './padding.ts';
import { areAlike, freed, isSameConstant, notTranslated } from './recordings.ts';

/** Numbers, lists of them, or pairs, as JSON has them. */
export type Attributes = Readonly<
  Record<string, number | readonly number[] | readonly (readonly number[])[]>
>;

/** A step of a network. `conv2d` and the like take maps [batch, height, width, channels]. */
export interface Layer {
  readonly op: string;
  /** Names of the network's input, of tensors and of earlier outputs; a number is a scalar. */
  readonly inputs: readonly (string | number)[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** A network as a list of layers for any number of images, in the order in which they are computed. */
export interface LayerList {
  readonly layers: readonly Layer[];
  /** Weights and other constants by name: float32. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The named outputs of the network, by the values of layers. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Shapes of the inputs and of what layers give; -1 is the number of images. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** TensorFlow's operations that are a layer without attributes; the names are NumPy's where it has such a function. */
const PLAIN: Readonly<Record<string, string>> = {
  ...{ Add: 'add', AddV2: 'add', BiasAdd: 'add', Sub: 'subtract', Mul: 'multiply', RealDiv: 'divide' },
  ...{ Minimum: 'minimum', Maximum: 'maximum', Exp: 'exp', Log1p: 'log1p', BatchMatMulV2: 'matmul' },
  ...{ Relu: 'relu', Relu6: 'relu6', Selu: 'selu', Sigmoid: 'sigmoid', Softmax: 'softmax' },
};
/** Layers that only give the same elements another shape. */
const SHAPES: ReadonlySet<string> = new Set(['Reshape', 'ExpandDims', 'Squeeze']);
const REDUCTIONS: Readonly<Record<string, string>> = { Mean: 'mean', Sum: 'sum', Max: 'max' };
/** Flags that no layer has: where one is set, the operation does something else. */
const FLAGS = ['keep_dims', 'adj_x', 'adj_y', 'align_corners', 'half_pixel_centers'];

/**
 * The layers of a function that was recorded with two numbers of images.
 * @param names of weights, which are found among the constants by their elements
 * @throws TwinheadError `internal` where an operation has no layer here, or something else depends on that number
 */
export function layersOf(
  format: string,
  recording: Recording,
  twin: Recording,
  names: ReadonlyMap<string, StoredTensor>,
): LayerList {
  return new LayerWriter(format, recording, twin, names).write();
}

/** Height and width of a list of four. */
const spatial = (perAxis: readonly number[]): [number, number] => [perAxis[1]!, perAxis[2]!];

/** Tells tensors of different elements apart. */
const contentOf = ({ shape, data }: StoredTensor): string =>
  `${shape.join()} ${createHash('sha256').update(data).digest('hex')}`;

class LayerWriter {
  readonly #format: string;
  readonly #recording: Recording;
  readonly #twin: Recording;
  readonly #known: Map<string, string[]>;
  readonly #values = new Map<ValueId, string | number>();
  readonly #layers: Layer[] = [];
  readonly #tensors = new Map<string, StoredTensor>();
  readonly #shapes = new Map<string, readonly number[]>();

  constructor(
    format: string,
    recording: Recording,
    twin: Recording,
    names: ReadonlyMap<string, StoredTensor>,
  ) {
    this.#format = format;
    this.#recording = recording;
    this.#twin = twin;
    this.#known = Map.groupBy(names.keys(), (name) => contentOf(names.get(name)!));
    if (!areAlike(recording, twin)) throw this.#refused(say('export.graph.otherCount'));
  }

  write(): LayerList {
    const { inputs, ops, outputs } = this.#recording;
    for (const [name, value] of Object.entries(inputs)) this.#bind(value, name);
    for (const op of ops) this.#add(op);
    return {
      layers: this.#layers,
      tensors: this.#tensors,
      outputs: Object.fromEntries(
        Object.entries(outputs).map(([name, value]) => [name, String(this.#operand(value))]),
      ),
      shapes: this.#shapes,
    };
  }

  #refused(reason: Sentence) {
    return notTranslated(this.#format, reason);
  }

  #freeShape(value: ValueId): number[] {
    return freed(this.#recording.values[value]!.shape, this.#twin.values[value]!.shape);
  }

  #bind(value: ValueId, name: string): void {
    this.#values.set(value, name);
    this.#shapes.set(name, this.#freeShape(value));
  }

  #constant(value: ValueId): RecordedConstant {
    const [constant, other] = [this.#recording, this.#twin].map(({ constants }) => constants.get(value));
    if (constant === undefined || other === undefined) throw this.#refused(say('export.graph.order'));
    if (!isSameConstant(constant, other)) throw this.#refused(say('export.graph.constant'));
    return constant;
  }

  /** Whole numbers that an operation takes as a tensor. */
  #integers(value: ValueId): number[] {
    return [...this.#constant(value).data];
  }

  /** The name of a value, or the number that it is. */
  #operand(value: ValueId): string | number {
    const known = this.#values.get(value);
    if (known !== undefined) return known;
    const { shape, data } = this.#constant(value);
    if (!(data instanceof Float32Array)) throw this.#refused(say('export.onnx.weightType'));
    const operand = shape.length === 0 ? data[0]! : this.#addTensor({ shape, data });
    this.#values.set(value, operand);
    return operand;
  }

  #addTensor(tensor: StoredTensor): string {
    // Of weights with equal elements, each is taken once.
    const name = this.#known.get(contentOf(tensor))?.shift() ?? `constant/${this.#tensors.size}`;
    this.#tensors.set(name, tensor);
    return name;
  }

  #layer({ inputs, outputs }: RecordedOp, op: string, attributes: Attributes = {}, operands = inputs): void {
    const names = outputs.map((_, at) => `${op}_${this.#layers.length}${at === 0 ? '' : `_${at}`}`);
    const layer = { op, inputs: operands.map((value) => this.#operand(value)), outputs: names, attributes };
    this.#layers.push(layer);
    outputs.forEach((value, at) => this.#bind(value, names[at]!));
  }

  #add(op: RecordedOp): void {
    const { inputs, outputs } = op;
    const [x, second] = inputs;
    const [y] = outputs;
    if (FLAGS.some((flag) => op.attributes[flag]?.value === true)) throw this.#unknown(op);
    const plain = PLAIN[op.op];
    const reduction = REDUCTIONS[op.op];
    if (plain !== undefined) this.#layer(op, plain);
    else if (SHAPES.has(op.op)) this.#reshape(op);
    else if (reduction !== undefined) this.#layer(op, reduction, { axes: this.#axes(second!, x!) }, [x!]);
    else if (op.op === 'ConcatV2') {
      const [axis] = this.#axes(inputs.at(-1)!, y!);
      this.#layer(op, 'concatenate', { axis: axis! }, inputs.slice(0, -1));
    } else if (op.op === 'SplitV') {
      const [axis] = this.#axes(inputs[2]!, x!);
      this.#layer(op, 'split', { sizes: this.#integers(second!), axis: axis! }, [x!]);
    } else if (op.op === 'Transpose') this.#layer(op, 'transpose', { axes: this.#integers(second!) }, [x!]);
    else if (op.op === 'ResizeNearestNeighbor')
      this.#layer(op, 'resize_nearest', { size: this.#integers(second!) }, [x!]);
    else if (op.op === 'Cast' || op.op === 'Identity') this.#sameElements(op);
    else if (op.op === 'AvgPool') this.#averagePool(op);
    else if (op.op === 'Conv2D' || op.op === 'DepthwiseConv2dNative') this.#convolution(op);
    else throw this.#unknown(op);
  }

  #unknown({ op }: RecordedOp) {
    return this.#refused(say('export.graph.operation', { operation: op }));
  }

  /** Axes counted from the first. */
  #axes(value: ValueId, of: ValueId): number[] {
    const rank = this.#recording.values[of]!.shape.length;
    return this.#integers(value).map((axis) => (axis < 0 ? axis + rank : axis));
  }

  #reshape(op: RecordedOp): void {
    const shape = this.#freeShape(op.outputs[0]!);
    if (shape.filter((side) => side === -1).length > 1) throw this.#refused(say('export.graph.reshape'));
    this.#layer(op, 'reshape', { shape }, [op.inputs[0]!]);
  }

  #sameElements(op: RecordedOp): void {
    const [x, y] = [op.inputs[0]!, op.outputs[0]!];
    const { values } = this.#recording;
    if (values[x]!.dtype !== values[y]!.dtype) throw this.#unknown(op);
    this.#values.set(y, this.#operand(x));
  }

  #list(op: RecordedOp, name: string): readonly number[] {
    const attribute = op.attributes[name];
    if (attribute?.kind !== 'ints') throw this.#unknown(op);
    return attribute.value;
  }

  #averagePool(op: RecordedOp): void {
    if (op.attributes['padding']?.value !== 'VALID') throw this.#unknown(op);
    const [window, strides] = [spatial(this.#list(op, 'ksize')), spatial(this.#list(op, 'strides'))];
    this.#layer(op, 'average_pool2d', { window, strides });
  }

  #convolution(op: RecordedOp): void {
    const [x, kernel] = op.inputs.map((value) => this.#recording.values[value]!.shape);
    if (this.#list(op, 'dilations').some((dilation) => dilation !== 1)) throw this.#unknown(op);
    // The third side of a kernel is the number of channels that each group takes.
    if (x![3] !== kernel![2]) throw this.#unknown(op);
    const strides = spatial(this.#list(op, 'strides'));
    const padding = spatial(x!).map((side, axis) =>
      op.attributes['padding']?.value === 'SAME' ? samePadding(side, kernel![axis]!, strides[axis]!) : [0, 0],
    );
    this.#layer(op, op.op === 'Conv2D' ? 'conv2d' : 'depthwise_conv2d', { strides, padding });
  }
}
