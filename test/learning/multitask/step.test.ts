import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../electron/engine/index.ts';
import { createKernels } from '../../../electron/engine/kernels.ts';
import type { Kernels } from '../../../electron/engine/kernels.ts';
import { regularize } from '../../../electron/learning/multitask/regularization.ts';
import { AGGREGATIONS, aggregations } from '../../../electron/learning/multitask/aggregation/index.ts';
import type { AggregationMethod } from '../../../electron/learning/multitask/aggregation/index.ts';
import { WEIGHTINGS } from '../../../electron/learning/multitask/weighting/index.ts';
import type { WeightingMethod } from '../../../electron/learning/multitask/weighting/index.ts';
import { createCompiledRunner, createEagerRunner } from '../../../electron/learning/model/runner.ts';
import type { StateArrays } from '../../../electron/learning/model/runner.ts';
import { stateName } from '../../../electron/learning/model/step.ts';
import type { StepOptions, TrainStep } from '../../../electron/learning/model/step.ts';
import { thorough } from '../../support/thorough.ts';
import { nativeEngine } from '../support.ts';
import { WEIGHTS, fourLosses, tinyBatch, tinyScalars, tinyTask } from './support.ts';

let engine: Engine;
let kernels: Kernels;

beforeAll(async () => {
  engine = await nativeEngine();
  kernels = createKernels(engine);
});

const all = WEIGHTINGS.flatMap((weighting, i) =>
  AGGREGATIONS.map((aggregation, j) => ({
    weighting,
    aggregation,
    name: `${weighting}, ${aggregation}`,
    some: weighting === 'fixed' || aggregation === 'sum' || (i + 2) % AGGREGATIONS.length === j,
  })),
);
/** Each weighting with the sum and one other, each aggregation with fixed weights; or each with each. */
const combinations = thorough({ part: all.filter(({ some }) => some), all });

const PLAIN: Partial<StepOptions> = {
  weightDecay: 0,
  clipNorm: 0,
  optimizer: { method: 'sgd', momentum: 0, nesterov: false },
};

function named(step: TrainStep, report: Float32Array): Record<string, number> {
  return Object.fromEntries(step.reportNames.map((name, i) => [name, report[i]!]));
}

function expectSame(one: StateArrays, other: StateArrays, tolerance: number): void {
  expect([...one.keys()].sort()).toEqual([...other.keys()].sort());
  for (const [name, { data }] of one) {
    const expected = other.get(name)!.data;
    data.forEach((value, i) => {
      const scale = Math.max(1, Math.abs(expected[i]!));
      expect(Math.abs(value - expected[i]!) / scale, `${name}[${i}]`).toBeLessThan(tolerance);
    });
  }
}

/** Runs steps on batches with and without labels for each task, epochs of three steps. */
const LABELLED: [number, number][] = [
  [1, 1],
  [1, 0],
  [1, 1],
  [0, 1],
  [0, 0],
  [1, 1],
  [1, 1],
];

describe.each(combinations)('a step with $name', ({ weighting, aggregation }) => {
  it('is the same compiled to a graph as operation by operation, through seven steps', () => {
    const { step, state } = tinyTask(engine, kernels, { weighting, aggregation });
    const eager = createEagerRunner(engine, step, state);
    const compiled = createCompiledRunner(engine, step, state, tinyBatch(0), tinyScalars(0));
    try {
      LABELLED.forEach((labelled, i) => {
        const [batch, scalars] = [tinyBatch(i, labelled), tinyScalars(i)];
        const observed = [eager, compiled].map((runner) => runner.observe(batch, scalars));
        observed[0]!.forEach((value, j) => {
          const scale = Math.max(1, Math.abs(value));
          expect(Math.abs(observed[1]![j]! - value) / scale, step.observedNames[j]).toBeLessThan(1e-5);
        });
        const reports = [eager, compiled].map((runner) => runner.run(batch, scalars));
        reports[0]!.forEach((value, j) => {
          expect(Number.isFinite(value), step.reportNames[j]).toBe(true);
          const scale = Math.max(1, Math.abs(value));
          expect(Math.abs(reports[1]![j]! - value) / scale, step.reportNames[j]).toBeLessThan(1e-5);
        });
      });
      // Adam divides by the size of the gradient: where that is all but 0, rounding decides the direction.
      expectSame(compiled.readState(), eager.readState(), 1e-5);
    } finally {
      eager.dispose();
      compiled.dispose();
    }
  });

  it('goes on from its saved state as if it had not stopped', () => {
    const { step, state } = tinyTask(engine, kernels, { weighting, aggregation });
    const whole = createEagerRunner(engine, step, state);
    const first = createEagerRunner(engine, step, state);
    let second: typeof first | null = null;
    LABELLED.forEach((labelled, i) => {
      const [batch, scalars] = [tinyBatch(i, labelled), tinyScalars(i)];
      whole.run(batch, scalars);
      if (i === 4) second = createEagerRunner(engine, step, first.readState());
      (second ?? first).run(batch, scalars);
    });
    expectSame(second!.readState(), whole.readState(), 1e-12);
    for (const runner of [whole, first, second!]) runner.dispose();
  });

  it('keeps the number of tensors and stays finite without any label', () => {
    const { step, state } = tinyTask(engine, kernels, { weighting, aggregation });
    const runner = createEagerRunner(engine, step, state);
    const none = tinyBatch(0, [0, 0]);
    runner.run(none, tinyScalars(0));
    runner.observe(none, tinyScalars(0));
    const before = engine.tf.memory().numTensors;
    for (let i = 1; i < 5; i++) {
      runner.observe(none, tinyScalars(i));
      for (const value of runner.run(none, tinyScalars(i))) expect(Number.isFinite(value)).toBe(true);
    }
    expect(engine.tf.memory().numTensors).toBe(before);
    for (const [name, { data }] of runner.readState()) expect(data.every(Number.isFinite), name).toBe(true);
    runner.dispose();
  });
});

describe('a step of four tasks', () => {
  it.each(AGGREGATIONS.filter((method) => aggregations[method].shares !== null))(
    'is the same compiled to a graph as operation by operation with %s',
    (aggregation) => {
      const multitask = { tasks: ['what', 'how', 'near', 'far'], weighting: 'fixed', aggregation } as const;
      const { step, state } = tinyTask(engine, kernels, multitask, { losses: fourLosses, multitask });
      const eager = createEagerRunner(engine, step, state);
      const compiled = createCompiledRunner(engine, step, state, tinyBatch(0), tinyScalars(0));
      for (const [i, labelled] of LABELLED.slice(0, 3).entries()) {
        const [one, other] = [eager, compiled].map((runner) =>
          runner.run(tinyBatch(i, labelled), tinyScalars(i)),
        );
        one!.forEach((value, j) => {
          const scale = Math.max(1, Math.abs(value));
          expect(Math.abs(other![j]! - value) / scale, step.reportNames[j]).toBeLessThan(1e-5);
        });
      }
      expectSame(compiled.readState(), eager.readState(), 1e-5);
      eager.dispose();
      compiled.dispose();
    },
  );
});

/** The gradient that a step applied, from plain descent: (before - after) / rate. */
function appliedGradient(
  weighting: WeightingMethod,
  aggregation: AggregationMethod,
  labelled: [number, number] = [1, 1],
) {
  const { step, state, shape } = tinyTask(engine, kernels, { weighting, aggregation }, PLAIN);
  const runner = createEagerRunner(engine, step, state);
  const report = named(step, runner.run(tinyBatch(1, labelled), tinyScalars(0)));
  const after = runner.readState();
  runner.dispose();
  const gradient: Record<string, number[]> = {};
  for (const { name } of shape.parameters) {
    const key = stateName.parameter(name);
    gradient[name] = Array.from(
      after.get(key)!.data,
      (value, i) => (state.get(key)!.data[i]! - value) / 0.01,
    );
  }
  return { gradient, report };
}

/** Each task's own gradient, weighted, by central differences of its loss. */
function numericGradients(): Record<'what' | 'how', Record<string, number[]>> {
  const { step, state, shape } = tinyTask(engine, kernels, { weighting: 'fixed', aggregation: 'sum' }, PLAIN);
  const lossesAt = (changed: StateArrays) => {
    const runner = createEagerRunner(engine, step, changed);
    const report = named(step, runner.run(tinyBatch(1), tinyScalars(0)));
    runner.dispose();
    return report;
  };
  const result: Record<'what' | 'how', Record<string, number[]>> = { what: {}, how: {} };
  const by = 1e-2;
  for (const { name } of shape.parameters) {
    const key = stateName.parameter(name);
    const { shape: sides, data } = state.get(key)!;
    data.forEach((value, i) => {
      const [up, down] = [by, -by].map((change) => {
        const moved = data.slice();
        moved[i] = value + change;
        return lossesAt(new Map([...state, [key, { shape: sides, data: moved }]]));
      });
      for (const task of ['what', 'how'] as const) {
        (result[task][name] ??= []).push((WEIGHTS[task] * (up![task]! - down![task]!)) / (2 * by));
      }
    });
  }
  return result;
}

describe('the gradient that a step applies', () => {
  let numeric: ReturnType<typeof numericGradients>;
  beforeAll(() => {
    numeric = numericGradients();
  });

  const trunkOf = (gradients: Record<string, number[]>): number[] =>
    Object.entries(gradients).flatMap(([name, values]) => (name.startsWith('trunk/') ? values : []));
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const expectClose = (actual: number[], expected: number[]) =>
    actual.forEach((value, i) =>
      expect(Math.abs(value - expected[i]!)).toBeLessThan(5e-3 * Math.max(1, Math.abs(value))),
    );

  it('of the sum agrees with finite differences', () => {
    const { gradient } = appliedGradient('fixed', 'sum');
    for (const [name, values] of Object.entries(gradient)) {
      expectClose(
        values,
        numeric.what[name]!.map((value, i) => value + numeric.how[name]![i]!),
      );
    }
  });

  it('of weights that follow the losses of the step goes through the losses alone', () => {
    for (const method of WEIGHTINGS.filter((name) => name !== 'fixed')) {
      const { gradient, report } = appliedGradient(method, 'sum');
      const [what, how] = (['what', 'how'] as const).map((task) => report[`weight.${task}`]! / WEIGHTS[task]);
      for (const [name, values] of Object.entries(gradient)) {
        const expected = numeric.what[name]!.map((value, i) => what! * value + how! * numeric.how[name]![i]!);
        expectClose(values, expected);
      }
    }
  });

  it('of PCGrad and MGDA is theirs of the finite differences on the trunk, and the sum on the heads', () => {
    const [a, b] = [trunkOf(numeric.what), trunkOf(numeric.how)];
    const along = Math.min(0, dot(a, b));
    const expected = {
      pcgrad: a.map((value, i) => value - (along / dot(b, b)) * b[i]! + b[i]! - (along / dot(a, a)) * value),
      mgda: (() => {
        const apart = a.map((value, i) => value - b[i]!);
        const share = Math.min(1, Math.max(0, -dot(apart, b) / dot(apart, apart)));
        return a.map((value, i) => share * value + (1 - share) * b[i]!);
      })(),
    };
    for (const method of ['pcgrad', 'mgda'] as const) {
      const { gradient, report } = appliedGradient('fixed', method);
      expectClose(trunkOf(gradient), expected[method]);
      expectClose(gradient['what/logits/kernel']!, numeric.what['what/logits/kernel']!);
      expect(report['gradientCosine.what.how']).toBeCloseTo(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)), 2);
    }
  });

  it('of one task alone is the same with every aggregation, whatever the other one lacks', () => {
    const expected = appliedGradient('fixed', 'sum', [1, 0]).gradient;
    for (const aggregation of AGGREGATIONS) {
      const { gradient } = appliedGradient('fixed', aggregation, [1, 0]);
      for (const [name, values] of Object.entries(gradient)) {
        values.forEach((value, i) => expect(value).toBeCloseTo(expected[name]![i]!, 3));
      }
    }
  });

  it('of the mean with weights that look at each gradient is half the sum, on trunk and heads alike', () => {
    const [sum, mean] = (['sum', 'mean'] as const).map((method) => appliedGradient('gradnorm', method));
    for (const [name, values] of Object.entries(mean!.gradient)) {
      expectClose(
        values,
        sum!.gradient[name]!.map((value) => value / 2),
      );
    }
  });

  it('is told: weights of the losses, shares on the trunk, norms and cosine', () => {
    const { report } = appliedGradient('gradnorm', 'mgda');
    expect(report['weight.what']).toBeCloseTo(1, 5);
    expect(report['weight.how']).toBeCloseTo(2, 5);
    const share = report['weight.trunk.what']! / 1 + report['weight.trunk.how']! / 2;
    expect(share).toBeCloseTo(1, 5);
    expect(report['gradientNorm.trunk.what']).toBeGreaterThan(0);
    expect(report['gradientNorm.what']).toBeGreaterThan(0);
    expect(Object.keys(appliedGradient('fixed', 'sum').report)).not.toContain('weight.what');
  });
});

describe('penalties', () => {
  const applied = (regularization: StepOptions['regularization']) => {
    const { step, state, shape } = tinyTask(
      engine,
      kernels,
      { weighting: 'fixed', aggregation: 'sum' },
      { ...PLAIN, regularization },
    );
    const runner = createEagerRunner(engine, step, state);
    const report = named(step, runner.run(tinyBatch(1, [0, 0]), tinyScalars(0)));
    const after = runner.readState();
    runner.dispose();
    return { report, state, after, shape };
  };
  const none = { l1: 0, l2: 0 };

  it('are l1·Σ|w| + l2·Σw² on the kernels of their part, with its gradient', () => {
    const { report, state, after, shape } = applied({ trunk: { l1: 0.3, l2: 0.5 }, heads: none });
    const kernel = state.get(stateName.parameter('trunk/hidden/kernel'))!.data;
    const expected = kernel.reduce((sum, w) => sum + 0.3 * Math.abs(w) + 0.5 * w * w, 0);
    expect(report['regularization']).toBeCloseTo(expected, 4);
    expect(report['loss']).toBeCloseTo(expected, 4);
    for (const { name } of shape.parameters) {
      const key = stateName.parameter(name);
      after.get(key)!.data.forEach((value, i) => {
        const w = state.get(key)!.data[i]!;
        const gradient = name === 'trunk/hidden/kernel' ? 0.3 * Math.sign(w) + w : 0;
        expect(value).toBeCloseTo(w - 0.01 * gradient, 5);
      });
    }
  });

  it('tie pairs of weights by their squared distance', () => {
    const { tf } = engine;
    const pairs = [['trunk/a/w', 'trunk/b/w']] as const;
    const { value, gradients } = regularize(
      tf,
      kernels,
      [],
      { 'trunk/a/w': tf.tensor1d([1, 2]), 'trunk/b/w': tf.tensor1d([0, 5]) },
      { trunk: none, heads: none, tie: { weight: 0.5, pairs } },
    )!;
    expect(value.dataSync()[0]).toBeCloseTo(0.5 * (1 + 9), 5);
    expect([...gradients['trunk/a/w']!.dataSync()]).toEqual([1, -3]);
    expect([...gradients['trunk/b/w']!.dataSync()]).toEqual([-1, 3]);
    expect(applied({ trunk: none, heads: none }).report['regularization']).toBeUndefined();
  });
});

describe('stochastic gradient descent', () => {
  it.each([
    { nesterov: false, moved: [1, 1.9, 2.71] },
    { nesterov: true, moved: [1.9, 2.71, 3.439] },
  ])('moves by its momentum (Nesterov: $nesterov)', ({ nesterov, moved }) => {
    // A penalty with gradient 1 on positive weights, and no labels.
    const { step, state } = tinyTask(
      engine,
      kernels,
      { weighting: 'fixed', aggregation: 'sum' },
      {
        weightDecay: 0,
        clipNorm: 0,
        optimizer: { method: 'sgd', momentum: 0.9, nesterov },
        regularization: { trunk: { l1: 1, l2: 0 }, heads: { l1: 0, l2: 0 } },
      },
    );
    const name = stateName.parameter('trunk/hidden/kernel');
    const kernel = state.get(name)!;
    state.set(name, { shape: kernel.shape, data: new Float32Array(kernel.data.length).fill(5) });
    const runner = createEagerRunner(engine, step, state);
    let before = 5;
    moved.forEach((distance, i) => {
      runner.run(tinyBatch(0, [0, 0]), tinyScalars(i));
      const [value] = runner.readState([name]).get(name)!.data;
      expect((before - value!) / 0.01).toBeCloseTo(distance, 3);
      before = value!;
    });
    runner.dispose();
  });

  it('is the same compiled, with running averages and penalties', () => {
    const { step, state } = tinyTask(
      engine,
      kernels,
      { weighting: 'uncertainty', aggregation: 'pcgrad' },
      {
        ema: true,
        optimizer: { method: 'sgd', momentum: 0.9, nesterov: true },
        regularization: { trunk: { l1: 0.01, l2: 0.02 }, heads: { l1: 0.01, l2: 0 } },
      },
    );
    const scalars = (i: number) => ({ ...tinyScalars(i), emaDecay: 0.5 });
    const eager = createEagerRunner(engine, step, state);
    const compiled = createCompiledRunner(engine, step, state, tinyBatch(0), scalars(0));
    for (let i = 0; i < 4; i++) for (const runner of [eager, compiled]) runner.run(tinyBatch(i), scalars(i));
    expectSame(compiled.readState(), eager.readState(), 1e-5);
    eager.dispose();
    compiled.dispose();
  });
});

describe('looking at the gradients', () => {
  it('tells norms and cosine on the trunk without changing the state', () => {
    const { step, state } = tinyTask(engine, kernels, { weighting: 'fixed', aggregation: 'sum' });
    const runner = createEagerRunner(engine, step, state);
    const report = runner.observe(tinyBatch(1), tinyScalars(0));
    const values = Object.fromEntries(step.observedNames.map((name, i) => [name, report[i]!]));
    const other = tinyTask(engine, kernels, { weighting: 'fixed', aggregation: 'pcgrad' });
    const second = createEagerRunner(engine, other.step, other.state);
    const told = named(other.step, second.run(tinyBatch(1), tinyScalars(0)));
    for (const [name, value] of Object.entries(values)) expect(told[name], name).toBeCloseTo(value, 5);
    expectSame(runner.readState(), state, 1e-12);
    runner.dispose();
    second.dispose();
  });

  it('leaves what it was given alone', () => {
    const { step, state } = tinyTask(engine, kernels, { weighting: 'gradnorm', aggregation: 'mgda' });
    const { tf } = engine;
    const given: Record<string, Tensor> = {};
    for (const [name, { shape, data }] of state) given[name] = tf.tensor(data, [...shape]);
    const batch: Record<string, Tensor> = {};
    for (const [name, { shape, data }] of Object.entries(tinyBatch(0)))
      batch[name] = tf.tensor(data, [...shape]);
    for (const [name, value] of Object.entries(tinyScalars(0))) batch[name] = tf.scalar(value);
    const { state: next, outputs } = step.run(given, batch);
    for (const tensor of [...Object.values(given), ...Object.values(batch)])
      expect(tensor.isDisposed).toBe(false);
    for (const tensor of [...Object.values(next), ...Object.values(outputs)])
      expect(tensor.isDisposed).toBe(false);
    tf.dispose([given, batch, next, outputs]);
  });
});
