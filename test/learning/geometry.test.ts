import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignAnchors } from '../../electron/learning/assignment/assign.ts';
import type { NetworkBox } from '../../electron/learning/samples/network-box.ts';
import { cropOf, drawAffine, transformBoxes, wholeFrame } from '../../electron/learning/data/augment.ts';
import { parseTrainingConfig } from '../../electron/learning/config/config.ts';
import { makeGrid } from '../../electron/learning/assignment/grid.ts';
import { leastCostAssignment } from '../../electron/learning/assignment/matching.ts';
import { selectDetections } from '../../electron/learning/heads/nms.ts';
import { randomFrom } from '../../electron/learning/base/random.ts';
import { matchSlots } from '../../electron/learning/assignment/slot-matching.ts';
import { networkBox as box } from './support.ts';

function assign(boxes: NetworkBox[], size = 64, strides = [8, 16]) {
  const grid = makeGrid(size, strides);
  const classIndex = new Int32Array(grid.count);
  const corners = new Float32Array(grid.count * 4);
  const weight = new Float32Array(grid.count);
  assignAnchors(grid, boxes, { anchorScale: 5, candidates: 9 }, classIndex, corners, weight);
  const positives = [...classIndex.keys()].filter((place) => classIndex[place]! >= 0);
  return { grid, classIndex, corners, weight, positives };
}

describe('the assignment of boxes to places', () => {
  it('chooses places at the centre of the box, on the level that fits its size', () => {
    const { grid, positives, corners } = assign([box(12, 12, 52, 52, 3)]);
    expect(positives.length).toBeGreaterThan(0);
    for (const place of positives) {
      expect(grid.strides[place]).toBe(8);
      expect(Math.abs(grid.centersX[place]! - 32)).toBeLessThan(13);
      expect([...corners.subarray(place * 4, place * 4 + 4)]).toEqual([12, 12, 52, 52]);
    }
  });

  it('gives every box at least one place, however small or large', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 60, noNaN: true }),
        fc.double({ min: 0, max: 60, noNaN: true }),
        fc.double({ min: 0.5, max: 64, noNaN: true }),
        fc.double({ min: 0.5, max: 64, noNaN: true }),
        (x, y, width, height) => {
          const truth = box(x, y, Math.min(64, x + width), Math.min(64, y + height), 7);
          const { positives, classIndex } = assign([truth]);
          return positives.length > 0 && positives.every((place) => classIndex[place] === 7);
        },
      ),
    );
  });

  it('leaves the places of a crowd unjudged and everything else judged', () => {
    const { classIndex, weight, positives } = assign([box(0, 0, 32, 64, 1, true)]);
    expect(positives).toEqual([]);
    expect(classIndex.every((value) => value === -1)).toBe(true);
    const half = weight.reduce((sum, value) => sum + value, 0);
    expect(half).toBe(weight.length / 2);
  });

  it('has boxes of positive area everywhere, so that no overlap divides by zero', () => {
    const { corners } = assign([]);
    for (let i = 0; i < corners.length; i += 4) expect(corners[i + 2]!).toBeGreaterThan(corners[i]!);
  });
});

describe('the assignment of least cost', () => {
  it('solves a worked example', () => {
    // 1 + 0 + 2 would be the least of each row, but columns 1 and 0 leave row 2 nothing better than 2.
    const cost = [
      [4, 1, 3],
      [2, 0, 5],
      [3, 2, 2],
    ];
    expect(leastCostAssignment(cost)).toEqual([1, 0, 2]);
  });

  it('is as good as trying every permutation', () => {
    const permutations = (items: number[]): number[][] =>
      items.length === 0
        ? [[]]
        : items.flatMap((item, i) =>
            permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
          );
    const matrix = fc.integer({ min: 1, max: 4 }).chain((rows) =>
      fc.integer({ min: rows, max: 5 }).chain((columns) =>
        fc.array(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: columns, maxLength: columns }), {
          minLength: rows,
          maxLength: rows,
        }),
      ),
    );
    fc.assert(
      fc.property(matrix, (cost) => {
        const columns = cost[0]!.map((_, i) => i);
        const total = (choice: readonly number[]) => cost.reduce((sum, row, i) => sum + row[choice[i]!]!, 0);
        const found = leastCostAssignment(cost);
        expect(new Set(found).size).toBe(cost.length);
        expect(total(found)).toBe(Math.min(...permutations(columns).map(total)));
      }),
    );
  });

  it('gives true boxes to the slots that are nearest, and none to those beyond the slots', () => {
    const guess = {
      scores: Float32Array.from([0.5, 0.5]),
      boxes: Float32Array.from([40, 40, 60, 60, 0, 0, 20, 20]),
    };
    const weights = { l1Weight: 5, iouWeight: 2 };
    const truths = [box(1, 1, 21, 21), box(38, 41, 58, 61), box(30, 0, 34, 4)];
    expect(matchSlots(truths, guess, 2, 64, weights)).toEqual([1, 0, -1]);
  });
});

describe('non-maximum suppression', () => {
  const boxes = Float32Array.from([0, 0, 10, 10, 1, 0, 11, 10, 30, 30, 40, 40]);
  const options = { minScore: 0.1, nmsIou: 0.5, maxDetections: 10 };

  it('keeps the most confident of overlapping boxes of one class', () => {
    const found = selectDetections(boxes, Float32Array.from([0.6, 0.9, 0.3]), 1, options);
    expect(found.map(({ x1 }) => x1)).toEqual([1, 30]);
  });

  it('keeps overlapping boxes of different classes', () => {
    const scores = Float32Array.from([0.6, 0, 0, 0.9, 0.05, 0]);
    const found = selectDetections(boxes, scores, 2, options);
    expect(found.map(({ classIndex }) => classIndex)).toEqual([1, 0]);
  });

  it('drops what is under the least score and gives no more than asked for', () => {
    const scores = Float32Array.from([0.05, 0.9, 0.3]);
    expect(selectDetections(boxes, scores, 1, options)).toHaveLength(2);
    expect(selectDetections(boxes, scores, 1, { ...options, maxDetections: 1 })).toHaveLength(1);
  });
});

describe('augmentation', () => {
  const augment = {
    ...parseTrainingConfig({}).augment,
    flip: 0.5,
    flipVertical: 0.5,
    scale: 0.4,
    translate: 0.2,
  };

  it('resamples pixels from where the boxes say they come from', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 31 }), (seed, output) => {
        const map = drawAffine(augment, 32, wholeFrame(32), randomFrom('test', seed));
        const [, x1, , x2] = cropOf(map, 32);
        const source = x1 * 31 + (output * (x2 - x1) * 31) / 31;
        // The centre of the source pixel, moved by the map of the boxes, is the centre of the output pixel.
        expect((source + 0.5) * map.scaleX + map.shiftX).toBeCloseTo(output + 0.5, 6);
      }),
    );
  });

  it('mirrors a box exactly', () => {
    const map = { scaleX: -1, shiftX: 64, scaleY: 1, shiftY: 0 };
    expect(transformBoxes([box(4, 5, 20, 25, 2)], map, wholeFrame(64))).toEqual([box(44, 5, 60, 25, 2)]);
  });

  it('cuts boxes at the border and drops those that are mostly outside', () => {
    const map = { scaleX: 1, shiftX: 50, scaleY: 1, shiftY: 0 };
    const moved = transformBoxes([box(0, 0, 20, 20), box(10, 0, 40, 20)], map, wholeFrame(64));
    expect(moved).toEqual([box(50, 0, 64, 20)]);
  });
});
