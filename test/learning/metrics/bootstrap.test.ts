import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageClassScorer } from '../../../electron/learning/heads/image-class/scorer.ts';
import { drawSamples, middleOf } from '../../../electron/learning/metrics/bootstrap.ts';
import { BoxScorer, detectionFigures } from '../../../electron/learning/metrics/index.ts';

const rectangle = fc.record({
  x: fc.integer({ min: 0, max: 30 }),
  y: fc.integer({ min: 0, max: 30 }),
  width: fc.integer({ min: 10, max: 40 }),
  height: fc.integer({ min: 10, max: 40 }),
  classIndex: fc.integer({ min: 0, max: 1 }),
});
const image = fc.record({
  truths: fc.array(rectangle, { maxLength: 4 }),
  found: fc.array(rectangle, { maxLength: 6 }),
  count: fc.integer({ min: 0, max: 3 }),
});

describe('samples of the bootstrap', () => {
  it('have as many images as there are, of those alone, and are the same for a seed', () => {
    const draw = (): number[][] =>
      Array.from(drawSamples([1, 3, 4], 6, { samples: 50, seed: 7 }), (counts) => [...counts]);
    for (const counts of draw()) {
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
      expect([counts[0], counts[2], counts[5]]).toEqual([0, 0, 0]);
    }
    expect(draw()).toEqual(draw());
  });

  it('give the middle 95 %, and nothing where most have no figure', () => {
    expect(middleOf(Array.from({ length: 1000 }, (_, i) => 999 - i))).toEqual({ low: 25, high: 975 });
    expect(middleOf([null, null, 0.5])).toBeNull();
    expect(middleOf([])).toBeNull();
  });
});

describe('the score of a sample', () => {
  it('of boxes is that of images which are there so many times', () => {
    fc.assert(
      fc.property(fc.array(image, { minLength: 1, maxLength: 6 }), (images) => {
        // No two scores are equal: copies of an image lie side by side then.
        let score = 1;
        const given = images.map(({ truths, found, count }) => ({
          truths,
          count,
          found: found.map((box) => ({ ...box, score: (score *= 0.97) })),
        }));
        const scorerOf = (list: typeof given): BoxScorer => {
          const scorer = new BoxScorer(
            list.map(({ found }) => found),
            2,
            0.3,
          );
          for (const [index, { truths }] of list.entries()) scorer.label(index, truths);
          return scorer;
        };
        const counts = Uint16Array.from(given, ({ count }) => count);
        const sampled = scorerOf(given).resampler()(counts);
        const copies = given.flatMap((one) => new Array<typeof one>(one.count).fill(one));
        const precisions = scorerOf(copies)
          .classScores()
          .flatMap(({ ap50 }) => (ap50 === null ? [] : [ap50]));
        if (precisions.length === 0) expect(sampled).toBeNull();
        else expect(sampled).toBeCloseTo(precisions.reduce((a, b) => a + b) / precisions.length, 12);
        const figures = scorerOf(given).figureResampler()(counts);
        const whole = detectionFigures(scorerOf(copies), ['a', 'b']);
        expect(figures.map50).toBe(sampled);
        expect([figures.map, ...figures.ap50].map((value) => value?.toFixed(10))).toEqual(
          [whole.map, ...whole.perClass.map(({ ap50 }) => ap50)].map((value) => value?.toFixed(10)),
        );
      }),
    );
  });

  it('of image classes is the share of them that is right', () => {
    const [right, wrong] = [Float32Array.of(0.9, 0.1), Float32Array.of(0.2, 0.8)];
    const predictions = [right, wrong, right].map((imageClass) => ({ imageClass, boxes: [] }));
    const scorer = imageClassScorer(predictions, ['cat', 'dog'], 'one');
    const sample = {
      imageId: 1,
      width: 10,
      height: 10,
      split: 'val',
      row: 0,
      boxes: null,
      imageClass: 0,
    } as const;
    for (const index of [0, 1]) scorer.label(index, sample);
    const sampled = scorer.resampler();
    expect(sampled(Uint16Array.of(3, 1, 5))).toBe(0.75);
    expect(sampled(Uint16Array.of(0, 0, 9))).toBeNull();
    expect(scorer.evaluate()).toMatchObject({ score: 0.5, shareOf: 2 });
  });
});
