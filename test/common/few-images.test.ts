import { expect, it } from 'vitest';
import type { Evaluation } from '../../electron/common/entities.ts';
import { tellFewImages } from '../../electron/common/few-images.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';

it('scores from few images are said to be doubtful, and by how much where there is an accuracy', () => {
  const told = (images: number, accuracy?: number): string | null => {
    const imageClass =
      accuracy === undefined ? null : ({ accuracy, images } as NonNullable<Evaluation['imageClass']>);
    const said = tellFewImages({ split: 'val', images, imageClass, boxes: null });
    return said === null ? null : inEnglish(said);
  };
  const tooFew = 'too few to say how good this run is. Put more labelled images into this split.';
  expect(told(1, 1)).toBe(`Only 1 image: ${tooFew}`);
  expect(told(9)).toBe(`Only 9 images: ${tooFew}`);
  expect(told(10)).toBe('Only 10 images: these scores may be far off.');
  expect(told(49, 0.5)).toBe(
    'Only 49 images: these scores may be far off. The accuracy on all such images may lie anywhere from 37% to 63% (95% interval).',
  );
  expect(told(50, 0.5)).toBeNull();
  // Those of training say nothing of others, however many they are.
  expect(tellFewImages({ split: 'train', images: 9, imageClass: null, boxes: null })).toBeNull();
});
