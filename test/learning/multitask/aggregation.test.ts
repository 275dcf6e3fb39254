import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../electron/common/random.ts';
import type { Engine } from '../../../electron/engine/index.ts';
import { AGGREGATIONS, aggregations } from '../../../electron/learning/multitask/aggregation/index.ts';
import type { AggregationMethod } from '../../../electron/learning/multitask/aggregation/index.ts';
import { cosines } from '../../../electron/learning/multitask/gradients.ts';
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
  { weights = gradients.map(() => 1), labelled = gradients.map(() => 1), aversion = 0.5 } = {},
): number[] {
  const { tf } = engine;
  const shares = tf.tidy(() => {
    const gram = gradients.map((a) => gradients.map((b) => tf.scalar(dot(a, b))));
    const scalars = (values: readonly number[]) => values.map((value) => tf.scalar(value));
    const { shares: combine, weights: reweighed } = aggregations[method];
    const known = scalars(labelled);
    const weighed = [...(reweighed?.(tf, scalars(weights), known) ?? scalars(weights))];
    const found = combine?.(tf, { gram, weights: weighed, labelled: known }, { aversion }) ?? weighed;
    return found.map((share) => share.dataSync()[0]!);
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
});

/** The lowest point of a convex function on the simplex: mass moves between two coordinates at a time, slowly. */
function leastOnSimplex(count: number, value: (point: Vector) => number): Vector {
  let best: Vector = Array.from({ length: count }, () => 1 / count);
  for (let sweep = 0; sweep < 500; sweep++) {
    const before = best;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < i; j++) {
        const both = best[i]! + best[j]!;
        const at = (share: number): Vector =>
          best.map((old, k) => (k === i ? share * both : k === j ? (1 - share) * both : old));
        let [low, high] = [0, 1];
        for (let step = 0; step < 40; step++) {
          const [left, right] = [low + (high - low) * 0.382, low + (high - low) * 0.618];
          if (value(at(left)) < value(at(right))) high = right;
          else low = left;
        }
        best = [at(0), at(1), at((low + high) / 2)].reduce((a, b) => (value(b) < value(a) ? b : a));
      }
    }
    if (best.every((share, i) => Math.abs(share - before[i]!) < 1e-8)) break;
  }
  return best;
}

const combination = (gradients: readonly Vector[], shares: Vector): Vector =>
  gradients.map((gradient, i) => scaled(gradient, shares[i]!)).reduce(added);
const length = (a: Vector): number => Math.sqrt(dot(a, a));
const longest = (gradients: readonly Vector[]): number => Math.max(...gradients.map(length));

/**
 * Some gradients in five dimensions for each number of tasks, of lengths up to 100 times each other's: three at random,
 * and one whose gradients nearly cancel each other.
 */
const SETS: readonly (readonly Vector[])[] = [2, 3, 4, 5].flatMap((count) =>
  Array.from({ length: 4 }, (_, i) => {
    const random = createRandom(100 * count + i);
    const drawn = (size: number): Vector => Array.from({ length: 5 }, () => size * random.normal());
    const gradients = Array.from({ length: count }, () => drawn(10 ** (2 * random.next() - 1)));
    if (i < 3) return gradients;
    const others = gradients.slice(1);
    const sum = others.map((other) => scaled(other, -0.1 - 2 * random.next())).reduce(added);
    return [added(sum, drawn(0.1 * length(sum))), ...others];
  }),
);

/** Compares with a tolerance relative to the longest gradient. */
function expectNear(actual: Vector, expected: Vector, gradients: readonly Vector[], tolerance = 1e-3): void {
  const apart = length(added(actual, scaled(expected, -1)));
  expect(apart / longest(gradients), `${actual.join()} for ${expected.join()}`).toBeLessThan(tolerance);
}

describe('MGDA of several tasks', () => {
  it('is the point of least norm, by hand', () => {
    // At right angles α is in proportion to 1 / ‖g‖²: 4 : 1 : 1 of 6.
    expectClose(
      aggregated('mgda', [
        [1, 0, 0],
        [0, 2, 0],
        [0, 0, 2],
      ]),
      [4 / 6, 2 / 6, 2 / 6],
    );
  });

  it('is that of a slow search', () => {
    for (const gradients of SETS) {
      const norm = (point: Vector) => length(combination(gradients, point));
      const found = aggregated('mgda', gradients);
      const expected = combination(gradients, leastOnSimplex(gradients.length, norm));
      expectNear(found, expected, gradients);
    }
  });
});

describe('CAGrad', () => {
  it('is the step that helps the worst-off most, by hand', () => {
    // g₀ = (1,2), √φ = √5/2. The first task gains less: w = (1,0), d = g₀ + √5/2 · (1,0).
    expectClose(
      aggregated('cagrad', [
        [2, 0],
        [0, 4],
      ]),
      [1 + Math.sqrt(5) / 2, 2],
    );
    // Symmetric, g₀ = (0,1): w = 1/2 each, and d is g₀ · (1 + c).
    expectClose(
      aggregated('cagrad', [
        [1, 1],
        [-1, 1],
      ]),
      [0, 1.5],
    );
    expectClose(
      aggregated('cagrad', [[2, 0], [0, 4]], { aversion: 0 }), // prettier-ignore
      [1, 2],
    );
  });

  it('counts a task with labels but without gradient in the mean only', () => {
    // g₀ = (1,0), √φ = 1/2, w = (1,0).
    const gradients = [
      [2, 0],
      [0, 0],
    ];
    expectClose(aggregated('cagrad', gradients), [1.5, 0]);
  });

  it('is that of a slow search for w', () => {
    for (const gradients of SETS) {
      for (const aversion of [0.1, 0.5, 0.9]) {
        const mean = scaled(gradients.reduce(added), 1 / gradients.length);
        const radius = aversion * length(mean);
        const w = leastOnSimplex(gradients.length, (point) => {
          const step = combination(gradients, point);
          return dot(step, mean) + radius * length(step);
        });
        const step = combination(gradients, w);
        const expected = added(mean, scaled(step, radius / length(step)));
        expectNear(aggregated('cagrad', gradients, { aversion }), expected, gradients);
      }
    }
  });
});

describe('IMTL-G', () => {
  it('projects equally on every gradient, by hand', () => {
    // α = (‖g₂‖, ‖g₁‖) / (‖g₁‖ + ‖g₂‖) = (4, 2) / 6.
    expectClose(
      aggregated('imtlg', [
        [2, 0],
        [0, 4],
      ]),
      [4 / 3, 4 / 3],
    );
  });

  it('projects equally on every unit gradient, with coefficients that sum to 1', () => {
    for (const gradients of SETS) {
      const found = aggregated('imtlg', gradients);
      const projections = gradients.map((gradient) => dot(found, gradient) / length(gradient));
      const size = longest(gradients);
      for (const projection of projections) {
        expect(projection).toBeGreaterThan(0);
        expect(Math.abs(projection - projections[0]!) / size).toBeLessThan(1e-3);
      }
    }
  });

  it('has the coefficients of the formula of its paper', () => {
    const gradients = [
      [1, 0, 0],
      [1, 2, 0],
      [0, 1, 3],
    ];
    const units = gradients.map((gradient) => scaled(gradient, 1 / length(gradient)));
    const [d2, d3] = [1, 2].map((i) => added(gradients[0]!, scaled(gradients[i]!, -1)));
    const [u2, u3] = [1, 2].map((i) => added(units[0]!, scaled(units[i]!, -1)));
    // α₂, α₃ of (α₂ α₃) D Uᵀ = g₁ Uᵀ, by Cramer.
    const [a, b, c, d] = [dot(d2!, u2!), dot(d3!, u2!), dot(d2!, u3!), dot(d3!, u3!)];
    const [e, f] = [dot(gradients[0]!, u2!), dot(gradients[0]!, u3!)];
    const [second, third] = [(e * d - b * f) / (a * d - b * c), (a * f - c * e) / (a * d - b * c)];
    const expected = combination(gradients, [1 - second - third, second, third]);
    expectClose(aggregated('imtlg', gradients), expected);
  });

  it('goes forward on all tasks, within a bound, where that of its paper turns round', () => {
    // Cosines 0, c, c with c = 0.612: C x = 1 has x = 1.55, 1.55, -0.9, over the lengths 1.1, 1.1, -9, which sum to -6.8.
    const gradients = [
      [1, 1, 0],
      [1, -1, 0],
      [0.0866, 0, 0.05],
    ];
    const found = aggregated('imtlg', gradients);
    expect(length(found)).toBeLessThan(10 * longest(gradients));
    for (const gradient of gradients) expect(dot(found, gradient)).toBeGreaterThan(0);
  });

  it('and Nash-MTL leave out a task that has labels but no gradient', () => {
    for (const method of ['imtlg', 'nash'] as const) {
      for (const gradients of SETS) {
        const found = aggregated(method, [[0, 0, 0, 0, 0], ...gradients]);
        expectNear(found, aggregated(method, gradients), gradients, 2e-3);
      }
    }
  });
});

describe('Aligned-MTL', () => {
  it('makes the gradients orthogonal and as long as the smallest principal component, by hand', () => {
    // At right angles: both as long as the shorter one.
    expectClose(
      aggregated('aligned', [
        [2, 0],
        [0, 4],
      ]),
      [2, 2],
    );
    // G = [[2, 1], [1, 2]]: λ = 3, 1 on (1,1), (1,-1). B (1,1) = √(1/3) (1,1).
    const gradients = [
      [1, 1, 0],
      [1, 0, 1],
    ];
    expectClose(aggregated('aligned', gradients), scaled([2, 1, 1], Math.sqrt(1 / 3)));
    // With weights w: B w.
    expectClose(aggregated('aligned', gradients, { weights: [2, 0] }), [
      ...scaled(added(scaled([2, 1, 1], Math.sqrt(1 / 3)), [0, 1, -1]), 1),
    ]);
  });

  it('leaves gradients that are orthogonal, of one length, that of the least singular value', () => {
    for (const gradients of SETS) {
      const aligned = gradients.map((_, i) =>
        aggregated('aligned', gradients, { weights: gradients.map((_, j) => (i === j ? 1 : 0)) }),
      );
      const size = length(aligned[0]!);
      for (const [i, one] of aligned.entries()) {
        expect(length(one) / size).toBeCloseTo(1, 3);
        // B is symmetric positive semidefinite: B = G^(1/2) up to a factor, so that gᵢ·Bgⱼ is symmetric.
        for (let j = 0; j < i; j++) {
          expect(Math.abs(dot(one, aligned[j]!)) / size ** 2).toBeLessThan(1e-3);
          const [left, right] = [dot(one, gradients[j]!), dot(aligned[j]!, gradients[i]!)];
          expect(Math.abs(left - right) / longest(gradients) / size).toBeLessThan(1e-3);
        }
        expect(dot(one, gradients[i]!)).toBeGreaterThan(0);
      }
      expect(size / leastSingular(gradients)).toBeCloseTo(1, 2);
    }
  });

  it('counts what float32 cannot tell from 0 as none', () => {
    expectClose(
      aggregated('aligned', [
        [1, 2],
        [1, 2],
      ]),
      [2, 4],
    );
  });
});

/** The smallest singular value: G - λ is positive definite, all pivots above 0, for λ below its square. */
function leastSingular(gradients: readonly Vector[]): number {
  const isAbove = (value: number): boolean => {
    const rows = gradients.map((a, i) => gradients.map((b, j) => dot(a, b) - (i === j ? value : 0)));
    return rows.every((row, k) => {
      const pivot = row[k]!;
      for (const other of rows.slice(k + 1)) {
        const factor = other[k]! / pivot;
        row.forEach((entry, j) => (other[j]! -= factor * entry));
      }
      return pivot > 0;
    });
  };
  let [low, high] = [0, longest(gradients) ** 2];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (isAbove(middle)) low = middle;
    else high = middle;
  }
  return Math.sqrt(low);
}

describe('UPGrad', () => {
  it('projects each gradient onto what is against none, by hand', () => {
    // (1,0) + 1/2 (-1,1) = (1/2, 1/2) and (0, 1): half of PCGrad's sum.
    expectClose(
      aggregated('upgrad', [
        [1, 0],
        [-1, 1],
      ]),
      [0.25, 0.75],
    );
    expectClose(
      aggregated('upgrad', [
        [1, 0],
        [1, 1],
      ]),
      [1, 0.5],
    );
    expectClose(
      aggregated('upgrad', [
        [1, 1],
        [-2, -2],
      ]),
      [0, 0],
    );
  });

  it('is the mean of slow projections, and against no task', () => {
    for (const gradients of SETS) {
      const projected = gradients.map((own) => {
        // Hildreth's method: one constraint after the other, its multiplier never below 0.
        const multipliers = gradients.map(() => 0);
        let point: Vector = own;
        for (let sweep = 0; sweep < 3000; sweep++) {
          gradients.forEach((other, j) => {
            const next = Math.max(0, multipliers[j]! - dot(point, other) / dot(other, other));
            point = added(point, scaled(other, next - multipliers[j]!));
            multipliers[j] = next;
          });
        }
        return point;
      });
      const found = aggregated('upgrad', gradients);
      expectNear(found, scaled(projected.reduce(added), 1 / gradients.length), gradients);
      for (const gradient of gradients) {
        expect(dot(found, gradient) / length(gradient) / longest(gradients)).toBeGreaterThan(-1e-3);
      }
    }
  });
});

describe('Nash-MTL', () => {
  const bargain = (gradients: readonly Vector[]): Vector => {
    const gram = gradients.map((a) => gradients.map((b) => dot(a, b)));
    const frobenius = length(gram.flat());
    const alpha = gradients.map((gradient) => 1 / length(gradient));
    // G α = 1 / α, one coordinate after the other: a quadratic equation with one positive root.
    for (let sweep = 0; sweep < 2000; sweep++) {
      gram.forEach((row, i) => {
        const others = (dot(row, alpha) - row[i]! * alpha[i]!) / 2;
        alpha[i] = (-others + Math.sqrt(others ** 2 + row[i]!)) / row[i]!;
      });
    }
    return scaled(combination(gradients, alpha), Math.sqrt(frobenius));
  };

  it('is α of G α = 1 / α, by hand', () => {
    // At right angles α = 1 / ‖g‖; ‖G‖ = √(4² + 16²).
    expectClose(
      aggregated('nash', [
        [2, 0],
        [0, 4],
      ]),
      scaled([1, 1], 272 ** 0.25),
    );
    // cos = 1/2: β = 1 / √(3/2), and ‖G‖ = √10.
    expectClose(
      aggregated('nash', [
        [1, 1, 0],
        [1, 0, 1],
      ]),
      scaled([2, 1, 1], 10 ** 0.25 / Math.sqrt(2) / Math.sqrt(1.5)),
    );
  });

  it('is that of a slow iteration, as long in proportion as the gradients are', () => {
    for (const gradients of SETS) expectNear(aggregated('nash', gradients), bargain(gradients), gradients);
    const first = SETS[0]!;
    expectNear(
      aggregated('nash', first.map((gradient) => scaled(gradient, 1e-6))), // prettier-ignore
      scaled(bargain(first), 1e-6),
      first.map((gradient) => scaled(gradient, 1e-6)),
    );
  });
});

describe.each(AGGREGATIONS)('%s of up to five tasks', (method) => {
  it('leaves those without label out', () => {
    // One of each number of tasks.
    for (const gradients of SETS.filter((_, i) => i % 4 === 0)) {
      const alone = aggregated(method, gradients);
      const masked = [...gradients.slice(0, 1), [0, 0, 0, 0, 0], ...gradients.slice(1), [0, 0, 0, 0, 0]];
      const labelled = masked.map((gradient) => (length(gradient) > 0 ? 1 : 0));
      expectNear(aggregated(method, masked, { labelled }), alone, gradients, 1e-4);
    }
  });

  it('is a number whatever the gradients are', () => {
    const odd: (readonly Vector[])[] = [
      [[0], [0], [0]],
      [[1], [1], [1]],
      [[1], [-1], [0]],
      [[1], [-2]],
      [[1e-25], [1e-25]],
      [[1e12], [1e-12], [-1]],
      [[1, 0], [0, 1e-8], [-1, 1e-8]], // prettier-ignore
      [[1, 0], [1, 1e-4], [-1, 0]], // prettier-ignore
    ];
    for (const gradients of odd) {
      for (const labelled of [gradients.map(() => 1), gradients.map(() => 0)]) {
        const found = aggregated(method, gradients, { labelled });
        for (const value of found) expect(Math.abs(value)).toBeLessThanOrEqual(20 * longest(gradients));
      }
    }
  });
});

it('with too many tasks to look at each of their supports is refused', () => {
  const gradients = Array.from({ length: 11 }, () => [1]);
  for (const method of ['mgda', 'cagrad', 'upgrad'] as const) {
    expect(() => aggregated(method, gradients)).toThrow('at most 10 tasks, not 11');
  }
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
