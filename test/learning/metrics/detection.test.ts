import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateDetections } from '../../../electron/learning/metrics/index.ts';
import type {
  DetectedBox,
  DetectionEvaluation,
  DetectionImage,
  TrueBox,
} from '../../../electron/learning/metrics/index.ts';

type Row = readonly (number | null)[];
interface Golden {
  readonly name: string;
  readonly classes: number;
  readonly images: readonly { readonly truths: readonly Row[]; readonly detections: readonly Row[] }[];
  readonly expected: Record<string, unknown> & {
    readonly perClass: readonly Record<string, number | null>[];
  };
}

const golden = readFileSync(new URL('./golden-detection.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Golden);

const truthOf = ([x, y, width, height, classIndex, crowd, area]: Row): TrueBox => ({
  x: x!,
  y: y!,
  width: width!,
  height: height!,
  classIndex: classIndex!,
  crowd: crowd === 1,
  ...(area === null ? {} : { area }),
});
const detectionOf = ([x, y, width, height, classIndex, score]: Row): DetectedBox => ({
  x: x!,
  y: y!,
  width: width!,
  height: height!,
  classIndex: classIndex!,
  score: score!,
});
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `class ${i}`);

const truth = (x: number, size = 40, classIndex = 0): TrueBox => ({
  x,
  y: 0,
  width: size,
  height: size,
  classIndex,
});
const found = (x: number, score: number, size = 40, classIndex = 0): DetectedBox => ({
  ...truth(x, size, classIndex),
  score,
});
const evaluate = (images: readonly DetectionImage[], classes = 1): DetectionEvaluation =>
  evaluateDetections({ images, classNames: names(classes) });

describe('detection metrics equal pycocotools', () => {
  for (const { name, classes, images, expected } of golden) {
    it(name, () => {
      const actual = evaluate(
        images.map((image) => ({
          truths: image.truths.map(truthOf),
          detections: image.detections.map(detectionOf),
        })),
        classes,
      );
      const flat = (values: Record<string, unknown>, keys: readonly string[]) =>
        keys.map((key) => [key, values[key] === null ? -1 : values[key]] as const);
      const totals = Object.keys(expected).filter((key) => key !== 'perClass');
      expect(totals).toHaveLength(12);
      for (const [[key, value], [, reference]] of zip(flat({ ...actual }, totals), flat(expected, totals))) {
        expect(value, key).toBeCloseTo(reference as number, 9);
      }
      expected.perClass.forEach((reference, c) => {
        const keys = ['ap', 'ap50', 'ap75'];
        for (const [[key, value], [, wanted]] of zip(
          flat({ ...actual.perClass[c] }, keys),
          flat(reference, keys),
        )) {
          expect(value, `class ${c} ${key}`).toBeCloseTo(wanted as number, 9);
        }
      });
    });
  }
});

function zip<A, B>(a: readonly A[], b: readonly B[]): [A, B][] {
  return a.map((value, i) => [value, b[i]!]);
}

describe('detection metrics by hand', () => {
  it('give 1 to perfect detections, in every average', () => {
    const truths = [truth(0, 20), truth(100, 50), truth(300, 120), truth(500, 50, 1)];
    const { perClass, images, ...averages } = evaluate(
      [{ truths, detections: truths.map((box) => ({ ...box, score: 0.7 })) }],
      2,
    );
    expect(images).toBe(1);
    expect(perClass.map(({ ap }) => ap)).toEqual([1, 1]);
    const { ar1, ...others } = averages;
    // Of the three boxes of the first class, one detection finds one.
    expect(ar1).toBeCloseTo((1 / 3 + 1) / 2);
    for (const value of Object.values(others)) expect(value).toBeCloseTo(1, 12);
  });

  it('take a wrong detection above a right one as half the precision', () => {
    const { map50 } = evaluate([{ truths: [truth(0)], detections: [found(500, 0.9), found(0, 0.8)] }]);
    expect(map50).toBeCloseTo(0.5, 12);
  });

  it('count the second detection of one box as wrong', () => {
    const truths = [truth(0), truth(200)];
    const { map50 } = evaluate([{ truths, detections: [found(0, 0.9), found(1, 0.8), found(200, 0.7)] }]);
    // Precision 1 up to recall 0.5 (51 points), then 2/3 (50 points).
    expect(map50).toBeCloseTo((51 + (50 * 2) / 3) / 101, 12);
  });

  it('find a box at the overlaps that it reaches', () => {
    // 40 × 40 moved by 8: 32·40 / (2·1600 − 1280) = 2/3, enough for 0.5, 0.55, 0.6 and 0.65.
    const { map, map50, map75 } = evaluate([{ truths: [truth(0)], detections: [found(8, 0.9)] }]);
    expect([map, map50, map75]).toEqual([0.4, 1, 0]);
  });

  it('let a crowd swallow any number of detections', () => {
    const crowd: TrueBox = { ...truth(100, 200), crowd: true };
    const inside = [found(110, 0.99), found(120, 0.98), found(130, 0.97)];
    const image = { truths: [truth(0), crowd], detections: [...inside, found(0, 0.5)] };
    expect(evaluate([image]).map).toBe(1);
    expect(evaluate([image]).perClass[0]).toMatchObject({ truths: 1 });
  });

  it('leave out a class that has no box, whatever was found', () => {
    const result = evaluate([{ truths: [truth(0)], detections: [found(0, 0.9), found(0, 0.9, 40, 1)] }], 2);
    expect(result.map).toBe(1);
    expect(result.perClass[1]).toEqual({
      name: 'class 1',
      ap: null,
      ap50: null,
      ap75: null,
      truths: 0,
      best: null,
    });
  });

  it('have no figure where there is no box at all', () => {
    expect(evaluate([{ truths: [], detections: [found(0, 0.9)] }])).toMatchObject({ map: null, ar100: null });
    expect(evaluate([])).toMatchObject({ images: 0, map: null });
  });

  it('count 100 detections of a class on an image', () => {
    const noise = Array.from({ length: 100 }, () => found(1000, 0.9));
    const truths = [truth(0)];
    expect(evaluate([{ truths, detections: [...noise, found(0, 0.1)] }]).ar100).toBe(0);
    expect(evaluate([{ truths, detections: [...noise.slice(1), found(0, 0.1)] }]).ar100).toBe(1);
  });

  it('refuse an unknown class and a number that is not finite, and say where', () => {
    const good = { truths: [truth(0)], detections: [] };
    expect(() => evaluate([good, { truths: [], detections: [found(0, 0.5, 40, 3)] }])).toThrow(/class 3/);
    try {
      evaluate([good, { truths: [], detections: [found(0, NaN)] }]);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        code: 'invalid-input',
        details: { place: { key: 'learning.image', values: { image: '1' } } },
      });
    }
  });
});

const side = fc.integer({ min: 4, max: 120 });
const place = fc.integer({ min: 0, max: 200 });
const anyTruth = fc.record({
  x: place,
  y: place,
  width: side,
  height: side,
  classIndex: fc.integer({ min: 0, max: 1 }),
  crowd: fc.boolean(),
});
/** Found boxes lie near true ones more often than not, or hardly anything would match. */
const anyImage: fc.Arbitrary<DetectionImage> = fc
  .array(anyTruth, { minLength: 1, maxLength: 6 })
  .chain((truths) =>
    fc.record({
      truths: fc.constant(truths),
      detections: fc.array(
        fc
          .tuple(fc.constantFrom(...truths), fc.integer({ min: -8, max: 8 }), fc.integer({ min: 1, max: 20 }))
          .map(([{ x, y, width, height, classIndex }, shift, score]) => ({
            x: x + shift,
            y: y - shift,
            width,
            height,
            classIndex,
            score: score / 20,
          })),
        { maxLength: 10 },
      ),
    }),
  );
const anyImages = fc.array(anyImage, { minLength: 1, maxLength: 4 });

describe('detection metrics', () => {
  it('do not change when scores are transformed without changing their order', () => {
    fc.assert(
      fc.property(anyImages, (images) => {
        const transformed = images.map(({ truths, detections }) => ({
          truths,
          detections: detections.map((d) => ({ ...d, score: Math.exp(3 * d.score) - 7 })),
        }));
        // The best score is a score itself.
        const unscored = (all: readonly DetectionImage[]) =>
          evaluate(all, 2).perClass.map(({ best, ...rest }) => ({ ...rest, f1: best?.f1 }));
        expect({ ...evaluate(transformed, 2), perClass: unscored(transformed) }).toEqual({
          ...evaluate(images, 2),
          perClass: unscored(images),
        });
      }),
    );
  });

  it('never get better by a repeated detection of a box', () => {
    fc.assert(
      fc.property(anyImages, fc.nat(), (images, pick) => {
        const at = pick % images.length;
        const { truths, detections } = images[at]!;
        // A crowd may well swallow a repeated detection: nothing gets better, but other matches may move.
        fc.pre(detections.length > 0 && truths.every(({ crowd }) => crowd !== true));
        const copied = detections[pick % detections.length]!;
        // Boxes that overlap can both be found by the two, which is then right.
        const near = truths.filter((t) => t.classIndex === copied.classIndex);
        fc.pre(near.length === 1);
        const repeated = images.map((image, i) =>
          i === at
            ? { truths, detections: [...detections, { ...copied, score: copied.score - 0.001 }] }
            : image,
        );
        const before = evaluate(images, 2);
        const after = evaluate(repeated, 2);
        before.perClass.forEach(({ ap }, c) => {
          if (ap === null) expect(after.perClass[c]!.ap).toBeNull();
          else expect(after.perClass[c]!.ap!).toBeLessThanOrEqual(ap + 1e-12);
        });
      }),
    );
  });

  it('lie between 0 and 1, map below map50', () => {
    fc.assert(
      fc.property(anyImages, (images) => {
        const { map, map50, ar1, ar10, ar100 } = evaluate(images, 2);
        if (map === null) return;
        expect(map).toBeGreaterThanOrEqual(0);
        expect(map50!).toBeLessThanOrEqual(1 + 1e-12);
        expect(map).toBeLessThanOrEqual(map50! + 1e-12);
        expect(ar1!).toBeLessThanOrEqual(ar10! + 1e-12);
        expect(ar10!).toBeLessThanOrEqual(ar100! + 1e-12);
      }),
    );
  });

  it('finds the score of the best F1, and takes equal scores together', () => {
    const images = [
      {
        truths: [truth(0), truth(100)],
        // Right, right and wrong at one score, and wrong: F1 of 2/3, 4/5, 2/3.
        detections: [found(0, 0.9), found(100, 0.5), found(300, 0.5), found(500, 0.2)],
      },
    ];
    expect(evaluate(images).perClass[0]!.best).toEqual({ score: 0.5, precision: 2 / 3, recall: 1, f1: 0.8 });
    expect(evaluate([{ truths: [truth(0)], detections: [found(300, 0.5)] }]).perClass[0]!.best).toBeNull();
  });
});
