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

export function sameRectangle(a: Rectangle, b: Rectangle): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
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

/** The rectangle moved, its size to the last bit; one that lay inside the image is not put outside by rounding. */
export function translate(r: Rectangle, by: Point, image: Size): Rectangle {
  return {
    x: movedStart(r.x, r.width, by.x, image.width),
    y: movedStart(r.y, r.height, by.y, image.height),
    width: r.width,
    height: r.height,
  };
}

function movedStart(start: number, extent: number, by: number, limit: number): number {
  let moved = start + by;
  if (start + extent > limit) return moved;
  while (moved + extent > limit && moved > 0) moved -= Math.min(moved, limit * Number.EPSILON);
  return moved;
}

/** The translation that brings the rectangles' outline exactly to an edge of the image within `distance` of it. */
export function snapTranslation(
  rectangles: readonly Rectangle[],
  by: Point,
  image: Size,
  distance: number,
): Point {
  const snap = (way: number, start: number, end: number, limit: number): number => {
    if (Math.abs(start + way) <= distance) return -start;
    return Math.abs(limit - (end + way)) <= distance ? limit - end : way;
  };
  const least = (key: 'x' | 'y'): number => Math.min(...rectangles.map((r) => r[key]));
  const right = Math.max(...rectangles.map((r) => r.x + r.width));
  const bottom = Math.max(...rectangles.map((r) => r.y + r.height));
  return {
    x: by.x === 0 ? 0 : snap(by.x, least('x'), right, image.width),
    y: by.y === 0 ? 0 : snap(by.y, least('y'), bottom, image.height),
  };
}

/** The point with each coordinate that is within `distance` of the image's edge brought onto it. */
export function snapPoint(point: Point, image: Size, distance: number): Point {
  const snap = (at: number, limit: number): number =>
    Math.abs(at) <= distance ? 0 : Math.abs(limit - at) <= distance ? limit : at;
  return { x: snap(point.x, image.width), y: snap(point.y, image.height) };
}

/** Parts of a pixel that a pointer's position is kept to: a power of two, and finer than any screen shows. */
const POSITION_PARTS = 1024;

/**
 * The nearest position that is a whole number of 1/1024 pixels. Sums and differences of such numbers are exact in
 * floating point, so that no number of moves and resizes adds up to a drift.
 */
export function onFineGrid(point: Point): Point {
  return {
    x: Math.round(point.x * POSITION_PARTS) / POSITION_PARTS,
    y: Math.round(point.y * POSITION_PARTS) / POSITION_PARTS,
  };
}

/**
 * The box with its right and lower sides moved by whole or part pixels, as far as the image goes and never under
 * MIN_SIDE, or under its own side where that was smaller.
 */
export function grow(r: Rectangle, byWidth: number, byHeight: number, image: Size): Rectangle {
  return {
    x: r.x,
    y: r.y,
    width: extentTo(r.x, r.width, r.width + byWidth, image.width),
    height: extentTo(r.y, r.height, r.height + byHeight, image.height),
  };
}

/** A wished extent, as far as the image goes; what hangs out already may stay so, but gets no larger. */
function extentTo(start: number, extent: number, wanted: number, limit: number): number {
  if (wanted <= extent) return Math.max(Math.min(MIN_SIDE, extent), wanted);
  return Math.max(extent, extentWithin(start, wanted, limit));
}

function bare({ x, y, width, height }: Rectangle): Rectangle {
  return { x, y, width, height };
}

/** The box with one figure as wished, as far as it stays inside the image and is not empty. */
export function withField(r: Rectangle, field: keyof Rectangle, value: number, image: Size): Rectangle {
  const { x, y } = r;
  if (field === 'width') return { ...bare(r), width: extentTo(x, r.width, value, image.width) };
  if (field === 'height') return { ...bare(r), height: extentTo(y, r.height, value, image.height) };
  const wanted = field === 'x' ? { x: value - x, y: 0 } : { x: 0, y: value - y };
  const by = clampTranslation([r], wanted.x, wanted.y, image);
  const moved = translate(r, by, image);
  // Written as it was asked for, not as a difference rounds.
  return by.x === wanted.x && by.y === wanted.y ? { ...moved, [field]: value } : moved;
}

/** The largest extent up to `extent` whose end, as floating point adds, is not past the limit. */
function extentWithin(start: number, extent: number, limit: number): number {
  let within = Math.min(extent, limit - start);
  while (start + within > limit && within > 0) within -= limit * Number.EPSILON;
  return within;
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
  if (size >= least) {
    const first = Math.min(to, fixed);
    // A box that hung out of the image keeps its far side where it was.
    return { start: first, extent: fixed > limit ? size : extentWithin(first, size, limit) };
  }
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
