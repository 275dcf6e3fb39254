import { say } from '../../../common/sentences/sentence.ts';
import { PixelFile } from '../../../learning/samples/pixel-file.ts';
import { INPUT } from '../../network.ts';
import { mismatch } from '../../parity.ts';
import type { ImageRows } from '../../types.ts';
import { GraphBuilder } from './graph-builder.ts';
import { feedOf } from './input.ts';
import type { Range } from './integers.ts';
import type { OnnxGraph } from './messages.ts';
import { encodeModel } from './messages.ts';
import { OPSET } from './opset.ts';
import { openOnnx } from './runtime.ts';

const LEAST = 'least';
const GREATEST = 'greatest';

/** A graph that says of each tensor what its least and greatest elements are: two lists, however large the tensors. */
function withExtremes(graph: OnnxGraph, tensors: readonly string[]): OnnxGraph {
  const b = new GraphBuilder('range_');
  const list = (op: 'ReduceMin' | 'ReduceMax', name: string): void => {
    const parts = tensors.map((tensor) => {
      const extreme = b.node(op, [tensor], { keepdims: { i: 0 } });
      return b.node('Reshape', [extreme, b.int64([1])]);
    });
    b.nodes.push({ op: 'Concat', inputs: parts, outputs: [name], attributes: { axis: { i: 0 } } });
  };
  list('ReduceMin', LEAST);
  list('ReduceMax', GREATEST);
  return {
    ...graph,
    nodes: [...graph.nodes, ...b.nodes],
    initializers: new Map([...graph.initializers, ...b.initializers]),
    outputs: [LEAST, GREATEST].map((name) => ({
      ...{ name, type: 'float32' as const, shape: [tensors.length], description: '' },
    })),
  };
}

/**
 * Runs a graph of floats on images of the training split, one at a time, and takes the extremes of each tensor over them
 * all; no map is kept. The mean of each image's extremes was measured too, and was off by more (docs/export.md).
 * @throws TwinheadError `export-mismatch` where a tensor is not all numbers
 */
export async function rangesOf(
  graph: OnnxGraph,
  tensors: readonly string[],
  { pixelFile, images, size }: ImageRows,
): Promise<ReadonlyMap<string, Range>> {
  const about = { opset: OPSET, name: 'ranges', producerVersion: '', description: '', metadata: {} };
  const model = await openOnnx(encodeModel(withExtremes(graph, tensors), about));
  const pixels = new PixelFile(pixelFile, size);
  const ranges = tensors.map((): [number, number] => [Infinity, -Infinity]);
  try {
    const data = new Float32Array(size * size * 3);
    for (const { sample } of images) {
      pixels.copyRow(sample.row, data, 0);
      const outputs = await model.run({ [INPUT]: feedOf('none', data, 1, size) });
      ranges.forEach((range, at) => {
        range[0] = Math.min(range[0], outputs[LEAST]!.data[at]!);
        range[1] = Math.max(range[1], outputs[GREATEST]!.data[at]!);
      });
    }
  } finally {
    pixels.close();
    await model.close();
  }
  return new Map(
    tensors.map((tensor, at): [string, Range] => {
      const [least, greatest] = ranges[at]!;
      if (!Number.isFinite(least) || !Number.isFinite(greatest)) {
        throw mismatch(say('export.mismatch.notNumber', { output: tensor }));
      }
      return [tensor, [least, greatest]];
    }),
  );
}
