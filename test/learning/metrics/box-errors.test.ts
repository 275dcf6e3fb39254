import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateDetections, scoreBoxes } from '../../../electron/learning/metrics/index.ts';
import type { DetectedBox, DetectionImage, TrueBox } from '../../../electron/learning/metrics/index.ts';

const truth = (x: number, classIndex = 0, crowd = false): TrueBox => ({
  x,
  y: 0,
  width: 40,
  height: 40,
  classIndex,
  crowd,
});
const found = (x: number, score: number, classIndex = 0): DetectedBox => ({
  x,
  y: 0,
  width: 40,
  height: 40,
  classIndex,
  score,
});
const classNames = ['cat', 'dog'];

function errorsOf(
  images: readonly DetectionImage[],
  countedFrom = 0,
): Record<string, readonly [count: number, cost: number]> {
  return Object.fromEntries(
    scoreBoxes({ images, classNames }, countedFrom)
      .errors()
      .filter(({ count, cost }) => count > 0 || cost > 0)
      .map(({ kind, count, cost }) => [kind, [count, Number(cost.toFixed(4))]]),
  );
}

describe('the kinds of errors', () => {
  it('are none where every box is found', () => {
    expect(errorsOf([{ truths: [truth(0)], detections: [found(0, 0.9)] }])).toEqual({});
  });

  it('are the wrong class: mended, both classes are whole', () => {
    // A dog taken for a cat: AP50 of cat is 1 (nothing wrong before it), that of dog 0.
    const images = [{ truths: [truth(0), truth(100, 1)], detections: [found(0, 0.9), found(100, 0.8, 0)] }];
    expect(errorsOf(images)).toEqual({ class: [1, 0.5] });
  });

  it('are the wrong place: an overlap of 0.1 to 0.5 with a box of its class', () => {
    // 40 × 40 moved by 20: an overlap of 1/3.
    expect(errorsOf([{ truths: [truth(0)], detections: [found(20, 0.9)] }])).toEqual({ place: [1, 1] });
  });

  it('are both: near a box of another class only', () => {
    // Mended it is gone, and the box is still not found: it costs nothing by itself, the missing box does.
    expect(errorsOf([{ truths: [truth(0)], detections: [found(20, 0.9, 1)] }])).toEqual({
      both: [1, 0],
      missed: [1, 1],
    });
  });

  it('are a second detection of a box that is found', () => {
    // Two boxes found, and between them the second one of the first: 1 for half of the recall, 2/3 for the rest.
    const images = [
      {
        truths: [truth(0), truth(200)],
        detections: [found(0, 0.9), found(1, 0.8), found(200, 0.7)],
      },
    ];
    expect(errorsOf(images)).toEqual({ double: [1, Number((((1 - 2 / 3) * 50) / 101).toFixed(4))] });
  });

  it('are what lies on background, and what is missed', () => {
    const images = [
      { truths: [truth(0)], detections: [found(500, 0.9), found(0, 0.8)] },
      { truths: [truth(0)], detections: [] },
    ];
    // At recall 0 to 0.5 the precision is 1/2. Without the wrong one it is 1; without the missing box it reaches all.
    const reached = 51 / 101;
    expect(errorsOf(images)).toEqual({
      background: [1, Number((reached - reached / 2).toFixed(4))],
      missed: [1, Number((1 / 2 - reached / 2).toFixed(4))],
    });
  });

  it('mend a box once, by the surest detection that means it', () => {
    const images = [{ truths: [truth(0)], detections: [found(20, 0.9), found(21, 0.8)] }];
    expect(errorsOf(images)).toEqual({ place: [2, 1] });
  });

  it('count from the score that a run shows, and cost what all cost', () => {
    const images = [{ truths: [truth(0)], detections: [found(500, 0.2), found(0, 0.1)] }];
    expect(
      scoreBoxes({ images, classNames }, 0.4)
        .errors()
        .find(({ kind }) => kind === 'background'),
    ).toEqual({
      kind: 'background',
      count: 0,
      cost: 0.5,
    });
  });

  it('leave groups out', () => {
    const images = [
      { truths: [truth(0), truth(200, 0, true)], detections: [found(0, 0.9), found(200, 0.8)] },
    ];
    expect(errorsOf(images)).toEqual({});
  });

  it('start from the mAP50 of the evaluation, and none makes it worse', () => {
    const rectangle = fc.record({
      x: fc.integer({ min: 0, max: 60 }),
      y: fc.integer({ min: 0, max: 60 }),
      width: fc.integer({ min: 1, max: 60 }),
      height: fc.integer({ min: 1, max: 60 }),
      classIndex: fc.integer({ min: 0, max: 1 }),
    });
    const image = fc.record({
      truths: fc.array(
        fc.tuple(rectangle, fc.boolean()).map(([box, crowd]) => ({ ...box, crowd })),
        { maxLength: 6 },
      ),
      detections: fc.array(
        fc
          .tuple(rectangle, fc.double({ min: 0, max: 1, noNaN: true }))
          .map(([box, score]) => ({ ...box, score })),
        { maxLength: 8 },
      ),
    });
    fc.assert(
      fc.property(fc.array(image, { minLength: 1, maxLength: 4 }), (images) => {
        const { map50 } = evaluateDetections({ images, classNames });
        const errors = scoreBoxes({ images, classNames }, 0).errors();
        for (const { cost } of errors) {
          expect(cost).toBeGreaterThanOrEqual(0);
          expect((map50 ?? 0) + cost).toBeLessThanOrEqual(1 + 1e-9);
        }
        // Every box to be found is found, meant by a detection near it, or missed.
        const counts = scoreBoxes({ images, classNames }, 0).confusion();
        const boxes = images.flatMap(({ truths }) => truths.filter(({ crowd }) => !crowd)).length;
        const rows = counts.slice(0, -1).flat();
        expect(rows.reduce((sum, count) => sum + count, 0)).toBe(boxes);
      }),
    );
  });
});

describe('the confusion of boxes', () => {
  it('has what was taken for what, what was not found, and what is not there', () => {
    const images = [
      {
        truths: [truth(0), truth(100, 1), truth(200, 1)],
        detections: [found(0, 0.9), found(100, 0.8, 0), found(500, 0.7, 1), found(600, 0.1)],
      },
    ];
    expect(scoreBoxes({ images, classNames }, 0.4).confusion()).toEqual([
      [1, 0, 0],
      [1, 0, 1],
      [0, 1, 0],
    ]);
  });

  it('gives a box to its own class first, however sure another is', () => {
    const images = [{ truths: [truth(0)], detections: [found(0, 0.9, 1), found(5, 0.6, 0)] }];
    expect(scoreBoxes({ images, classNames }, 0).confusion()).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [0, 1, 0],
    ]);
  });

  it('has the detections that the table of classes counts: the hundred surest of a class on an image', () => {
    const row = (classIndex: number) =>
      Array.from({ length: 130 }, (_, n) => found(10_000 * classIndex + 20 * n, 0.9 - n / 1000, classIndex));
    const images = [{ truths: [truth(0), truth(20 * 120)], detections: [...row(0), ...row(1)] }];
    const scorer = scoreBoxes({ images, classNames }, 0.5);
    const counts = scorer.confusion();
    for (const index of classNames.keys()) {
      expect(scorer.detections(index)).toBe(100);
      expect(counts.reduce((sum, cells) => sum + cells[index]!, 0)).toBe(100);
    }
    expect(counts[0]!.at(-1)).toBe(1);
  });

  it('counts nothing in a group', () => {
    const images = [{ truths: [truth(0, 0, true)], detections: [found(0, 0.9)] }];
    expect(
      scoreBoxes({ images, classNames }, 0)
        .confusion()
        .flat()
        .every((count) => count === 0),
    ).toBe(true);
  });
});
