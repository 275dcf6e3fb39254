import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clampTranslation } from '../../electron/common/geometry.ts';
import { kit } from '../../electron/common/labels/kits.ts';
import { boxesAt } from '../../renderer/editor/kernels/boxes.ts';
import {
  constrain,
  fit,
  MAX_SCALE,
  MIN_SCALE,
  rectangleToScreen,
  reveal,
  toImage,
  toScreen,
  zoomAt,
} from '../../renderer/editor/kernels/viewport.ts';

const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const image = fc.record({
  width: fc.integer({ min: 1, max: 20_000 }),
  height: fc.integer({ min: 1, max: 20_000 }),
});
const view = fc.record({
  width: fc.integer({ min: 200, max: 4000 }),
  height: fc.integer({ min: 200, max: 3000 }),
});
const point = fc.record({ x: finite(-5000, 25_000), y: finite(-5000, 25_000) });
const viewport = fc.record({
  scale: finite(MIN_SCALE, MAX_SCALE),
  x: finite(-9000, 9000),
  y: finite(-9000, 9000),
});

/** A rectangle inside an image that has room for it. */
const placed = fc
  .tuple(fc.integer({ min: 8, max: 5000 }), fc.integer({ min: 8, max: 5000 }))
  .chain(([width, height]) =>
    fc
      .tuple(finite(0, width - 4), finite(0, height - 4), finite(0.01, 1), finite(0.01, 1))
      .map(([x, y, w, h]) => ({
        image: { width, height },
        box: { x, y, width: Math.max(2, (width - x) * w), height: Math.max(2, (height - y) * h) },
      })),
  );

describe('viewport', () => {
  it('turns points there and back', () => {
    fc.assert(
      fc.property(point, viewport, (p, v) => {
        const back = toImage(toScreen(p, v), v);
        expect(back.x).toBeCloseTo(p.x, 4);
        expect(back.y).toBeCloseTo(p.y, 4);
      }),
    );
  });

  it('keeps the image point under the pointer while zooming, within its limits', () => {
    fc.assert(
      fc.property(viewport, point, finite(0.0001, 1000), (v, at, scale) => {
        const zoomed = zoomAt(v, at, scale);
        expect(zoomed.scale).toBeGreaterThanOrEqual(MIN_SCALE);
        expect(zoomed.scale).toBeLessThanOrEqual(MAX_SCALE);
        const held = toScreen(toImage(at, v), zoomed);
        expect(Math.hypot(held.x - at.x, held.y - at.y)).toBeLessThan(
          1e-4 * Math.max(1, zoomed.scale / v.scale),
        );
      }),
    );
  });

  it('fits every image whole and centred, unless it is larger than the smallest zoom shows', () => {
    fc.assert(
      fc.property(image, view, (size, room) => {
        const v = fit(size, room);
        const shown = rectangleToScreen({ x: 0, y: 0, ...size }, v);
        // To a whole pixel of the screen.
        expect(Math.abs(shown.x + shown.width / 2 - room.width / 2)).toBeLessThan(0.51);
        expect(Math.abs(shown.y + shown.height / 2 - room.height / 2)).toBeLessThan(0.51);
        if (v.scale > MIN_SCALE) {
          expect(shown.width).toBeLessThanOrEqual(room.width - 47);
          expect(shown.height).toBeLessThanOrEqual(room.height - 47);
        }
      }),
    );
  });

  it('never loses the image out of view', () => {
    fc.assert(
      fc.property(image, view, viewport, (size, room, v) => {
        const shown = rectangleToScreen({ x: 0, y: 0, ...size }, constrain(v, size, room));
        expect(shown.x).toBeLessThan(room.width);
        expect(shown.y).toBeLessThan(room.height);
        expect(shown.x + shown.width).toBeGreaterThan(0);
        expect(shown.y + shown.height).toBeGreaterThan(0);
      }),
    );
  });

  it('reveals what is outside and leaves alone what is seen', () => {
    const v = { scale: 1, x: 0, y: 0 };
    const room = { width: 400, height: 300 };
    expect(reveal(v, { x: 100, y: 100, width: 50, height: 50 }, room)).toBe(v);
    expect(reveal(v, { x: 500, y: 100, width: 50, height: 50 }, room)).toEqual({ scale: 1, x: -182, y: 0 });
  });
});

describe('handles', () => {
  it('are each found where they are drawn', () => {
    const box = { x: 10, y: 20, width: 200, height: 120 };
    for (const handle of kit.handles) expect(kit.handleAt(box, kit.handlePoint(box, handle))).toEqual(handle);
  });

  it('leave the middle of even a tiny box for moving', () => {
    fc.assert(
      fc.property(finite(2, 60), finite(2, 60), (width, height) => {
        expect(kit.handleAt({ x: 0, y: 0, width, height }, { x: width / 2, y: height / 2 })).toBeNull();
      }),
    );
  });
});

describe('resizing', () => {
  it('keeps the sides that are not dragged exactly, stays inside and never gets empty', () => {
    fc.assert(
      fc.property(placed, fc.constantFrom(...kit.handles), point, ({ image: size, box }, handle, to) => {
        const r = kit.resize(box, handle, to, size);
        if (!handle.horizontal) expect([r.x, r.width]).toEqual([box.x, box.width]);
        if (!handle.vertical) expect([r.y, r.height]).toEqual([box.y, box.height]);
        expect(r.width).toBeGreaterThanOrEqual(2 - 1e-9);
        expect(r.height).toBeGreaterThanOrEqual(2 - 1e-9);
        expect(r.x).toBeGreaterThanOrEqual(0);
        expect(r.y).toBeGreaterThanOrEqual(0);
        expect(r.x + r.width).toBeLessThanOrEqual(size.width + 1e-9);
        expect(r.y + r.height).toBeLessThanOrEqual(size.height + 1e-9);
      }),
    );
  });
});

describe('moving', () => {
  it('never pushes a box further out of the image than it was', () => {
    fc.assert(
      fc.property(placed, finite(-9000, 9000), finite(-9000, 9000), ({ image: size, box }, dx, dy) => {
        const r = kit.move(box, clampTranslation([box], dx, dy, size), size);
        expect(r.x).toBeGreaterThanOrEqual(-1e-9);
        expect(r.y).toBeGreaterThanOrEqual(-1e-9);
        expect(r.x + r.width).toBeLessThanOrEqual(size.width + 1e-9);
        expect(r.y + r.height).toBeLessThanOrEqual(size.height + 1e-9);
        expect([r.width, r.height]).toEqual([box.width, box.height]);
      }),
    );
  });

  it('lets a box that hangs out come in but not go further', () => {
    const size = { width: 100, height: 100 };
    const out = { x: -10, y: 5, width: 30, height: 30 };
    expect(clampTranslation([out], -5, 0, size)).toEqual({ x: 0, y: 0 });
    expect(clampTranslation([out], 20, 0, size)).toEqual({ x: 20, y: 0 });
  });
});

describe('hit test', () => {
  it('finds the smallest box first, and nothing beside', () => {
    const boxes = [
      { id: 1, x: 0, y: 0, width: 100, height: 100 },
      { id: 2, x: 20, y: 20, width: 10, height: 10 },
    ];
    expect(boxesAt(boxes, { x: 25, y: 25 }, 0).map((b) => b.id)).toEqual([2, 1]);
    expect(boxesAt(boxes, { x: 102, y: 50 }, 3).map((b) => b.id)).toEqual([1]);
    expect(boxesAt(boxes, { x: 104, y: 50 }, 3)).toEqual([]);
  });
});
