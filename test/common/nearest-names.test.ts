import { expect, test } from 'vitest';
import { nearestNames } from '../../electron/common/nearest-names.ts';

test.each([
  ['kat', ['dog', 'cat'], ['cat']],
  ['Convension', ['format', 'convention'], ['convention']],
  ['basline', ['wide trunk', 'baseline'], ['baseline']],
  ['rate', ['epochs', 'optimizer.learningRate'], ['optimizer.learningRate']],
  ['teh', ['the'], ['the']],
])('%s is taken for a slip of the keys in %j', (wanted, names, nearest) => {
  expect(nearestNames(wanted, names)).toEqual(nearest);
});

test.each([
  ['zebra', ['cat', 'dog', 'bus']],
  ['coco', ['voc', 'csv']],
  ['colour', ['epochs', 'batch', 'augment.flip']],
  ['a', ['b']],
  ['indent', ['convention']],
])('%s is like none of %j: nothing is proposed', (wanted, names) => {
  expect(nearestNames(wanted, names)).toEqual([]);
});
