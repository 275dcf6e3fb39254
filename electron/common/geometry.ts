/**
 * Pure geometry on boxes. Unless a name says otherwise, numbers are floating-point pixels of the oriented image;
 * the origin is the top-left corner of the top-left pixel, so an image spans [0, width] × [0, height].
 */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The rectangle between two corners given in any order: never inverted. */
export function rectangleBetween(a: Point, b: Point): Rectangle {
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  };
}

export function area(r: Rectangle): number {
  return Math.max(0, r.width) * Math.max(0, r.height);
}

/** The part of `r` inside the image, or null where nothing of it (of positive area) is inside. */
export function clipToImage(r: Rectangle, image: Size): Rectangle | null {
  const left = Math.max(0, r.x);
  const top = Math.max(0, r.y);
  const right = Math.min(image.width, r.x + r.width);
  const bottom = Math.min(image.height, r.y + r.height);
  if (!(right > left && bottom > top)) return null;
  if (left === r.x && top === r.y && right === r.x + r.width && bottom === r.y + r.height) return r;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

export function clampPoint(point: Point, image: Size): Point {
  return {
    x: Math.min(image.width, Math.max(0, point.x)),
    y: Math.min(image.height, Math.max(0, point.y)),
  };
}

/**
 * The part of a wished translation that keeps every rectangle as far inside the image as it was. A box that hangs
 * out already (some datasets have them) may move inwards but not further out.
 */
export function clampTranslation(
  rectangles: readonly Rectangle[],
  dx: number,
  dy: number,
  image: Size,
): Point {
  let [minX, maxX, minY, maxY] = [-Infinity, Infinity, -Infinity, Infinity];
  for (const r of rectangles) {
    minX = Math.max(minX, Math.min(0, -r.x));
    maxX = Math.min(maxX, Math.max(0, image.width - (r.x + r.width)));
    minY = Math.max(minY, Math.min(0, -r.y));
    maxY = Math.min(maxY, Math.max(0, image.height - (r.y + r.height)));
  }
  return { x: Math.min(maxX, Math.max(minX, dx)), y: Math.min(maxY, Math.max(minY, dy)) };
}

export function intersectionArea(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Intersection over union in [0, 1]; 0 where both are empty. */
export function intersectionOverUnion(a: Rectangle, b: Rectangle): number {
  const shared = intersectionArea(a, b);
  const union = area(a) + area(b) - shared;
  return union > 0 ? shared / union : 0;
}

/**
 * How an image is fitted into the square input of a network: scaled by `scale` to at most `size` on the longer
 * side (whole pixels), centred, the rest padded. The one definition for cache, training, prediction and export.
 */
export interface Letterbox {
  readonly size: number;
  /** Scaled content, whole pixels. */
  readonly contentWidth: number;
  readonly contentHeight: number;
  readonly padLeft: number;
  readonly padTop: number;
  /** contentWidth / imageWidth and contentHeight / imageHeight: almost equal, kept apart so that boxes stay exact. */
  readonly scaleX: number;
  readonly scaleY: number;
}

/** The grey of the padding, 0-255 on each channel. */
export const LETTERBOX_PADDING = 114;

export function letterbox(image: Size, size: number): Letterbox {
  const scale = size / Math.max(image.width, image.height);
  const contentWidth = Math.max(1, Math.min(size, Math.round(image.width * scale)));
  const contentHeight = Math.max(1, Math.min(size, Math.round(image.height * scale)));
  return {
    size,
    contentWidth,
    contentHeight,
    padLeft: Math.floor((size - contentWidth) / 2),
    padTop: Math.floor((size - contentHeight) / 2),
    scaleX: contentWidth / image.width,
    scaleY: contentHeight / image.height,
  };
}

/** From pixels of the oriented image to pixels of the network's input. */
export function toNetwork(r: Rectangle, box: Letterbox): Rectangle {
  return {
    x: r.x * box.scaleX + box.padLeft,
    y: r.y * box.scaleY + box.padTop,
    width: r.width * box.scaleX,
    height: r.height * box.scaleY,
  };
}

/** The inverse of {@link toNetwork}. */
export function fromNetwork(r: Rectangle, box: Letterbox): Rectangle {
  return {
    x: (r.x - box.padLeft) / box.scaleX,
    y: (r.y - box.padTop) / box.scaleY,
    width: r.width / box.scaleX,
    height: r.height / box.scaleY,
  };
}
