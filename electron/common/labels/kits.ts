import { TwinheadError } from '../errors.ts';
import { say } from '../sentences/sentence.ts';
import type { Said } from '../sentences/sentence.ts';
import { area, clampPoint, clampTranslation, clipToImage, intersectionArea } from '../geometry.ts';
import type { Point, Rectangle, Size } from '../geometry.ts';
import type { Handle, Shape, ShapeKit } from './shape.ts';

/** The one file that knows that a label is a box. */

/** No side of a drawn or resized box gets smaller than this, in image pixels. */
export const MIN_SIDE = 2;

function bare({ x, y, width, height }: Rectangle): Shape {
  return { x, y, width, height };
}

function largeEnough(r: Shape): boolean {
  return r.width >= MIN_SIDE && r.height >= MIN_SIDE;
}

/**
 * How far, in pixels, floating-point sums may carry an edge past the image's before the box counts as outside. What
 * is within it is stored as it was given.
 */
export const EDGE_TOLERANCE = 1e-6;

/**
 * A stored box is finite, has an area and lies inside its image. It is never altered to fit: the caller clips, and
 * says so.
 * @throws TwinheadError `invalid-input` naming `place`
 */
function requireInside(box: Shape, image: Size, place: string): void {
  const { x, y, width, height } = box;
  const refuse = (message: Said, remedy: Said): never => {
    throw new TwinheadError('invalid-input', message, { place, remedy });
  };
  if (![x, y, width, height].every(Number.isFinite)) {
    refuse(
      say('labels.box.finite', { x: String(x), y: String(y), width: String(width), height: String(height) }),
      say('labels.box.finite.remedy'),
    );
  }
  if (width <= 0 || height <= 0) {
    refuse(
      say('labels.box.area', { width: String(width), height: String(height) }),
      say('labels.box.area.remedy'),
    );
  }
  if (
    x < -EDGE_TOLERANCE ||
    y < -EDGE_TOLERANCE ||
    x + width > image.width + EDGE_TOLERANCE ||
    y + height > image.height + EDGE_TOLERANCE
  ) {
    refuse(
      say('labels.box.outside', {
        x: String(x),
        y: String(y),
        right: String(x + width),
        bottom: String(y + height),
        imageWidth: String(image.width),
        imageHeight: String(image.height),
      }),
      say('labels.box.outside.remedy'),
    );
  }
}

/** The rectangle moved, its size to the last bit; one that lay inside the image is not put outside by rounding. */
function move(r: Shape, by: Point, image: Size): Shape {
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

/**
 * The box with its right and lower sides moved by whole or part pixels, as far as the image goes and never under
 * MIN_SIDE, or under its own side where that was smaller.
 */
function grow(r: Shape, byWidth: number, byHeight: number, image: Size): Shape {
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

/** The box with one figure as wished, as far as it stays inside the image and is not empty. */
function withField(r: Shape, field: keyof Rectangle, value: number, image: Size): Shape {
  const { x, y } = r;
  if (field === 'width') return { ...bare(r), width: extentTo(x, r.width, value, image.width) };
  if (field === 'height') return { ...bare(r), height: extentTo(y, r.height, value, image.height) };
  const wanted = field === 'x' ? { x: value - x, y: 0 } : { x: 0, y: value - y };
  const by = clampTranslation([r], wanted.x, wanted.y, image);
  const moved = move(r, by, image);
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
 * The box with the handle's sides brought to `point`, clamped to the image. The other sides stay exactly where they were;
 * dragging across them flips the box; no side gets under MIN_SIDE, or its own where that was smaller.
 */
function resize(r: Shape, handle: Handle, point: Point, image: Size): Shape {
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

/** Corners first: where handles of a small box overlap, a corner wins. */
const HANDLES: readonly Handle[] = [
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
function handlePoint(r: Shape, handle: Handle): Point {
  const along = (start: number, extent: number, side: string | null): number =>
    side === null ? start + extent / 2 : side === 'left' || side === 'top' ? start : start + extent;
  return {
    x: along(r.x, r.width, handle.horizontal),
    y: along(r.y, r.height, handle.vertical),
  };
}

/**
 * The handle or edge of a box on the screen under a point, or null; `coarse` stretches the hit areas for fingers. Inside,
 * the reach shrinks with the box, so that a small one keeps a middle by which it can be moved.
 */
function handleAt(shown: Shape, point: Point, coarse = 1): Handle | null {
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

export const kit: ShapeKit<Shape> = {
  bounds: bare,
  requireInside,
  clip: (shape, image) => {
    const inside = clipToImage(shape, image);
    return inside !== null && largeEnough(inside) ? bare(inside) : null;
  },
  largeEnough,
  equals: (a, b) => a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height,
  alike: (a, b, tolerance) =>
    Math.abs(a.x - b.x) <= tolerance &&
    Math.abs(a.y - b.y) <= tolerance &&
    Math.abs(a.width - b.width) <= tolerance &&
    Math.abs(a.height - b.height) <= tolerance,
  area,
  hit: ({ x, y, width, height }, point, tolerance) =>
    point.x >= x - tolerance &&
    point.y >= y - tolerance &&
    point.x <= x + width + tolerance &&
    point.y <= y + height + tolerance,
  touches: (shape, rectangle) => intersectionArea(shape, rectangle) > 0,
  trace: ({ x, y, width, height }, path) => path.rect(x, y, width, height),
  handles: HANDLES,
  handlePoint,
  handleAt,
  move,
  resize,
  grow,
  withField,
  encode: bare,
  decode: bare,
};
