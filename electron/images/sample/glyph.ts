import type { Rectangle } from '../../common/geometry.ts';
import { DIGIT_SIZE } from './digits.ts';

/** A digit scaled and rotated: how much ink lies on each pixel, 0 to 1. */
export interface Glyph {
  /** [height, width]. */
  readonly coverage: Float32Array;
  readonly width: number;
  readonly height: number;
  /** Tight around the inked pixels, in pixels of the glyph. */
  readonly box: Rectangle;
}

/** A pixel counts as inked from this coverage on: below, the eye sees background. */
export const INK_THRESHOLD = 0.3;

/** Bilinear; outside the digit there is no ink. */
function inkAt(ink: Uint8Array, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const right = x - left;
  const down = y - top;
  const at = (column: number, row: number): number =>
    column < 0 || row < 0 || column >= DIGIT_SIZE || row >= DIGIT_SIZE ? 0 : ink[row * DIGIT_SIZE + column]!;
  const upper = at(left, top) * (1 - right) + at(left + 1, top) * right;
  const lower = at(left, top + 1) * (1 - right) + at(left + 1, top + 1) * right;
  return (upper * (1 - down) + lower * down) / 255;
}

/** The tight rectangle of pixels whose coverage reaches {@link INK_THRESHOLD}; null where none does. */
export function inkedBox(coverage: Float32Array, width: number, height: number): Rectangle | null {
  let left = width;
  let top = height;
  let right = -1;
  let bottom = -1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (coverage[y * width + x]! < INK_THRESHOLD) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return right < 0 ? null : { x: left, y: top, width: right + 1 - left, height: bottom + 1 - top };
}

/**
 * @param ink [28, 28] bytes
 * @param scale pixels a pixel of the digit
 * @param angle radians, clockwise
 * @returns null where nothing of the digit is dark enough to be seen
 */
export function renderGlyph(ink: Uint8Array, scale: number, angle: number): Glyph | null {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const side = Math.ceil(DIGIT_SIZE * scale * (Math.abs(cos) + Math.abs(sin))) + 2;
  const coverage = new Float32Array(side * side);
  const middle = side / 2;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const fromX = (x + 0.5 - middle) / scale;
      const fromY = (y + 0.5 - middle) / scale;
      coverage[y * side + x] = inkAt(
        ink,
        cos * fromX + sin * fromY + DIGIT_SIZE / 2 - 0.5,
        -sin * fromX + cos * fromY + DIGIT_SIZE / 2 - 0.5,
      );
    }
  }
  const box = inkedBox(coverage, side, side);
  return box === null ? null : { coverage, width: side, height: side, box };
}
