import type { Point, Rectangle } from '../../../electron/common/geometry.ts';

/** The side of a box that a handle moves along an axis; null where it moves none. */
export interface Handle {
  readonly horizontal: 'left' | 'right' | null;
  readonly vertical: 'top' | 'bottom' | null;
}

/** Corners first: where handles of a small box overlap, a corner wins. */
export const HANDLES: readonly Handle[] = [
  { horizontal: 'left', vertical: 'top' },
  { horizontal: 'right', vertical: 'top' },
  { horizontal: 'right', vertical: 'bottom' },
  { horizontal: 'left', vertical: 'bottom' },
  { horizontal: null, vertical: 'top' },
  { horizontal: 'right', vertical: null },
  { horizontal: null, vertical: 'bottom' },
  { horizontal: 'left', vertical: null },
];

/** Half the hit area of a handle, and of an edge, in CSS pixels. */
const HANDLE_REACH = 8;
const EDGE_REACH = 5;

/** Where a handle is drawn, in the coordinates of `r`. */
export function handlePoint(r: Rectangle, handle: Handle): Point {
  const along = (start: number, extent: number, side: string | null): number =>
    side === null ? start + extent / 2 : side === 'left' || side === 'top' ? start : start + extent;
  return {
    x: along(r.x, r.width, handle.horizontal),
    y: along(r.y, r.height, handle.vertical),
  };
}

/**
 * The handle or edge of a box under a screen point, or null. `shown` is the box on the screen; `coarse` stretches the
 * hit areas for fingers. Inside the box the reach shrinks with its size, so that even a box of a few pixels keeps a
 * middle by which it can be moved.
 */
export function handleAt(shown: Rectangle, point: Point, coarse = 1): Handle | null {
  const handleReach = HANDLE_REACH * coarse;
  const nearest = (reach: number): Handle => ({
    horizontal: side(point.x, shown.x, shown.width, reach, 'left', 'right'),
    vertical: side(point.y, shown.y, shown.height, reach, 'top', 'bottom'),
  });
  const outside =
    point.x < shown.x - handleReach ||
    point.y < shown.y - handleReach ||
    point.x > shown.x + shown.width + handleReach ||
    point.y > shown.y + shown.height + handleReach;
  if (outside) return null;
  const corner = nearest(handleReach);
  if (corner.horizontal && corner.vertical) return corner;
  const edge = nearest(EDGE_REACH * coarse);
  if (edge.horizontal || edge.vertical) return edge;
  // The handle in the middle of an edge reaches further than the edge itself.
  const middle = (p: number, start: number, extent: number): boolean =>
    Math.abs(p - (start + extent / 2)) <= handleReach;
  if (corner.horizontal && middle(point.y, shown.y, shown.height)) return corner;
  if (corner.vertical && middle(point.x, shown.x, shown.width)) return corner;
  return null;
}

function side<Start extends string, End extends string>(
  at: number,
  start: number,
  extent: number,
  reach: number,
  first: Start,
  second: End,
): Start | End | null {
  const inner = Math.min(reach, extent / 4);
  const toStart = at - start;
  const toEnd = at - (start + extent);
  const near = (distance: number, inward: number): boolean =>
    distance * inward >= 0 ? Math.abs(distance) <= inner : Math.abs(distance) <= reach;
  const nearStart = near(toStart, 1);
  const nearEnd = near(toEnd, -1);
  if (nearStart && nearEnd) return Math.abs(toStart) <= Math.abs(toEnd) ? first : second;
  return nearStart ? first : nearEnd ? second : null;
}

/** The CSS cursor that tells which way a handle goes. */
export function handleCursor(handle: Handle): string {
  if (handle.horizontal === null) return 'ns-resize';
  if (handle.vertical === null) return 'ew-resize';
  return (handle.horizontal === 'left') === (handle.vertical === 'top') ? 'nwse-resize' : 'nesw-resize';
}
