import { bytes, encodeFlatBuffer, flag, float32, int32, int8, integers } from './flatbuffer.ts';
import { floats, list, longs, table, text, uint32, uint8 } from './flatbuffer.ts';
import type { FlatObject } from './flatbuffer.ts';

/**
 * The parts of a .tflite file that are written, by field ids of TensorFlow Lite's schema, version 3
 * (tensorflow/compiler/mlir/lite/schema/schema.fbs).
 */
const IDENTIFIER = 'TFL3';
const VERSION = 3;

/** By their numbers in BuiltinOperator. */
const OPERATORS = {
  ...{ ADD: 0, AVERAGE_POOL_2D: 1, CONCATENATION: 2, CONV_2D: 3, DEPTHWISE_CONV_2D: 4, DEQUANTIZE: 6 },
  ...{ FULLY_CONNECTED: 9, LOGISTIC: 14, MUL: 18, RELU: 19, RELU6: 21, RESHAPE: 22, SOFTMAX: 25 },
  ...{ TRANSPOSE: 39, MEAN: 40, SUB: 41, DIV: 42, EXP: 47, MAXIMUM: 55, MINIMUM: 57, LOG: 73, SUM: 74 },
  ...{ REDUCE_MAX: 82, RESIZE_NEAREST_NEIGHBOR: 97, SPLIT_V: 102, ELU: 111, BATCH_MATMUL: 126 },
} as const;
export type OperatorName = keyof typeof OPERATORS;

/** Versions of operators that are not 1. */
const VERSIONS: Partial<Record<OperatorName, number>> = { DEQUANTIZE: 2 };
/** Versions of operators with weights in 8 bits, beside maps of floats. */
const INTEGER_VERSIONS: Partial<Record<OperatorName, number>> = { CONV_2D: 5, FULLY_CONNECTED: 3 };

const TENSOR_TYPES = { float32: 0, float16: 1, int32: 2, int8: 9 } as const;
const PADDINGS = { SAME: 0, VALID: 1 } as const;
const ACTIVATIONS = { none: 0, relu: 1, relu6: 3 } as const;
export type Activation = keyof typeof ACTIVATIONS;

/** How a window moves over a map. */
export interface Window {
  readonly padding: keyof typeof PADDINGS;
  /** Downwards, to the right. */
  readonly strides: readonly [number, number];
}

/** Options of an operator: their number in BuiltinOptions, and their table. */
type Options = readonly [number, FlatObject];

const moving = ({ padding, strides: [height, width] }: Window) =>
  [int8(PADDINGS[padding]), int32(width), int32(height)] as const;
const activated = (activation: Activation) => int8(ACTIVATIONS[activation]);
const plain = (kind: number): Options => [kind, table(activated('none'))];
const one = int32(1);

export const OPTIONS = {
  add: plain(11),
  subtract: plain(28),
  multiply: plain(21),
  divide: plain(29),
  softmax: [9, table(float32(1))],
  reduction: [27, table(flag(false))],
  resize: [74, table(flag(false), flag(false))],
  matmul: [101, table(flag(false), flag(false))],
  transpose: [26, table()],
  extremum: [39, table()],
  exp: [33, table()],
  dequantize: [38, table()],
  convolution: (given: Window, activation: Activation): Options => [
    1,
    table(...moving(given), activated(activation), one, one),
  ],
  depthwise: (given: Window, multiplier: number, activation: Activation): Options => [
    2,
    table(...moving(given), int32(multiplier), activated(activation), one, one),
  ],
  pool: (given: Window, [height, width]: readonly [number, number]): Options => [
    5,
    table(...moving(given), int32(width), int32(height), activated('none')),
  ],
  fullyConnected: (activation: Activation): Options => [8, table(activated(activation))],
  concatenation: (axis: number): Options => [10, table(int32(axis), activated('none'))],
  reshape: (shape: readonly number[]): Options => [17, table(integers(shape))],
  split: (parts: number): Options => [79, table(int32(parts))],
} as const satisfies Record<string, Options | ((...given: never[]) => Options)>;

export interface LiteTensor {
  readonly name: string;
  readonly type: keyof typeof TENSOR_TYPES;
  /** -1 is the number of images. */
  readonly shape: readonly number[];
  /** Elements of a constant. */
  readonly data?: Float32Array | Float16Array | Int32Array | Int8Array;
  /** What integers are to be multiplied by: one for all, or one for each position on the first axis. */
  readonly scales?: readonly number[];
}

export interface LiteOperator {
  readonly op: OperatorName;
  /** Indices of tensors. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options?: Options;
}

export interface LiteModel {
  readonly tensors: readonly LiteTensor[];
  readonly operators: readonly LiteOperator[];
  /** Indices of tensors by the names of the model's inputs and outputs. */
  readonly inputs: Readonly<Record<string, number>>;
  readonly outputs: Readonly<Record<string, number>>;
  readonly description: string;
  /** Texts by name, kept with the model. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes at which the format asks for elements to begin. */
const DATA_ALIGNMENT = 16;
const bufferOf = (data: Uint8Array): FlatObject => table(bytes(data, DATA_ALIGNMENT));
/** The first buffer is empty by convention: what is computed refers to it. */
const NO_BUFFER = 0;

function tensorTable({ name, type, shape, scales }: LiteTensor, buffer: number): FlatObject {
  const isFree = shape.includes(-1);
  const quantization =
    scales === undefined
      ? undefined
      : table(
          undefined,
          undefined,
          floats(scales),
          longs(scales.map(() => 0)),
          undefined,
          undefined,
          int32(0),
        );
  return table(
    integers(shape.map((side) => (side === -1 ? 1 : side))),
    int8(TENSOR_TYPES[type]),
    uint32(buffer),
    text(name),
    quantization,
    undefined,
    undefined,
    isFree ? integers(shape) : undefined,
    flag(true),
  );
}

const tensorMaps = (ports: Readonly<Record<string, number>>): FlatObject =>
  list(Object.entries(ports).map(([name, tensor]) => table(text(name), uint32(tensor))));

/** The bytes of a .tflite file. */
export function encodeLiteModel(model: LiteModel): Uint8Array {
  const { tensors, operators, inputs, outputs, description, metadata } = model;
  const buffers: FlatObject[] = [table()];
  const tensorTables = tensors.map((tensor) => {
    if (tensor.data === undefined) return tensorTable(tensor, NO_BUFFER);
    const { buffer, byteOffset, byteLength } = tensor.data;
    buffers.push(bufferOf(new Uint8Array(buffer, byteOffset, byteLength)));
    return tensorTable(tensor, buffers.length - 1);
  });
  const entries = Object.entries(metadata).map(([name, content]) => {
    buffers.push(bufferOf(new TextEncoder().encode(content)));
    return table(text(name), uint32(buffers.length - 1));
  });
  const versionOf = ({ op, ...ports }: LiteOperator): number => {
    const versions = ports.inputs.some((at) => tensors[at]!.type === 'int8') ? INTEGER_VERSIONS : VERSIONS;
    return versions[op] ?? 1;
  };
  const codeOf = (operator: LiteOperator): string => `${operator.op} ${versionOf(operator)}`;
  const used = new Map(operators.map((operator) => [codeOf(operator), operator]));
  const indices = [...used.keys()];
  // All fit into the byte that older readers take the operator from.
  const codes = [...used.values()].map((operator) => {
    const code = OPERATORS[operator.op];
    return table(int8(code), undefined, int32(versionOf(operator)), int32(code));
  });
  const subgraph = table(
    list(tensorTables),
    integers(Object.values(inputs)),
    integers(Object.values(outputs)),
    list(
      operators.map((operator) =>
        table(
          uint32(indices.indexOf(codeOf(operator))),
          integers(operator.inputs),
          integers(operator.outputs),
          operator.options === undefined ? undefined : uint8(operator.options[0]),
          operator.options?.[1],
        ),
      ),
    ),
    text('main'),
  );
  const signature = table(
    tensorMaps(inputs),
    tensorMaps(outputs),
    text('serving_default'),
    undefined,
    uint32(0),
  );
  return encodeFlatBuffer(
    table(
      uint32(VERSION),
      list(codes),
      list([subgraph]),
      text(description),
      list(buffers),
      undefined,
      list(entries),
      list([signature]),
    ),
    IDENTIFIER,
  );
}
