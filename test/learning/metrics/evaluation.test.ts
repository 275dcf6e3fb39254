import { describe, expect, it } from 'vitest';
import { Evaluation } from '../../../electron/common/entities.ts';
import { evaluateClassification } from '../../../electron/learning/metrics/classification.ts';
import { evaluateDetections, overallScore, toEvaluation } from '../../../electron/learning/metrics/index.ts';

describe('the overall score', () => {
  it('is the weighted mean of its parts', () => {
    expect(overallScore({ imageClass: 0.9, boxes: 0.5 }, { imageClass: 1, boxes: 1 })).toBeCloseTo(0.7);
    expect(overallScore({ imageClass: 0.9, boxes: 0.5 }, { imageClass: 3, boxes: 1 })).toBeCloseTo(0.8);
  });

  it('leaves out a part that does not exist instead of counting it as 0', () => {
    expect(overallScore({ imageClass: null, boxes: 0.5 }, { imageClass: 3, boxes: 1 })).toBe(0.5);
    expect(overallScore({ imageClass: null, boxes: null }, { imageClass: 1, boxes: 1 })).toBe(0);
  });

  it('still tells models apart where the part left has no weight', () => {
    expect(overallScore({ imageClass: null, boxes: 0.5 }, { imageClass: 1, boxes: 0 })).toBe(0.5);
  });
});

describe('an evaluation', () => {
  const box = { x: 0, y: 0, width: 10, height: 10, classIndex: 0 };
  const about = {
    run: 'r1',
    split: 'test',
    dataRevision: 4,
    images: 2,
    seconds: 1.5,
    weights: { imageClass: 1, boxes: 1 },
  } as const;
  const imageClass = evaluateClassification({
    truths: [0, 1],
    scores: [
      [1, 0],
      [1, 0],
    ],
    classNames: ['a', 'b'],
  });

  it('has the shape that services return', () => {
    const boxes = evaluateDetections({
      images: [{ truths: [box], detections: [{ ...box, score: 0.5 }] }],
      classNames: ['cell'],
    });
    const evaluation = toEvaluation({ ...about, imageClass, boxes });
    expect(Evaluation.strict().parse(evaluation)).toEqual(evaluation);
    expect(evaluation.overall).toBeCloseTo(0.75);
    expect(evaluation.imageClass).toMatchObject({
      accuracy: 0.5,
      images: 2,
      confusion: { names: ['a', 'b'] },
    });
    expect(evaluation.boxes).toMatchObject({ map: 1, images: 1, perClass: [{ name: 'cell', ap: 1 }] });
  });

  it('says nothing of boxes where the split has none', () => {
    const boxes = evaluateDetections({ images: [{ truths: [], detections: [] }], classNames: ['cell'] });
    const evaluation = toEvaluation({ ...about, imageClass, boxes });
    expect(evaluation.boxes).toBeNull();
    expect(evaluation.overall).toBe(0.5);
  });

  it('says nothing of a head that does not exist', () => {
    const evaluation = toEvaluation({ ...about, imageClass: null, boxes: null });
    expect(evaluation).toMatchObject({ imageClass: null, boxes: null, overall: 0 });
  });
});
