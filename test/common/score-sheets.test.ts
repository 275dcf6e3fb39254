import { describe, expect, it } from 'vitest';
import { FIGURES, TASKS } from '../../electron/common/heads.ts';
import { scoreSheets } from '../../electron/common/score-sheets.ts';
import type { Evaluation } from '../../electron/common/entities.ts';

const evaluation: Pick<Evaluation, 'imageClass' | 'boxes'> = {
  imageClass: {
    ...{
      images: 9,
      accuracy: 0.75,
      balancedAccuracy: 0.5,
      macroPrecision: 0.4,
      macroRecall: 0.3,
      macroF1: 0.2,
    },
    topK: [{ k: 3, accuracy: 0.9 }],
    perClass: [{ name: 'indoor', precision: 1, recall: 0.5, f1: 0.6, support: 4 }],
    confusion: null,
  },
  boxes: {
    ...{ images: 9, map: 0.3, map50: 0.6, map75: 0.25, meanIou: 0.8, countedFrom: null },
    perClass: [{ name: 'cat', ap: 0.3, ap50: 0.6, ap75: null, truths: 0, detections: 2, best: null }],
    ...{ errors: null, confusion: null, sizes: null },
  },
};

describe('the sheets of an evaluation', () => {
  it('are one of each task, which begins with the figure that stands for it', () => {
    const sheets = scoreSheets(evaluation);
    expect(sheets.map(({ task }) => task)).toEqual(TASKS);
    for (const { task, values } of sheets) {
      const figure = FIGURES.find((one) => one.task === task && one.first)!;
      expect([task, values[0]!.value]).toEqual([task, figure.of(evaluation)]);
    }
  });

  it('have a cell of each row under each column', () => {
    for (const { tables } of scoreSheets(evaluation))
      for (const { columns, rows } of tables) for (const row of rows) expect(row.length).toBe(columns.length);
  });

  it('have what only some evaluations have where it is there', () => {
    const words = (found: typeof evaluation) =>
      scoreSheets(found).map(({ values }) => values.map(({ word }) => word as string));
    expect(words(evaluation)).toEqual([
      expect.arrayContaining(['metric.top3']),
      expect.arrayContaining(['metric.meanIou']),
    ]);
    const { imageClass, boxes } = evaluation;
    const older = { imageClass: { ...imageClass!, topK: [] }, boxes: { ...boxes!, meanIou: null } };
    expect(words(older).flat()).not.toContain('metric.top3');
    expect(words(older).flat()).not.toContain('metric.meanIou');
  });

  it('leave out a task that was not evaluated', () => {
    expect(scoreSheets({ ...evaluation, boxes: null }).map(({ task }) => task)).toEqual(['imageClass']);
  });
});
