import type { Rectangle, Size } from '../../electron/common/geometry.ts';
import {
  hasPyramid,
  levelCount,
  OVERVIEW_SIZE,
  TILE_SIZE,
  tileRectangle,
  tilesIn,
} from '../../electron/common/pyramid.ts';
import type { Tile } from '../../electron/common/pyramid.ts';
import { rectangleToScreen } from './kernels/viewport.ts';
import type { Viewport } from './kernels/viewport.ts';
import { fetchBitmap } from './pictures.ts';
import type { PictureSource } from './pictures.ts';

/** Decoded tiles that are kept, four bytes a pixel: 128 MiB, which is more than a screen of 4K needs twice. */
const KEPT_TILES = 120;
const AT_ONCE = 4;
/** A tile that could not be had is asked for again after this, milliseconds. */
const RETRY_AFTER = 5000;

interface Entry {
  readonly tile: Tile;
  readonly controller: AbortController;
  bitmap: ImageBitmap | null;
  failedAt: number | null;
}

/**
 * The level whose pixels are just fine enough for a zoom, or null where the overview is.
 * @param scale device pixels for a pixel of the image
 */
export function levelFor(image: Size, scale: number): number | null {
  if (!hasPyramid(image)) return null;
  const overviewScale = OVERVIEW_SIZE / Math.max(image.width, image.height);
  if (scale <= overviewScale) return null;
  return Math.min(levelCount(image) - 1, Math.max(0, Math.floor(Math.log2(1 / scale))));
}

/** The part of the image that is in view, in its pixels. */
export function areaInView({ width, height }: Size, viewport: Viewport, view: Size): Rectangle {
  const left = Math.max(0, -viewport.x / viewport.scale);
  const top = Math.max(0, -viewport.y / viewport.scale);
  const right = Math.min(width, (view.width - viewport.x) / viewport.scale);
  const bottom = Math.min(height, (view.height - viewport.y) / viewport.scale);
  return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

/** Tiles that an area needs, those in its middle first: that is where people look. */
export function tilesFromMiddle(image: Size, shrink: number, area: Rectangle): Tile[] {
  const side = TILE_SIZE * 2 ** shrink;
  const distance = ({ column, row }: Tile): number =>
    Math.hypot(
      (column + 0.5) * side - (area.x + area.width / 2),
      (row + 0.5) * side - (area.y + area.height / 2),
    );
  return tilesIn(image, shrink, area).sort((a, b) => distance(a) - distance(b));
}

const keyOf = ({ shrink, column, row }: Tile): string => `${shrink}_${column}_${row}`;

/** Sharpens a large picture over its overview: what is in view, at the resolution of the screen. */
export class TileLayer {
  readonly #address: (imageId: number, tile: Tile, content: string) => string;
  readonly #changed: () => void;
  #source: PictureSource | null = null;
  /** In the order of use, the newest last. */
  readonly #entries = new Map<string, Entry>();
  /** Grows when a tile has come: the picture has to be painted again. */
  version = 0;

  constructor(address: (imageId: number, tile: Tile, content: string) => string, changed: () => void) {
    this.#address = address;
    this.#changed = changed;
  }

  /**
   * Paints what is there of the tiles in view over the overview, coarse ones below fine ones, and asks for the rest.
   * The context is set to CSS pixels, as paintImage leaves it.
   */
  paint(
    context: CanvasRenderingContext2D,
    source: PictureSource,
    viewport: Viewport,
    view: Size,
    pixelRatio: number,
  ): void {
    if (source.id !== this.#source?.id || source.content !== this.#source.content) this.clear();
    this.#source = source;
    const shrink = levelFor(source, viewport.scale * pixelRatio);
    const area = areaInView(source, viewport, view);
    if (shrink === null || area.width === 0 || area.height === 0) {
      this.#wantOnly([]);
      return;
    }
    for (let level = levelCount(source) - 1; level >= shrink; level--)
      for (const tile of tilesIn(source, level, area)) this.#paintTile(context, source, tile, viewport);
    this.#wantOnly(tilesFromMiddle(source, shrink, area));
  }

  clear(): void {
    for (const [key, entry] of this.#entries) this.#drop(key, entry);
    this.#source = null;
  }

  #paintTile(context: CanvasRenderingContext2D, image: Size, tile: Tile, viewport: Viewport): void {
    const entry = this.#entries.get(keyOf(tile));
    if (!entry?.bitmap) return;
    this.#entries.delete(keyOf(tile));
    this.#entries.set(keyOf(tile), entry);
    const whole = tileRectangle(image, tile);
    // At the right and the bottom a coarse tile's last pixels reach past the image.
    const width = Math.min(whole.width, image.width - whole.x);
    const height = Math.min(whole.height, image.height - whole.y);
    const shown = rectangleToScreen({ x: whole.x, y: whole.y, width, height }, viewport);
    const scale = 2 ** tile.shrink;
    context.drawImage(
      entry.bitmap,
      0,
      0,
      width / scale,
      height / scale,
      shown.x,
      shown.y,
      shown.width,
      shown.height,
    );
  }

  /** Gives up what is under way for other tiles, and fetches what is missing, a few at a time. */
  #wantOnly(tiles: readonly Tile[]): void {
    const wanted = new Set(tiles.map(keyOf));
    for (const [key, entry] of this.#entries)
      if (!entry.bitmap && entry.failedAt === null && !wanted.has(key)) this.#drop(key, entry);
    let underWay = [...this.#entries.values()].filter((e) => !e.bitmap && e.failedAt === null).length;
    for (const tile of tiles) {
      if (underWay >= AT_ONCE) return;
      const known = this.#entries.get(keyOf(tile));
      if (known && (known.failedAt === null || performance.now() - known.failedAt < RETRY_AFTER)) continue;
      this.#fetch(tile);
      underWay += 1;
    }
  }

  #fetch(tile: Tile): void {
    const source = this.#source;
    if (!source) return;
    const entry: Entry = { tile, controller: new AbortController(), bitmap: null, failedAt: null };
    this.#entries.set(keyOf(tile), entry);
    fetchBitmap(this.#address(source.id, tile, source.content), entry.controller.signal).then(
      (bitmap) => {
        if (this.#entries.get(keyOf(tile)) !== entry) {
          bitmap.close();
          return;
        }
        entry.bitmap = bitmap;
        this.#evict();
        this.#notify();
      },
      () => {
        // The overview stays in its place.
        if (this.#entries.get(keyOf(tile)) !== entry) return;
        entry.failedAt = performance.now();
        this.#notify();
      },
    );
  }

  #notify(): void {
    this.version += 1;
    this.#changed();
  }

  #evict(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= KEPT_TILES) return;
      if (entry.bitmap) this.#drop(key, entry);
    }
  }

  #drop(key: string, entry: Entry): void {
    entry.controller.abort();
    entry.bitmap?.close();
    this.#entries.delete(key);
  }
}
