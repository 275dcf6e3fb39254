import type { Random } from '../common/random.ts';
import type { NetworkBox } from './assign.ts';
import type { TrainingConfig } from './config.ts';

/** x ↦ scaleX·x + shiftX, y likewise, in pixels of the network's input; a negative scale mirrors. */
export interface Affine {
  readonly scaleX: number;
  readonly shiftX: number;
  readonly scaleY: number;
  readonly shiftY: number;
}

/** Boxes that keep less of their area than this are dropped. */
const LEAST_VISIBLE = 0.25;

const between = (random: Random, reach: number): number => (2 * random.next() - 1) * reach;

/** Draws a mirroring, scaling about the centre and shift. Always takes the same count of numbers from `random`. */
export function drawAffine(augment: TrainingConfig['augment'], size: number, random: Random): Affine {
  const scale = 1 + between(random, augment.scale);
  const signX = random.next() < augment.flip ? -1 : 1;
  const signY = random.next() < augment.flipVertical ? -1 : 1;
  const moveX = between(random, augment.translate * size);
  const moveY = between(random, augment.translate * size);
  const axis = (sign: number, move: number) => ({
    scale: sign * scale,
    shift: (size / 2) * (1 - sign * scale) + move,
  });
  const x = axis(signX, moveX);
  const y = axis(signY, moveY);
  return { scaleX: x.scale, shiftX: x.shift, scaleY: y.scale, shiftY: y.shift };
}

/**
 * The source box of tf.image.cropAndResize (y1, x1, y2, x2, where 0 and 1 are the centres of the outermost pixels)
 * that resamples an image by an affine map: output pixel i takes the input at ((i + ½) - shift) / scale - ½.
 */
export function cropOf(
  { scaleX, shiftX, scaleY, shiftY }: Affine,
  size: number,
): [number, number, number, number] {
  const start = (scale: number, shift: number) => (0.5 - shift) / scale - 0.5;
  const span = size - 1;
  const y1 = start(scaleY, shiftY) / span;
  const x1 = start(scaleX, shiftX) / span;
  return [y1, x1, y1 + 1 / scaleY, x1 + 1 / scaleX];
}

/** The boxes after the map, cut to the input; those that are mostly outside are left out. */
export function transformBoxes(boxes: readonly NetworkBox[], map: Affine, size: number): NetworkBox[] {
  const result: NetworkBox[] = [];
  for (const box of boxes) {
    const xs = [box.x1, box.x2].map((x) => x * map.scaleX + map.shiftX);
    const ys = [box.y1, box.y2].map((y) => y * map.scaleY + map.shiftY);
    const left = Math.min(...xs);
    const top = Math.min(...ys);
    const right = Math.max(...xs);
    const bottom = Math.max(...ys);
    const x1 = Math.max(0, left);
    const y1 = Math.max(0, top);
    const x2 = Math.min(size, right);
    const y2 = Math.min(size, bottom);
    const visible = ((x2 - x1) * (y2 - y1)) / ((right - left) * (bottom - top));
    if (x2 - x1 < 1 || y2 - y1 < 1 || visible < LEAST_VISIBLE) continue;
    result.push({ x1, y1, x2, y2, classIndex: box.classIndex, crowd: box.crowd });
  }
  return result;
}

/** Contrast factor, brightness in bytes, saturation factor. */
export function drawColor(strength: number, random: Random): [number, number, number] {
  return [1 + between(random, strength), between(random, strength * 64), 1 + between(random, strength)];
}
