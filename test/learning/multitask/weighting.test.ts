import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../electron/engine/index.ts';
import { createKernels } from '../../../electron/engine/kernels.ts';
import type { Kernels } from '../../../electron/engine/kernels.ts';
import type { MultitaskOptions } from '../../../electron/learning/multitask/types.ts';
import { createWeighting, WEIGHTINGS } from '../../../electron/learning/multitask/weighting/index.ts';
import { drawName } from '../../../electron/learning/multitask/weighting/types.ts';
import type { Weighting } from '../../../electron/learning/multitask/weighting/types.ts';
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
  readonly #names: readonly string[];
  #steps = 0;

  constructor(options: Omit<MultitaskOptions, 'tasks' | 'aggregation'>, tasks = 2) {
    const names = Array.from({ length: tasks }, (_, i) => `task${i}`);
    this.#names = names;
    this.#weighting = createWeighting({ tasks: names, ...options })!;
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

  factors(
    epochStart = false,
    losses = this.#names.map(() => 1),
    { labelled = losses.map(() => 1), draws = losses.map(() => 0) } = {},
  ): number[] {
    const { tf } = engine;
    return tf.tidy(() => {
      const batch = this.#batch(epochStart);
      draws.forEach((draw, i) => (batch[drawName(this.#names[i]!)] = tf.scalar(draw)));
      const now = { losses: tf.tensor1d(losses), labelled: tf.tensor1d(labelled) };
      return [...this.#weighting.factors(tf, this.#tensors(), batch, now).dataSync()];
    });
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

/** ∂value/∂point[i] by central differences, for each i. */
function slopes(point: readonly number[], value: (at: readonly number[]) => number): number[] {
  return point.map((_, i) => {
    const at = (by: number) => value(point.map((old, j) => (j === i ? old + by : old)));
    return (at(1e-5) - at(-1e-5)) / 2e-5;
  });
}

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('the geometric loss strategy', () => {
  it('has the gradient of the geometric mean, by hand and by finite differences', () => {
    // √(4 · 1) = 2; ∂/∂L = 2 / (2 · 4), 2 / (2 · 1).
    expectClose(new Driven({ weighting: 'gls' }).factors(false, [4, 1]), [0.25, 1]);
    for (const losses of [
      [0.3, 2],
      [0.3, 2, 5],
      [7, 0.02, 1, 1, 3],
    ]) {
      const mean = (at: readonly number[]) => at.reduce((a, b) => a * b, 1) ** (1 / at.length);
      const factors = new Driven({ weighting: 'gls' }, losses.length).factors(false, losses);
      expectClose(factors, slopes(losses, mean), 3);
      expect(total(factors.map((factor, i) => factor * losses[i]!))).toBeCloseTo(mean(losses), 4);
    }
  });

  it('is that of the labelled tasks alone', () => {
    const driven = new Driven({ weighting: 'gls' }, 3);
    expectClose(driven.factors(false, [4, 0, 1], { labelled: [1, 0, 1] }), [0.25, 0, 1]);
    expectClose(driven.factors(false, [3, 0, 0], { labelled: [1, 0, 0] }), [1, 0, 0]);
  });
});

describe('random loss weighting', () => {
  it('is K · softmax of what was drawn', () => {
    const driven = new Driven({ weighting: 'rlw' }, 3);
    const draws = [0, Math.log(2), Math.log(3)];
    expectClose(driven.factors(false, [1, 1, 1], { draws }), [0.5, 1, 1.5]);
  });
});

describe('IMTL-L', () => {
  it('begins with factors of 1 and has the gradient of Σ exp(s)·L - s', () => {
    const driven = new Driven({ weighting: 'imtll' });
    expectClose(driven.factors(), [1, 1]);
    // ∂/∂s = L - 1 at s = 0: 1 and -0.9. A step of Adam is one learning rate long.
    driven.step([2, 0.1]);
    expectClose(driven.state['m']!, [0.1, -0.09]);
    expectClose(driven.factors(), [Math.exp(-0.1), Math.exp(0.1)], 4);
    const losses = [2, 0.3, 1];
    const logScale = [0.7, -1.2, 0.1];
    const other = new Driven({ weighting: 'imtll' }, 3);
    other.state = { ...other.state, logScale };
    other.step(losses);
    const objective = (s: readonly number[]) => total(s.map((at, i) => Math.exp(at) * losses[i]! - at));
    expectClose(
      other.state['m']!.map((moment) => moment * 10),
      slopes(logScale, objective),
      3,
    );
  });

  it('comes to rest where every weighted loss is 1, without end for none', () => {
    const driven = new Driven({ weighting: 'imtll' }, 3);
    for (let i = 0; i < 400; i++) driven.step([4, 0.25, 0], { labelled: [1, 1, 0] });
    expectClose(driven.factors(), [1 / 4, 4, 1], 1);
    for (let i = 0; i < 300; i++) driven.step([0, 1e9, 1]);
    for (const factor of driven.factors()) expect(factor).toBeLessThan(1200);
  });
});

describe('smooth Tchebycheff scalarisation', () => {
  /** After an epoch with these mean losses. */
  const after = (first: readonly number[], mu: number): Driven => {
    const driven = new Driven({ weighting: 'stch', mu }, first.length);
    driven.step(first.map((loss) => loss * 0.5));
    driven.step(first.map((loss) => loss * 1.5));
    return driven;
  };

  it('is the gradient of μ log Σ exp(log(L / first) / μ), by hand', () => {
    const driven = after([4, 1], 0.5);
    // Relative losses 1/2 and 1: softmax(2 log r) = (1/4, 1) / (5/4) = 0.2, 0.8; over L = 2, 1: 0.1, 0.8, to the sum 2.
    expectClose(driven.factors(true, [2, 1]), [2 / 9, 16 / 9]);
    driven.step([2, 1], { epochStart: true });
    expectClose(driven.factors(false, [2, 1]), [2 / 9, 16 / 9]);
    // A later epoch does not change what the first one was.
    expectClose(driven.factors(true, [2, 1]), [2 / 9, 16 / 9]);
    // μ = 1: weights 1 / first, whatever the losses are.
    expectClose(after([4, 1], 1).factors(true, [0.3, 2]), [0.4, 1.6]);
  });

  it('is that by finite differences, up to its length, for any number of tasks', () => {
    for (const [first, losses] of [
      [
        [4, 1, 2],
        [1, 0.9, 1.7],
      ],
      [
        [1, 1, 3, 0.1, 5],
        [0.2, 0.5, 2, 0.05, 4.5],
      ],
    ] as const) {
      const objective = (at: readonly number[]) =>
        0.5 * Math.log(total(at.map((loss, i) => Math.exp(Math.log(loss / first[i]!) / 0.5))));
      const expected = slopes(losses, objective);
      const scale = losses.length / total(expected);
      expectClose(
        after(first, 0.5).factors(true, [...losses]),
        expected.map((slope) => slope * scale),
        3,
      );
    }
  });

  it('is that of Σ log L in the first epoch, and leaves out what has no label', () => {
    const driven = new Driven({ weighting: 'stch' }, 3);
    // 1 / L to the sum 2 over two tasks.
    expectClose(driven.factors(false, [4, 0, 1], { labelled: [1, 0, 1] }), [0.4, 0, 1.6]);
  });
});

describe('FAMO', () => {
  it('has factors softmax(ξ) / L, to the sum K', () => {
    const driven = new Driven({ weighting: 'famo' });
    expectClose(driven.factors(false, [4, 1]), [0.4, 1.6]);
    driven.state = { ...driven.state, logit: [0, Math.log(3)] };
    // z = 1/4, 3/4: over L 1/16, 12/16.
    expectClose(driven.factors(false, [4, 1]), [2 / 13, 24 / 13]);
    expectClose(driven.factors(false, [4, 0], { labelled: [1, 0] }), [1, 0]);
  });

  it('lowers ξ of the task whose logarithm fell more, by finite differences of softmax(ξ)·v + γ/2 ξ²', () => {
    const driven = new Driven({ weighting: 'famo', famoDecay: 0.1 }, 3);
    driven.step([4, 1, 2]);
    // Nothing to compare with yet.
    expect(driven.state['logit']).toEqual([0, 0, 0]);
    const logit = [0.3, -0.5, 1];
    driven.state = { ...driven.state, logit, m: [0, 0, 0], v: [0, 0, 0] };
    driven.step([1, 1, 3]);
    const fallen = [Math.log(4), 0, Math.log(2 / 3)];
    const objective = (at: readonly number[]) => {
      const weights = at.map((value) => Math.exp(value));
      const along = total(weights.map((weight, i) => (weight / total(weights)) * fallen[i]!));
      return along + 0.05 * total(at.map((value) => value * value));
    };
    expectClose(
      driven.state['m']!.map((moment) => moment * 10),
      slopes(logit, objective),
      3,
    );
    expect(driven.state['logit']![0]).toBeLessThan(logit[0]!);
  });

  it('gives weight to the task that falls more slowly, and compares a task with its last labelled batch', () => {
    const driven = new Driven({ weighting: 'famo' });
    for (let i = 0; i < 50; i++) {
      driven.step([0.9 ** i, 0.99 ** i]);
      driven.step([0.9 ** i, 0], { labelled: [1, 0] });
    }
    expect(driven.state['last']![1]).toBeCloseTo(0.99 ** 49, 4);
    const [first, second] = driven.state['logit']!;
    expect(second).toBeGreaterThan(first!);
  });
});

describe.each(WEIGHTINGS.filter((method) => method !== 'fixed'))('%s of up to five tasks', (weighting) => {
  it('stays finite through losses of 0, wildly different ones and batches without labels', () => {
    for (const tasks of [2, 3, 4, 5]) {
      const driven = new Driven({ weighting }, tasks);
      const masks = [0, 1, 2].map((by) => Array.from({ length: tasks }, (_, i) => (i % 3 === by ? 0 : 1)));
      masks.push(Array.from({ length: tasks }, () => 0));
      for (const scale of [1, 0, 1e15, 1e-20]) {
        masks.forEach((labelled, step) => {
          const losses = labelled.map((label, i) => label * (i === 0 ? scale : i));
          const epochStart = step === 1;
          for (const factor of driven.factors(epochStart, losses, { labelled })) {
            expect(Number.isFinite(factor)).toBe(true);
            expect(factor).toBeGreaterThanOrEqual(0);
          }
          driven.step(losses, { labelled, epochStart });
          for (const value of Object.values(driven.state).flat()) expect(Number.isFinite(value)).toBe(true);
        });
      }
    }
  });
});
