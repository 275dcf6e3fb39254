import type { Area } from './marquee.svelte.ts';

/** Where cells lie in the content, CSS pixels. */
export interface CellLayout {
  readonly columns: number;
  /** Width of the content. */
  readonly width: number;
  readonly cellHeight: number;
  readonly gap: number;
  readonly padding: { readonly block: number; readonly inline: number };
  readonly count: number;
}

/** The cells that an area of the content touches, in their order, seen or not. */
export function cellsIn(area: Area, layout: CellLayout): number[] {
  const { columns, width, cellHeight, gap, padding, count } = layout;
  const pitch = (width - 2 * padding.inline + gap) / columns;
  const touched = (from: number, to: number, first: number, step: number, most: number): number[] => {
    const cells: number[] = [];
    const least = Math.max(0, Math.floor((from - first + gap) / step));
    for (let at = least; at < most && first + at * step <= to; at += 1)
      if (first + (at + 1) * step - gap >= from) cells.push(at);
    return cells;
  };
  const across = touched(area.left, area.left + area.width, padding.inline, pitch, columns);
  const rows = Math.ceil(count / columns);
  return touched(area.top, area.top + area.height, padding.block, cellHeight + gap, rows)
    .flatMap((row) => across.map((column) => row * columns + column))
    .filter((index) => index < count);
}
