import { describe, expect, it } from 'vitest';
import type { ClassKind, ImageSummary } from '../../electron/common/entities.ts';
import type { TaskName } from '../../electron/common/heads.ts';
import { chooseEvaluation } from '../../renderer/evaluate/choose-evaluation.ts';
import { whyNoScores } from '../../renderer/evaluate/why-no-scores.ts';
import { correctionOf } from '../../renderer/label/state/evaluated-images.svelte.ts';
import { setLanguage } from '../../renderer/i18n/index.svelte.ts';
import { wilson } from '../../electron/common/wilson.ts';

describe('what Evaluate opens on', () => {
  const runs = [{ id: 'newest' }, { id: 'older' }, { id: 'oldest' }];
  const nothing = { run: undefined, split: undefined };

  it('is the newest run that has results, on a split that has them', () => {
    const evaluations = [
      { runId: 'oldest', split: 'val' },
      { runId: 'older', split: 'test' },
    ] as const;
    expect(chooseEvaluation(runs, evaluations, nothing)).toEqual({ runId: 'older', split: 'test' });
  });

  it('is the newest run and validation where none has results', () => {
    expect(chooseEvaluation(runs, [], nothing)).toEqual({ runId: 'newest', split: 'val' });
    expect(chooseEvaluation([], [], nothing)).toEqual({ runId: '', split: 'val' });
  });

  it('is what the address asks for, unless the run is gone', () => {
    const evaluations = [{ runId: 'older', split: 'val' }] as const;
    const asked = { run: 'newest', split: 'test' };
    expect(chooseEvaluation(runs, evaluations, asked)).toEqual({ runId: 'newest', split: 'test' });
    expect(chooseEvaluation(runs, evaluations, { run: 'deleted', split: 'nonsense' })).toEqual({
      runId: 'older',
      split: 'val',
    });
  });
});

describe('a head without scores', () => {
  const told = (task: TaskName, weight: number, kinds?: readonly ClassKind[]): string =>
    whyNoScores(task, { weights: { [task]: weight } }, kinds);

  it('says whether it was switched off, had nothing to learn from, or finds no labels', () => {
    expect(told('boxes', 0, ['image'])).toBe(
      'This run wasn’t trained to find objects: its setting “Weight of the boxes” is 0.',
    );
    expect(told('boxes', 1, ['image'])).toContain('its training images had no boxes');
    expect(told('boxes', 1, ['object'])).toBe('No image in this split has a box.');
    expect(told('imageClass', 0, ['object'])).toContain('its setting “Weight of the image class” is 0');
    expect(told('imageClass', 1, ['object'])).toContain('fewer than two image classes');
    expect(told('imageClass', 1, ['image', 'object'])).toBe('No image in this split has an image class.');
  });

  it('names the setting in the person’s language', () => {
    setLanguage('zh-CN');
    expect(told('imageClass', 0)).toContain('其设置“图像类别的权重”为 0');
    setLanguage('en');
  });

  it('says no more where no predictions are stored', () => {
    expect(told('boxes', 1)).toBe('There are no results.');
  });
});

describe('the correction of an image class', () => {
  const image = { imageClassIds: [9, 3] } as ImageSummary;
  const of = (labelled: number[], predicted: number[]) =>
    correctionOf({ image, found: null, truth: null, imageClasses: { labelled, predicted } })?.operation;

  it('is what the run says, beside classes that it does not know', () => {
    expect(of([3], [4])).toEqual({ type: 'set-image-classes', classIds: [9, 4] });
  });

  it('is none where both agree, or the class is gone', () => {
    expect([of([3], [3]), of([3], [])]).toEqual([undefined, undefined]);
  });
});

describe('Wilson’s interval', () => {
  // Brown, Cai and DasGupta, "Interval estimation for a binomial proportion", 2001; R's binom.confint.
  it.each([
    [0.5, 10, 0.2366, 0.7634],
    [0, 10, 0, 0.2775],
    [1, 2, 0.3424, 1],
    [0.81, 1000, 0.7845, 0.8331],
  ])('of %f on %i cases', (share, count, low, high) => {
    const found = wilson(share, count);
    expect(found.low).toBeCloseTo(low, 3);
    expect(found.high).toBeCloseTo(high, 3);
  });
});
