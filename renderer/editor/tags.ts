import type { Box, LabelClass } from '../../electron/common/entities.ts';
import { isolate } from '../../electron/common/sentences/isolate.ts';
import type { Rectangle, Size } from '../../electron/common/geometry.ts';

export type LabelClasses = ReadonlyMap<number, LabelClass>;

interface TagScene {
  readonly classes: LabelClasses;
  readonly locked: ReadonlySet<number>;
  /** Keys of classes are written before their names. */
  readonly keys: boolean;
}

const TAG_HEIGHT = 17;
/** A tag's key cap, whatever the class's colour. */
const KEY_GROUND = 'rgb(16 18 22 / 88%)';
const KEY_INK = '#C9CED8';

/** Widths of texts in the tags' font: measuring costs more than writing, and the same few words come again and again. */
const widths = new Map<string, number>();

function widthOf(context: CanvasRenderingContext2D, text: string): number {
  let width = widths.get(text);
  if (width === undefined) {
    // Sizes of boxes come in any number.
    if (widths.size > 2000) widths.clear();
    widths.set(text, (width = Math.ceil(context.measureText(text).width)));
  }
  return width;
}

export function setTagFont(context: CanvasRenderingContext2D): void {
  context.font = '600 11px system-ui, "Noto Sans SC", sans-serif';
  context.textBaseline = 'middle';
}

/** The class on the box's upper edge: its key where that is wanted, name, and a suggestion's score. */
export function paintTag(
  context: CanvasRenderingContext2D,
  box: Pick<Box, 'id' | 'classId'>,
  shown: Rectangle,
  { classes, locked, keys }: TagScene,
  score = '',
): void {
  const labelClass = classes.get(box.classId);
  const color = colorOf(box, classes);
  const text = `${isolate(shorten(labelClass?.name ?? '?'))} ${score}`.trimEnd();
  const key = keys ? (labelClass?.hotkey?.toUpperCase() ?? '') : '';
  const keyWidth = key === '' ? 0 : widthOf(context, key) + 8;
  const lockWidth = locked.has(box.id) ? 12 : 0;
  const width = keyWidth + lockWidth + widthOf(context, text) + 10;
  const above = shown.y - TAG_HEIGHT >= 0;
  const x = Math.max(0, shown.x - 0.75);
  const y = above ? shown.y - TAG_HEIGHT : Math.max(0, shown.y);
  const ink = inkOn(color);
  context.fillStyle = color;
  context.fillRect(x, y, width, TAG_HEIGHT);
  if (ink === '#FFFFFF') {
    // A dark ground is no tag on a dark picture without an edge.
    context.strokeStyle = haloFor(color);
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, width - 1, TAG_HEIGHT - 1);
  }
  if (key !== '') {
    // Set apart by its ground: a key 9 before a class 8 must not read as the number 98.
    context.fillStyle = KEY_GROUND;
    context.fillRect(x, y, keyWidth, TAG_HEIGHT);
    context.fillStyle = KEY_INK;
    context.fillText(key, x + 4, y + TAG_HEIGHT / 2 + 0.5);
  }
  context.fillStyle = ink;
  if (lockWidth > 0) paintLock(context, x + keyWidth + 5, y + 4, ink);
  context.fillText(text, x + keyWidth + lockWidth + 5, y + TAG_HEIGHT / 2 + 0.5);
}

/** A padlock of 8 by 9 pixels. */
function paintLock(context: CanvasRenderingContext2D, x: number, y: number, ink: string): void {
  context.fillRect(x, y + 4, 8, 5);
  context.strokeStyle = ink;
  context.lineWidth = 1.25;
  context.beginPath();
  context.arc(x + 4, y + 3.5, 2.5, Math.PI, 0);
  context.lineTo(x + 6.5, y + 4.5);
  context.moveTo(x + 1.5, y + 3.5);
  context.lineTo(x + 1.5, y + 4.5);
  context.stroke();
}

/** Width and height under the box's lower edge, or, where that is out of view, at the nearest point inside it. */
export function paintReadOut(
  context: CanvasRenderingContext2D,
  text: string,
  shown: Rectangle,
  view: Size,
): void {
  const width = widthOf(context, text) + 10;
  const within = (at: number, room: number): number => Math.max(2, Math.min(at, room - 2));
  const x = within(shown.x + shown.width - width, view.width - width);
  const y = within(shown.y + shown.height + 7, view.height - TAG_HEIGHT);
  context.fillStyle = 'rgb(0 0 0 / 72%)';
  context.fillRect(x, y, width, TAG_HEIGHT);
  context.fillStyle = '#FFFFFF';
  context.fillText(text, x + 5, y + TAG_HEIGHT / 2 + 0.5);
}

/** By whole characters: half of one would be shown as a box. */
function shorten(name: string): string {
  const characters = Array.from(name);
  return characters.length > 24 ? `${characters.slice(0, 23).join('')}…` : name;
}

export function colorOf(box: Pick<Box, 'classId'>, classes: LabelClasses): string {
  return classes.get(box.classId)?.color ?? '#9AA3B0';
}

/** Colour of a box whose class is not known. */
export const NO_COLOR = '#FFFFFF';

/** What a line of this colour lies on, so that it stands out of bright pictures and of dark ones. */
export function haloFor(color: string): string {
  return inkOn(color) === '#FFFFFF' ? 'rgb(255 255 255 / 60%)' : 'rgb(0 0 0 / 50%)';
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
