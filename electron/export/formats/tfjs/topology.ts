import type { RecordedConstant } from '../../../engine/graph/index.ts';
import type { AttrValueMessage, NodeMessage, ShapeMessage } from '../../../engine/graph/messages.ts';
import type { TensorFlowGraph } from '../tensorflow/graph.ts';

/**
 * The JSON of a TensorFlow.js graph model: TensorFlow's GraphDef in protobuf's JSON form, its weights apart. By the loader of
 * `@tensorflow/tfjs-converter` 4.22 (`executor/graph_model`, `operations/operation_mapper`).
 */

export const WEIGHTS_FILE = 'weights.bin';

/** By their numbers in TensorFlow. */
const TYPE_NAMES: Readonly<Record<number, string>> = { 1: 'DT_FLOAT', 3: 'DT_INT32', 10: 'DT_BOOL' };

const typeName = (type: number): string => TYPE_NAMES[type] ?? `DT_${type}`;

/** Numbers of 64 bits are text in protobuf's JSON. */
const shapeJson = ({ dim }: ShapeMessage) => ({ dim: dim.map(({ size }) => ({ size: String(size) })) });

function attributeJson(attribute: AttrValueMessage): unknown {
  if (attribute.s !== undefined) return { s: Buffer.from(attribute.s).toString('base64') };
  if (attribute.i !== undefined) return { i: String(attribute.i) };
  if (attribute.type !== undefined) return { type: typeName(attribute.type) };
  if (attribute.shape !== undefined) return { shape: shapeJson(attribute.shape) };
  if (attribute.list?.i !== undefined) return { list: { i: attribute.list.i.map(String) } };
  if (attribute.tensor !== undefined) {
    // Its elements lie in the file of weights.
    const { dtype, tensorShape } = attribute.tensor;
    return { tensor: { dtype: typeName(dtype), tensorShape: shapeJson(tensorShape) } };
  }
  return attribute;
}

const nodeJson = ({ name, op, input, attr }: NodeMessage) => ({
  name,
  op,
  ...(input.length === 0 ? {} : { input }),
  attr: Object.fromEntries(Object.entries(attr).map(([key, value]) => [key, attributeJson(value)])),
});

const bytesOf = ({ data }: RecordedConstant): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** @param about kept by TensorFlow.js as `userDefinedMetadata` */
export function graphModel(
  { nodes, signature, constants }: TensorFlowGraph,
  producer: string,
  about: Readonly<Record<string, string>>,
): { readonly json: string; readonly weights: Uint8Array } {
  const ports = (side: typeof signature.inputs) =>
    Object.fromEntries(
      Object.entries(side).map(([key, { name, dtype, tensorShape }]) => [
        key,
        { name, dtype: typeName(dtype), tensorShape: shapeJson(tensorShape) },
      ]),
    );
  const model = {
    format: 'graph-model',
    generatedBy: producer,
    convertedBy: null,
    signature: { inputs: ports(signature.inputs), outputs: ports(signature.outputs) },
    modelTopology: { node: nodes.map(nodeJson), versions: {} },
    weightsManifest: [
      {
        paths: [WEIGHTS_FILE],
        weights: [...constants].map(([name, { dtype, shape }]) => ({ name, shape, dtype })),
      },
    ],
    userDefinedMetadata: about,
  };
  return { json: JSON.stringify(model), weights: Buffer.concat([...constants.values()].map(bytesOf)) };
}
