import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrainingSample } from '../../electron/learning/index.ts';
import { heads } from '../../electron/learning/heads/index.ts';
import { randomFrom } from '../../electron/learning/base/random.ts';
import {
  describeRepeats,
  drawIndices,
  imagesAnEpoch,
  repeatFactors,
} from '../../electron/learning/data/sampling.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';

const classes = {
  imageClasses: ['sick', 'healthy'].map((name, id) => ({ id, name })),
  objectClasses: ['red', 'white', 'platelet'].map((name, id) => ({ id, name })),
};

function sample(imageClass: number | null, boxClasses: readonly number[] | null): TrainingSample {
  const box = { x: 0, y: 0, width: 9, height: 9 };
  const boxes = boxClasses?.map((classIndex) => ({ ...box, classIndex })) ?? null;
  return { row: 0, imageId: 0, split: 'train', width: 10, height: 10, imageClass, boxes };
}

const both = heads.map(({ task }) => task).slice(0, 2);

describe('repeat factors', () => {
  // Of 10 images with boxes all have class 0, four class 1 and one class 2.
  const samples = Array.from({ length: 10 }, (_, i) =>
    sample(null, [0, 0, ...(i < 4 ? [1] : []), ...(i === 0 ? [2, 2] : [])]),
  );

  it('are √(t / f) of the rarest class of an image, at least 1 (LVIS, section 4.1)', () => {
    const { factors, classes: repeated } = repeatFactors(samples, classes, 0.5, both);
    expect(factors[0]).toBeCloseTo(Math.sqrt(0.5 / 0.1), 12);
    expect(factors[1]).toBeCloseTo(Math.sqrt(0.5 / 0.4), 12);
    expect(factors.slice(4)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(repeated.map(({ name }) => name)).toEqual(['platelet', 'white']);
  });

  it('count classes among the images that are labelled for the head', () => {
    const partly = [...samples, ...Array.from({ length: 90 }, () => sample(0, null))];
    expect(repeatFactors(partly, classes, 0.5, both).factors.slice(0, 10)).toEqual(
      repeatFactors(samples, classes, 0.5, both).factors,
    );
  });

  it('look at image classes too, and only at heads that are trained', () => {
    const scenes = Array.from({ length: 10 }, (_, i) => sample(i === 0 ? 0 : 1, [0]));
    expect(repeatFactors(scenes, classes, 0.4, both).factors[0]).toBeCloseTo(2, 12);
    expect(repeatFactors(scenes, classes, 0.4, both.slice(1)).factors[0]).toBe(1);
  });

  it('are told with the length of an epoch and the rarest classes', () => {
    const repeats = repeatFactors(samples, classes, 0.5, both);
    expect(inEnglish(describeRepeats(repeats, 0.5))).toMatch(
      /12 images instead of 10: “platelet” × 2\.2, “white” × 1\.1$/,
    );
    expect(inEnglish(describeRepeats(repeatFactors(samples, classes, 0.05, both), 0.05))).toContain(
      'no class is rare',
    );
  });
});

describe('the images of an epoch', () => {
  const factor = fc.double({ min: 1, max: 6, noNaN: true });

  it('have every image at least once, as often as its factor says or once more, and always as many', () => {
    fc.assert(
      fc.property(fc.array(factor, { minLength: 1, maxLength: 40 }), fc.integer(), (factors, seed) => {
        const places = drawIndices(factors, randomFrom('test', seed));
        expect(places).toHaveLength(imagesAnEpoch(factors));
        factors.forEach((wanted, place) => {
          const count = places.filter((other) => other === place).length;
          expect(count).toBeGreaterThanOrEqual(Math.floor(wanted));
          expect(count).toBeLessThanOrEqual(Math.floor(wanted) + 2);
        });
      }),
    );
  });

  it('come as often as their factor over many epochs', () => {
    const factors = [1, 1.25, 2.5, 3.75, 1.5];
    const counts = [0, 0, 0, 0, 0];
    for (let epoch = 0; epoch < 4000; epoch++) {
      for (const place of drawIndices(factors, randomFrom('order', 1, epoch))) counts[place]!++;
    }
    counts.forEach((count, place) => expect(count / 4000).toBeCloseTo(factors[place]!, 1));
  });

  it('are in another order, with other repeats, in each epoch', () => {
    const factors = Array.from({ length: 30 }, (_, i) => 1 + (i % 3) / 3);
    const [one, other, again] = [1, 2, 1].map((epoch) => drawIndices(factors, randomFrom('order', epoch)));
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    expect([...other!].sort((a, b) => a - b)).not.toEqual([...one!].sort((a, b) => a - b));
  });
});
