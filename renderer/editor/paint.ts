import type { Size } from '../../electron/common/geometry.ts';
import { rectangleToScreen } from './kernels/viewport.ts';
import type { Viewport } from './kernels/viewport.ts';

/** From this zoom on, in screen pixels a pixel, pixels are shown as what they are: squares. */
const PIXELATED_FROM = 2;

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
  context.imageSmoothingEnabled = viewport.scale * pixelRatio < PIXELATED_FROM;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, shown.x, shown.y, shown.width, shown.height);
}
