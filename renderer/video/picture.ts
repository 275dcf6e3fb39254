import { GLIMPSE_SIDE } from './choose-frames.ts';
import type { Upright } from './open-video.ts';

/** Size of a frame as a player shows it: square pixels, turned upright; a stretched side grows, none shrinks. */
export function shownSize(
  visible: { readonly width: number; readonly height: number },
  { rotation, pixelAspect }: Upright,
): { width: number; height: number } {
  const width = pixelAspect > 1 ? Math.round(visible.width * pixelAspect) : visible.width;
  const height = pixelAspect < 1 ? Math.round(visible.height / pixelAspect) : visible.height;
  return rotation % 180 === 0 ? { width, height } : { width: height, height: width };
}

const sizeOf = (frame: VideoFrame, upright: Upright): { width: number; height: number } =>
  shownSize(frame.visibleRect ?? { width: frame.codedWidth, height: frame.codedHeight }, upright);

/** Draws the frame upright into a whole canvas. Pixels stay pixels where the canvas has the frame's own size. */
function drawUpright(
  context: OffscreenCanvasRenderingContext2D,
  frame: VideoFrame,
  { rotation, flip }: Upright,
): void {
  const { width, height } = context.canvas;
  context.setTransform(1, 0, 0, 1, width / 2, height / 2);
  if (flip) context.scale(-1, 1);
  context.rotate((rotation * Math.PI) / 180);
  const [drawnWidth, drawnHeight] = rotation % 180 === 0 ? [width, height] : [height, width];
  context.drawImage(frame, -drawnWidth / 2, -drawnHeight / 2, drawnWidth, drawnHeight);
}

function contextOf(width: number, height: number, readOften = false): OffscreenCanvasRenderingContext2D {
  const canvas = new OffscreenCanvas(width, height);
  // What is transparent in a video is black, as in players.
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: readOften });
  if (context === null) throw new Error('no canvas can be had');
  return context;
}

/** The frame as PNG, upright, in sRGB: without loss beyond the conversion that every player makes. */
export async function toPng(frame: VideoFrame, upright: Upright): Promise<Blob> {
  const { width, height } = sizeOf(frame, upright);
  const context = contextOf(width, height, true);
  context.imageSmoothingQuality = 'high';
  drawUpright(context, frame, upright);
  return context.canvas.convertToBlob({ type: 'image/png' });
}

/** A small picture of it for people, at most `side` wide and high. */
export async function toThumbnail(frame: VideoFrame, upright: Upright, side: number): Promise<Blob> {
  const { width, height } = sizeOf(frame, upright);
  const scale = Math.min(1, side / Math.max(width, height));
  const context = contextOf(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  drawUpright(context, frame, upright);
  return context.canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
}

/** Takes glimpses of frames one after the other: luma of a few pixels, by which frames are compared. */
export class Glimpser {
  readonly #context = contextOf(GLIMPSE_SIDE, GLIMPSE_SIDE, true);

  /** [GLIMPSE_SIDE, GLIMPSE_SIDE], 0 to 255; luma as in Rec. 601. */
  take(frame: VideoFrame): Uint8Array {
    this.#context.imageSmoothingQuality = 'high';
    this.#context.drawImage(frame, 0, 0, GLIMPSE_SIDE, GLIMPSE_SIDE);
    const { data } = this.#context.getImageData(0, 0, GLIMPSE_SIDE, GLIMPSE_SIDE);
    return Uint8Array.from({ length: GLIMPSE_SIDE ** 2 }, (_, pixel) => {
      const [red = 0, green = 0, blue = 0] = data.subarray(pixel * 4, pixel * 4 + 3);
      return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    });
  }
}
