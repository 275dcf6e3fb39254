import { describe, expect, it } from 'vitest';
import { TrainingEvent } from '../../electron/common/entities.ts';
import { parseTrainingConfig } from '../../electron/learning/config/config.ts';
import type { EvaluatedSample } from '../../electron/learning/heads/types.ts';
import { shownSamples } from '../../electron/learning/training/shown-samples.ts';

const classes = {
  imageClasses: ['sick', 'healthy'].map((name, id) => ({ id, name })),
  objectClasses: [{ id: 7, name: 'cell' }],
};

/** An image with `labelled` boxes, and `found` of falling score. */
function evaluated(imageId: number, labelled: number, found: number): EvaluatedSample {
  const box = (index: number) => ({ x: index + 0.123, y: 2, width: 0.01, height: 4, classIndex: 0 });
  return {
    sample: {
      row: imageId,
      imageId,
      split: 'val',
      width: 100,
      height: 80,
      imageClass: 0,
      boxes: Array.from({ length: labelled }, (_, index) => box(index)),
    },
    prediction: {
      imageClass: Float32Array.of(0.25, 0.75),
      boxes: Array.from({ length: found }, (_, index) => ({ ...box(index), score: 1 - index / found })),
    },
  };
}

const shown = (all: readonly EvaluatedSample[], epoch: number, epochs: number) =>
  shownSamples(all, classes, parseTrainingConfig({ epochs }), { epoch, step: epoch * 10 });

describe('what a run shows of its validation', () => {
  it('is the likeliest class and the surest boxes of a few images, those with labelled boxes first', () => {
    const all = Array.from({ length: 40 }, (_, id) => evaluated(id, id < 20 ? 0 : 1, 100));
    const event = shown(all, 1, 10);
    expect(event?.images.map(({ imageId }) => imageId)).toEqual([20, 23, 26, 30, 33, 36]);
    const [first] = event!.images;
    expect(first).toMatchObject({ width: 100, height: 80, imageClass: { name: 'healthy', score: 0.75 } });
    expect(first!.boxes).toHaveLength(12);
    expect(first!.moreBoxes).toBeGreaterThan(50);
    expect(first!.boxes[1]).toEqual({ x: 1.1, y: 2, width: 0.1, height: 4, class: 'cell', score: 0.99 });
    expect(TrainingEvent.parse(event)).toEqual(event);
  });

  it('leaves out boxes that the run does not show, and an image class that it has no head for', () => {
    const one = evaluated(1, 1, 2);
    const faint = one.prediction.boxes.map((box) => ({ ...box, score: 0.02 }));
    const event = shown([{ ...one, prediction: { imageClass: null, boxes: faint } }], 1, 1);
    expect(event?.images).toMatchObject([{ imageClass: null, boxes: [], moreBoxes: 0 }]);
  });

  it.each([1, 7, 60, 61, 300, 10_000])(
    'stays bounded in a run of %d epochs, its first and last in it',
    (epochs) => {
      const all = [evaluated(1, 1, 1)];
      const times = Array.from(
        { length: epochs },
        (_, index) => shown(all, index + 1, epochs)?.epoch ?? null,
      );
      const told = times.filter((epoch) => epoch !== null);
      expect(told.length).toBeLessThanOrEqual(62);
      expect([told[0], told.at(-1)]).toEqual([1, epochs]);
      expect(shown([], 1, epochs)).toBeNull();
    },
  );
});
