import { describe, expect, it } from 'vitest';
import { ScoreDrop } from '../../electron/export/score-drop.ts';
import { parseTrainingConfig } from '../../electron/learning/config/config.ts';
import type { LoadedModel, TrainingSample } from '../../electron/learning/index.ts';
import { Model } from '../../electron/learning/model/model.ts';

const classes = ['cat', 'dog'].map((name, id) => ({ id, name }));
const config = parseTrainingConfig({ network: 'nano', inputSize: 64 });
const loaded = {
  ...{ config, imageClasses: classes, objectClasses: [] },
  model: new Model(config, { imageClasses: 2, objectClasses: 0 }),
} as unknown as LoadedModel;
const samples = Array.from({ length: 10 }, (_, row): TrainingSample => ({
  ...{ row, imageId: row, split: 'test', width: 64, height: 64, imageClass: row % 2, boxes: null },
}));

/** Probabilities that are right for all images but the first `wrong`. */
const answers = (wrong: number) => ({
  class_probabilities: Float32Array.from(
    samples.flatMap(({ row }) => ((row % 2 === 0) === row >= wrong ? [0.9, 0.1] : [0.1, 0.9])),
  ),
});

function dropOf(largest: number, here: number, there: number): ScoreDrop {
  const drop = new ScoreDrop(loaded, largest);
  drop.add(samples, answers(here), answers(there));
  return drop;
}

describe('the scores of a model that is no exact copy', () => {
  it('are told beside the engine’s, and may drop as far as was said', () => {
    const [score] = dropOf(0.21, 1, 3).finish();
    expect(score).toEqual({ metric: 'imageClass.accuracy', engine: 0.9, model: 0.7 });
    expect(
      dropOf(0, 3, 1)
        .finish()
        .map(({ metric }) => metric),
    ).toEqual(['imageClass.accuracy', 'imageClass.macroF1']);
  });

  it('refuse it where they drop further, or where no image has labels', () => {
    expect(() => dropOf(0.1, 1, 3).finish()).toThrow('The score imageClass.accuracy drops from 90% to 70%.');
    const drop = new ScoreDrop(loaded, 1);
    drop.add(
      samples.map((sample) => ({ ...sample, imageClass: null })),
      answers(0),
      answers(0),
    );
    expect(() => drop.finish()).toThrow('has labels to measure scores by');
  });
});
