import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageChoice } from '../../electron/cli/numbers.ts';
import { readPages } from '../../electron/common/page-numbers.ts';

test('page numbers are read as people write them', () => {
  expect(readPages('1, 3, 5-8')).toEqual([1, 3, 5, 6, 7, 8]);
  expect(readPages('3 1 1，2')).toEqual([1, 2, 3]);
  for (const bad of ['', '0', 'a', '5-3', '1-100000', '-1', '1.5', '1-2-3'])
    expect(readPages(bad), bad).toBeNull();
});

test('page numbers are each written once and ascending, whatever is written', () => {
  const page = fc.integer({ min: 1, max: 300 });
  const range = fc.tuple(page, fc.integer({ min: 0, max: 20 }));
  fc.assert(
    fc.property(fc.array(range, { minLength: 1, maxLength: 12 }), (ranges) => {
      const text = ranges
        .map(([first, more]) => (more === 0 ? `${first}` : `${first}-${first + more}`))
        .join(', ');
      const wanted = new Set(
        ranges.flatMap(([first, more]) => Array.from({ length: more + 1 }, (_, k) => first + k)),
      );
      expect(readPages(text)).toEqual([...wanted].sort((a, b) => a - b));
    }),
  );
});

test('the command line reads them the same, beside words', () => {
  expect(pageChoice('all')).toBe('all');
  expect(pageChoice('first')).toBe('first');
  expect(pageChoice('3,1,5-7')).toEqual([1, 3, 5, 6, 7]);
  expect(() => pageChoice('7-5')).toThrow(/1,3,5-8/);
});
