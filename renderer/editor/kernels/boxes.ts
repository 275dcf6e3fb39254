import { area, intersectionArea } from '../../../electron/common/geometry.ts';
import type { Point, Rectangle, Size } from '../../../electron/common/geometry.ts';
import type { Handle } from './handles.ts';

/** No side of a drawn or resized box gets smaller than this, in image pixels. */
export const MIN_SIDE = 2;

export function clampPoint(point: Point, image: Size): Point {
  return {
    x: Math.min(image.width, Math.max(0, point.x)),
    y: Math.min(image.height, Math.max(0, point.y)),
  };
}

export function largeEnough(r: Rectangle): boolean {
  return r.width >= MIN_SIDE && r.height >= MIN_SIDE;
}

/**
 * The part of a wished translation that keeps every rectangle as far inside the image as it was. A box that hangs
 * out already (some datasets have them) may move inwards but not further out.
 */
export function clampTranslation(
  rectangles: readonly Rectangle[],
  dx: number,
  dy: number,
  image: Size,
): Point {
  let [minX, maxX, minY, maxY] = [-Infinity, Infinity, -Infinity, Infinity];
  for (const r of rectangles) {
    minX = Math.max(minX, Math.min(0, -r.x));
    maxX = Math.min(maxX, Math.max(0, image.width - (r.x + r.width)));
    minY = Math.max(minY, Math.min(0, -r.y));
    maxY = Math.min(maxY, Math.max(0, image.height - (r.y + r.height)));
  }
  return { x: Math.min(maxX, Math.max(minX, dx)), y: Math.min(maxY, Math.max(minY, dy)) };
}

export function translate(r: Rectangle, by: Point): Rectangle {
  return { x: r.x + by.x, y: r.y + by.y, width: r.width, height: r.height };
}

/**
 * The box with the handle's sides brought to `point` (clamped to the image). The other sides stay exactly where
 * they were; dragging across them flips the box rather than inverting it; no side gets under MIN_SIDE, or under
 * the box's own side where that was smaller.
 */
export function resize(r: Rectangle, handle: Handle, point: Point, image: Size): Rectangle {
  const p = clampPoint(point, image);
  const horizontal = resizeSpan(r.x, r.width, handle.horizontal === 'left', p.x, image.width);
  const vertical = resizeSpan(r.y, r.height, handle.vertical === 'top', p.y, image.height);
  return {
    x: handle.horizontal ? horizontal.start : r.x,
    width: handle.horizontal ? horizontal.extent : r.width,
    y: handle.vertical ? vertical.start : r.y,
    height: handle.vertical ? vertical.extent : r.height,
  };
}

function resizeSpan(
  start: number,
  extent: number,
  movesStart: boolean,
  to: number,
  limit: number,
): { start: number; extent: number } {
  const fixed = movesStart ? start + extent : start;
  const least = Math.min(MIN_SIDE, extent);
  const size = Math.abs(to - fixed);
  if (size >= least) return { start: Math.min(to, fixed), extent: size };
  const before = to < fixed || (to === fixed && movesStart);
  // Where the image ends there may be no room on the pointer's side: the box then stays on the other.
  const fitsBefore = fixed - least >= 0;
  const fitsAfter = fixed + least <= limit;
  return (before && fitsBefore) || !fitsAfter
    ? { start: fixed - least, extent: least }
    : { start: fixed, extent: least };
}

interface Identified extends Rectangle {
  readonly id: number;
}

/** Boxes under a point, the smallest first, so that what lies inside another box can be reached. */
export function boxesAt<Item extends Identified>(
  boxes: readonly Item[],
  point: Point,
  tolerance: number,
): Item[] {
  return boxes
    .filter(
      (b) =>
        point.x >= b.x - tolerance &&
        point.y >= b.y - tolerance &&
        point.x <= b.x + b.width + tolerance &&
        point.y <= b.y + b.height + tolerance,
    )
    .sort((a, b) => area(a) - area(b) || a.id - b.id);
}

/** Boxes that a marquee touches. */
export function boxesIn<Item extends Identified>(boxes: readonly Item[], marquee: Rectangle): Item[] {
  return boxes.filter((b) => intersectionArea(b, marquee) > 0);
}
