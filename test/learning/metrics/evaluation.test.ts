import { describe, expect, it } from 'vitest';
import { Evaluation } from '../../../electron/common/entities.ts';
import { heads } from '../../../electron/learning/heads/index.ts';
import { evaluateTask } from '../../../electron/learning/heads/evaluate.ts';
import { overallScore } from '../../../electron/learning/metrics/index.ts';

describe('the overall score', () => {
  it('is the weighted mean of its parts', () => {
    expect(overallScore({ imageClass: 0.9, boxes: 0.5 }, { imageClass: 1, boxes: 1 })).toBeCloseTo(0.7);
    expect(overallScore({ imageClass: 0.9, boxes: 0.5 }, { imageClass: 3, boxes: 1 })).toBeCloseTo(0.8);
  });

  it('leaves out a part that does not exist instead of counting it as 0', () => {
    expect(overallScore({ imageClass: null, boxes: 0.5 }, { imageClass: 3, boxes: 1 })).toBe(0.5);
    expect(overallScore({ imageClass: null, boxes: null }, { imageClass: 1, boxes: 1 })).toBeNull();
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
    overall: 0.75,
  } as const;
  const [imageClassTask, boxTask] = heads.map(({ task }) => task);
  const sample = { row: 0, imageId: 1, split: 'test', width: 10, height: 10, imageClass: null } as const;
  const found = (boxes: (typeof box)[]) => ({
    imageClass: null,
    boxes: boxes.map((one) => ({ ...one, score: 0.5 })),
  });

  it('has the shape that services return', () => {
    const what = evaluateTask(
      imageClassTask!,
      [0, 1].map((imageClass) => ({
        sample: { ...sample, imageClass, boxes: null },
        prediction: { imageClass: Float32Array.of(1, 0), boxes: [] },
      })),
      ['a', 'b'],
      { classes: 'one' },
      0.05,
    )!;
    const where = evaluateTask(
      boxTask!,
      [{ sample: { ...sample, boxes: [box] }, prediction: found([box]) }],
      ['cell'],
      {},
      0.05,
    )!;
    const evaluation = { ...about, imageClass: what.scores(), boxes: where.scores() };
    expect(Evaluation.strict().parse(evaluation)).toEqual(evaluation);
    expect([what.score, where.score]).toEqual([0.5, 1]);
    expect(evaluation.imageClass).toMatchObject({
      accuracy: 0.5,
      images: 2,
      confusion: { names: ['a', 'b'] },
    });
    expect(evaluation.boxes).toMatchObject({ map: 1, images: 1, perClass: [{ name: 'cell', ap: 1 }] });
  });

  it('counts what is found from the score that the run shows boxes from, and judges by all of it', () => {
    const detections = [0.9, 0.05, 0.04, 0.01].map((score) => ({ ...box, score }));
    const prediction = { imageClass: null, boxes: detections };
    const { scores } = evaluateTask(
      boxTask!,
      [{ sample: { ...sample, boxes: [box] }, prediction }],
      ['cell'],
      {},
      0.05,
    )!;
    expect(scores()).toMatchObject({ countedFrom: 0.05, map: 1, perClass: [{ truths: 1, detections: 2 }] });
  });

  it('says nothing of boxes where the split has none, nor of classes where no image has one', () => {
    const empty = [{ sample: { ...sample, boxes: [] }, prediction: found([]) }];
    expect(evaluateTask(boxTask!, empty, ['cell'], {}, 0.05)).toBeNull();
    expect(evaluateTask(imageClassTask!, empty, ['a', 'b'], { classes: 'one' }, 0.05)).toBeNull();
  });

  it('of before there was a task is read as one without it', () => {
    expect(Evaluation.parse({ ...about, imageClass: null })).toMatchObject({ imageClass: null, boxes: null });
  });
});
