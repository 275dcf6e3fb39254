import type { Random } from '../../common/random.ts';
import type { NetworkBox } from '../samples/network-box.ts';
import type { TrainingConfig } from '../config/schema.ts';

/** x ↦ scaleX·x + shiftX, y likewise, in pixels of the network's input; a negative scale mirrors. */
export interface Affine {
  readonly scaleX: number;
  readonly shiftX: number;
  readonly scaleY: number;
  readonly shiftY: number;
}

/** A rectangle in pixels of the network's input. */
export interface Frame {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** A part of an augmented image, and what it shows: the pixels that `map` brings into `frame`. */
export interface Tile {
  /** Slot of the batch whose image it shows. */
  readonly image: number;
  readonly map: Affine;
  readonly frame: Frame;
}

export type AugmentSettings = TrainingConfig['augment'];

/** Boxes that keep less of their area than this are dropped. */
const LEAST_VISIBLE = 0.25;

/** A crop stretches one axis against the other by up to this factor (Szegedy et al. 2015, section 6). */
const CROP_STRETCH = 4 / 3;

export const wholeFrame = (size: number): Frame => ({ x1: 0, y1: 0, x2: size, y2: size });

const between = (random: Random, reach: number): number => (2 * random.next() - 1) * reach;

/** First `inner`, then `outer`. */
function compose(outer: Affine, inner: Affine): Affine {
  return {
    scaleX: outer.scaleX * inner.scaleX,
    shiftX: outer.scaleX * inner.shiftX + outer.shiftX,
    scaleY: outer.scaleY * inner.scaleY,
    shiftY: outer.scaleY * inner.shiftY + outer.shiftY,
  };
}

/**
 * Draws a mirroring, scaling about the centre and shift, after a crop where there are such. With the same settings it
 * always takes the same count of numbers from `random`.
 * @param content where the image lies in the input, without its padding
 */
export function drawAffine(augment: AugmentSettings, size: number, content: Frame, random: Random): Affine {
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
  const moved = { scaleX: x.scale, shiftX: x.shift, scaleY: y.scale, shiftY: y.shift };
  return augment.crop > 0 ? compose(moved, drawCrop(augment.crop, content, random)) : moved;
}

/** Brings a random window of the image to where the whole image was. @param most share of a side that may be lost */
function drawCrop(most: number, { x1, y1, x2, y2 }: Frame, random: Random): Affine {
  const kept = 1 - most * random.next();
  const stretch = CROP_STRETCH ** (between(random, 1) / 2);
  const axis = (low: number, high: number, wanted: number) => {
    const share = Math.min(1, Math.max(1 - most, wanted));
    const start = low + random.next() * (1 - share) * (high - low);
    return { scale: 1 / share, shift: low - start / share };
  };
  const x = axis(x1, x2, kept * stretch);
  const y = axis(y1, y2, kept / stretch);
  return { scaleX: x.scale, shiftX: x.shift, scaleY: y.scale, shiftY: y.shift };
}

/**
 * The source box of tf.image.cropAndResize (y1, x1, y2, x2, where 0 and 1 are the centres of the outermost pixels)
 * that resamples the pixels of a frame by an affine map: output pixel i takes the input at ((i + ½) - shift) / scale - ½.
 */
export function cropOf(
  { scaleX, shiftX, scaleY, shiftY }: Affine,
  size: number,
  frame: Frame = wholeFrame(size),
): [number, number, number, number] {
  const source = (pixel: number, scale: number, shift: number) =>
    ((pixel + 0.5 - shift) / scale - 0.5) / (size - 1);
  return [
    source(frame.y1, scaleY, shiftY),
    source(frame.x1, scaleX, shiftX),
    source(frame.y2 - 1, scaleY, shiftY),
    source(frame.x2 - 1, scaleX, shiftX),
  ];
}

/** The boxes after the map, cut to the frame; those that are mostly outside are left out. */
export function transformBoxes(boxes: readonly NetworkBox[], map: Affine, frame: Frame): NetworkBox[] {
  const result: NetworkBox[] = [];
  for (const box of boxes) {
    const xs = [box.x1, box.x2].map((x) => x * map.scaleX + map.shiftX);
    const ys = [box.y1, box.y2].map((y) => y * map.scaleY + map.shiftY);
    const left = Math.min(...xs);
    const top = Math.min(...ys);
    const right = Math.max(...xs);
    const bottom = Math.max(...ys);
    const x1 = Math.max(frame.x1, left);
    const y1 = Math.max(frame.y1, top);
    const x2 = Math.min(frame.x2, right);
    const y2 = Math.min(frame.y2, bottom);
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
