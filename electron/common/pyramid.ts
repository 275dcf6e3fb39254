import type { Rectangle, Size } from './geometry.ts';

/**
 * How a picture that is too large to be handled whole is cut up, the same on both sides. Level `shrink` 0 is the
 * oriented image itself; each further level halves width and height (rounded up), so that its pixel (i, j) stands
 * for the 2^shrink × 2^shrink pixels of the image from (i · 2^shrink, j · 2^shrink) on, until one tile holds all.
 */
export const TILE_SIZE = 512;
/** Tiles reach this many pixels of their level into their neighbours, so that no seam shows between them. */
export const TILE_OVERLAP = 1;
/** Longest side of the picture that is shown before any tile has come. */
export const OVERVIEW_SIZE = 2048;

/** Above either, a picture is shown by an overview and tiles. */
const WHOLE_PIXELS = 6_000_000;
const WHOLE_SIDE = 8192;

export function hasPyramid({ width, height }: Size): boolean {
  return width * height > WHOLE_PIXELS || Math.max(width, height) > WHOLE_SIDE;
}

/** Pixels of a level. */
export function levelSize({ width, height }: Size, shrink: number): Size {
  return { width: Math.ceil(width / 2 ** shrink), height: Math.ceil(height / 2 ** shrink) };
}

/** Levels of the whole pyramid; the last one is a single tile. */
export function levelCount(image: Size): number {
  return 1 + Math.max(0, Math.ceil(Math.log2(Math.max(image.width, image.height) / TILE_SIZE)));
}

export interface Tile {
  readonly shrink: number;
  readonly column: number;
  readonly row: number;
}

/**
 * What a tile's picture shows, in pixels of the image, its overlap included. At the right and the bottom it may reach
 * past the image by less than one pixel of its level.
 */
export function tileRectangle(image: Size, { shrink, column, row }: Tile): Rectangle {
  const level = levelSize(image, shrink);
  const span = (index: number, extent: number): [number, number] => [
    Math.max(0, index * TILE_SIZE - TILE_OVERLAP),
    Math.min(extent, (index + 1) * TILE_SIZE + TILE_OVERLAP),
  ];
  const [left, right] = span(column, level.width);
  const [top, bottom] = span(row, level.height);
  const scale = 2 ** shrink;
  return { x: left * scale, y: top * scale, width: (right - left) * scale, height: (bottom - top) * scale };
}

/** Whether there is such a tile. */
export function isTile(image: Size, { shrink, column, row }: Tile): boolean {
  if (shrink < 0 || column < 0 || row < 0 || shrink >= levelCount(image)) return false;
  const { width, height } = levelSize(image, shrink);
  return column * TILE_SIZE < width && row * TILE_SIZE < height;
}

/** The tiles of a level that an area of the image needs, row by row. */
export function tilesIn(image: Size, shrink: number, area: Rectangle): Tile[] {
  const level = levelSize(image, shrink);
  const side = TILE_SIZE * 2 ** shrink;
  const range = (start: number, extent: number, size: number): [number, number] => [
    Math.max(0, Math.floor(start / side)),
    Math.min(Math.ceil(size / TILE_SIZE), Math.ceil((start + extent) / side)) - 1,
  ];
  const [left, right] = range(area.x, area.width, level.width);
  const [top, bottom] = range(area.y, area.height, level.height);
  const tiles: Tile[] = [];
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) tiles.push({ shrink, column, row });
  return tiles;
}
