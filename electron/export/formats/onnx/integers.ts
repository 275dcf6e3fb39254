import { GraphBuilder } from './graph-builder.ts';
import type { OnnxGraph, OnnxNode, OnnxTensor } from './messages.ts';

/** Least and greatest element of a tensor. */
export type Range = readonly [number, number];

/**
 * Largest integer of a weight: seven bits. Processors without VNNI add two products of 8 bits in 16, which saturates with
 * all eight bits of a weight: what was verified here would not hold there.
 */
const LARGEST_WEIGHT = 63;
/** Half of what 32 bits hold: the other half is for the products. */
const LARGEST_BIAS = 2 ** 30;
/** Integers that an element of a map may take. */
const STEPS = 255;
/** Scales below are of weights, or maps, that are as good as zero. */
const LEAST_SCALE = { weights: 1e-20, map: 1e-12 } as const;

/** Runtimes compute them with the convolution before them, on its integers. */
const CLAMPS: ReadonlySet<string> = new Set(['Relu', 'Clip']);

/** A node with weights, and the axis of these on which its output channels are. */
interface Weighted {
  readonly node: OnnxNode;
  readonly weights: OnnxTensor;
  readonly channels: number;
}

function weightedOf(node: OnnxNode, { initializers }: OnnxGraph): Weighted | null {
  if (node.op !== 'Conv' && node.op !== 'MatMul') return null;
  const weights = initializers.get(node.inputs[1] ?? '');
  if (weights?.type !== 'float32' || initializers.has(node.inputs[0]!)) return null;
  return { node, weights, channels: node.op === 'Conv' ? 0 : weights.shape.length - 1 };
}

/**
 * Nodes with weights that compute in integers: all but the last on each way to an output. Those make the probabilities
 * and distances themselves, which 256 steps are too few for.
 */
function chosenOf(graph: OnnxGraph): Weighted[] {
  const chosen: Weighted[] = [];
  /** Tensors that a later node with weights is computed from. */
  const before = new Set<string>();
  for (const node of graph.nodes.toReversed()) {
    const weighted = weightedOf(node, graph);
    const leads = node.outputs.some((name) => before.has(name));
    if (weighted !== null && leads) chosen.unshift(weighted);
    if (weighted !== null || leads) for (const name of node.inputs) before.add(name);
  }
  return chosen;
}

/** Tensors that are read and written as integers: what {@link withIntegers} needs the ranges of. */
export function integerTensors(graph: OnnxGraph): readonly string[] {
  const readers = new Map<string, OnnxNode[]>();
  for (const node of graph.nodes) {
    for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node]);
  }
  const tensors = chosenOf(graph).flatMap(({ node }) => {
    const [input] = node.inputs;
    const [output] = node.outputs;
    if (node.op === 'MatMul') return [input!];
    const [reader, ...others] = readers.get(output!) ?? [];
    const clamps = reader !== undefined && others.length === 0 && CLAMPS.has(reader.op);
    return [input!, clamps ? reader.outputs[0]! : output!];
  });
  return [...new Set(tensors)];
}

/**
 * The graph with convolutions and dense layers between QuantizeLinear and DequantizeLinear, which runtimes compute as one:
 * maps uint8 with a zero point, weights int8 with a scale per output channel (ONNX Runtime, *Quantize ONNX Models*).
 * @param ranges of all {@link integerTensors}, finite
 */
export function withIntegers(graph: OnnxGraph, ranges: ReadonlyMap<string, Range>): OnnxGraph {
  const b = new GraphBuilder('int8_');
  const scales = new Map<string, number>();
  /** What is read in place of a tensor. */
  const rounded = new Map<string, string>();
  const round = (name: string): void => {
    const [scale, zero] = mapScale(ranges.get(name)!);
    const parameters = [
      b.float(scale),
      b.initializer({ type: 'uint8', shape: [], data: Uint8Array.of(zero) }),
    ];
    const integers = b.node('QuantizeLinear', [name, ...parameters]);
    rounded.set(name, b.node('DequantizeLinear', [integers, ...parameters]));
    scales.set(name, scale);
  };
  for (const { name } of graph.inputs) if (ranges.has(name)) round(name);
  const chosen = new Map(chosenOf(graph).map((weighted) => [weighted.node, weighted]));
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => rounded.get(name) ?? name);
    const weighted = chosen.get(node);
    const constants =
      weighted && integerConstants(b, weighted, scales.get(node.inputs[0]!)!, graph.initializers);
    b.nodes.push({ ...node, inputs: constants ? [inputs[0]!, ...constants] : inputs });
    for (const name of node.outputs) if (ranges.has(name)) round(name);
  }
  const used = new Set(b.nodes.flatMap(({ inputs }) => inputs));
  const initializers = [...graph.initializers, ...b.initializers].filter(([name]) => used.has(name));
  return { ...graph, nodes: b.nodes, initializers: new Map(initializers) };
}

/** Scale and zero point: zero, which padding adds, is one of the steps. */
export function mapScale([least, greatest]: Range): readonly [number, number] {
  const [low, high] = [Math.min(least, 0), Math.max(greatest, 0)];
  const share = Math.fround((high - low) / STEPS);
  const scale = share < LEAST_SCALE.map ? 1 : share;
  return [scale, Math.min(STEPS, Math.round(-low / scale))];
}

/** Weights and bias of a node as integers, and what makes floats of them. */
function integerConstants(
  b: GraphBuilder,
  { node, weights, channels }: Weighted,
  mapScale: number,
  initializers: ReadonlyMap<string, OnnxTensor>,
): string[] {
  const bias = initializers.get(node.inputs[2] ?? '');
  const scales = weightScales(weights, channels, (at) => Math.abs(Number(bias?.data[at] ?? 0)) / mapScale);
  const stride = weights.shape.slice(channels + 1).reduce((product, side) => product * side, 1);
  const data = Int8Array.from(weights.data as Float32Array, (value, at) =>
    Math.round(value / scales[Math.floor(at / stride) % scales.length]!),
  );
  const floats = (integers: OnnxTensor, perChannel: Float32Array, axis: number): string =>
    b.node(
      'DequantizeLinear',
      [
        b.initializer(integers),
        b.initializer({ type: 'float32', shape: [perChannel.length], data: perChannel }),
      ],
      { axis: { i: axis } },
    );
  const kernel = floats({ type: 'int8', shape: weights.shape, data }, scales, channels);
  if (!bias) return [kernel];
  const biasScales = scales.map((scale) => scale * mapScale);
  const biases = Int32Array.from(bias.data as Float32Array, (value, at) =>
    Math.round(value / biasScales[at]!),
  );
  return [kernel, floats({ type: 'int32', shape: bias.shape, data: biases }, biasScales, 0)];
}

/**
 * By output channel: what a step of its weights is. Of a channel with hardly any weights it is larger than these ask for,
 * so that its bias is within 32 bits.
 * @param biasOf what the bias of a channel is in steps of the map, for weights of 1
 */
function weightScales(
  { shape, data }: OnnxTensor,
  channels: number,
  biasOf: (channel: number) => number,
): Float32Array {
  const count = shape[channels]!;
  const stride = shape.slice(channels + 1).reduce((product, side) => product * side, 1);
  const greatest = new Float32Array(count);
  (data as Float32Array).forEach((value, at) => {
    const channel = Math.floor(at / stride) % count;
    greatest[channel] = Math.max(greatest[channel]!, Math.abs(value));
  });
  return greatest.map((value, channel) =>
    Math.max(value / LARGEST_WEIGHT, biasOf(channel) / LARGEST_BIAS, LEAST_SCALE.weights),
  );
}
