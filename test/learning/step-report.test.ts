import { describe, expect, it } from 'vitest';
import { TwinheadError } from '../../electron/common/errors.ts';
import {
  checkFinite,
  checkFiniteAnswers,
  checkFiniteState,
  effectiveWeights,
  gradientCosines,
  gradientNorms,
  lossTerms,
  observesAt,
} from '../../electron/learning/training/step-report.ts';

const values = {
  loss: 3,
  imageClass: 1,
  boxes: 2,
  'boxes.iou': 0.5,
  regularization: 0.1,
  'weight.boxes': 4,
  'weight.trunk.boxes': 2,
  gradientNorm: 7,
  'gradientNorm.trunk': 6,
  'gradientNorm.trunk.boxes': 5,
  'gradientCosine.imageClass.boxes': -0.2,
};

describe('the report of a step', () => {
  it('is told apart into losses, weights, norms and cosines', () => {
    expect(lossTerms(values)).toEqual({ imageClass: 1, boxes: 2, 'boxes.iou': 0.5, regularization: 0.1 });
    expect(effectiveWeights({ imageClass: 1, boxes: 5 }, values)).toEqual({
      imageClass: 1,
      boxes: 4,
      'trunk.boxes': 2,
    });
    expect(gradientNorms(values)).toEqual({ trunk: 6, 'trunk.boxes': 5 });
    expect(gradientCosines(values)).toEqual({ 'imageClass.boxes': -0.2 });
  });

  const refusal = (changes: Record<string, number>): TwinheadError => {
    try {
      checkFinite({ ...values, ...changes }, 2, 17);
    } catch (error) {
      if (error instanceof TwinheadError) return error;
      throw error;
    }
    throw new Error('nothing was refused');
  };

  it('that is not a number is refused by the most precise name, head and term', () => {
    expect(() => checkFinite(values, 1, 1)).not.toThrow();
    const all = {
      loss: NaN,
      boxes: NaN,
      'boxes.iou': NaN,
      gradientNorm: NaN,
      'gradientNorm.trunk.boxes': NaN,
    };
    expect(refusal(all).message).toBe('The loss became NaN in boxes.iou at step 17 (epoch 2).');
    expect(refusal(all).details).toMatchObject({ head: 'boxes', term: 'iou', step: 17, epoch: 2 });
    expect(refusal({ loss: Infinity, imageClass: Infinity }).message).toContain('infinite in imageClass');
    expect(refusal({ gradientNorm: NaN, 'gradientNorm.imageClass': NaN }).message).toMatch(
      /The gradient became NaN in gradientNorm.imageClass/,
    );
    expect(refusal({ 'weight.boxes': NaN }).details).toMatchObject({ head: 'boxes' });
  });
});

describe('the state after a step', () => {
  const state = (values: Record<string, number[]>) =>
    new Map(
      Object.entries(values).map(([name, numbers]) => [
        name,
        { shape: [numbers.length], data: Float32Array.from(numbers) },
      ]),
    );

  it('that is finite is taken, however large', () => {
    const largest = 3.4e38;
    expect(() =>
      checkFiniteState(state({ 'ema/a/b': [largest, largest, -largest], none: [] }), 1, 1),
    ).not.toThrow();
  });

  it.each([
    [
      { 'adam.m/trunk/a': [0, NaN] },
      'The moments of the optimizer became NaN in trunk/a by step 8 (epoch 3).',
      'trunk',
    ],
    [{ 'weighting/scale': [-Infinity] }, 'The weighting of the heads became infinite in scale by', null],
    [
      { 'ema/boxes/b': [NaN], 'parameters/boxes/b': [1, Infinity] },
      'The weights became infinite in boxes/b',
      'boxes',
    ],
  ])('that is not is refused by its layer, weights first: %o', (values, message, head) => {
    let thrown: unknown;
    try {
      checkFiniteState(state(values), 3, 8);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TwinheadError);
    expect((thrown as TwinheadError).message).toContain(message);
    expect((thrown as TwinheadError).details).toMatchObject({ head, epoch: 3, step: 8 });
  });
});

describe('answers on validation images', () => {
  const fine = {
    losses: { imageClass: 1 },
    outputs: { classLogits: Float32Array.of(1, 2), boxes: Float32Array.of(0, 0, 4, 4) },
  };

  it('that are numbers are taken, others refused by output', () => {
    expect(() => checkFiniteAnswers(fine, 1, 1)).not.toThrow();
    const outputs = { ...fine.outputs, boxes: Float32Array.of(0, 0, Infinity, 4) };
    expect(() => checkFiniteAnswers({ ...fine, outputs }, 2, 9)).toThrow(
      'The output boxes for validation images is no longer a number after step 9 (epoch 2).',
    );
    const losses = { imageClass: NaN };
    expect(() => checkFiniteAnswers({ ...fine, losses }, 2, 9)).toThrow('NaN in imageClass');
  });
});

describe('looking at gradients', () => {
  const two = { tasks: ['imageClass', 'boxes'], weighting: 'fixed', aggregation: 'sum' } as const;

  it('happens every so many steps, unless there is one head, or the step tells it anyway', () => {
    expect([0, 3, 4, 5, 9].map((step) => observesAt(step, 5, two))).toEqual([
      false,
      false,
      true,
      false,
      true,
    ]);
    expect(observesAt(4, 0, two)).toBe(false);
    expect(observesAt(4, 5, undefined)).toBe(false);
    expect(observesAt(4, 5, { ...two, aggregation: 'pcgrad' })).toBe(false);
  });
});
