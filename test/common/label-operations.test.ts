import { expect, it } from 'vitest';
import { contract } from '../../electron/common/contract.ts';
import { MOST_OPERATIONS, reduce } from '../../electron/common/labels/operations.ts';

it('an edit of more than the most operations is refused in words, before it is sent', () => {
  const image = {
    ...{ width: 10, height: 10, imageClassIds: [], verified: false, flagged: false },
    state: 'unseen' as const,
  };
  const labels = { image, boxes: [], suggestions: [], note: '' };
  const rules = { classes: [], severalImageClasses: false, attributes: [] };
  const flags = (count: number) =>
    Array.from({ length: count }, () => ({ type: 'set-flag', flagged: true }) as const);
  expect(reduce(labels, flags(MOST_OPERATIONS), rules, () => 1).image.flagged).toBe(true);
  expect(() => reduce(labels, flags(MOST_OPERATIONS + 1), rules, () => 1)).toThrow(
    'At most 10,000 changes can be made to an image at once.',
  );
  const edit = (count: number) =>
    contract['annotations.edit'].input.safeParse({
      ...{ imageId: 1, expectedRevision: 0, editId: crypto.randomUUID(), operations: flags(count) },
    }).success;
  expect([edit(MOST_OPERATIONS), edit(MOST_OPERATIONS + 1)]).toEqual([true, false]);
});
