import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../electron/engine/index.ts';
import { createKernels } from '../../../electron/engine/kernels.ts';
import type { Kernels } from '../../../electron/engine/kernels.ts';
import type { MultitaskOptions } from '../../../electron/learning/multitask/types.ts';
import { createWeighting } from '../../../electron/learning/multitask/weighting.ts';
import type { Weighting } from '../../../electron/learning/multitask/weighting.ts';
import { nativeEngine } from '../support.ts';

let engine: Engine;
let kernels: Kernels;

beforeAll(async () => {
  engine = await nativeEngine();
  kernels = createKernels(engine);
});

type Vectors = Record<string, number[]>;

/** A weighting over plain numbers, whose state it carries from call to call. */
class Driven {
  state: Vectors;
  readonly #weighting: Weighting;
  #steps = 0;

  constructor(options: Omit<MultitaskOptions, 'tasks' | 'aggregation'>, tasks = 2) {
    const names = Array.from({ length: tasks }, (_, i) => `task${i}`);
    this.#weighting = createWeighting({ tasks: names, aggregation: 'sum', ...options })!;
    this.state = Object.fromEntries(
      Object.entries(this.#weighting.state).map(([name, fill]) => [name, names.map(() => fill)]),
    );
  }

  #batch(epochStart: boolean): Record<string, Tensor> {
    const { tf } = engine;
    return {
      learningRate: tf.scalar(0.1),
      beta1Power: tf.scalar(0.9 ** (this.#steps + 1)),
      beta2Power: tf.scalar(0.999 ** (this.#steps + 1)),
      epochStart: tf.scalar(epochStart ? 1 : 0),
    };
  }

  #tensors(): Record<string, Tensor> {
    return Object.fromEntries(
      Object.entries(this.state).map(([name, data]) => [name, engine.tf.tensor1d(data)]),
    );
  }

  factors(epochStart = false): number[] {
    return engine.tf.tidy(() => [
      ...this.#weighting.factors(engine.tf, this.#tensors(), this.#batch(epochStart)).dataSync(),
    ]);
  }

  step(
    losses: number[],
    { labelled = losses.map(() => 1), norms = losses.map(() => 1), epochStart = false } = {},
  ): void {
    const { tf } = engine;
    this.state = tf.tidy(() => {
      const next = this.#weighting.update({ tf, kernels }, this.#tensors(), this.#batch(epochStart), {
        losses: tf.tensor1d(losses),
        labelled: tf.tensor1d(labelled),
        norms: tf.tensor1d(norms),
      });
      return Object.fromEntries(Object.entries(next).map(([name, value]) => [name, [...value.dataSync()]]));
    });
    this.#steps++;
  }
}

function expectClose(actual: readonly number[], expected: readonly number[], digits = 5): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, digits));
}

describe('uncertainty weighting', () => {
  it('begins with factors of 1 and has the gradient of Σ exp(-s)·L + s/2', () => {
    const driven = new Driven({ weighting: 'uncertainty' });
    expectClose(driven.factors(), [1, 1]);
    driven.step([2, 0.1]);
    // ∂/∂s = 1/2 - L at s = 0: the first moment after one step is a tenth of it.
    expectClose(driven.state['m']!, [(0.5 - 2) * 0.1, (0.5 - 0.1) * 0.1]);
    // A step of Adam is one learning rate long: s rises for the larger loss, whose factor falls.
    expectClose(driven.state['logVariance']!, [0.1, -0.1], 4);
    expectClose(driven.factors(), [Math.exp(-0.1), Math.exp(0.1)], 4);
  });

  it('has that gradient by finite differences, at any s', () => {
    const objective = (s: number, loss: number) => Math.exp(-s) * loss + s / 2;
    for (const [s, loss] of [
      [0.7, 2],
      [-1.2, 0.3],
    ] as const) {
      const driven = new Driven({ weighting: 'uncertainty' });
      driven.state = { ...driven.state, logVariance: [s, s] };
      driven.step([loss, loss]);
      const numeric = (objective(s + 1e-4, loss) - objective(s - 1e-4, loss)) / 2e-4;
      expect(driven.state['m']![0]! * 10).toBeCloseTo(numeric, 4);
    }
  });

  it('comes to rest where every weighted loss is 1/2', () => {
    const driven = new Driven({ weighting: 'uncertainty' });
    for (let i = 0; i < 400; i++) driven.step([4, 0.25]);
    expectClose(driven.factors(), [1 / 8, 2], 1);
  });

  it('does not learn from a task without label, and never weighs without end', () => {
    const driven = new Driven({ weighting: 'uncertainty' });
    driven.step([0, 1], { labelled: [0, 1] });
    expect(driven.state['logVariance']![0]).toBe(0);
    for (let i = 0; i < 300; i++) driven.step([0, 1e9]);
    for (const factor of driven.factors()) {
      expect(factor).toBeGreaterThan(0);
      expect(factor).toBeLessThan(1200);
    }
  });
});

describe('dynamic weight average', () => {
  it('is 1 for two epochs and then K · softmax of the ratio of the last two means over T', () => {
    const driven = new Driven({ weighting: 'dwa', temperature: 2 });
    const epochs = [
      [
        [4, 1],
        [2, 1],
      ],
      [
        [1.5, 0.9],
        [1.5, 0.7],
      ],
    ];
    epochs.forEach((steps, epoch) => {
      steps.forEach((losses, i) => {
        const epochStart = epoch > 0 && i === 0;
        expectClose(driven.factors(epochStart), [1, 1]);
        driven.step(losses, { epochStart });
      });
    });
    // Means 3, 1 and then 1.5, 0.8: ratios 0.5 and 0.8.
    const [a, b] = [Math.exp(0.5 / 2), Math.exp(0.8 / 2)];
    expectClose(driven.factors(true), [(2 * a) / (a + b), (2 * b) / (a + b)]);
    // Within the epoch they stay.
    driven.step([1, 1], { epochStart: true });
    expectClose(driven.factors(), [(2 * a) / (a + b), (2 * b) / (a + b)]);
  });

  it('goes by the batches that have a label, and by 1 where an epoch had none', () => {
    const driven = new Driven({ weighting: 'dwa', temperature: 1 });
    driven.step([4, 0], { labelled: [1, 0] });
    driven.step([0, 0], { labelled: [0, 0] });
    driven.step([2, 0], { labelled: [1, 0], epochStart: true });
    const [a, b] = [Math.exp(0.5), Math.exp(1)];
    expectClose(driven.factors(true), [(2 * a) / (a + b), (2 * b) / (a + b)]);
    // An epoch without any label: what was known stays, a ratio of 1.
    driven.step([0, 0], { labelled: [0, 0], epochStart: true });
    expectClose(driven.factors(true), [1, 1]);
    driven.step([1e30, 0], { labelled: [1, 0], epochStart: true });
    for (const factor of driven.factors(true)) expect(Number.isFinite(factor)).toBe(true);
  });
});

describe('GradNorm', () => {
  it('moves the factors against the sign of G - mean(G) · r^α, and keeps their sum', () => {
    const driven = new Driven({ weighting: 'gradnorm', alpha: 1, weightLearningRate: 0.025 });
    driven.step([2, 4], { norms: [1, 1] });
    // First step: all at L₀, r = 1, targets equal norms: nothing to move.
    expectClose(driven.factors(), [1, 1]);
    driven.step([1, 4], { norms: [2, 1] });
    // L/L₀ = 1/2, 1; r = 2/3, 4/3; mean(G) = 1.5; targets 1, 2. G = 2, 1: the first is too strong, the second too weak.
    expectClose(driven.state['m']!, [2 * 0.1, -1 * 0.1]);
    const [first, second] = driven.factors();
    expect(first).toBeLessThan(1);
    expect(second).toBeGreaterThan(1);
    expect(first! + second!).toBeCloseTo(2, 5);
  });

  it('has the gradient of Σ |w·‖∇L‖ - target| by finite differences, targets held', () => {
    const norms = [3, 0.5, 1];
    const losses = [1, 2, 3];
    const alpha = 1.5;
    const driven = new Driven({ weighting: 'gradnorm', alpha }, 3);
    driven.state = { ...driven.state, factor: [0.5, 1.5, 1], first: [2, 2, 2] };
    driven.step(losses, { norms });
    const factor = [0.5, 1.5, 1];
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const rates = losses.map((loss) => loss / 2 / mean(losses.map((other) => other / 2)));
    const strength = mean(factor.map((w, i) => w * norms[i]!));
    const loss = (w: number[]) =>
      w.reduce((sum, value, i) => sum + Math.abs(value * norms[i]! - strength * rates[i]! ** alpha), 0);
    factor.forEach((_, i) => {
      const at = (by: number) => loss(factor.map((value, j) => (j === i ? value + by : value)));
      expect(driven.state['m']![i]! * 10).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 3);
    });
  });

  it('brings unequal gradients to the same strength where α is 0', () => {
    const driven = new Driven({ weighting: 'gradnorm', alpha: 0 });
    for (let i = 0; i < 300; i++) driven.step([1, 1], { norms: [4, 1] });
    const [first, second] = driven.factors();
    expect((first! * 4) / second!).toBeCloseTo(1, 0);
  });

  it('takes the first labelled loss as L₀ and stays finite through anything', () => {
    const driven = new Driven({ weighting: 'gradnorm' });
    driven.step([3, 0], { labelled: [1, 0], norms: [1, 0] });
    expect(driven.state['first']).toEqual([3, 0]);
    driven.step([0, 5], { labelled: [0, 1], norms: [0, 1] });
    expect(driven.state['first']).toEqual([3, 5]);
    for (const losses of [
      [0, 0],
      [1e20, 1e-20],
      [0, 1],
    ]) {
      for (const labelled of [
        [1, 1],
        [0, 0],
        [0, 1],
      ]) {
        driven.step(losses, { labelled, norms: [1e10, 0] });
        for (const value of Object.values(driven.state).flat()) expect(Number.isFinite(value)).toBe(true);
      }
    }
    for (const factor of driven.factors()) expect(factor).toBeGreaterThan(0);
  });
});
