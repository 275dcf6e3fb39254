import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangesOf } from '../../electron/export/formats/onnx/calibrate.ts';
import { integerTensors, mapScale, withIntegers } from '../../electron/export/formats/onnx/integers.ts';
import type { Range } from '../../electron/export/formats/onnx/integers.ts';
import { encodeModel } from '../../electron/export/formats/onnx/messages.ts';
import type { OnnxGraph, OnnxTensor } from '../../electron/export/formats/onnx/messages.ts';
import { openOnnx } from '../../electron/export/formats/onnx/runtime.ts';
import { useExports } from './support.ts';

const shared = useExports();
const SIZE = 4;

const floats = (shape: number[], data: number[]): OnnxTensor => ({
  ...{ type: 'float32', shape, data: Float32Array.from(data) },
});

/** images → two channels of twice and minus half their first channel, with biases → ReLU → a sum of both, in floats. */
const graph = (bias: number[], kernel = [2, 0, 0, -0.5, 0, 0]): OnnxGraph => ({
  nodes: [
    { op: 'Conv', inputs: ['images', 'first', 'bias'], outputs: ['a'], attributes: {} },
    { op: 'Relu', inputs: ['a'], outputs: ['b'], attributes: {} },
    { op: 'Conv', inputs: ['b', 'second'], outputs: ['sum'], attributes: {} },
  ],
  initializers: new Map([
    ['first', floats([2, 3, 1, 1], kernel)],
    ['bias', floats([2], bias)],
    ['second', floats([1, 2, 1, 1], [1, 1])],
  ]),
  inputs: [{ name: 'images', type: 'float32', shape: ['batch', 3, SIZE, SIZE], description: '' }],
  outputs: [{ name: 'sum', type: 'float32', shape: ['batch', 1, SIZE, SIZE], description: '' }],
});

const about = { opset: 17, name: 'test', producerVersion: '', description: '', metadata: {} };
const data = Float32Array.from({ length: 3 * SIZE * SIZE }, (_, at) => at * 5);

async function sumsOf(graph: OnnxGraph): Promise<Float32Array> {
  const model = await openOnnx(encodeModel(graph, about));
  const { sum } = await model.run({ images: { data, dims: [1, 3, SIZE, SIZE] } });
  await model.close();
  return sum!.data;
}

describe('a graph in 8-bit integers', () => {
  const ranges = new Map<string, Range>([
    ['images', [0, 235]],
    ['b', [0, 160]],
  ]);

  it('reads and writes integers around what has weights, but for the last of it', () => {
    expect(integerTensors(graph([1, 40]))).toEqual(['images', 'b']);
    const { nodes, initializers } = withIntegers(graph([1, 40]), ranges);
    expect(nodes.map(({ op }) => op)).toEqual([
      ...['QuantizeLinear', 'DequantizeLinear', 'DequantizeLinear', 'DequantizeLinear', 'Conv', 'Relu'],
      ...['QuantizeLinear', 'DequantizeLinear', 'Conv'],
    ]);
    expect(nodes.at(-1)!.inputs[1]).toBe('second');
    const kernel = [...initializers.values()].find(({ type }) => type === 'int8')!;
    // By channel: the greatest of each is 63.
    expect([...kernel.data]).toEqual([63, 0, 0, -63, 0, 0]);
    expect(initializers.has('first')).toBe(false);
  });

  it('gives what floats give, to a step of each map', async () => {
    const [exact, integers] = await Promise.all(
      [graph([1, 40]), withIntegers(graph([1, 40]), ranges)].map(sumsOf),
    );
    const step = 160 / 255 + 2 * (235 / 255);
    integers!.forEach((value, at) => expect(Math.abs(value - exact![at]!)).toBeLessThanOrEqual(step));
    expect(Math.max(...exact!)).toBeGreaterThan(100);
  });

  it('keeps the bias of a channel that has hardly any weights', async () => {
    const faint = graph([1, 40], [2, 0, 0, 1e-12, 0, 0]);
    const [exact, integers] = await Promise.all([faint, withIntegers(faint, ranges)].map(sumsOf));
    expect(integers![0]).toBeCloseTo(exact![0]!, 0);
  });

  it('has zero among the steps of every map', () => {
    const edge = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(edge, edge, (one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const [scale, zero] = mapScale([low, high]);
        expect(scale).toBeGreaterThan(0);
        expect(Number.isInteger(zero) && zero >= 0 && zero <= 255).toBe(true);
        // What the steps reach is the range, to half a step.
        if (high - low < 1e-6) return;
        expect(-zero * scale).toBeLessThanOrEqual(Math.min(low, 0) + scale);
        expect((255 - zero) * scale).toBeGreaterThanOrEqual(Math.max(high, 0) - scale);
      }),
    );
  });

  it('has ranges that are what the images reach', async () => {
    const pixelFile = path.join(shared.folder, 'ranges.pixels');
    const row = SIZE * SIZE * 3;
    await writeFile(pixelFile, Buffer.concat([Buffer.alloc(row, 10), Buffer.alloc(row, 90)]));
    const sample = {
      ...{ imageId: 1, split: 'train' as const, width: 4, height: 4 },
      imageClass: 0,
      boxes: [],
    };
    const images = [0, 1].map((at) => ({ sample: { ...sample, row: at }, sha256: '' }));
    const measured = await rangesOf(graph([1, 40]), ['images', 'a', 'b'], { pixelFile, images, size: SIZE });
    // Of 10: 21 and 35; of 90: 181 and -5.
    expect([...measured]).toEqual([
      ['images', [10, 90]],
      ['a', [-5, 181]],
      ['b', [0, 181]],
    ]);
  });
});
