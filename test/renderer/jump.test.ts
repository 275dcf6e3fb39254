import { describe, expect, it } from 'vitest';
import { jumpWays } from '../../renderer/label/images/jump.ts';

const shape = (typed: string): string[] =>
  jumpWays(typed, 100).map((way) =>
    way.by === 'number' ? String(way.number) : Object.keys(way.match).join(),
  );

describe('what is typed to go to an image', () => {
  it('is the name of one first, then a number', () => {
    expect(shape('7')).toEqual(['named', '7', 'text']);
    expect(shape('１２')).toEqual(['named', '12', 'text']);
    expect(shape(' cell 3 ')).toEqual(['named', 'text']);
  });

  it('is a part of a name before it is a number, where it is padded with zeros', () => {
    expect(shape('00007')).toEqual(['named', 'text', '7']);
  });

  it('is no number where the list has no image of it', () => {
    for (const typed of ['0', '101', '-3', '1.5', '1e1']) expect(shape(typed)).toEqual(['named', 'text']);
    expect(shape('  ')).toEqual([]);
  });
});
