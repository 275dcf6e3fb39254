import { TwinheadError } from '../errors.ts';
import type { Rectangle, Size } from '../geometry.ts';

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
export function requireInside(box: Rectangle, image: Size, place: string): void {
  const { x, y, width, height } = box;
  const refuse = (message: string, remedy: string): never => {
    throw new TwinheadError('invalid-input', message, { place, remedy });
  };
  if (![x, y, width, height].every(Number.isFinite)) {
    refuse(
      `A box needs four finite numbers, not ${x}, ${y}, ${width}, ${height}.`,
      'Correct the coordinates.',
    );
  }
  if (width <= 0 || height <= 0) {
    refuse(
      `A box needs a width and a height above 0, not ${width} × ${height}.`,
      'Correct the box, or leave it out.',
    );
  }
  if (
    x < -EDGE_TOLERANCE ||
    y < -EDGE_TOLERANCE ||
    x + width > image.width + EDGE_TOLERANCE ||
    y + height > image.height + EDGE_TOLERANCE
  ) {
    refuse(
      `The box from (${x}, ${y}) to (${x + width}, ${y + height}) reaches outside the image of ${image.width} × ${image.height} pixels.`,
      'Clip the box to the image.',
    );
  }
}
