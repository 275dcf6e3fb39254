import { area, intersectionArea, intersectionOverUnion } from '../../common/geometry.ts';
import type { Rectangle } from '../../common/geometry.ts';
import { createRandom } from '../../common/random.ts';
import type { Random } from '../../common/random.ts';
import { colourOfLuminance, paintBackground } from './background.ts';
import type { Background } from './background.ts';
import type { Digits } from './digits.ts';
import { renderGlyph } from './glyph.ts';
import type { Glyph } from './glyph.ts';

/** Side of a scene, pixels. */
export const SCENE_SIZE = 128;
export const MOST_DIGITS = 5;
export const SCALE_RANGE = { least: 0.7, most: 2.2 };
/** The largest digit's box has at least this many times the area of the next: the image class is never in doubt. */
export const LARGEST_RATIO = 1.25;
/** Boxes overlap at most this much, and no box lies in another. */
export const MOST_OVERLAP = { iou: 0.05, ofSmaller: 0.12 };
/** Ink and background differ at least this much in luminance, the pattern's play aside. */
const CONTRAST = 0.4;
const MOST_ANGLE = (25 * Math.PI) / 180;

export interface SceneDigit extends Rectangle {
  readonly digit: number;
}

export interface Scene {
  /** RGB bytes, [128, 128, 3]. */
  readonly pixels: Uint8Array;
  /** In the order in which they were drawn. */
  readonly digits: readonly SceneDigit[];
  /** The digit with the largest box. */
  readonly largest: number;
}

interface Drawn {
  readonly digit: number;
  readonly glyph: Glyph;
}

interface Placed extends Drawn {
  /** Where the glyph's corner lies in the scene, whole pixels. */
  readonly left: number;
  readonly top: number;
  readonly box: Rectangle;
}

function drawGlyph(random: Random, digits: Digits): Drawn {
  for (;;) {
    const digit = random.integer(10);
    const samples = digits.samples[digit]!;
    const scale = SCALE_RANGE.least + random.next() * (SCALE_RANGE.most - SCALE_RANGE.least);
    const angle = (random.next() * 2 - 1) * MOST_ANGLE;
    const glyph = renderGlyph(samples[random.integer(samples.length)]!, scale, angle);
    if (glyph !== null) return { digit, glyph };
  }
}

/** A clear largest one, or null. */
function largestOf(drawn: readonly { digit: number; area: number }[]): number | null {
  const [first, second] = [...drawn].sort((a, b) => b.area - a.area);
  if (first === undefined) return null;
  return second === undefined || first.area >= LARGEST_RATIO * second.area ? first.digit : null;
}

function place(random: Random, drawn: Drawn, others: readonly Placed[]): Placed | null {
  const { box } = drawn.glyph;
  for (let attempt = 0; attempt < 40; attempt++) {
    const x = random.integer(SCENE_SIZE - box.width + 1);
    const y = random.integer(SCENE_SIZE - box.height + 1);
    const placed = { x, y, width: box.width, height: box.height };
    const free = others.every((other) => {
      const smaller = Math.min(area(placed), area(other.box));
      return (
        intersectionOverUnion(placed, other.box) <= MOST_OVERLAP.iou &&
        intersectionArea(placed, other.box) <= MOST_OVERLAP.ofSmaller * smaller
      );
    });
    if (free) return { ...drawn, left: x - box.x, top: y - box.y, box: placed };
  }
  return null;
}

/** Draws digits and places until all fit and one is clearly the largest. */
function compose(random: Random, digits: Digits): { placed: Placed[]; largest: number } {
  const count = 1 + random.integer(MOST_DIGITS);
  for (;;) {
    const drawn = Array.from({ length: count }, () => drawGlyph(random, digits));
    const largest = largestOf(drawn.map(({ digit, glyph }) => ({ digit, area: area(glyph.box) })));
    if (largest === null) continue;
    // Large ones first: small ones find room between them.
    const bySize = [...drawn].sort((a, b) => area(b.glyph.box) - area(a.glyph.box));
    const placed: Placed[] = [];
    for (const one of bySize) {
      const spot = place(random, one, placed);
      if (spot === null) break;
      placed.push(spot);
    }
    if (placed.length === count) return { placed, largest };
  }
}

function drawInk(random: Random, background: Background, placed: Placed): void {
  const dark = background.luminance > 0.5;
  const room = dark ? background.luminance - CONTRAST : 1 - background.luminance - CONTRAST;
  const distance = CONTRAST + random.next() * Math.max(0, room - 0.02);
  const ink = colourOfLuminance(
    random,
    dark ? background.luminance - distance : background.luminance + distance,
  );
  const { coverage, width, height } = placed.glyph;
  for (let y = 0; y < height; y++) {
    const row = placed.top + y;
    if (row < 0 || row >= SCENE_SIZE) continue;
    for (let x = 0; x < width; x++) {
      const column = placed.left + x;
      const share = coverage[y * width + x]!;
      if (share === 0 || column < 0 || column >= SCENE_SIZE) continue;
      const at = (row * SCENE_SIZE + column) * 3;
      for (let channel = 0; channel < 3; channel++)
        background.pixels[at + channel] =
          background.pixels[at + channel]! * (1 - share) + ink[channel]! * share;
    }
  }
}

/** Noise is drawn from a table: a logarithm a pixel would take most of a scene's time. */
const NOISE_TABLE = ((): Float32Array => {
  const random = createRandom(20_240_229);
  return Float32Array.from({ length: 4096 }, () => random.normal());
})();

function addNoise(random: Random, pixels: Float32Array): Uint8Array {
  const deviation = 1 + random.next() * 9;
  const noisy = new Uint8ClampedArray(pixels.length);
  for (let index = 0; index < pixels.length; index++)
    noisy[index] = pixels[index]! + NOISE_TABLE[(random.next() * 4096) | 0]! * deviation;
  return new Uint8Array(noisy.buffer);
}

/**
 * One digit scene. Boxes are tight around the inked pixels (glyph.ts), whole numbers, and lie inside the scene.
 * @param seed of this scene alone: scenes can be made in any order, on any thread
 */
export function renderScene(digits: Digits, seed: number): Scene {
  const random = createRandom(seed);
  const { placed, largest } = compose(random, digits);
  const background = paintBackground(random, SCENE_SIZE);
  for (const one of placed) drawInk(random, background, one);
  return {
    pixels: addNoise(random, background.pixels),
    digits: placed.map(({ digit, box }) => ({ digit, ...box })),
    largest,
  };
}
