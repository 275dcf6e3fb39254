import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../electron/engine/index.ts';
import { aggregate } from '../../../electron/learning/multitask/aggregation.ts';
import { cosines } from '../../../electron/learning/multitask/gradients.ts';
import type { AggregationMethod } from '../../../electron/learning/multitask/types.ts';
import { nativeEngine } from '../support.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await nativeEngine();
});

type Vector = readonly number[];
const dot = (a: Vector, b: Vector): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const scaled = (a: Vector, factor: number): Vector => a.map((value) => value * factor);
const added = (a: Vector, b: Vector): Vector => a.map((value, i) => value + b[i]!);

/** The aggregated gradient of gradients that are given as plain vectors. */
function aggregated(
  method: AggregationMethod,
  gradients: readonly Vector[],
  { weights = gradients.map(() => 1), labelled = gradients.map(() => 1) } = {},
): number[] {
  const { tf } = engine;
  const shares = tf.tidy(() => {
    const gram = gradients.map((a) => gradients.map((b) => tf.scalar(dot(a, b))));
    const scalars = (values: readonly number[]) => values.map((value) => tf.scalar(value));
    return aggregate(tf, method, gram, { weights: scalars(weights), labelled: scalars(labelled) }).map(
      (share) => share.dataSync()[0]!,
    );
  });
  return [...gradients.map((gradient, i) => scaled(gradient, shares[i]!)).reduce(added)];
}

function expectClose(actual: Vector, expected: Vector, digits = 4): void {
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, digits));
}

/** PCGrad as its paper's algorithm 1 reads, on vectors. */
function reference(gradients: readonly Vector[]): Vector {
  return gradients
    .map((own, i) => {
      let result = own;
      for (let step = 1; step < gradients.length; step++) {
        const other = gradients[(i + step) % gradients.length]!;
        const product = dot(result, other);
        if (product < 0) result = added(result, scaled(other, -product / dot(other, other)));
      }
      return result;
    })
    .reduce(added);
}

const vectors = (count: number) =>
  fc.array(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 4, maxLength: 4 }), {
    minLength: count,
    maxLength: count,
  });
/** Long enough that float32 knows their directions. */
const clear = (gradients: readonly Vector[]): boolean =>
  gradients.every((gradient) => dot(gradient, gradient) > 0.1);

describe('the sum and the mean', () => {
  it('are Σ w·g, and that over the tasks that have labels', () => {
    const gradients = [
      [1, 2],
      [3, -1],
    ];
    expectClose(aggregated('sum', gradients, { weights: [2, 0.5] }), [3.5, 3.5]);
    expectClose(aggregated('mean', gradients, { weights: [2, 0.5] }), [1.75, 1.75]);
    expectClose(
      aggregated(
        'mean',
        [
          [1, 2],
          [0, 0],
        ],
        { labelled: [1, 0] },
      ),
      [1, 2],
    );
    expectClose(
      aggregated(
        'mean',
        [
          [0, 0],
          [0, 0],
        ],
        { labelled: [0, 0] },
      ),
      [0, 0],
    );
  });
});

describe('PCGrad', () => {
  it('takes away what points against the other task, by hand', () => {
    // g₁·g₂ = -1. g₁' = (1,0) + 1/2 (-1,1) = (1/2, 1/2); g₂' = (-1,1) + 1/1 (1,0) = (0, 1).
    expectClose(
      aggregated('pcgrad', [
        [1, 0],
        [-1, 1],
      ]),
      [0.5, 1.5],
    );
    // No conflict: the plain sum.
    expectClose(
      aggregated('pcgrad', [
        [1, 0],
        [1, 1],
      ]),
      [2, 1],
    );
    // Straight against each other: nothing is left.
    expectClose(
      aggregated('pcgrad', [
        [1, 1],
        [-2, -2],
      ]),
      [0, 0],
    );
  });

  it('is the algorithm of its paper, for two and three tasks', () => {
    fc.assert(
      fc.property(fc.oneof(vectors(2), vectors(3)), (gradients) => {
        fc.pre(clear(gradients));
        expectClose(aggregated('pcgrad', gradients), reference(gradients), 3);
      }),
      { numRuns: 40 },
    );
  });

  it('of two tasks points against neither', () => {
    fc.assert(
      fc.property(vectors(2), (gradients) => {
        fc.pre(clear(gradients));
        const result = aggregated('pcgrad', gradients);
        for (const gradient of gradients) expect(dot(result, gradient)).toBeGreaterThan(-1e-4);
      }),
      { numRuns: 40 },
    );
  });

  it('leaves a task alone whose rival has no gradient', () => {
    expectClose(
      aggregated(
        'pcgrad',
        [
          [1, -2],
          [0, 0],
        ],
        { labelled: [1, 0] },
      ),
      [1, -2],
    );
    expectClose(
      aggregated(
        'pcgrad',
        [
          [0, 0],
          [0, 0],
        ],
        { labelled: [0, 0] },
      ),
      [0, 0],
    );
  });
});

describe('MGDA', () => {
  it('is the point of least norm, by hand', () => {
    // γ = ((0,2)-(2,0))·(0,2) / 8 = 1/2.
    expectClose(
      aggregated('mgda', [
        [2, 0],
        [0, 2],
      ]),
      [1, 1],
    );
    // The shorter one, where it is the nearest point of the segment.
    expectClose(
      aggregated('mgda', [
        [1, 0],
        [3, 1],
      ]),
      [1, 0],
    );
    expectClose(
      aggregated('mgda', [
        [3, 1],
        [1, 0],
      ]),
      [1, 0],
    );
    // Against each other: γ·2 = (1-γ)·1, so that nothing is left.
    expectClose(
      aggregated('mgda', [
        [2, 0],
        [-1, 0],
      ]),
      [0, 0],
    );
    expectClose(
      aggregated('mgda', [
        [1, 2],
        [1, 2],
      ]),
      [1, 2],
    );
    expectClose(
      aggregated(
        'mgda',
        [
          [2, 0],
          [0, 1],
        ],
        { weights: [1, 2] },
      ),
      [1, 1],
    );
  });

  it('has no shorter neighbour on the segment between the gradients', () => {
    fc.assert(
      fc.property(vectors(2), (gradients) => {
        fc.pre(clear(gradients));
        const [a, b] = [gradients[0]!, gradients[1]!];
        const found = aggregated('mgda', gradients);
        const length = dot(found, found);
        for (let i = 0; i <= 50; i++) {
          const point = added(scaled(a, i / 50), scaled(b, 1 - i / 50));
          expect(dot(point, point)).toBeGreaterThan(length - 1e-3);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('takes the gradient of the labelled task whole, instead of the 0 of the other', () => {
    expectClose(
      aggregated(
        'mgda',
        [
          [1, -2],
          [0, 0],
        ],
        { labelled: [1, 0] },
      ),
      [1, -2],
    );
    expectClose(
      aggregated(
        'mgda',
        [
          [0, 0],
          [3, 1],
        ],
        { labelled: [0, 1] },
      ),
      [3, 1],
    );
    expectClose(
      aggregated(
        'mgda',
        [
          [0, 0],
          [0, 0],
        ],
        { labelled: [0, 0] },
      ),
      [0, 0],
    );
  });

  it('refuses another number of tasks', () => {
    expect(() => aggregated('mgda', [[1], [2], [3]])).toThrow(/two tasks/);
  });
});

describe('the cosine of gradients', () => {
  it('is 1, 0, -1 for the same, a right angle, the opposite, and 0 where there is none', () => {
    const { tf } = engine;
    const cosine = (a: Vector, b: Vector) => {
      const gram = [a, b].map((one) => [a, b].map((other) => tf.scalar(dot(one, other))));
      return cosines(tf, ['x', 'y'], gram)['x.y']!.dataSync()[0]!;
    };
    expect(cosine([1, 2], [2, 4])).toBeCloseTo(1, 5);
    expect(cosine([1, 0], [0, 3])).toBeCloseTo(0, 5);
    expect(cosine([1, 2], [-1, -2])).toBeCloseTo(-1, 5);
    expect(cosine([1, 2], [0, 0])).toBe(0);
  });
});
