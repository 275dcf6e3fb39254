import type { Box, LabelClass } from '../../electron/common/entities.ts';
import type { Point, Rectangle, Size } from '../../electron/common/geometry.ts';
import { HANDLES, handlePoint } from './kernels/handles.ts';
import { rectangleToScreen } from './kernels/viewport.ts';
import type { Viewport } from './kernels/viewport.ts';

export const HALO = 'rgb(0 0 0 / 50%)';
export const LINE_WIDTH = 1.5;
export const HALO_WIDTH = 3;
const HANDLE_SIDE = 8;
/** From this zoom on, pixels are shown as squares. */
const PIXELATED_FROM = 8;
/** Boxes smaller than this on the screen get no tag unless selected. */
const TAG_MIN_WIDTH = 28;
const TAG_MIN_HEIGHT = 18;

export type LabelClasses = ReadonlyMap<number, LabelClass>;

/** The picture, at `pixelRatio` device pixels per CSS pixel. */
export function paintImage(
  context: CanvasRenderingContext2D,
  bitmap: CanvasImageSource | null,
  image: Size,
  viewport: Viewport,
  view: Size,
  pixelRatio: number,
): void {
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.clearRect(0, 0, view.width, view.height);
  const shown = rectangleToScreen({ x: 0, y: 0, width: image.width, height: image.height }, viewport);
  if (!bitmap) {
    context.fillStyle = 'rgb(128 128 128 / 18%)';
    context.fillRect(shown.x, shown.y, shown.width, shown.height);
    return;
  }
  context.imageSmoothingEnabled = viewport.scale < PIXELATED_FROM;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, shown.x, shown.y, shown.width, shown.height);
}

export interface OverlayScene {
  readonly boxes: readonly Box[];
  readonly moved: ReadonlyMap<number, Rectangle>;
  readonly selection: ReadonlySet<number>;
  readonly classes: LabelClasses;
  readonly draft: Rectangle | null;
  readonly draftColor: string;
  readonly marquee: Rectangle | null;
  /** Where the crosshair guides meet, CSS pixels, or null. */
  readonly crosshair: Point | null;
  readonly image: Size;
}

/** Boxes, tags, handles, guides: everything over the picture. */
export function paintOverlay(
  context: CanvasRenderingContext2D,
  scene: OverlayScene,
  viewport: Viewport,
  view: Size,
  pixelRatio: number,
): void {
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.clearRect(0, 0, view.width, view.height);
  if (scene.crosshair) paintCrosshair(context, scene.crosshair, view);
  const inView: { box: Box; shown: Rectangle }[] = [];
  for (const box of scene.boxes) {
    const shown = rectangleToScreen(scene.moved.get(box.id) ?? box, viewport);
    const outside =
      shown.x > view.width ||
      shown.y > view.height ||
      shown.x + shown.width < 0 ||
      shown.y + shown.height < 0;
    if (!outside) inView.push({ box, shown });
  }
  paintRest(context, inView, scene);
  for (const { box, shown } of inView)
    if (scene.selection.has(box.id)) paintSelected(context, box, shown, scene);
  if (scene.draft) paintDraft(context, scene.draft, scene.draftColor, viewport);
  if (scene.marquee) paintMarquee(context, rectangleToScreen(scene.marquee, viewport));
}

/** Unselected boxes: halos in one stroke, then one stroke a colour, so that a thousand cost no more than a few. */
function paintRest(
  context: CanvasRenderingContext2D,
  inView: readonly { box: Box; shown: Rectangle }[],
  scene: OverlayScene,
): void {
  const halos = new Path2D();
  const byColor = new Map<string, Path2D>();
  for (const { box, shown } of inView) {
    if (scene.selection.has(box.id)) continue;
    halos.rect(shown.x, shown.y, shown.width, shown.height);
    const color = colorOf(box, scene.classes);
    let path = byColor.get(color);
    if (!path) byColor.set(color, (path = new Path2D()));
    path.rect(shown.x, shown.y, shown.width, shown.height);
  }
  context.lineJoin = 'miter';
  context.setLineDash([]);
  context.strokeStyle = HALO;
  context.lineWidth = HALO_WIDTH;
  context.stroke(halos);
  context.lineWidth = LINE_WIDTH;
  for (const [color, path] of byColor) {
    context.strokeStyle = color;
    context.stroke(path);
  }
  setTagFont(context);
  for (const { box, shown } of inView) {
    if (scene.selection.has(box.id)) continue;
    if (shown.width >= TAG_MIN_WIDTH && shown.height >= TAG_MIN_HEIGHT)
      paintTag(context, box, shown, scene.classes);
  }
}

function paintSelected(
  context: CanvasRenderingContext2D,
  box: Box,
  shown: Rectangle,
  scene: OverlayScene,
): void {
  const color = colorOf(box, scene.classes);
  context.setLineDash([]);
  strokeRectangle(context, shown, HALO, HALO_WIDTH + 1);
  strokeRectangle(context, shown, color, LINE_WIDTH + 0.5);
  const inset = 1.75;
  if (shown.width > 6 && shown.height > 6) {
    strokeRectangle(
      context,
      {
        x: shown.x + inset,
        y: shown.y + inset,
        width: shown.width - 2 * inset,
        height: shown.height - 2 * inset,
      },
      '#FFFFFF',
      1,
    );
  }
  setTagFont(context);
  paintTag(context, box, shown, scene.classes);
  if (scene.selection.size > 1) return;
  for (const handle of HANDLES) {
    const at = handlePoint(shown, handle);
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
  paintReadOut(context, sizeText(scene.moved.get(box.id) ?? box), shown);
}

function paintDraft(
  context: CanvasRenderingContext2D,
  draft: Rectangle,
  color: string,
  viewport: Viewport,
): void {
  const shown = rectangleToScreen(draft, viewport);
  strokeRectangle(context, shown, HALO, HALO_WIDTH);
  strokeRectangle(context, shown, color, LINE_WIDTH);
  setTagFont(context);
  paintReadOut(context, sizeText(draft), shown);
}

function paintMarquee(context: CanvasRenderingContext2D, shown: Rectangle): void {
  context.fillStyle = 'rgb(110 168 254 / 15%)';
  context.fillRect(shown.x, shown.y, shown.width, shown.height);
  strokeRectangle(context, shown, '#6EA8FE', 1);
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

export function strokeRectangle(
  context: CanvasRenderingContext2D,
  r: Rectangle,
  color: string,
  width: number,
): void {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.strokeRect(r.x, r.y, r.width, r.height);
}

const TAG_HEIGHT = 17;
/** A tag's key cap, whatever the class's colour. */
const KEY_GROUND = 'rgb(16 18 22 / 88%)';
const KEY_INK = '#C9CED8';

export function setTagFont(context: CanvasRenderingContext2D): void {
  context.font = '600 11px system-ui, "Noto Sans SC", sans-serif';
  context.textBaseline = 'middle';
}

/** The class on the box's upper edge: hotkey, name, and a suggestion's score. */
export function paintTag(
  context: CanvasRenderingContext2D,
  box: Box,
  shown: Rectangle,
  classes: LabelClasses,
  score = '',
): void {
  const labelClass = classes.get(box.classId);
  const color = colorOf(box, classes);
  const text = `${shorten(labelClass?.name ?? '?')} ${score}`.trimEnd();
  const key = labelClass?.hotkey?.toUpperCase() ?? '';
  const keyWidth = key === '' ? 0 : Math.ceil(context.measureText(key).width) + 8;
  const width = keyWidth + Math.ceil(context.measureText(text).width) + 10;
  const above = shown.y - TAG_HEIGHT >= 0;
  const x = Math.max(0, shown.x - LINE_WIDTH / 2);
  const y = above ? shown.y - TAG_HEIGHT : Math.max(0, shown.y);
  const ink = inkOn(color);
  context.fillStyle = color;
  context.fillRect(x, y, width, TAG_HEIGHT);
  if (key !== '') {
    // Set apart by its ground: a key 9 before a class 8 must not read as the number 98.
    context.fillStyle = KEY_GROUND;
    context.fillRect(x, y, keyWidth, TAG_HEIGHT);
    context.fillStyle = KEY_INK;
    context.fillText(key, x + 4, y + TAG_HEIGHT / 2 + 0.5);
  }
  context.fillStyle = ink;
  context.fillText(text, x + keyWidth + 5, y + TAG_HEIGHT / 2 + 0.5);
}

/** Width and height under the box's lower edge. */
function paintReadOut(context: CanvasRenderingContext2D, text: string, shown: Rectangle): void {
  const width = Math.ceil(context.measureText(text).width) + 10;
  const x = shown.x + shown.width - width;
  const y = shown.y + shown.height + 7;
  context.fillStyle = 'rgb(0 0 0 / 72%)';
  context.fillRect(x, y, width, TAG_HEIGHT);
  context.fillStyle = '#FFFFFF';
  context.fillText(text, x + 5, y + TAG_HEIGHT / 2 + 0.5);
}

function sizeText(r: Rectangle): string {
  return `${r.width.toFixed(1)} × ${r.height.toFixed(1)}`;
}

function shorten(name: string): string {
  return name.length > 24 ? `${name.slice(0, 23)}…` : name;
}

export function colorOf(box: Box, classes: LabelClasses): string {
  return classes.get(box.classId)?.color ?? '#9AA3B0';
}

/** Black or white, whichever stands out more on `#RRGGBB` (relative luminance of WCAG 2, threshold 0.179). */
export function inkOn(color: string): '#000000' | '#FFFFFF' {
  const channel = (offset: number): number => {
    const value = Number.parseInt(color.slice(offset, offset + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return luminance > 0.179 ? '#000000' : '#FFFFFF';
}
