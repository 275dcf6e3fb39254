import { readdirSync } from 'node:fs';
import os from 'node:os';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { asIntrinsic, compileStep } from '../../../electron/engine/graph/index.ts';
import type { CompiledStep, NamedTensors, StepFunction } from '../../../electron/engine/graph/index.ts';
import type { Engine } from '../../../electron/engine/types.ts';
import { loadNativeEngine } from './native-engine.ts';
import { plain, ratesAt, small, tensorOf } from './networks.ts';
import type { ExampleNetwork } from './networks.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await loadNativeEngine();
});

interface BindingCounts {
  getNumOfTFTensors(): number;
  getNumOfSavedModels(): number;
}
const counts = () => engine.tf.backend() as unknown as BindingCounts;

const elements = (tensor: Tensor): number[] => Array.from(tensor.dataSync());

/** Largest difference relative to the larger of 1 and the expected size. */
function difference(actual: Tensor, expected: Tensor): number {
  const a = elements(actual);
  const b = elements(expected);
  expect(a.length).toBe(b.length);
  return a.reduce(
    (worst, value, i) => Math.max(worst, Math.abs(value - b[i]!) / Math.max(1, Math.abs(b[i]!))),
    0,
  );
}

function expectSame(actual: NamedTensors, expected: NamedTensors, tolerance = 1e-5): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, tensor] of Object.entries(expected)) {
    expect(actual[name]!.shape, name).toEqual(tensor.shape);
    expect(difference(actual[name]!, tensor), name).toBeLessThan(tolerance);
  }
}

/** Several steps op by op and compiled, side by side. */
function runBoth(network: ExampleNetwork, compiled: CompiledStep, steps: number): void {
  let state: NamedTensors = network.state;
  for (let t = 1; t <= steps; t++) {
    const batch = { ...network.batch, ...ratesAt(engine, t) };
    const reference = network.step(state, batch);
    const outputs = compiled.run(batch);
    expectSame(outputs, reference.outputs);
    state = reference.state;
    expectSame(compiled.readState(), state);
  }
}

describe('a compiled training step', () => {
  it('gives the losses, gradients and state of the same step op by op, over several steps with batch norm', () => {
    const network = small(engine, { batch: 4, side: 16, thinner: 8 });
    const compiled = compileStep(engine, network.step, network.state, network.batch);
    runBoth(network, compiled, 4);
    compiled.dispose();
  });

  it('does so with biases, average pooling and two heads', () => {
    const network = plain(engine, { batch: 3, side: 16, thinner: 16 });
    const compiled = compileStep(engine, network.step, network.state, network.batch);
    runBoth(network, compiled, 4);
    compiled.dispose();
  });

  it('gives the same numbers to the last bit when it runs again from the same state', () => {
    const network = small(engine, { batch: 4, side: 16, thinner: 8 });
    const compiled = compileStep(engine, network.step, network.state, network.batch);
    const run = () => {
      compiled.writeState(network.state);
      for (let t = 1; t <= 3; t++) compiled.run({ ...network.batch, ...ratesAt(engine, t) });
      return Object.values(compiled.readState()).map(elements);
    };
    expect(run()).toEqual(run());
    compiled.dispose();
  });

  it('updates variables in place where Adam is the whole update, and still where decay and averages follow it', () => {
    const { tf } = engine;
    const step: StepFunction = (state, batch) => {
      const [p, m, v, average] = ['p', 'm', 'v', 'average'].map((name) => state[name]!);
      const gradient = p!.mul(batch['x']!);
      const { beta1Power, beta2Power, learningRate } = batch as Record<string, Tensor>;
      const after = asIntrinsic(
        {
          kind: 'adam',
          inputs: {
            parameter: p!,
            m: m!,
            v: v!,
            gradient,
            learningRate: learningRate!,
            beta1Power: beta1Power!,
            beta2Power: beta2Power!,
          },
          numbers: { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
        },
        () => {
          const m2 = m!.mul(0.9).add(gradient.mul(0.1));
          const v2 = v!.mul(0.999).add(gradient.square().mul(0.001));
          const rate = learningRate!.mul(tf.sub(1, beta2Power!).sqrt()).div(tf.sub(1, beta1Power!));
          return { parameter: p!.sub(rate.mul(m2).div(v2.sqrt().add(1e-7))), m: m2, v: v2 };
        },
      );
      const decayed = after.parameter.sub(p!.mul(0.01));
      return {
        state: { p: decayed, m: after.m, v: after.v, average: average!.mul(0.9).add(decayed.mul(0.1)) },
        outputs: { old: p!.mul(1), undecayed: after.parameter.mul(1) },
      };
    };
    const state: NamedTensors = {
      p: tensorOf(engine, [300], 3),
      m: tf.zeros([300]),
      v: tf.zeros([300]),
      average: tf.zeros([300]),
    };
    const batch = { x: tensorOf(engine, [300], 4) };
    const compiled = compileStep(engine, step, state, { ...batch, ...ratesAt(engine, 1) });
    let current = state;
    for (let t = 1; t <= 5; t++) {
      const fed = { ...batch, ...ratesAt(engine, t) };
      const reference = step(current, fed);
      expectSame(compiled.run(fed), reference.outputs);
      current = reference.state;
      expectSame(compiled.readState(), current);
    }
    compiled.dispose();
  });

  it('sees the state from before the step everywhere, in whatever order the updates run', () => {
    const step: StepFunction = ({ a, b }) => ({
      state: { a: b!, b: a! },
      outputs: { sum: a!.add(b!.mul(2)) },
    });
    const { tf } = engine;
    const state = { a: tf.tensor1d([1, 2]), b: tf.tensor1d([10, 20]) };
    const compiled = compileStep(engine, step, state, {});
    expect(elements(compiled.run({})['sum']!)).toEqual([21, 42]);
    expect(elements(compiled.run({})['sum']!)).toEqual([12, 24]);
    expect(elements(compiled.readState(['a'])['a']!)).toEqual([1, 2]);
    compiled.dispose();
  });

  it('keeps what the step does not return, and takes what the batch brings without sharing its memory', () => {
    const { tf } = engine;
    const step: StepFunction = (_state, { x }) => ({ state: { last: tf.reshape(x!, [2]) }, outputs: {} });
    const state = { last: tf.zeros([2]), kept: tf.tensor1d([5]) };
    const compiled = compileStep(engine, step, state, { x: tf.zeros([1, 2]) });
    const fed = Float32Array.of(7, 8);
    compiled.run({ x: fed });
    fed.fill(0);
    const { last, kept } = compiled.readState();
    expect(elements(last!)).toEqual([7, 8]);
    expect(elements(kept!)).toEqual([5]);
    compiled.dispose();
  });

  it('reads back exactly what was written, and what is read stays as it was', () => {
    const network = small(engine, { batch: 2, side: 16, thinner: 8 });
    const compiled = compileStep(engine, network.step, network.state, network.batch);
    const before = compiled.readState(['dense/kernel', 'm/dense/kernel']);
    const values = elements(before['dense/kernel']!);
    expect(values).toEqual(elements(network.state['dense/kernel']!));
    compiled.run(network.batch);
    expect(elements(before['dense/kernel']!)).toEqual(values);
    const moved = elements(compiled.readState(['dense/kernel'])['dense/kernel']!);
    expect(moved).not.toEqual(values);
    compiled.writeState({ 'dense/kernel': before['dense/kernel']! });
    expect(elements(compiled.readState(['dense/kernel'])['dense/kernel']!)).toEqual(values);
    compiled.dispose();
  });

  it('keeps the states of two steps apart', () => {
    const { tf } = engine;
    const step: StepFunction = ({ n }, { by }) => ({ state: { n: n!.add(by!) }, outputs: { n: n! } });
    const one = compileStep(engine, step, { n: tf.scalar(1) }, { by: tf.scalar(0) });
    const two = compileStep(engine, step, { n: tf.scalar(100) }, { by: tf.scalar(0) });
    one.run({ by: 1 });
    two.run({ by: 10 });
    one.run({ by: 1 });
    expect(elements(one.readState()['n']!)).toEqual([3]);
    one.dispose();
    expect(elements(two.readState()['n']!)).toEqual([110]);
    two.dispose();
  });

  it('leaves no tensor, no session and no folder behind', () => {
    const folders = () =>
      readdirSync(os.tmpdir()).filter((name) => name.startsWith('twinhead-graph-')).length;
    const foldersBefore = folders();
    const network = small(engine, { batch: 2, side: 16, thinner: 8 });
    const compile = () => compileStep(engine, network.step, network.state, network.batch);
    compile().dispose();
    const before = [
      engine.tf.memory().numTensors,
      counts().getNumOfTFTensors(),
      counts().getNumOfSavedModels(),
    ];
    const compiled = compile();
    for (let i = 0; i < 5; i++) {
      engine.tf.dispose(compiled.run({ ...network.batch, learningRate: 0.01 }));
      engine.tf.dispose(compiled.readState());
    }
    compiled.dispose();
    const after = [
      engine.tf.memory().numTensors,
      counts().getNumOfTFTensors(),
      counts().getNumOfSavedModels(),
    ];
    expect(after).toEqual(before);
    expect(folders()).toBe(foldersBefore);
    expect(() => compiled.run(network.batch)).toThrow('disposed');
  });

  it('says which part of a batch is missing, unknown or of another shape', () => {
    const { tf } = engine;
    const step: StepFunction = ({ n }, { x }) => ({ state: { n: n!.add(tf.sum(x!)) }, outputs: {} });
    const compiled = compileStep(engine, step, { n: tf.scalar(1) }, { x: tf.zeros([2, 3]) });
    expect(() => compiled.run({})).toThrow('lacks x');
    expect(() => compiled.run({ x: tf.zeros([2, 3]), y: 1 })).toThrow('takes no y');
    expect(() => compiled.run({ x: tf.zeros([3, 3]) })).toThrow(
      'x is float32 [3,3], compiled for float32 [2,3]',
    );
    expect(() => compiled.run({ x: new Float32Array(5) })).toThrow('x has 5 elements');
    expect(() => compiled.writeState({ z: tf.scalar(1) })).toThrow('no state z');
    compiled.dispose();
  });
});
