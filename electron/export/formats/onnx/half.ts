import { GraphBuilder } from './graph-builder.ts';
import { DATA_TYPE } from './messages.ts';
import type { OnnxGraph, OnnxNode, OnnxTensor } from './messages.ts';

/** Have weights, and nearly all of the work. */
const WEIGHTED: ReadonlySet<string> = new Set(['Conv', 'MatMul']);
/** Computed in 16 bits too where they lie before or between those. */
const BETWEEN: ReadonlySet<string> = new Set(
  (
    'Add Sub Mul Div Max Min Sum Relu Clip LeakyRelu Elu Selu Sigmoid Tanh MaxPool AveragePool Concat Split ' +
    'Slice Pad Reshape Transpose Resize BatchNormalization Identity'
  ).split(' '),
);

/**
 * The graph with its weights, and all that lies before the last of them, in 16 bits. What makes probabilities and
 * corners of the last maps stays in 32: a corner at 600 pixels would be rounded to halves of a pixel.
 */
export function withHalf(graph: OnnxGraph): OnnxGraph {
  const isHalf = halvesOf(graph);
  const b = new GraphBuilder('half_');
  const initializers = new Map(graph.initializers);
  const nodes: OnnxNode[] = [];
  /** Tensors as nodes of 16 bits make them, and names of the others in the precision that they lack. */
  const made = new Set(graph.nodes.filter((node) => isHalf.has(node)).flatMap(({ outputs }) => outputs));
  const converted = new Map<string, string>();
  const convert = (name: string, make: (name: string) => string): string => {
    const known = converted.get(name) ?? make(name);
    converted.set(name, known);
    return known;
  };
  const cast = (type: 'float16' | 'float32') => (name: string) => {
    const result = b.node('Cast', [name], { to: { i: DATA_TYPE[type] } });
    nodes.push(b.nodes.at(-1)!);
    return result;
  };
  const inHalf = (name: string): string => {
    const constant = graph.initializers.get(name);
    if (name === '' || made.has(name) || (constant && constant.type !== 'float32')) return name;
    return convert(name, constant ? () => b.initializer(rounded(constant)) : cast('float16'));
  };
  const inFull = (name: string): string => (made.has(name) ? convert(name, cast('float32')) : name);
  for (const node of graph.nodes) {
    const half = isHalf.has(node);
    // The scales of a resized map are float32 whatever the map is.
    const keeps = (index: number): boolean => node.op === 'Resize' && index > 0;
    const inputs = node.inputs.map((name, index) =>
      half ? (keeps(index) ? name : inHalf(name)) : inFull(name),
    );
    nodes.push({ ...node, inputs });
  }
  for (const [name, tensor] of b.initializers) initializers.set(name, tensor);
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  return {
    ...graph,
    nodes,
    initializers: new Map([...initializers].filter(([name]) => used.has(name))),
  };
}

/** Nodes of 16 bits: those with weights, and others on the way to one of them that may be. */
function halvesOf({ nodes, initializers, outputs }: OnnxGraph): ReadonlySet<OnnxNode> {
  const given = new Set(outputs.map(({ name }) => name));
  const halves = new Set<OnnxNode>();
  /** Tensors that a node with weights is computed from. */
  const before = new Set<string>();
  for (const node of nodes.toReversed()) {
    const hasWeights = WEIGHTED.has(node.op) && node.inputs.some((name) => initializers.has(name));
    const leads = node.outputs.some((name) => before.has(name));
    if (!hasWeights && !leads) continue;
    for (const name of node.inputs) before.add(name);
    const isOutput = node.outputs.some((name) => given.has(name));
    if ((hasWeights || BETWEEN.has(node.op)) && !isOutput) halves.add(node);
  }
  return halves;
}

const rounded = ({ shape, data }: OnnxTensor): OnnxTensor => ({
  type: 'float16',
  shape,
  data: Float16Array.from(data as Float32Array),
});
