import type { Random } from '../../common/random.ts';

export type Colour = readonly [number, number, number];

/** Rec. 709 weights on the encoded values: near enough to tell light from dark. */
export function luminance(colour: Colour): number {
  return (0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]) / 255;
}

/** A colour whose luminance is within 0.04 of the wish, of any hue that can have it. */
export function colourOfLuminance(random: Random, wish: number): Colour {
  for (;;) {
    const raw = [random.next(), random.next(), random.next()].map(
      (value) => value * 255,
    ) as unknown as Colour;
    const gain = (wish + 0.001) / (luminance(raw) + 0.001);
    const colour = raw.map((value) => Math.min(255, value * gain)) as unknown as Colour;
    if (Math.abs(luminance(colour) - wish) < 0.04) return colour;
  }
}

/** 0 to 1 at a pixel; both numbers run from 0 to 1 over the picture. */
type Pattern = (u: number, v: number) => number;

const smooth = (t: number): number => t * t * (3 - 2 * t);

function valueNoise(random: Random): Pattern {
  const cells = 3 + random.integer(8);
  const grid = Array.from({ length: (cells + 1) * (cells + 1) }, () => random.next());
  return (u, v) => {
    const x = Math.min(u * cells, cells - 1e-9);
    const y = Math.min(v * cells, cells - 1e-9);
    const column = Math.floor(x);
    const row = Math.floor(y);
    const right = smooth(x - column);
    const down = smooth(y - row);
    const at = row * (cells + 1) + column;
    const upper = grid[at]! * (1 - right) + grid[at + 1]! * right;
    const lower = grid[at + cells + 1]! * (1 - right) + grid[at + cells + 2]! * right;
    return upper * (1 - down) + lower * down;
  };
}

function linearGradient(random: Random): Pattern {
  const angle = random.next() * 2 * Math.PI;
  const cos = Math.cos(angle) / 2;
  const sin = Math.sin(angle) / 2;
  return (u, v) => Math.min(1, Math.max(0, 0.5 + (u - 0.5) * cos * 1.4 + (v - 0.5) * sin * 1.4));
}

function radialGradient(random: Random): Pattern {
  const x = random.next();
  const y = random.next();
  return (u, v) => Math.min(1, Math.hypot(u - x, v - y));
}

function stripes(random: Random): Pattern {
  const angle = random.next() * Math.PI;
  const count = 4 + random.integer(10);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return (u, v) => 0.5 + 0.5 * Math.sin((u * cos + v * sin) * count * 2 * Math.PI);
}

function checks(random: Random): Pattern {
  const count = 3 + random.integer(9);
  return (u, v) => (Math.floor(u * count) + Math.floor(v * count)) % 2;
}

const PATTERNS: readonly ((random: Random) => Pattern)[] = [
  () => () => 0,
  linearGradient,
  radialGradient,
  valueNoise,
  valueNoise,
  stripes,
  checks,
];

export interface Background {
  /** [side, side, 3], 0-255, not rounded. */
  readonly pixels: Float32Array;
  /** Luminance that the pattern plays around, 0 to 1. */
  readonly luminance: number;
}

/** How far a pattern's two colours may lie from the background's luminance. */
export const PATTERN_DEPTH = 0.09;

/** A pattern between two colours of nearly the same lightness, so that one ink stands out against all of it. */
export function paintBackground(random: Random, side: number): Background {
  // Neither end of the scale is left out, but the middle is: no ink would stand far enough from it.
  const middle = random.next() < 0.5 ? 0.1 + random.next() * 0.27 : 0.63 + random.next() * 0.27;
  const depth = random.next() * PATTERN_DEPTH;
  const first = colourOfLuminance(random, middle - depth);
  const second = colourOfLuminance(random, middle + depth);
  const pattern = PATTERNS[random.integer(PATTERNS.length)]!(random);
  const pixels = new Float32Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const share = pattern((x + 0.5) / side, (y + 0.5) / side);
      for (let channel = 0; channel < 3; channel++)
        pixels[(y * side + x) * 3 + channel] = first[channel]! * (1 - share) + second[channel]! * share;
    }
  }
  return { pixels, luminance: middle };
}
