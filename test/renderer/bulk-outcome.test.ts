import { afterEach, expect, it } from 'vitest';
import { say } from '../../electron/common/sentences/sentence.ts';
import { setLanguage } from '../../renderer/i18n/index.svelte.ts';
import { outcomeText } from '../../renderer/label/images/bulk-outcome.ts';

afterEach(() => setLanguage('en'));

it('says what was done to several images as the history does, and which were not changed, and why', () => {
  setLanguage('en');
  const moved = { changed: 3, summary: say('history.movedToTest', { count: 3 }) };
  expect(outcomeText(3, moved)).toBe('Moved 3 images to the test set');
  expect(outcomeText(4, moved)).toBe('Moved 3 images to the test set. 1 image needed no change.');
  expect(outcomeText(4, { changed: 0, labelled: 4, summary: null })).toBe(
    '4 images have labels and were not changed. Delete their labels first.',
  );
  const emptied = { changed: 1, labelled: 2, summary: say('history.emptyImages', { count: 1 }) };
  expect(outcomeText(4, emptied)).toBe(
    'Marked an image as empty. 2 images have labels and were not changed. Delete their labels first. ' +
      '1 image needed no change.',
  );
  setLanguage('zh-CN');
  expect(outcomeText(4, moved)).toBe('将 3 张图像划入测试集。1 张图像无需更改。');
});
