import { GraphBuilder } from './graph-builder.ts';
import type { OnnxGraph, OnnxNode } from './messages.ts';

/** Version of the operators that graphs are made of. */
export const OPSET = 17;
/** The newest one that a graph can be written in. */
export const NEWEST_OPSET = 18;

/** Operators that take what they reduce along as an input from version 18 on; ReduceSum has since 13. */
const REDUCTIONS: ReadonlySet<string> = new Set(['ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd']);

/** The graph as a version of the operators wants it (https://onnx.ai/onnx/operators, "version 18"). */
export function inOpset(graph: OnnxGraph, opset: number): OnnxGraph {
  if (opset < 18) return graph;
  const b = new GraphBuilder('opset_');
  const nodes = graph.nodes.map((node): OnnxNode => {
    const { axes, ...attributes } = node.attributes;
    if (REDUCTIONS.has(node.op) && axes !== undefined && 'ints' in axes)
      return { ...node, inputs: [...node.inputs, b.int64(axes.ints)], attributes };
    if (node.op === 'Split' && node.inputs.length === 1)
      return { ...node, attributes: { ...node.attributes, num_outputs: { i: node.outputs.length } } };
    return node;
  });
  return { ...graph, nodes, initializers: new Map([...graph.initializers, ...b.initializers]) };
}
