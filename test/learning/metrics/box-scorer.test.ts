import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ScorePart } from '../../../electron/common/score-parts.ts';
import { boxScorer } from '../../../electron/learning/heads/box-scorer.ts';
import { BoxScorer } from '../../../electron/learning/metrics/index.ts';
import { scoreBins, thousandthPoints } from '../../../electron/learning/metrics/score-bins.ts';

const SAMPLE = { row: 0, imageId: 1, split: 'val', width: 200, height: 200, imageClass: null } as const;

const rectangle = fc.record({
  x: fc.integer({ min: 0, max: 60 }),
  y: fc.integer({ min: 0, max: 60 }),
  width: fc.integer({ min: 1, max: 60 }),
  height: fc.integer({ min: 1, max: 60 }),
  classIndex: fc.integer({ min: 0, max: 2 }),
});
const truths = fc.option(
  fc.array(
    fc.tuple(rectangle, fc.boolean()).map(([box, crowd]) => ({ ...box, crowd })),
    { maxLength: 5 },
  ),
);
const detections = fc.array(
  // Few scores, so that many are equal.
  fc.tuple(rectangle, fc.integer({ min: 1, max: 5 })).map(([box, score]) => ({ ...box, score: score / 5 })),
  { maxLength: 8 },
);

const all = (scorer: BoxScorer) => ({
  images: scorer.images,
  classes: scorer.classScores(),
  errors: scorer.errors(),
  confusion: scorer.confusion(),
  meanOverlap: scorer.meanOverlap(),
  detections: [0, 1, 2].map((index) => scorer.detections(index)),
  found: [...scorer.foundBoxes()],
  confused: [...scorer.confused()],
});

it('says the same whichever labels it was given before', () => {
  fc.assert(
    fc.property(
      fc.array(detections, { minLength: 3, maxLength: 3 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), truths), { maxLength: 8 }),
      (images, steps) => {
        const changed = new BoxScorer(images, 3, 0.3);
        for (const [image, labels] of steps) {
          changed.label(image, labels);
          changed.errors();
        }
        const fresh = new BoxScorer(images, 3, 0.3);
        for (const [image, labels] of new Map(steps)) fresh.label(image, labels);
        expect(all(changed)).toEqual(all(fresh));
      },
    ),
  );
});

it('lists as many as each point and bin of a curve says', () => {
  fc.assert(
    fc.property(detections, truths, (found, labels) => {
      const prediction = { imageClass: null, boxes: found.toSorted((a, b) => b.score - a.score) };
      const scorer = boxScorer([prediction], ['a', 'b', 'c'], 0.3);
      scorer.label(0, { ...SAMPLE, boxes: labels });
      for (const [classIndex, { points, truths: toFind }] of scorer.curves()!.entries()) {
        for (const { score, right, wrong } of thousandthPoints(points)) {
          const listed = scorer.find({ of: 'cutoff', classIndex, from: Math.round(1000 * score) });
          expect(listed.filter(({ box }) => box !== null)).toHaveLength(wrong);
          expect(listed.filter(({ box }) => box === null)).toHaveLength(toFind - right);
        }
        for (const { from, to, right, wrong } of scoreBins(points)) {
          const span = { from: Math.round(1000 * from), to: Math.round(1000 * to) };
          const listed = scorer.find({ of: 'scores', classIndex, ...span });
          expect(listed.filter(({ error }) => error === null)).toHaveLength(right);
          expect(listed.filter(({ error }) => error !== null)).toHaveLength(wrong);
        }
      }
    }),
  );
});

it('lists of one image what it lists of it among all', () => {
  const PARTS: readonly ScorePart[] = [
    { of: 'error', error: 'background' },
    { of: 'error', error: 'missed' },
    { of: 'boxClass', classIndex: 1 },
    { of: 'boxes', truth: 0, found: 0 },
    { of: 'cutoff', classIndex: 0, from: 500 },
    { of: 'scores', classIndex: 0, from: 0, to: 1000 },
    { of: 'falseAlarms', from: [null, 0.5, null] },
    { of: 'suspect', suspect: 'overlooked' },
  ];
  const image = fc.tuple(detections, truths);
  fc.assert(
    fc.property(fc.array(image, { minLength: 3, maxLength: 3 }), (images) => {
      const predictions = images.map(([boxes]) => ({ imageClass: null, boxes }));
      const scorer = boxScorer(predictions, ['a', 'b', 'c'], 0.3);
      for (const [index, [, labels]] of images.entries()) scorer.label(index, { ...SAMPLE, boxes: labels });
      for (const part of PARTS)
        expect(scorer.find(part, new Set([1]))).toEqual(
          scorer.find(part).filter((answer) => answer.image === 1),
        );
    }),
  );
});

it('lists as many as it counts', () => {
  fc.assert(
    fc.property(detections, truths, (found, labels) => {
      const scorer = new BoxScorer([found], 3, 0.3);
      scorer.label(0, labels);
      const listed = [...scorer.foundBoxes()].filter(({ detection }) => (detection?.score ?? 1) >= 0.3);
      for (const { kind, count } of scorer.errors())
        expect(listed.filter((one) => one.kind === kind)).toHaveLength(count);
      const cells = scorer.confusion().flat();
      expect([...scorer.confused()]).toHaveLength(cells.reduce((sum, count) => sum + count, 0));
    }),
  );
});

it('has the mean overlap of what it finds, from the counted score on', () => {
  const square = (x: number, y: number, classIndex = 0) => ({ x, y, width: 10, height: 10, classIndex });
  const found = [
    // A half and a whole of their boxes, then one of another class, one below the score, and one in a crowd.
    { ...square(0, 0), width: 5, score: 0.9 },
    { ...square(20, 0), score: 0.8 },
    { ...square(40, 0, 1), score: 0.7 },
    { ...square(60, 0), score: 0.1 },
    { ...square(80, 0), score: 0.9 },
  ];
  const scorer = new BoxScorer([found], 2, 0.5);
  expect(scorer.meanOverlap()).toBeNull();
  const crowd = { ...square(80, 0), crowd: true };
  scorer.label(0, [square(0, 0), square(20, 0), square(40, 0), square(60, 0), crowd]);
  expect(scorer.meanOverlap()).toBeCloseTo((0.5 + 1) / 2);
});
