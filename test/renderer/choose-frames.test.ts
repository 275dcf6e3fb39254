import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  difference,
  everyNth,
  everySeconds,
  pictureChanges,
  spread,
} from '../../renderer/video/choose-frames.ts';
import { shownSize } from '../../renderer/video/picture.ts';

const grey = (value: number) => new Uint8Array(256).fill(value);

describe('every n-th frame', () => {
  test('begins with the first and keeps the distance', () => {
    expect(everyNth(10, 3)).toEqual([0, 3, 6, 9]);
    expect(everyNth(9, 3)).toEqual([0, 3, 6]);
    expect(everyNth(2, 100)).toEqual([0]);
    expect(everyNth(3, 1)).toEqual([0, 1, 2]);
  });
});

describe('every n seconds', () => {
  test('a steady rate gives the frame at each whole second', () => {
    const times = Array.from({ length: 100 }, (_, frame) => frame / 25);
    expect(everySeconds(times, 1)).toEqual([0, 25, 50, 75]);
  });

  test('an odd rate gives the frame that is on the screen at that moment', () => {
    const times = Array.from({ length: 100 }, (_, frame) => Math.floor((frame * 1001e6) / 30000) / 1e6);
    // 1 s lies between frames 29 (0.968 s) and 30 (1.001 s).
    expect(everySeconds(times, 1)).toEqual([0, 29, 59, 89]);
  });

  test('counts from the first frame, whenever that is', () => {
    expect(everySeconds([10, 10.5, 11, 11.5, 12], 1)).toEqual([0, 2, 4]);
  });

  test('a frame that stays for long is taken once', () => {
    expect(everySeconds([0, 0.1, 5, 5.1], 1)).toEqual([0, 1, 2]);
  });

  test('each chosen frame is the one shown at some wanted moment, and every moment has its frame', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 10, max: 3000 }),
        (milliseconds, every) => {
          const times = milliseconds.sort((a, b) => a - b).map((value) => value / 1000);
          const chosen = everySeconds(times, every / 1000);
          const first = milliseconds[0]!;
          const shown = new Set<number>();
          for (let moment = first; moment <= milliseconds.at(-1)!; moment += every)
            shown.add(milliseconds.findLastIndex((time) => time <= moment));
          expect(chosen).toEqual([...shown]);
        },
      ),
    );
  });
});

describe('changes of the picture', () => {
  test('differences go from nothing to black against white', () => {
    expect(difference(grey(7), grey(7))).toBe(0);
    expect(difference(grey(0), grey(255))).toBe(1);
    expect(difference(grey(0), grey(51))).toBeCloseTo(0.2);
  });

  test('a cut is found at its first frame', () => {
    const glimpses = [...Array<Uint8Array>(30).fill(grey(20)), ...Array<Uint8Array>(30).fill(grey(200))];
    const times = glimpses.map((_, frame) => frame / 30);
    expect(pictureChanges(glimpses, times, 0.1)).toEqual([0, 30]);
  });

  test('a slow change is found once it has come far enough', () => {
    const glimpses = Array.from({ length: 101 }, (_, frame) => grey(frame));
    const times = glimpses.map((_, frame) => frame);
    expect(pictureChanges(glimpses, times, 0.1)).toEqual([0, 26, 52, 78]);
  });

  test('a flash is no scene of its own', () => {
    const glimpses = Array.from({ length: 60 }, (_, frame) => grey(frame === 10 ? 255 : 20));
    const times = glimpses.map((_, frame) => frame / 30);
    expect(pictureChanges(glimpses, times, 0.1)).toEqual([0]);
  });

  test('frames that could not be decoded are passed over', () => {
    const glimpses = [null, grey(20), null, grey(200)];
    expect(pictureChanges(glimpses, [0, 1, 2, 3], 0.1)).toEqual([1, 3]);
  });

  test('a higher threshold never finds more', () => {
    const glimpses = Array.from({ length: 80 }, (_, frame) => grey((frame * 37) % 256));
    const times = glimpses.map((_, frame) => frame);
    const counts = [0.05, 0.1, 0.2, 0.4, 0.8].map(
      (threshold) => pictureChanges(glimpses, times, threshold).length,
    );
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
  });
});

test('previews are spread evenly, the first and the last among them', () => {
  expect(spread([1, 2, 3], 6)).toEqual([1, 2, 3]);
  expect(spread(everyNth(101, 1), 6)).toEqual([0, 20, 40, 60, 80, 100]);
});

test('frames are shown upright with square pixels, and nothing shrinks', () => {
  const upright = { rotation: 0, flip: false, pixelAspect: 1 } as const;
  expect(shownSize({ width: 640, height: 480 }, upright)).toEqual({ width: 640, height: 480 });
  expect(shownSize({ width: 640, height: 480 }, { ...upright, rotation: 270 })).toEqual({
    width: 480,
    height: 640,
  });
  // DV: 720 × 576 shown as 4:3, or as 16:9.
  expect(shownSize({ width: 720, height: 576 }, { ...upright, pixelAspect: 16 / 15 })).toEqual({
    width: 768,
    height: 576,
  });
  expect(shownSize({ width: 720, height: 480 }, { ...upright, pixelAspect: 8 / 9 })).toEqual({
    width: 720,
    height: 540,
  });
});
