import protobuf from 'protobufjs/light.js';

/**
 * The parts of TensorFlow's messages (graph.proto, meta_graph.proto, saved_model.proto and what they use) that a graph
 * without functions or checkpoint needs. Enums are their numbers.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    Dimension: { fields: { size: { type: 'int64', id: 1 } } },
    Shape: { fields: { dim: { rule: 'repeated', type: 'Dimension', id: 2 } } },
    Tensor: {
      fields: {
        dtype: { type: 'int32', id: 1 },
        tensorShape: { type: 'Shape', id: 2 },
        tensorContent: { type: 'bytes', id: 4 },
      },
    },
    List: {
      fields: {
        i: { rule: 'repeated', type: 'int64', id: 3 },
        f: { rule: 'repeated', type: 'float', id: 4 },
        b: { rule: 'repeated', type: 'bool', id: 5 },
      },
    },
    AttrValue: {
      // As a choice, so that a value which is 0 or false is written too.
      oneofs: { value: { oneof: ['list', 's', 'i', 'f', 'b', 'type', 'shape', 'tensor'] } },
      fields: {
        list: { type: 'List', id: 1 },
        s: { type: 'bytes', id: 2 },
        i: { type: 'int64', id: 3 },
        f: { type: 'float', id: 4 },
        b: { type: 'bool', id: 5 },
        type: { type: 'int32', id: 6 },
        shape: { type: 'Shape', id: 7 },
        tensor: { type: 'Tensor', id: 8 },
      },
    },
    NodeDef: {
      fields: {
        name: { type: 'string', id: 1 },
        op: { type: 'string', id: 2 },
        input: { rule: 'repeated', type: 'string', id: 3 },
      },
    },
    VersionDef: { fields: { producer: { type: 'int32', id: 1 } } },
    GraphDef: {
      fields: {
        node: { rule: 'repeated', type: 'NodeDef', id: 1 },
        versions: { type: 'VersionDef', id: 4 },
      },
    },
    MetaInfoDef: {
      fields: {
        tags: { rule: 'repeated', type: 'string', id: 4 },
        tensorflowVersion: { type: 'string', id: 5 },
      },
    },
    TensorInfo: {
      fields: {
        name: { type: 'string', id: 1 },
        dtype: { type: 'int32', id: 2 },
        tensorShape: { type: 'Shape', id: 3 },
      },
    },
    SignatureDef: { fields: { methodName: { type: 'string', id: 3 } } },
    MetaGraphDef: {
      fields: { metaInfoDef: { type: 'MetaInfoDef', id: 1 }, graphDef: { type: 'GraphDef', id: 2 } },
    },
    SavedModel: {
      fields: {
        savedModelSchemaVersion: { type: 'int64', id: 1 },
        metaGraphs: { rule: 'repeated', type: 'MetaGraphDef', id: 2 },
      },
    },
  },
});

root.lookupType('NodeDef').add(new protobuf.MapField('attr', 5, 'string', 'AttrValue'));
root
  .lookupType('SignatureDef')
  .add(new protobuf.MapField('inputs', 1, 'string', 'TensorInfo'))
  .add(new protobuf.MapField('outputs', 2, 'string', 'TensorInfo'));
root.lookupType('MetaGraphDef').add(new protobuf.MapField('signatureDef', 5, 'string', 'SignatureDef'));

const SavedModel = root.lookupType('SavedModel');

export interface ShapeMessage {
  readonly dim: readonly { readonly size: number }[];
}

/** One of its fields is set. */
export interface AttrValueMessage {
  readonly list?: {
    readonly i?: readonly number[];
    readonly f?: readonly number[];
    readonly b?: readonly boolean[];
  };
  readonly s?: Uint8Array;
  readonly i?: number;
  readonly f?: number;
  readonly b?: boolean;
  readonly type?: number;
  readonly shape?: ShapeMessage;
  readonly tensor?: {
    readonly dtype: number;
    readonly tensorShape: ShapeMessage;
    readonly tensorContent: Uint8Array;
  };
}

export interface NodeMessage {
  readonly name: string;
  readonly op: string;
  /** `name`, `name:1` for a further output, `^name` to run after it. */
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, AttrValueMessage>>;
}

/** Version of the graph format (TF_GRAPH_DEF_VERSION of that TensorFlow): old enough for every engine that we load. */
const GRAPH_PRODUCER = 1482;
const GRAPH_VERSION = '2.13.0';

export const SERVE_TAG = 'serve';

/** The name that a SavedModel's file has in its folder. */
export const SAVED_MODEL_FILE = 'saved_model.pb';

/** A tensor of the graph by which others feed or fetch it. */
export interface TensorMessage {
  /** `node:output` */
  readonly name: string;
  readonly dtype: number;
  readonly tensorShape: ShapeMessage;
}

/** What a graph is given and gives, by names for people. */
export interface SignatureMessage {
  readonly inputs: Readonly<Record<string, TensorMessage>>;
  readonly outputs: Readonly<Record<string, TensorMessage>>;
}

/** Names that TensorFlow's own tools look for. */
const SIGNATURE = 'serving_default';
const METHOD = 'tensorflow/serving/predict';

/**
 * The bytes of a `saved_model.pb` with one graph, tagged `serve`, and no checkpoint.
 * @param signature for whoever loads it elsewhere
 */
export function encodeSavedModel(nodes: readonly NodeMessage[], signature?: SignatureMessage): Uint8Array {
  return SavedModel.encode({
    savedModelSchemaVersion: 1,
    metaGraphs: [
      {
        metaInfoDef: { tags: [SERVE_TAG], tensorflowVersion: GRAPH_VERSION },
        graphDef: { node: nodes, versions: { producer: GRAPH_PRODUCER } },
        ...(signature === undefined
          ? {}
          : { signatureDef: { [SIGNATURE]: { ...signature, methodName: METHOD } } }),
      },
    ],
  }).finish();
}
