import { beforeAll, describe, expect, it } from 'vitest';
import { BFLOAT16 } from '../../../electron/engine/graph/backend.ts';
import { buildStepGraph } from '../../../electron/engine/graph/builder.ts';
import { compileStep, record } from '../../../electron/engine/graph/index.ts';
import type { NamedTensors } from '../../../electron/engine/graph/index.ts';
import type { NodeMessage } from '../../../electron/engine/graph/messages.ts';
import type { Engine } from '../../../electron/engine/types.ts';
import { loadNativeEngine } from './native-engine.ts';
import { plain, small } from './networks.ts';
import type { ExampleNetwork } from './networks.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await loadNativeEngine();
});

/** Loss and gradients, or what else the state becomes, as one graph. */
function graphOf({ step, state, batch }: ExampleNetwork, convolutions: 'float32' | 'bfloat16') {
  const pick = (inputs: NamedTensors, of: NamedTensors): NamedTensors =>
    Object.fromEntries(Object.keys(of).map((name) => [name, inputs[name]!]));
  const recording = record(
    engine,
    (inputs) => {
      const result = step(pick(inputs, state), pick(inputs, batch));
      return { ...result.state, ...result.outputs };
    },
    { ...state, ...batch },
  );
  const names = Object.keys(state);
  const outputs = Object.keys(recording.outputs).filter((name) => !names.includes(name));
  const moved = new Map(names.map((name) => [name, name in recording.outputs ? name : null]));
  return buildStepGraph(recording, { state: moved, outputs, convolutions }).nodes;
}

const typeOf = (node: NodeMessage, attribute: string): number | undefined => node.attr[attribute]?.type;

/** How many of the operations of a name compute in bfloat16, and how many there are. */
function share(nodes: readonly NodeMessage[], op: string): [half: number, all: number] {
  const named = nodes.filter((node) => node.op === op);
  return [named.filter((node) => typeOf(node, 'T') === BFLOAT16).length, named.length];
}

describe('a graph in bfloat16', () => {
  it('computes in it from the first convolution to the last, and back to the last gradient of a map', () => {
    const nodes = graphOf(small(engine, { batch: 4, side: 16, thinner: 8 }), 'bfloat16');
    for (const op of ['Conv2D', 'FusedBatchNormV3', 'Relu', 'MaxPool', 'Conv2DBackpropFilter']) {
      expect([op, ...share(nodes, op)]).toEqual([op, 3, 3]);
    }
    // The gradient comes to the last block as float32, from the mean over places.
    for (const op of ['FusedBatchNormGradV3', 'ReluGrad', 'MaxPoolGrad']) {
      expect([op, ...share(nodes, op)]).toEqual([op, 2, 3]);
    }
  });

  it.each([
    ['batch norm', small],
    ['biases', plain],
  ])('converts no map there and back again: with %s', (_, network) => {
    const nodes = graphOf(network(engine, { batch: 4, side: 16, thinner: 8 }), 'bfloat16');
    const named = new Map(nodes.map((node) => [node.name, node]));
    const isCast = (node: NodeMessage | undefined, to: number): node is NodeMessage =>
      node?.op === 'Cast' && typeOf(node, 'DstT') === to;
    const rounded = nodes.filter((node) => isCast(node, BFLOAT16));
    expect(rounded.length).toBeGreaterThan(0);
    for (const { input } of rounded) {
      const origin = named.get(input[0]!);
      expect(origin?.op === 'Cast' && typeOf(origin, 'SrcT') === BFLOAT16).toBe(false);
    }
  });

  it('keeps statistics, weights and losses in float32, and computes nearly the same', () => {
    const network = small(engine, { batch: 4, side: 16, thinner: 8 });
    const [exact, half] = (['float32', 'bfloat16'] as const).map((convolutions) => {
      const compiled = compileStep(engine, network.step, network.state, network.batch, { convolutions });
      const loss = compiled.run(network.batch)['loss']!;
      const state = compiled.readState();
      const values = Object.values(state).flatMap((tensor) => {
        expect(tensor.dtype).toBe('float32');
        return Array.from(tensor.dataSync());
      });
      compiled.dispose();
      return { loss: loss.dataSync()[0]!, values };
    });
    expect(half!.loss).not.toBe(exact!.loss);
    expect(Math.abs(half!.loss - exact!.loss) / exact!.loss).toBeLessThan(0.01);
    const squares = (values: number[]): number => values.reduce((sum, value) => sum + value ** 2, 0);
    const apart = exact!.values.map((value, i) => value - half!.values[i]!);
    expect(Math.sqrt(squares(apart) / squares(exact!.values))).toBeLessThan(0.05);
  });

  it('is what it was without it', () => {
    const nodes = graphOf(small(engine, { batch: 4, side: 16, thinner: 8 }), 'float32');
    expect(nodes.filter((node) => typeOf(node, 'T') === BFLOAT16)).toEqual([]);
  });
});
