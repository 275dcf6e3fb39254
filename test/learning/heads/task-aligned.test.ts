import type { Rank, Tensor3D } from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKernels } from '../../../electron/engine/kernels.ts';
import type { Kernels } from '../../../electron/engine/kernels.ts';
import type { Engine } from '../../../electron/engine/index.ts';
import { countOutbid, fillTruths } from '../../../electron/learning/assignment/aligned-truths.ts';
import type { NetworkBox } from '../../../electron/learning/samples/network-box.ts';
import { createRandom } from '../../../electron/common/random.ts';
import { denseLoss } from '../../../electron/learning/heads/dense/layers.ts';
import { makeGrid } from '../../../electron/learning/assignment/grid.ts';
import { alignedTargets } from '../../../electron/learning/heads/dense/task-aligned.ts';
import { nativeEngine, networkBox as box } from '../support.ts';

let engine: Engine;
let kernels: Kernels;

beforeAll(async () => {
  engine = await nativeEngine();
  kernels = createKernels(engine);
});

const CLASSES = 3;
const PAPER = { alpha: 1, beta: 6, candidates: 13 };

interface Guess {
  /** [places][classes], probabilities. */
  readonly scores: number[][];
  /** [places][4]. */
  readonly boxes: number[][];
}

const logit = (p: number): number => Math.log(p / (1 - p));

/** Runs the assignment on one image. */
function assign(
  truths: readonly NetworkBox[] | null,
  guess: Guess,
  options = PAPER,
  { size = 32, strides = [8, 16], rows = Math.max(1, truths?.length ?? 0) } = {},
) {
  const { tf } = engine;
  const grid = makeGrid(size, strides);
  const given = {
    truths: new Float32Array(rows * 4),
    regions: new Float32Array(rows * 4),
    classIndex: new Int32Array(rows),
    weight: new Float32Array(grid.count),
  };
  fillTruths(grid, truths, given);
  const prediction = {
    logits: tf.tensor3d([guess.scores.map((row) => row.map(logit))]),
    boxes: tf.tensor3d([guess.boxes]),
  };
  const padded = {
    boxes: tf.tensor3d(given.truths, [1, rows, 4]),
    regions: tf.tensor3d(given.regions, [1, rows, 4]),
    classIndex: tf.tensor2d(given.classIndex, [1, rows], 'int32'),
    weight: tf.tensor2d(given.weight, [1, grid.count]),
  };
  const targets = alignedTargets(tf, kernels, prediction, padded, grid, options);
  const loss = denseLoss(tf, kernels, prediction, targets);
  return {
    grid,
    classIndex: [...targets.classIndex.dataSync()],
    boxes: targets.boxes.arraySync()[0]!,
    weight: [...targets.weight.dataSync()],
    alignment: [...targets.alignment!.dataSync()],
    loss: [loss.class.dataSync()[0]!, loss.iou.dataSync()[0]!],
  };
}

const iouOf = (a: readonly number[], b: readonly number[]): number => {
  const width = Math.max(0, Math.min(a[2]!, b[2]!) - Math.max(a[0]!, b[0]!));
  const height = Math.max(0, Math.min(a[3]!, b[3]!) - Math.max(a[1]!, b[1]!));
  const area = (c: readonly number[]) => (c[2]! - c[0]!) * (c[3]! - c[1]!);
  return (width * height) / (area(a) + area(b) - width * height);
};

const sidesOf = ({ x1, y1, x2, y2 }: NetworkBox): number[] => [x1, y1, x2, y2];

/** Another way to the same assignment: plain loops in 64 bits. */
function reference(
  truths: readonly NetworkBox[],
  guess: Guess,
  options = PAPER,
  size = 32,
  strides = [8, 16],
) {
  const grid = makeGrid(size, strides);
  const places = Array.from({ length: grid.count }, (_, place) => place);
  const insideOf = (truth: NetworkBox): number[] => {
    const found = places.filter((place) => {
      const [x, y] = [grid.centersX[place]!, grid.centersY[place]!];
      return x > truth.x1 && x < truth.x2 && y > truth.y1 && y < truth.y2;
    });
    if (found.length > 0) return found;
    const finest = places.filter((place) => grid.strides[place] === strides[0]);
    const far = (place: number) =>
      Math.hypot(
        grid.centersX[place]! - (truth.x1 + truth.x2) / 2,
        grid.centersY[place]! - (truth.y1 + truth.y2) / 2,
      );
    return [finest.reduce((best, place) => (far(place) < far(best) ? place : best))];
  };
  const overlap = (place: number, row: number) => iouOf(guess.boxes[place]!, sidesOf(truths[row]!));
  const t = (place: number, row: number) =>
    guess.scores[place]![truths[row]!.classIndex]! ** options.alpha * overlap(place, row) ** options.beta;
  const owner = new Map<number, number>();
  truths.forEach((truth, row) => {
    const ranked = insideOf(truth).sort((a, b) => t(b, row) - t(a, row));
    for (const place of ranked.slice(0, options.candidates)) {
      const other = owner.get(place);
      if (other === undefined || overlap(place, row) > overlap(place, other)) owner.set(place, row);
    }
  });
  const alignment = new Array<number>(grid.count).fill(0);
  truths.forEach((_, row) => {
    const own = [...owner].filter(([, other]) => other === row).map(([place]) => place);
    const best = Math.max(...own.map((place) => t(place, row)));
    const quality = Math.max(0.1, ...own.map((place) => overlap(place, row)));
    for (const place of own) alignment[place] = best > 0 ? (t(place, row) / best) * quality : quality;
  });
  const classIndex = places.map((place) => truths[owner.get(place) ?? -1]?.classIndex ?? -1);
  return { grid, owner, classIndex, alignment };
}

/** Predictions that are off their places by chance, so that no two are equal. */
function guessed(seed: number, size = 32, strides = [8, 16]): Guess {
  const random = createRandom(seed);
  const grid = makeGrid(size, strides);
  const rows = Array.from({ length: grid.count }, (_, place) => place);
  return {
    scores: rows.map(() => Array.from({ length: CLASSES }, () => 0.02 + 0.9 * random.next())),
    boxes: rows.map((place) => {
      const side = () => grid.strides[place]! * (0.6 + 1.8 * random.next());
      const [x, y] = [grid.centersX[place]!, grid.centersY[place]!];
      return [x - side(), y - side(), x + side(), y + side()];
    }),
  };
}

/** Whether two boxes overlap a place nearly, but not quite, alike. */
function almostTied(boxes: readonly NetworkBox[], guess: Guess): boolean {
  return guess.boxes.some((place) => {
    const overlaps = boxes.map((box) => iouOf(place, sidesOf(box))).sort((a, b) => a - b);
    return overlaps.some((overlap, i) => {
      const apart = overlap - (overlaps[i - 1] ?? overlap);
      return apart > 0 && apart < 1e-5;
    });
  });
}

describe('task-aligned assignment', () => {
  it('agrees with an example worked by hand', () => {
    // Places of stride 16 on 32 pixels: centres (8, 8), (24, 8), (8, 24), (24, 24). The box is 16 × 32; places 0 and 2
    // are inside. Place 0 says half of it (u = 1/2, s = 0.8), place 2 three quarters (u = 3/4, s = 0.4).
    const truth = box(0, 0, 16, 32, 1);
    const guess: Guess = {
      scores: [
        [0.1, 0.8, 0.1],
        [0.1, 0.9, 0.1],
        [0.1, 0.4, 0.1],
        [0.1, 0.9, 0.1],
      ],
      boxes: [
        [0, 0, 16, 16],
        [0, 0, 16, 32],
        [0, 0, 16, 24],
        [0, 0, 16, 32],
      ],
    };
    const run = (options: typeof PAPER) => assign([truth], guess, options, { strides: [16] });
    // t = 0.8 · 2⁻⁶ = 0.0125 and 0.4 · 0.75⁶ = 0.0711914: the best gets the highest overlap, 0.75.
    const both = run(PAPER);
    expect(both.classIndex).toEqual([1, -1, 1, -1]);
    expect(both.alignment[2]).toBeCloseTo(0.75, 6);
    expect(both.alignment[0]).toBeCloseTo((0.0125 / 0.07119140625) * 0.75, 6);
    expect(both.boxes[0]).toEqual([0, 0, 16, 32]);
    // Of one place for a box, the second wins by its overlap, or, where only the score counts, the first.
    expect(run({ ...PAPER, candidates: 1 }).classIndex).toEqual([-1, -1, 1, -1]);
    expect(run({ alpha: 1, beta: 0, candidates: 1 }).classIndex).toEqual([1, -1, -1, -1]);
    expect(run({ alpha: 1, beta: 0, candidates: 1 }).alignment[0]).toBeCloseTo(0.5, 6);
  });

  it('takes the thirteen best of many places, as the paper does', () => {
    const truth = box(1, 1, 63, 63, 2);
    const guess = guessed(5, 64);
    const found = assign([truth], guess, PAPER, { size: 64 });
    const expected = reference([truth], guess, PAPER, 64);
    expect(found.classIndex.filter((index) => index === 2)).toHaveLength(13);
    expect(found.classIndex).toEqual(expected.classIndex);
  });

  it('gives a place that two boxes take to the one that it overlaps more', () => {
    const [small, large] = [box(10, 10, 30, 30, 0), box(0, 0, 32, 32, 1)];
    const guess = guessed(3);
    const place = makeGrid(32, [8, 16]).centersX.findIndex((x, i) => x === 20 && i >= 8);
    guess.boxes[place] = [10, 11, 30, 30];
    const found = assign([small, large], guess);
    expect(found.classIndex[place]).toBe(0);
    guess.boxes[place] = [0, 1, 32, 32];
    expect(assign([small, large], guess).classIndex[place]).toBe(1);
  });

  const side = fc.double({ min: 0.3, max: 30, noNaN: true });
  const corner = fc.double({ min: 0, max: 31, noNaN: true });
  const truths = fc.array(
    fc
      .tuple(corner, corner, side, side, fc.integer({ min: 0, max: CLASSES - 1 }))
      .map(([x, y, width, height, index]) =>
        box(
          ...([x, y, Math.min(32, x + width), Math.min(32, y + height)].map(Math.fround) as [
            number,
            number,
            number,
            number,
          ]),
          index,
        ),
      ),
    { minLength: 1, maxLength: 6 },
  );

  it('is what plain loops in 64 bits find, on any boxes, and never lies outside a box that a place could be in', () => {
    fc.assert(
      fc.property(
        truths,
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 13 }),
        (boxes, seed, k) => {
          const guess = guessed(seed);
          // 32 bits can't tell which of two boxes overlaps a place more where 64 hardly can.
          fc.pre(!almostTied(boxes, guess));
          const options = { ...PAPER, candidates: k };
          const found = assign(boxes, guess, options, { rows: boxes.length + 2 });
          const expected = reference(boxes, guess, options);
          expect(found.classIndex).toEqual(expected.classIndex);
          found.alignment.forEach((value, place) => expect(value).toBeCloseTo(expected.alignment[place]!, 4));
          for (const [place, row] of expected.owner) {
            expect(found.boxes[place]).toEqual(sidesOf(boxes[row]!));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives every box a place unless others overlap all of its places more', () => {
    fc.assert(
      fc.property(truths, fc.integer({ min: 1, max: 1000 }), (boxes, seed) => {
        const guess = guessed(seed);
        const alone = boxes.map((one) => assign([one], guess).classIndex);
        const together = assign(boxes, guess);
        const has = (one: NetworkBox) =>
          together.boxes.some(
            (corners, place) =>
              together.classIndex[place]! >= 0 && corners.every((value, i) => value === sidesOf(one)[i]),
          );
        boxes.forEach((one, row) => {
          const wanted = [...alone[row]!.keys()].filter((place) => alone[row]![place]! >= 0);
          expect(wanted.length).toBeGreaterThan(0);
          const outbid = wanted.every((place) =>
            boxes.some(
              (other) =>
                other !== one &&
                iouOf(guess.boxes[place]!, sidesOf(other)) >= iouOf(guess.boxes[place]!, sidesOf(one)) - 1e-6,
            ),
          );
          expect(has(one) || outbid).toBe(true);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('does not depend on the order of the boxes', () => {
    fc.assert(
      fc.property(truths, fc.integer({ min: 1, max: 1000 }), (boxes, seed) => {
        // Where two boxes overlap a place alike, the first gets it.
        const guess = guessed(seed);
        const [one, other] = [assign(boxes, guess), assign(boxes.toReversed(), guess)];
        const tied = guess.boxes.map(
          (guessedBox) =>
            new Set(boxes.map((truth) => iouOf(guessedBox, sidesOf(truth)).toFixed(6))).size < boxes.length,
        );
        one.classIndex.forEach((index, place) => {
          if (tied[place]!) return;
          expect(other.classIndex[place]).toBe(index);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('leaves crowds and images without labels unjudged, without NaN', () => {
    const guess = guessed(7);
    const crowded = assign([box(0, 0, 16, 32, 0, true), box(2, 2, 14, 14, 1)], guess);
    crowded.weight.forEach((weight, place) => {
      const left = crowded.grid.centersX[place]! < 16;
      expect(weight).toBe(!left || crowded.classIndex[place]! >= 0 ? 1 : 0);
    });
    expect(crowded.classIndex.filter((index) => index >= 0).every((index) => index === 1)).toBe(true);
    const unlabelled = assign(null, guess);
    expect(unlabelled.weight.every((weight) => weight === 0)).toBe(true);
    expect(unlabelled.loss).toEqual([0, 0]);
    const empty = assign([], guess);
    expect(empty.classIndex.every((index) => index === -1)).toBe(true);
    expect(empty.weight.every((weight) => weight === 1)).toBe(true);
    expect(empty.loss[1]).toBe(0);
    expect(Number.isFinite(empty.loss[0])).toBe(true);
  });

  it('keeps the largest of more boxes than it has room for, and judges no place in the others', () => {
    const [large, small] = [box(0, 0, 15, 15, 1), box(17, 17, 31, 30, 2)];
    const found = assign([small, large], guessed(2), PAPER, { rows: 1 });
    expect(new Set(found.classIndex)).toEqual(new Set([-1, 1]));
    found.weight.forEach((weight, place) => {
      const [x, y] = [found.grid.centersX[place]!, found.grid.centersY[place]!];
      expect(weight).toBe(x > 17 && x < 31 && y > 17 && y < 30 ? 0 : 1);
    });
  });

  it('teaches a box that its only place misses altogether', () => {
    const guess = guessed(4);
    for (const corners of guess.boxes) corners.splice(0, 4, 0, 0, 4, 4);
    const { classIndex, alignment, loss } = assign([box(26, 26, 27, 27, 1)], guess);
    const place = classIndex.indexOf(1);
    expect(alignment[place]).toBeCloseTo(0.1, 6);
    expect(loss[1]).toBeGreaterThan(0);
  });

  it('counts boxes that share their only place', () => {
    const grid = makeGrid(32, [8, 16]);
    expect(countOutbid(grid, [box(1, 1, 2, 2), box(5, 5, 6, 6), box(9, 1, 10, 2), box(0, 0, 32, 32)])).toBe(
      1,
    );
  });

  it('lets no gradient through, whatever the loss makes of it', () => {
    const { tf } = engine;
    const guess = guessed(9);
    const grid = makeGrid(32, [8, 16]);
    const truth = box(3, 4, 25, 27, 1);
    const padded = {
      boxes: tf.tensor3d([[sidesOf(truth)]]),
      regions: tf.tensor3d([[sidesOf(truth)]]),
      classIndex: tf.tensor2d([[1]], [1, 1], 'int32'),
      weight: tf.ones<Rank.R2>([1, grid.count]),
    };
    const logits = tf.tensor3d([guess.scores.map((row) => row.map(logit))]);
    const found = tf.grads((x, y) => {
      const prediction = { logits: x as Tensor3D, boxes: y as Tensor3D };
      const { alignment } = alignedTargets(tf, kernels, prediction, padded, grid, PAPER);
      return tf.sum(alignment!).add(tf.sum(x).add(tf.sum(y)).mul(0.5));
    })([logits, tf.tensor3d([guess.boxes])]);
    for (const gradient of found) expect(new Set(gradient.dataSync())).toEqual(new Set([0.5]));
  });
});
