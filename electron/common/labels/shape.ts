import type { Point, Rectangle, Size } from '../geometry.ts';

/** Where in an image a label lies: today a box. Only kits.ts knows more of it than its bounds. */
export type Shape = Rectangle;

/** The sides of a shape that a handle moves; null where it moves none along that axis. */
export interface Handle {
  readonly horizontal: 'left' | 'right' | null;
  readonly vertical: 'top' | 'bottom' | null;
}

/** What of a canvas' path a shape is drawn with. */
export interface Outline {
  rect(x: number, y: number, width: number, height: number): void;
}

/** What is asked of the shape of a label. Everything is in pixels of the image, but for what is on the screen. */
export interface ShapeKit<S> {
  /** By what counts, filters and indexes know the label: the columns x, y, width and height. */
  bounds(shape: S): Rectangle;
  /** @throws TwinheadError `invalid-input` naming `place`, where it is no shape or reaches out of the image */
  requireInside(shape: S, image: Size, place: string): void;
  /** The part inside the image; null where that is too small to be a label. */
  clip(shape: S, image: Size): S | null;
  largeEnough(shape: S): boolean;
  equals(a: S, b: S): boolean;
  /** Whether no figure of the two is further apart than `tolerance`. */
  alike(a: S, b: S, tolerance: number): boolean;
  area(shape: S): number;
  /** Whether a point is on it, or no further away than `tolerance`. */
  hit(shape: S, point: Point, tolerance: number): boolean;
  /** Whether any of it is inside the rectangle. */
  touches(shape: S, rectangle: Rectangle): boolean;
  /** Adds its outline to a path of a canvas. */
  trace(shape: S, path: Outline): void;
  readonly handles: readonly Handle[];
  handlePoint(shape: S, handle: Handle): Point;
  /** The handle or edge under a point of the screen; `coarse` stretches what can be hit, for fingers. */
  handleAt(shown: S, point: Point, coarse?: number): Handle | null;
  /** Moved, its size to the last bit; one that lay inside the image is not put outside by rounding. */
  move(shape: S, by: Point, image: Size): S;
  /** With the handle brought to a point, as far as the image goes. */
  resize(shape: S, handle: Handle, point: Point, image: Size): S;
  /** With the right and lower sides moved, as far as the image goes. */
  grow(shape: S, byWidth: number, byHeight: number, image: Size): S;
  /** With one figure as wished, as far as it stays inside the image. A position moves it. */
  withField(shape: S, field: keyof Rectangle, value: number, image: Size): S;
  /** As it is stored, sent and shown in figures, without what else a label has. */
  encode(shape: S): Rectangle;
  decode(stored: Rectangle): S;
}
