import type { Point, Rectangle, Size } from '../../../electron/common/geometry.ts';
import { kit } from '../../../electron/common/labels/kits.ts';
import type { Shape } from '../../../electron/common/labels/shape.ts';

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

interface Identified extends Shape {
  readonly id: number;
}

/** Boxes under a point, the smallest first, so that what lies inside another box can be reached. */
export function boxesAt<Item extends Identified>(
  boxes: readonly Item[],
  point: Point,
  tolerance: number,
): Item[] {
  return boxes
    .filter((b) => kit.hit(b, point, tolerance))
    .sort((a, b) => kit.area(a) - kit.area(b) || a.id - b.id);
}

/** Boxes that a marquee touches. */
export function boxesIn<Item extends Identified>(boxes: readonly Item[], marquee: Rectangle): Item[] {
  return boxes.filter((b) => kit.touches(b, marquee));
}
