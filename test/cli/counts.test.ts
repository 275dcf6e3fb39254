import { expect, it } from 'vitest';
import { describeCounts } from '../../electron/cli/counts.ts';

it('tells what there is of an import in words, and of noughts only images and boxes', () => {
  const none = { imagesMoved: 0, imagesMissing: 0, imagesLabelled: 0, boxesChanged: 0, boxesRemoved: 0 };
  const more = { ...none, boxesKept: 0, suggestions: 0, choices: [] };
  expect(
    describeCounts({
      ...more,
      images: 364,
      imagesAdded: 1,
      boxes: 4888,
      boxesAdded: 4886,
      classesCreated: 3,
      problems: 2,
    }),
  ).toBe('364 images, 1 image added, 4888 boxes, 4886 boxes added, 3 new classes, 2 problems');
  expect(
    describeCounts({
      ...more,
      images: 0,
      imagesAdded: 0,
      boxes: 0,
      boxesAdded: 0,
      classesCreated: 0,
      problems: 0,
    }),
  ).toBe('0 images, 0 boxes');
});
