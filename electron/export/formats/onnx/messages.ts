import protobuf from 'protobufjs/light.js';

/** Version of the file format that goes with the operators' versions 15 to 18. */
const IR_VERSION = 8;

/** ONNX's TensorProto.DataType. */
export const DATA_TYPE = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 } as const;
export type OnnxType = keyof typeof DATA_TYPE;

/** ONNX's AttributeProto.AttributeType. */
const ATTRIBUTE_TYPE = { f: 1, i: 2, s: 3, floats: 6, ints: 7 } as const;

/** The parts of onnx.proto that a graph without functions, sparse tensors and subgraphs needs. */
const root = protobuf.Root.fromJSON({
  nested: {
    Dimension: {
      oneofs: { value: { oneof: ['dimValue', 'dimParam'] } },
      fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } },
    },
    TensorShape: { fields: { dim: { rule: 'repeated', type: 'Dimension', id: 1 } } },
    TensorType: { fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'TensorShape', id: 2 } } },
    Type: { fields: { tensorType: { type: 'TensorType', id: 1 } } },
    ValueInfo: {
      fields: {
        name: { type: 'string', id: 1 },
        type: { type: 'Type', id: 2 },
        docString: { type: 'string', id: 3 },
      },
    },
    Tensor: {
      fields: {
        dims: { rule: 'repeated', type: 'int64', id: 1 },
        dataType: { type: 'int32', id: 2 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
      },
    },
    Attribute: {
      // As a choice, so that a value which is 0 is written too.
      oneofs: { value: { oneof: ['f', 'i', 's'] } },
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        s: { type: 'bytes', id: 4 },
        floats: { rule: 'repeated', type: 'float', id: 7 },
        ints: { rule: 'repeated', type: 'int64', id: 8 },
        type: { type: 'int32', id: 20 },
      },
    },
    Node: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        output: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: 'repeated', type: 'Attribute', id: 5 },
      },
    },
    Graph: {
      fields: {
        node: { rule: 'repeated', type: 'Node', id: 1 },
        name: { type: 'string', id: 2 },
        initializer: { rule: 'repeated', type: 'Tensor', id: 5 },
        input: { rule: 'repeated', type: 'ValueInfo', id: 11 },
        output: { rule: 'repeated', type: 'ValueInfo', id: 12 },
      },
    },
    OperatorSet: { fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } } },
    Entry: { fields: { key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } } },
    Model: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        producerName: { type: 'string', id: 2 },
        producerVersion: { type: 'string', id: 3 },
        docString: { type: 'string', id: 6 },
        graph: { type: 'Graph', id: 7 },
        opsetImport: { rule: 'repeated', type: 'OperatorSet', id: 8 },
        metadataProps: { rule: 'repeated', type: 'Entry', id: 14 },
      },
    },
  },
});

const Model = root.lookupType('Model');

export type OnnxAttribute =
  | { readonly f: number }
  | { readonly i: number }
  | { readonly s: string }
  | { readonly floats: readonly number[] }
  | { readonly ints: readonly number[] };

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxTensor {
  readonly type: OnnxType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float16Array | Int32Array | Uint8Array | Int8Array | BigInt64Array;
}

export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
  /** A name stands for a side that may be of any length. */
  readonly shape: readonly (number | string)[];
  readonly description: string;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

export interface OnnxDescription {
  /** Version of the operators that the graph is made of. */
  readonly opset: number;
  readonly name: string;
  readonly producerVersion: string;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The bytes of an .onnx file. */
export function encodeModel(graph: OnnxGraph, about: OnnxDescription): Uint8Array {
  return Model.encode({
    irVersion: IR_VERSION,
    producerName: 'twinhead',
    producerVersion: about.producerVersion,
    docString: about.description,
    opsetImport: [{ domain: '', version: about.opset }],
    metadataProps: Object.entries(about.metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: about.name,
      node: graph.nodes.map(nodeMessage),
      initializer: [...graph.initializers].map(([name, tensor]) => tensorMessage(name, tensor)),
      input: graph.inputs.map(valueMessage),
      output: graph.outputs.map(valueMessage),
    },
  }).finish();
}

function nodeMessage({ op, inputs, outputs, attributes }: OnnxNode, index: number): object {
  const attribute = Object.entries(attributes).map(([name, value]) => {
    const [kind] = Object.keys(value) as (keyof typeof ATTRIBUTE_TYPE)[];
    const written = 's' in value ? { s: new TextEncoder().encode(value.s) } : value;
    return { name, type: ATTRIBUTE_TYPE[kind!], ...written };
  });
  return { opType: op, name: `${op}_${index}`, input: inputs, output: outputs, attribute };
}

function tensorMessage(name: string, { type, shape, data }: OnnxTensor): object {
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims: shape, dataType: DATA_TYPE[type], rawData };
}

function valueMessage({ name, type, shape, description }: OnnxValue): object {
  const dim = shape.map((side) => (typeof side === 'number' ? { dimValue: side } : { dimParam: side }));
  return {
    name,
    docString: description,
    type: { tensorType: { elemType: DATA_TYPE[type], shape: { dim } } },
  };
}
