import type { Box } from '../../electron/common/entities.ts';
import type { Point, Rectangle, Size } from '../../electron/common/geometry.ts';
import { kit } from '../../electron/common/labels/kits.ts';
import type { Shape } from '../../electron/common/labels/shape.ts';
import { rectangleToScreen } from './kernels/viewport.ts';
import type { Viewport } from './kernels/viewport.ts';
import { colorOf, haloFor, paintReadOut, paintTag, setTagFont } from './tags.ts';
import type { LabelClasses } from './tags.ts';

export const LINE_WIDTH = 1.5;
export const HALO_WIDTH = 3;
const HANDLE_SIDE = 8;
/** From this zoom on, in screen pixels a pixel, lines are drawn between pixels. */
const PIXEL_GRID_FROM = 8;
/** Boxes smaller than this on the screen get no tag unless selected. */
const TAG_MIN_WIDTH = 28;
const TAG_MIN_HEIGHT = 18;

/** Where and how large everything is painted: CSS pixels, with `pixelRatio` screen pixels to each. */
export interface Surface {
  readonly viewport: Viewport;
  readonly view: Size;
  readonly pixelRatio: number;
}

/** What stays as it is while a gesture is under way. */
export interface RestingScene {
  readonly boxes: readonly Box[];
  /** Painted by the live layer instead. */
  readonly selection: ReadonlySet<number>;
  readonly classes: LabelClasses;
  readonly locked: ReadonlySet<number>;
  /** Keys of classes are written before their names. */
  readonly keys: boolean;
  readonly image: Size;
  /** Classes are written on the boxes. */
  readonly tags: boolean;
  /** Lines between the pixels, where the zoom shows them apart. */
  readonly pixelGrid: boolean;
}

/** What may change with every step of the pointer. */
export interface LiveScene {
  readonly boxes: readonly Box[];
  readonly selection: ReadonlySet<number>;
  readonly classes: LabelClasses;
  readonly locked: ReadonlySet<number>;
  /** Keys of classes are written before their names. */
  readonly keys: boolean;
  readonly moved: ReadonlyMap<number, Rectangle>;
  readonly draft: Rectangle | null;
  readonly draftColor: string;
  readonly marquee: Rectangle | null;
  /** Where the crosshair guides meet, CSS pixels, or null. */
  readonly crosshair: Point | null;
  /** Boxes that something outside the canvas points at, there now or not. */
  readonly pointed: readonly Rectangle[];
}

/** Unselected boxes with their tags, and the grid. */
export function paintResting(
  context: CanvasRenderingContext2D,
  scene: RestingScene,
  { viewport, view, pixelRatio }: Surface,
): void {
  clear(context, view, pixelRatio);
  if (scene.pixelGrid && viewport.scale * pixelRatio >= PIXEL_GRID_FROM)
    paintPixelGrid(context, scene.image, viewport, view, pixelRatio);
  const inView = scene.boxes.flatMap((box) => {
    if (scene.selection.has(box.id)) return [];
    const shown = rectangleToScreen(box, viewport);
    return isInView(shown, view) ? [{ box, shown }] : [];
  });
  paintRest(context, inView, scene);
}

/** Selected boxes, and what a gesture is about to make. */
export function paintLive(
  context: CanvasRenderingContext2D,
  scene: LiveScene,
  { viewport, view, pixelRatio }: Surface,
): void {
  clear(context, view, pixelRatio);
  if (scene.crosshair) paintCrosshair(context, scene.crosshair, view);
  if (scene.selection.size > 0)
    for (const box of scene.boxes) {
      if (!scene.selection.has(box.id)) continue;
      const shown = rectangleToScreen(scene.moved.get(box.id) ?? box, viewport);
      if (isInView(shown, view)) paintSelected(context, box, shown, scene, view);
    }
  if (scene.draft) paintDraft(context, scene.draft, scene.draftColor, viewport, view);
  if (scene.marquee) paintMarquee(context, rectangleToScreen(scene.marquee, viewport));
  for (const one of scene.pointed) paintPointed(context, rectangleToScreen(one, viewport));
}

function clear(context: CanvasRenderingContext2D, view: Size, pixelRatio: number): void {
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.clearRect(0, 0, view.width, view.height);
}

/** Whether any of a box on the screen can be seen. */
export function isInView(shown: Rectangle, view: Size): boolean {
  return (
    shown.x <= view.width &&
    shown.y <= view.height &&
    shown.x + shown.width >= 0 &&
    shown.y + shown.height >= 0
  );
}

/** Unselected boxes: halos in two strokes, then one stroke a colour, so that a thousand cost no more than a few. */
function paintRest(
  context: CanvasRenderingContext2D,
  inView: readonly { box: Box; shown: Rectangle }[],
  scene: RestingScene,
): void {
  const halos = new Map<string, Path2D>();
  const byColor = new Map<string, Path2D>();
  for (const { box, shown } of inView) {
    const color = colorOf(box, scene.classes);
    const halo = haloFor(color);
    let around = halos.get(halo);
    if (!around) halos.set(halo, (around = new Path2D()));
    kit.trace(shown, around);
    let path = byColor.get(color);
    if (!path) byColor.set(color, (path = new Path2D()));
    kit.trace(shown, path);
  }
  context.lineJoin = 'miter';
  context.setLineDash([]);
  context.lineWidth = HALO_WIDTH;
  for (const [halo, path] of halos) {
    context.strokeStyle = halo;
    context.stroke(path);
  }
  context.lineWidth = LINE_WIDTH;
  for (const [color, path] of byColor) {
    context.strokeStyle = color;
    context.stroke(path);
  }
  if (!scene.tags) return;
  setTagFont(context);
  for (const { box, shown } of inView) {
    if (shown.width >= TAG_MIN_WIDTH && shown.height >= TAG_MIN_HEIGHT) paintTag(context, box, shown, scene);
  }
}

function paintSelected(
  context: CanvasRenderingContext2D,
  box: Box,
  shown: Rectangle,
  scene: LiveScene,
  view: Size,
): void {
  const color = colorOf(box, scene.classes);
  context.setLineDash([]);
  strokeShape(context, shown, haloFor(color), HALO_WIDTH + 1);
  strokeShape(context, shown, color, LINE_WIDTH + 0.5);
  if (shown.width > 6 && shown.height > 6) strokeInside(context, shown, 1.75, 1);
  setTagFont(context);
  paintTag(context, box, shown, scene);
  if (scene.selection.size > 1) return;
  if (!scene.locked.has(box.id)) paintHandles(context, shown, color);
  paintReadOut(context, sizeText(scene.moved.get(box.id) ?? box), shown, view);
}

function paintHandles(context: CanvasRenderingContext2D, shown: Rectangle, color: string): void {
  for (const handle of kit.handles) {
    const at = kit.handlePoint(shown, handle);
    const middle =
      handle.horizontal === null ? shown.width : handle.vertical === null ? shown.height : Infinity;
    if (middle < 3 * HANDLE_SIDE) continue;
    context.fillStyle = '#FFFFFF';
    context.strokeStyle = color;
    context.lineWidth = LINE_WIDTH;
    const half = HANDLE_SIDE / 2;
    context.fillRect(at.x - half, at.y - half, HANDLE_SIDE, HANDLE_SIDE);
    context.strokeRect(at.x - half, at.y - half, HANDLE_SIDE, HANDLE_SIDE);
  }
}

function paintDraft(
  context: CanvasRenderingContext2D,
  draft: Rectangle,
  color: string,
  viewport: Viewport,
  view: Size,
): void {
  const shown = rectangleToScreen(draft, viewport);
  strokeShape(context, shown, haloFor(color), HALO_WIDTH);
  strokeShape(context, shown, color, LINE_WIDTH);
  setTagFont(context);
  paintReadOut(context, sizeText(draft), shown, view);
}

function paintMarquee(context: CanvasRenderingContext2D, shown: Rectangle): void {
  context.fillStyle = 'rgb(110 168 254 / 15%)';
  context.fillRect(shown.x, shown.y, shown.width, shown.height);
  strokeRectangle(context, shown, '#6EA8FE', 1);
}

/** Dashed white over black: seen on any picture, and no box's own look. */
function paintPointed(context: CanvasRenderingContext2D, shown: Rectangle): void {
  context.setLineDash([]);
  strokeShape(context, shown, 'rgb(0 0 0 / 80%)', HALO_WIDTH + 1);
  context.setLineDash([6, 4]);
  strokeShape(context, shown, '#FFFFFF', LINE_WIDTH + 0.5);
  context.setLineDash([]);
}

/** One screen pixel wide and half transparent grey: seen on dark and light, and little in the way. */
function paintPixelGrid(
  context: CanvasRenderingContext2D,
  image: Size,
  viewport: Viewport,
  view: Size,
  pixelRatio: number,
): void {
  const { scale, x, y } = viewport;
  const first = (offset: number): number => Math.max(0, Math.ceil(-offset / scale));
  const last = (offset: number, room: number, extent: number): number =>
    Math.min(extent, Math.floor((room - offset) / scale));
  const top = Math.max(0, y);
  const bottom = Math.min(view.height, y + image.height * scale);
  const left = Math.max(0, x);
  const right = Math.min(view.width, x + image.width * scale);
  const hair = 1 / pixelRatio;
  const onPixel = (at: number): number => Math.round(at * pixelRatio) / pixelRatio;
  const lines = new Path2D();
  for (let column = first(x); column <= last(x, view.width, image.width); column += 1)
    lines.rect(onPixel(x + column * scale), top, hair, bottom - top);
  for (let row = first(y); row <= last(y, view.height, image.height); row += 1)
    lines.rect(left, onPixel(y + row * scale), right - left, hair);
  context.fillStyle = 'rgb(128 128 128 / 40%)';
  context.fill(lines);
}

function paintCrosshair(context: CanvasRenderingContext2D, at: Point, view: Size): void {
  for (const [color, width] of [
    ['rgb(0 0 0 / 35%)', 2],
    ['rgb(255 255 255 / 75%)', 1],
  ] as const) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(0, Math.round(at.y) + 0.5);
    context.lineTo(view.width, Math.round(at.y) + 0.5);
    context.moveTo(Math.round(at.x) + 0.5, 0);
    context.lineTo(Math.round(at.x) + 0.5, view.height);
    context.stroke();
  }
}

/** The outline of a label. */
export function strokeShape(
  context: CanvasRenderingContext2D,
  shape: Shape,
  color: string,
  width: number,
): void {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  kit.trace(shape, context);
  context.stroke();
}

function strokeRectangle(
  context: CanvasRenderingContext2D,
  r: Rectangle,
  color: string,
  width: number,
): void {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.strokeRect(r.x, r.y, r.width, r.height);
}

/** A white line inside a box: it is the one that keys and handles are about. */
export function strokeInside(
  context: CanvasRenderingContext2D,
  r: Rectangle,
  inset: number,
  width: number,
): void {
  const inner = { x: r.x + inset, y: r.y + inset, width: r.width - 2 * inset, height: r.height - 2 * inset };
  strokeRectangle(context, inner, '#FFFFFF', width);
}

function sizeText(shape: Shape): string {
  const { width, height } = kit.bounds(shape);
  return `${width.toFixed(1)} × ${height.toFixed(1)}`;
}
