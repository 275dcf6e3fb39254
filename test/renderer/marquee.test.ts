import { describe, expect, it } from 'vitest';
import { cellsIn } from '../../renderer/ui/grid-cells.ts';

/** Three columns of 96 pixels with 8 between them, seven cells. */
const layout = {
  columns: 3,
  width: 328,
  cellHeight: 88,
  gap: 8,
  padding: { block: 12, inline: 12 },
  count: 7,
};

describe('an area dragged over a grid', () => {
  it.each([
    ['a corner of the first cell', { left: 0, top: 0, width: 20, height: 20 }, [0]],
    ['the gap between two cells', { left: 109, top: 14, width: 5, height: 5 }, []],
    ['two rows and two columns', { left: 100, top: 90, width: 60, height: 40 }, [0, 1, 3, 4]],
    ['the last row, where cells end', { left: 0, top: 210, width: 400, height: 500 }, [6]],
    ['room beside all', { left: 320, top: 0, width: 8, height: 300 }, []],
  ])('touches those of %s', (_what, area, cells) => {
    expect(cellsIn(area, layout)).toEqual(cells);
  });
});
