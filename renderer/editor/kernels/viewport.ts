import type { Point, Rectangle, Size } from '../../../electron/common/geometry.ts';

/**
 * Where the image lies in the view: screen = image · scale + (x, y). Screen coordinates are CSS pixels from the
 * view's top-left corner, image coordinates pixels of the oriented image.
 */
export interface Viewport {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** Screen pixels per image pixel: 2 % and 6,400 %. In a viewport, which counts CSS pixels, divide by the screen's ratio. */
export const MIN_SCALE = 0.02;
export const MAX_SCALE = 64;
/** At least this much of the image stays in view, CSS pixels. */
const KEEP_VISIBLE = 48;

/** `pixelRatio`: screen pixels per CSS pixel. */
export function clampScale(scale: number, pixelRatio = 1): number {
  return Math.min(MAX_SCALE / pixelRatio, Math.max(MIN_SCALE / pixelRatio, scale));
}

export function toScreen(point: Point, viewport: Viewport): Point {
  return { x: point.x * viewport.scale + viewport.x, y: point.y * viewport.scale + viewport.y };
}

export function toImage(point: Point, viewport: Viewport): Point {
  return { x: (point.x - viewport.x) / viewport.scale, y: (point.y - viewport.y) / viewport.scale };
}

export function rectangleToScreen(r: Rectangle, viewport: Viewport): Rectangle {
  return {
    x: r.x * viewport.scale + viewport.x,
    y: r.y * viewport.scale + viewport.y,
    width: r.width * viewport.scale,
    height: r.height * viewport.scale,
  };
}

/** The whole image, centred, with `margin` CSS pixels around it. */
export function fit(image: Size, view: Size, pixelRatio = 1, margin = 24): Viewport {
  const width = Math.max(1, view.width - 2 * margin);
  const height = Math.max(1, view.height - 2 * margin);
  const scale = clampScale(Math.min(width / image.width, height / image.height), pixelRatio);
  return centred(image, view, scale, pixelRatio);
}

/**
 * The image's centre in the view's centre, to a whole screen pixel: at actual size every pixel of the image is then
 * one of the screen, not a mixture of two.
 */
export function centred(image: Size, view: Size, scale: number, pixelRatio = 1): Viewport {
  const onPixel = (offset: number): number => Math.round(offset * pixelRatio) / pixelRatio;
  return {
    scale,
    x: onPixel((view.width - image.width * scale) / 2),
    y: onPixel((view.height - image.height * scale) / 2),
  };
}

/** Changes the scale so that the image point under the screen point `at` stays there. */
export function zoomAt(viewport: Viewport, at: Point, scale: number, pixelRatio = 1): Viewport {
  const next = clampScale(scale, pixelRatio);
  const ratio = next / viewport.scale;
  return { scale: next, x: at.x - (at.x - viewport.x) * ratio, y: at.y - (at.y - viewport.y) * ratio };
}

/** Two fingers, in screen coordinates. */
export type Fingers = readonly [Point, Point];

/**
 * The viewport after two fingers have gone from one position to another: the image point between them stays between
 * them, and the image grows as their distance does.
 */
export function pinch(start: Viewport, from: Fingers, to: Fingers, pixelRatio = 1): Viewport {
  const middle = ([a, b]: Fingers): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  // Fingers that touch each other have no distance to compare with.
  const distance = ([a, b]: Fingers): number => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
  const before = middle(from);
  const after = middle(to);
  const moved = pan(start, after.x - before.x, after.y - before.y);
  return zoomAt(moved, after, start.scale * (distance(to) / distance(from)), pixelRatio);
}

/** A position to come back to, whatever the size of the view then: the image point in its centre, and the scale. */
export interface ViewPosition {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export function positionOf(viewport: Viewport, view: Size): ViewPosition {
  const { x, y } = toImage({ x: view.width / 2, y: view.height / 2 }, viewport);
  return { scale: viewport.scale, x, y };
}

export function viewportAt(position: ViewPosition, view: Size, pixelRatio = 1): Viewport {
  const scale = clampScale(position.scale, pixelRatio);
  return { scale, x: view.width / 2 - position.x * scale, y: view.height / 2 - position.y * scale };
}

export function pan(viewport: Viewport, dx: number, dy: number): Viewport {
  return { scale: viewport.scale, x: viewport.x + dx, y: viewport.y + dy };
}

/** Keeps a part of the image in view, so that it can't be lost by panning. */
export function constrain(viewport: Viewport, image: Size, view: Size): Viewport {
  const hold = (offset: number, extent: number, room: number): number => {
    const keep = Math.min(KEEP_VISIBLE, extent);
    return Math.min(room - keep, Math.max(keep - extent, offset));
  };
  const x = hold(viewport.x, image.width * viewport.scale, view.width);
  const y = hold(viewport.y, image.height * viewport.scale, view.height);
  return x === viewport.x && y === viewport.y ? viewport : { scale: viewport.scale, x, y };
}

/** Brings `r` into view with the smallest pan; a rectangle larger than the view is centred. */
export function reveal(viewport: Viewport, r: Rectangle, view: Size, margin = 32): Viewport {
  const shown = rectangleToScreen(r, viewport);
  const shift = (start: number, extent: number, room: number): number => {
    if (extent > room - 2 * margin) return room / 2 - (start + extent / 2);
    if (start < margin) return margin - start;
    if (start + extent > room - margin) return room - margin - (start + extent);
    return 0;
  };
  const dx = shift(shown.x, shown.width, view.width);
  const dy = shift(shown.y, shown.height, view.height);
  return dx === 0 && dy === 0 ? viewport : pan(viewport, dx, dy);
}
