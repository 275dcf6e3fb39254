import type { OnnxGraph, OnnxNode, OnnxTensor } from './messages.ts';

/**
 * Puts what follows a convolution channel by channel into its weights: an added bias, and batch norm by running
 * statistics, kernel' = kernel · scale / √(variance + ε), bias' = (bias - mean) · scale / √(variance + ε) + offset.
 * Drops nodes and constants that no output needs.
 */
export function optimise(graph: OnnxGraph): OnnxGraph {
  return withoutUnused(foldIntoConvolutions(graph));
}

/** What a convolution is followed by, as a factor and a term for each channel. */
interface PerChannel {
  readonly factor: Float64Array | null;
  readonly term: Float64Array;
}

function foldIntoConvolutions(graph: OnnxGraph): OnnxGraph {
  const initializers = new Map(graph.initializers);
  const uses = new Map<string, number>();
  const use = (name: string) => uses.set(name, (uses.get(name) ?? 0) + 1);
  for (const { inputs } of graph.nodes) inputs.forEach(use);
  for (const { name } of graph.outputs) use(name);

  const nodes: OnnxNode[] = [];
  /** Where the convolution with this output stands in `nodes`. */
  const convolutions = new Map<string, number>();
  for (const node of graph.nodes) {
    const index = convolutions.get(node.inputs[0] ?? '');
    const convolution = index === undefined ? undefined : nodes[index]!;
    const alone = uses.get(node.inputs[0] ?? '') === 1;
    const change =
      convolution !== undefined && alone
        ? perChannel(node, channelsOf(convolution, initializers), initializers)
        : null;
    if (index === undefined || convolution === undefined || change === null) {
      if (node.op === 'Conv') convolutions.set(node.outputs[0]!, nodes.length);
      nodes.push(node);
      continue;
    }
    nodes[index] = changed(convolution, node.outputs[0]!, change, initializers);
    convolutions.set(node.outputs[0]!, index);
  }
  return { ...graph, nodes, initializers };
}

function channelsOf({ inputs }: OnnxNode, initializers: ReadonlyMap<string, OnnxTensor>): number {
  return initializers.get(inputs[1]!)!.shape[0]!;
}

function perChannel(
  node: OnnxNode,
  channels: number,
  initializers: ReadonlyMap<string, OnnxTensor>,
): PerChannel | null {
  if (node.op === 'Add') {
    const bias = initializers.get(node.inputs[1]!);
    if (bias?.shape.join() !== `1,${channels},1,1`) return null;
    return { factor: null, term: doubles(bias) };
  }
  if (node.op === 'BatchNormalization') {
    const [scale, offset, mean, variance] = node.inputs.slice(1).map((name) => initializers.get(name));
    const epsilon = node.attributes['epsilon'];
    if (!scale || !offset || !mean || !variance || !epsilon || !('f' in epsilon)) return null;
    const [scales, offsets, means, variances] = [scale, offset, mean, variance].map(doubles);
    const factor = scales!.map((value, i) => value / Math.sqrt(variances![i]! + epsilon.f));
    return { factor, term: offsets!.map((value, i) => value - means![i]! * factor[i]!) };
  }
  return null;
}

const doubles = ({ data }: OnnxTensor): Float64Array => Float64Array.from(data as Float32Array);

function changed(
  convolution: OnnxNode,
  output: string,
  { factor, term }: PerChannel,
  initializers: Map<string, OnnxTensor>,
): OnnxNode {
  const [x, kernelName, biasName] = convolution.inputs;
  const kernel = initializers.get(kernelName!)!;
  const bias = biasName === undefined ? null : doubles(initializers.get(biasName)!);
  const perOutput = kernel.data.length / kernel.shape[0]!;
  if (factor !== null) {
    const data = Float32Array.from(
      kernel.data as Float32Array,
      (value, i) => value * factor[Math.floor(i / perOutput)]!,
    );
    initializers.set(kernelName!, { ...kernel, data });
  }
  const name = `${kernelName!}_bias`;
  const data = Float32Array.from(term, (value, i) => value + (bias?.[i] ?? 0) * (factor?.[i] ?? 1));
  initializers.set(name, { type: 'float32', shape: [term.length], data });
  return { ...convolution, inputs: [x!, kernelName!, name], outputs: [output] };
}

function withoutUnused(graph: OnnxGraph): OnnxGraph {
  const needed = new Set(graph.outputs.map(({ name }) => name));
  const nodes: OnnxNode[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    for (const name of node.inputs) needed.add(name);
    nodes.unshift(node);
  }
  const initializers = new Map([...graph.initializers].filter(([name]) => needed.has(name)));
  return { ...graph, nodes, initializers };
}
