import { INPUT } from '../../network.ts';
import type { ModelInput } from '../../types.ts';
import { GraphBuilder } from './graph-builder.ts';
import { TO_CHANNELS_FIRST } from './layout.ts';
import { DATA_TYPE } from './messages.ts';
import type { OnnxGraph, OnnxValue } from './messages.ts';
import type { RuntimeTensor } from './runtime.ts';

/** How a model takes its images. */
export type Preprocessing = 'none' | 'bytes' | 'unit';

export const INPUTS: Readonly<Record<Preprocessing, ModelInput>> = {
  none: { name: INPUT, layout: '[batch, 3, size, size]', type: 'float32', range: [0, 255] },
  bytes: { name: INPUT, layout: '[batch, size, size, 3]', type: 'uint8', range: [0, 255] },
  unit: { name: INPUT, layout: '[1, 3, size, size]', type: 'float32', range: [0, 1] },
};

const INNER = 'letterboxed';

/** The graph with the part before it that makes what the network reads of what the model is given. */
export function withInput(graph: OnnxGraph, preprocessing: Preprocessing): OnnxGraph {
  if (preprocessing === 'none') return graph;
  const b = new GraphBuilder('input_');
  const [images] = graph.inputs as [OnnxValue];
  const [batch, channels, height, width] = images.shape;
  const result = (op: string, inputs: string[], attributes = {}) =>
    b.nodes.push({ op, inputs, outputs: [INNER], attributes });
  let input: OnnxValue;
  if (preprocessing === 'bytes') {
    input = { ...images, type: 'uint8', shape: [batch!, height!, width!, channels!] };
    const floats = b.node('Cast', [INPUT], { to: { i: DATA_TYPE.float32 } });
    result('Transpose', [floats], { perm: { ints: TO_CHANNELS_FIRST } });
  } else {
    input = { ...images, shape: [1, channels!, height!, width!] };
    result('Mul', [INPUT, b.float(255)]);
  }
  const inner = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => (name === INPUT ? INNER : name)),
  }));
  return {
    nodes: [...b.nodes, ...inner],
    initializers: new Map([...b.initializers, ...graph.initializers]),
    inputs: [input],
    outputs: preprocessing === 'unit' ? graph.outputs.map(ofOneImage) : graph.outputs,
  };
}

/** The batch is the first side of every output. */
const ofOneImage = (output: OnnxValue): OnnxValue => ({ ...output, shape: [1, ...output.shape.slice(1)] });

/** Images [at least count, size, size, 3], 0 to 255, as the model takes them. */
export function feedOf(
  preprocessing: Preprocessing,
  images: Float32Array,
  count: number,
  size: number,
): RuntimeTensor<Float32Array | Uint8Array> {
  if (preprocessing === 'bytes') {
    return {
      data: Uint8Array.from(images.subarray(0, count * size * size * 3)),
      dims: [count, size, size, 3],
    };
  }
  const data = channelsFirst(images, count, size);
  return {
    data: preprocessing === 'unit' ? data.map((value) => value / 255) : data,
    dims: [count, 3, size, size],
  };
}

/** Images [count, size, size, 3] → [count, 3, size, size]. */
function channelsFirst(data: Float32Array, count: number, size: number): Float32Array {
  const positions = size * size;
  const result = new Float32Array(count * positions * 3);
  for (let image = 0; image < count; image++) {
    for (let position = 0; position < positions; position++) {
      for (let channel = 0; channel < 3; channel++) {
        result[(image * 3 + channel) * positions + position] =
          data[(image * positions + position) * 3 + channel]!;
      }
    }
  }
  return result;
}
