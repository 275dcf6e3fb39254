import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasPyramid,
  isTile,
  levelCount,
  levelSize,
  TILE_SIZE,
  tileRectangle,
  tilesIn,
} from '../../electron/common/pyramid.ts';

const sizes = fc.record({
  width: fc.integer({ min: 1, max: 20_000 }),
  height: fc.integer({ min: 1, max: 20_000 }),
});

describe('the pyramid of a large picture', () => {
  it('halves until one tile holds all', () => {
    fc.assert(
      fc.property(sizes, (image) => {
        const last = levelSize(image, levelCount(image) - 1);
        expect(Math.max(last.width, last.height)).toBeLessThanOrEqual(TILE_SIZE);
        if (levelCount(image) > 1) {
          const before = levelSize(image, levelCount(image) - 2);
          expect(Math.max(before.width, before.height)).toBeGreaterThan(TILE_SIZE);
        }
      }),
    );
  });

  it('covers every part of the image on every level, and names no tile that is not there', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 0, max: 5 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (image, level, across, down) => {
          const shrink = Math.min(level, levelCount(image) - 1);
          const point = { x: across * image.width, y: down * image.height };
          const tiles = tilesIn(image, shrink, {
            x: point.x - 300,
            y: point.y - 200,
            width: 600,
            height: 400,
          });
          expect(tiles.every((tile) => isTile(image, tile))).toBe(true);
          const holds = tiles.some((tile) => {
            const { x, y, width, height } = tileRectangle(image, tile);
            return point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height;
          });
          expect(holds).toBe(true);
        },
      ),
    );
  });

  it('has no tiles outside', () => {
    const image = { width: 1025, height: 512 };
    expect(tilesIn(image, 0, { x: -50, y: -50, width: 2000, height: 2000 })).toHaveLength(3);
    for (const tile of [
      { shrink: 0, column: 3, row: 0 },
      { shrink: 0, column: 0, row: 1 },
      { shrink: 3, column: 0, row: 0 },
      { shrink: -1, column: 0, row: 0 },
    ])
      expect(isTile(image, tile)).toBe(false);
  });

  it('is for pictures that are long in one direction too', () => {
    expect(hasPyramid({ width: 2000, height: 3000 })).toBe(false);
    expect(hasPyramid({ width: 6000, height: 4000 })).toBe(true);
    expect(hasPyramid({ width: 20_000, height: 100 })).toBe(true);
  });
});
