import { describe, expect, it } from 'vitest';
import { classColor, freeColors } from '../../electron/common/class-colors.ts';

type Triple = [number, number, number];

/**
 * Another model of colour blindness than the one that chose the colours: Viénot, Brettel and Mollon 1999.
 */
const BLINDNESS: Record<string, Triple[]> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  deuteranopia: [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
};

function lab(color: string, eye: string): Triple {
  const linear = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const [r, g, b] = BLINDNESS[eye]!.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, part, at) => sum + part * linear[at]!, 0),
      ),
    ),
  ) as Triple;
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** The least distance (CIE 1976 ΔE) between two of the first `count` colours, to one kind of eye. */
function leastDistance(count: number, eye: string): number {
  const seen = Array.from({ length: count }, (_, place) => lab(classColor(place), eye));
  let least = Infinity;
  for (const [place, one] of seen.entries()) {
    for (const other of seen.slice(place + 1)) {
      least = Math.min(least, Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]));
    }
  }
  return least;
}

describe('the colours of classes', () => {
  it('begin with those of Okabe and Ito', () => {
    expect(Array.from({ length: 7 }, (_, place) => classColor(place))).toEqual([
      '#E69F00',
      '#56B4E9',
      '#009E73',
      '#F0E442',
      '#0072B2',
      '#D55E00',
      '#CC79A7',
    ]);
  });

  it.each(Object.keys(BLINDNESS))('are told apart by eyes with the blindness: %s', (eye) => {
    // A difference of 2.3 is just noticeable side by side; boxes lie apart, on pictures.
    expect(leastDistance(12, eye)).toBeGreaterThan(9);
    expect(leastDistance(20, eye)).toBeGreaterThan(5);
  });

  it('are the same for the same place in whatever order they are asked for, and go round at the end', () => {
    const last = classColor(31);
    expect(classColor(3)).toBe('#F0E442');
    expect(classColor(31)).toBe(last);
    expect(classColor(32)).toBe(classColor(0));
    expect(new Set(Array.from({ length: 32 }, (_, place) => classColor(place))).size).toBe(32);
  });
});

it('classes that come later get colours that are free, however those before them are written', () => {
  const own = [classColor(1).toLowerCase(), '#123456'];
  expect(freeColors(own, 3)).toEqual([classColor(0), classColor(2), classColor(3)]);
  const all = Array.from({ length: 32 }, (_, place) => classColor(place));
  expect(freeColors(all, 2)).toEqual([classColor(32), classColor(33)]);
});
