import { isMainThread } from 'node:worker_threads';
import { LETTERBOX_PADDING, letterbox } from '../common/geometry.ts';
import type { Size } from '../common/geometry.ts';
import type { ImageFormat } from './formats.ts';
import { UnusableImage, explainFailure } from './problems.ts';
import { imagePool } from './tasks.ts';
import { decodable, openSource, readHeader, toRgb, upright } from './source.ts';
import type { Pixels, Source } from './picture.ts';

export type { Pixels } from './picture.ts';

/** Runs something on a file; what makes the picture unusable becomes an error that names the file. */
export async function withSource<Result>(
  file: string,
  use: (source: Source) => Promise<Result>,
): Promise<Result> {
  try {
    return await use(await decodedApart(await openSource(file, { hash: false })));
  } catch (error) {
    throw error instanceof UnusableImage ? error.toError(file) : error;
  }
}

/** Larger pictures are not decoded here where windows and requests wait. */
const PIXELS_AT_ONCE = 500_000;

async function decodedApart(source: Source): Promise<Source> {
  // libheif has a thread of its own wherever it is asked.
  if (!isMainThread || source.format === 'heic' || !MAY_BE_DECODED_HERE.has(source.format))
    return decodable(source);
  const { width, height, deep } = await readHeader(source);
  if ((source.format !== 'bmp' && !deep) || width * height <= PIXELS_AT_ONCE) return decodable(source);
  await using pool = imagePool(1);
  return { ...source, ...(await pool.run('samples', source.file)) };
}

const MAY_BE_DECODED_HERE: ReadonlySet<ImageFormat> = new Set(['bmp', 'png', 'tiff']);

/**
 * The whole picture: upright, sRGB, transparency on white.
 * @throws TwinheadError `unusable-input` or `not-found`, with the file, the reason and a remedy
 */
export function decode(file: string): Promise<Pixels> {
  return withSource(file, (source) => toRgb(upright(source)));
}

/**
 * Fits an upright picture into a square of `size`, as common/geometry's letterbox says: scaled by Lanczos (libvips
 * box-shrinks first, so that nothing aliases), centred, padded with grey.
 * @returns [size, size, 3]
 * @throws UnusableImage
 */
export async function renderLetterbox(source: Source, image: Size, size: number): Promise<Uint8Array> {
  const box = letterbox(image, size);
  const grey = { r: LETTERBOX_PADDING, g: LETTERBOX_PADDING, b: LETTERBOX_PADDING };
  try {
    const pipeline = upright(source)
      .resize(box.contentWidth, box.contentHeight, { fit: 'fill', kernel: 'lanczos3' })
      .extend({
        left: box.padLeft,
        top: box.padTop,
        right: size - box.contentWidth - box.padLeft,
        bottom: size - box.contentHeight - box.padTop,
        background: grey,
      });
    return (await toRgb(pipeline)).pixels;
  } catch (error) {
    throw explainFailure(error);
  }
}

/** A picture as the network sees it, and the size of the picture itself. */
export interface LetterboxedImage {
  /** RGB bytes, [size, size, 3]. */
  readonly pixels: Uint8Array;
  /** Width of the oriented image: what common/geometry's fromNetwork needs. */
  readonly width: number;
  readonly height: number;
}

/**
 * One file as the network sees it: byte for byte what {@link PixelStore} stores for it.
 * @throws TwinheadError `unusable-input` or `not-found`
 */
export function letterboxPixels(file: string, size: number): Promise<LetterboxedImage> {
  return withSource(file, async (source) => {
    const { width, height } = await readHeader(source);
    return { pixels: await renderLetterbox(source, { width, height }, size), width, height };
  });
}
