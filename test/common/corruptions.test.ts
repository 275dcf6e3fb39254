import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CORRUPTIONS,
  scaledBox,
  scaledContent,
  scaleOf,
  STRENGTHS,
} from '../../electron/common/corruptions.ts';
import { letterbox, toNetwork } from '../../electron/common/geometry.ts';
import { dropsOf, worstOf } from '../../electron/common/robustness.ts';
import type { Robustness } from '../../electron/common/robustness.ts';

const size = fc.record({
  width: fc.integer({ min: 8, max: 4000 }),
  height: fc.integer({ min: 8, max: 4000 }),
});
const scale = fc.constantFrom(
  ...STRENGTHS.flatMap((strength) =>
    (['smaller', 'larger'] as const).map((corruption) => scaleOf({ corruption, strength })),
  ),
);

describe('a scaled picture', () => {
  it('keeps its centre, to a pixel of the network’s input', () => {
    fc.assert(
      fc.property(size, scale, (image, factor) => {
        const fit = letterbox(image, 416);
        const { x, y, width, height } = scaledContent(fit, factor);
        expect(Math.abs(x + width / 2 - fit.contentWidth / 2)).toBeLessThanOrEqual(0.5);
        expect(Math.abs(y + height / 2 - fit.contentHeight / 2)).toBeLessThanOrEqual(0.5);
      }),
    );
  });

  it('has its boxes where the network sees them', () => {
    fc.assert(
      fc.property(size, scale, fc.double({ min: 0, max: 1, noNaN: true }), (image, factor, at) => {
        const fit = letterbox(image, 416);
        const content = scaledContent(fit, factor);
        const box = { x: at * image.width, y: at * image.height, width: 3, height: 2 };
        const seen = toNetwork(scaledBox(box, image, fit, factor), fit);
        // Of the network's picture the same share lies left of and above it.
        expect(seen.x).toBeCloseTo(fit.padLeft + content.x + at * content.width, 6);
        expect(seen.y).toBeCloseTo(fit.padTop + content.y + at * content.height, 6);
        expect(seen.width).toBeCloseTo((3 / image.width) * content.width, 6);
        expect(seen.height).toBeCloseTo((2 / image.height) * content.height, 6);
      }),
    );
  });

  it('is half as large, or twice, at strength 4', () => {
    expect(scaleOf({ corruption: 'smaller', strength: 4 })).toBeCloseTo(0.5);
    expect(scaleOf({ corruption: 'larger', strength: 4 })).toBeCloseTo(2);
    expect(scaleOf({ corruption: 'blur', strength: 4 })).toBe(1);
    expect(scaleOf(null)).toBe(1);
  });
});

/** With these scores of boxes, and none of image classes. */
function measured(
  clean: number,
  scores: Partial<Record<(typeof CORRUPTIONS)[number], number[]>>,
): Robustness {
  return {
    ...{ run: 'r0001', images: 4, of: 4, seed: 1, epoch: 1, dataRevision: 1, at: '', seconds: 1 },
    clean: { boxes: clean, imageClass: null },
    corruptions: CORRUPTIONS.map((corruption) => ({
      corruption,
      strengths: STRENGTHS.map((_, index) => ({
        boxes: scores[corruption]?.[index] ?? clean,
        imageClass: null,
      })),
    })),
  };
}

describe('what hurts most', () => {
  it('has the largest mean drop over the strengths, not the deepest fall', () => {
    const robustness = measured(0.8, { noise: [0.8, 0.8, 0.8, 0.8, 0], blur: [0.6, 0.6, 0.6, 0.6, 0.6] });
    const drops = dropsOf(robustness, 'boxes').map(({ corruption, drop }) => [
      corruption,
      Number(drop.toFixed(6)),
    ]);
    expect(drops.slice(0, 2)).toEqual([
      ['blur', 0.2],
      ['noise', 0.16],
    ]);
    expect(worstOf(robustness, 'boxes')?.corruption).toBe('blur');
  });

  it('is nothing where no mean drop reaches half a percent, or there is no score', () => {
    const robustness = measured(0.8, { jpeg: [0.8, 0.79, 0.8, 0.79, 0.8], blur: [0.9, 0.9, 0.9, 0.9, 0.9] });
    expect(worstOf(robustness, 'boxes')).toBeNull();
    expect(worstOf(robustness, 'imageClass')).toBeNull();
    expect(dropsOf(robustness, 'imageClass')).toEqual([]);
  });
});
