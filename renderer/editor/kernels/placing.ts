import { clipToImage } from '../../../electron/common/geometry.ts';
import type { Rectangle, Size } from '../../../electron/common/geometry.ts';
import { MIN_SIDE } from '../../../electron/common/labels/kits.ts';
import { toImage } from './viewport.ts';
import type { Viewport } from './viewport.ts';

/** The share of what is seen that a box made by key takes, on either side. */
const SHARE = 0.25;

/** A box of whole pixels in the middle of the part of the image that is seen. */
export function boxInMiddle(viewport: Viewport, view: Size, image: Size): Rectangle {
  const corner = toImage({ x: 0, y: 0 }, viewport);
  const seen = { ...corner, width: view.width / viewport.scale, height: view.height / viewport.scale };
  const part = clipToImage(seen, image) ?? { x: 0, y: 0, ...image };
  const across = span(part.x, part.width, image.width);
  const down = span(part.y, part.height, image.height);
  return { x: across.start, y: down.start, width: across.extent, height: down.extent };
}

function span(start: number, extent: number, limit: number): { start: number; extent: number } {
  const side = Math.min(limit, Math.max(MIN_SIDE, Math.round(extent * SHARE)));
  const first = Math.round(start + (extent - side) / 2);
  return { start: Math.min(limit - side, Math.max(0, first)), extent: side };
}
