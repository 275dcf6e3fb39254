import { expect, test } from 'vitest';
import type { LabelClass } from '../../electron/common/entities.ts';
import { classWords } from '../../renderer/parts/class-words.ts';

function labelClass(id: number, kind: LabelClass['kind'], name: string): LabelClass {
  const unused = { uses: 0, description: '', examples: [] };
  return { id, kind, name, color: '#E69F00', hotkey: null, position: id, ...unused };
}

test('a class is called with its kind where one of the other kind has its name', () => {
  const classes = [
    labelClass(1, 'image', 'cell'),
    labelClass(2, 'object', 'Cell'),
    labelClass(3, 'object', 'platelet'),
  ];
  expect(classes.map((one) => classWords(one, classes))).toEqual([
    'cell (image class)',
    'Cell (object class)',
    'platelet',
  ]);
});
