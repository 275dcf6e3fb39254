import { expect, it } from 'vitest';
import { FIGURE_TITLES, figuresByTask } from '../../electron/cli/figures.ts';
import { FIGURES } from '../../electron/common/heads.ts';

it('figures of every head stand in the line of an epoch, and have a title of their own', () => {
  const metrics = Object.fromEntries(FIGURES.map(({ id }, index) => [id, index / 10]));
  expect(figuresByTask({ ...metrics, overall: 0.5 })).toEqual([
    'image class accuracy 0.000 macro F1 0.100',
    'boxes mAP50 0.200 mAP 0.300',
  ]);
  expect(figuresByTask({ 'boxes.map50': 0.25, 'another.figure': 1 })).toEqual(['boxes mAP50 0.250']);
  expect(Object.keys(FIGURE_TITLES)).toEqual(FIGURES.map(({ id }) => id));
  expect(FIGURE_TITLES['imageClass.macroF1']).toBe('image class macro F1');
});
