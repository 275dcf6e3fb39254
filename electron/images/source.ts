import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Sharp } from 'sharp';
import { openFile } from '../files/index.ts';
import { decodeBmp, readBmpHeader, checkBmpComplete } from './bmp.ts';
import { HEAD_BYTES, recognise } from './formats.ts';
import { decodeHeic } from './heic.ts';
import { UnusableImage, damaged, explainFailure } from './problems.ts';
import { DECODED_PIXEL_LIMIT } from './limits.ts';
import type { Source } from './picture.ts';
import { readSampleWay } from './samples.ts';
import { narrowedFloats } from './tiff-page.ts';
import { INPUT_OPTIONS, openPicture, PIXEL_LIMIT, sharp } from './sharp.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Said } from '../common/sentences/sentence.ts';

/** Files up to this size are read once, into memory; larger ones are streamed and left to libvips by their path. */
const IN_MEMORY_BYTES = 64 * 1024 * 1024;

/** Files up to this size are read before it is known what they are: most pictures are then read in one go. */
const READ_AT_ONCE_BYTES = 1024 * 1024;

/** What the header of a picture says. */
export interface Header {
  /** Pixels of the oriented image. */
  readonly width: number;
  readonly height: number;
  /** EXIF, 1 to 8. */
  readonly orientation: number;
  /** Frames or pages; only the first is used. */
  readonly pages: number;
  readonly hasAlpha: boolean;
  /** More than 8 bits a channel. */
  readonly deep: boolean;
  /** libvips' name: srgb, b-w, cmyk, rgb16, … */
  readonly colourSpace: string;
}

function refuseFormat(name: Said | null): UnusableImage {
  if (name === null) {
    return new UnusableImage({
      code: 'not-an-image',
      reason: say('images.unknown'),
      remedy: say('images.unknown.remedy'),
    });
  }
  return new UnusableImage({
    code: 'unsupported',
    reason: say('images.unsupported', { name }),
    remedy: say('images.unsupported.remedy'),
  });
}

async function hashStream(handle: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 1 << 20 }))
    hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** From the beginning on, wherever the handle is; fewer bytes where the file ends before. */
async function firstBytes(handle: FileHandle, size: number): Promise<Buffer> {
  const content = Buffer.alloc(size);
  const { bytesRead } = await handle.read(content, 0, size, 0);
  return content.subarray(0, bytesRead);
}

/** @throws UnusableImage where there is nothing in the file that could be decoded */
export async function openSource(file: string, options: { hash: boolean }): Promise<Source> {
  try {
    await using handle = await openFile(file);
    const stat = await handle.stat();
    if (stat.size === 0) {
      throw new UnusableImage({
        code: 'empty',
        reason: say('images.empty'),
        remedy: say('images.empty.remedy'),
      });
    }
    const small = stat.size <= READ_AT_ONCE_BYTES ? await firstBytes(handle, stat.size) : null;
    const recognised = recognise(
      (small ?? (await firstBytes(handle, HEAD_BYTES))).subarray(0, HEAD_BYTES),
      file,
    );
    if (recognised.format === null) throw refuseFormat(recognised.name);
    const content = small ?? (stat.size <= IN_MEMORY_BYTES ? await firstBytes(handle, stat.size) : null);
    let sha256: string | null = null;
    if (options.hash)
      sha256 =
        content === null ? await hashStream(handle) : createHash('sha256').update(content).digest('hex');
    const narrowed = content !== null && recognised.format === 'tiff' ? await narrowedFloats(handle) : null;
    return {
      file,
      format: recognised.format,
      bytes: content?.length ?? stat.size,
      modified: Math.trunc(stat.mtimeMs),
      sha256,
      content: narrowed ?? content,
    };
  } catch (error) {
    throw explainFailure(error);
  }
}

/** For formats that are decoded here and not by libvips. */
function wholeContent(source: Source): Buffer {
  if (source.content !== null) return source.content;
  throw source.format === 'bmp'
    ? largeBitmap('bytes')
    : new UnusableImage({
        code: 'too-large',
        reason: say('images.heic.bytes', { limit: { unit: 'bytes', value: IN_MEMORY_BYTES } }),
        remedy: say('images.unsupported.remedy'),
      });
}

function largeBitmap(what: 'bytes' | 'pixels'): UnusableImage {
  return new UnusableImage({
    code: 'too-large',
    reason: say(what === 'bytes' ? 'images.bitmap.largeFile' : 'images.bitmap.largePicture'),
    remedy: say('images.bitmap.large.remedy'),
  });
}

/**
 * The source with what {@link upright} needs: pixels where they are decoded here, and how samples are taken.
 * @throws UnusableImage
 */
export async function decodable(source: Source): Promise<Source> {
  if (source.decoded !== undefined) return source;
  if (source.format === 'bmp') {
    // Its size is looked at before there is memory for it.
    await readHeader(source);
    return { ...source, decoded: decodeBmp(wholeContent(source)) };
  }
  if (source.format === 'heic') return { ...source, decoded: await decodeHeic(wholeContent(source)) };
  try {
    const { note, ...way } = await readSampleWay(source);
    return { ...source, ...way, samplesNote: note };
  } catch (error) {
    throw explainFailure(error);
  }
}

function checkPixels(width: number, height: number): void {
  if (width * height > PIXEL_LIMIT) throw explainFailure(new Error('pixel limit'));
}

/** @throws UnusableImage */
export async function readHeader(source: Source): Promise<Header> {
  if (source.format === 'bmp') {
    const header = readBmpHeader(wholeContent(source));
    checkPixels(header.width, header.height);
    if (header.width * header.height > DECODED_PIXEL_LIMIT) throw largeBitmap('pixels');
    checkBmpComplete(header, source.bytes);
    const { width, height } = header;
    return {
      width,
      height,
      orientation: 1,
      pages: 1,
      hasAlpha: false,
      deep: false,
      colourSpace: 'srgb',
    };
  }
  if (source.format === 'heic') {
    const { width, height } = source.decoded ?? (await decodeHeic(wholeContent(source)));
    return { width, height, orientation: 1, pages: 1, hasAlpha: false, deep: false, colourSpace: 'srgb' };
  }
  try {
    const metadata = await openPicture(source.content ?? source.file).metadata();
    const orientation = metadata.orientation ?? 1;
    const { width, height } = metadata.autoOrient;
    if (width < 1 || height < 1) throw damaged(say('images.noPixels'));
    checkPixels(width, height);
    return {
      width,
      height,
      orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
      pages: metadata.pages ?? 1,
      hasAlpha: metadata.hasAlpha,
      deep: metadata.depth !== 'uchar',
      colourSpace: metadata.space,
    };
  } catch (error) {
    throw explainFailure(error);
  }
}

/** What is seen through transparent pixels, everywhere: canvas, thumbnails, training. White, as on paper. */
export const BEHIND_TRANSPARENCY = { r: 255, g: 255, b: 255 };

/**
 * THE decoder: first frame, upright by EXIF, in sRGB, transparency on white; canvas, thumbnails, training and prediction
 * all see these pixels. Errors of damaged data come when it is run: see {@link explainFailure}.
 * @param options.anyOrder lines are read in any order, by way of a file on disk where the picture is large: for turning
 *   one that is too large for memory
 * @param source as {@link decodable} gives it
 */
export function upright(source: Source, options: { anyOrder?: boolean } = {}): Sharp {
  if (source.decoded !== undefined) {
    const { pixels, width, height } = source.decoded;
    return sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: PIXEL_LIMIT });
  }
  const picture = openPicture(source.content ?? source.file, {
    ...INPUT_OPTIONS,
    sequentialRead: options.anyOrder !== true,
  }).autoOrient();
  return (
    source.dropExtra === true ? picture.removeAlpha() : picture.flatten({ background: BEHIND_TRANSPARENCY })
  ).toColourspace('srgb');
}

/** Runs a pipeline to RGB bytes, [height, width, 3]. @throws UnusableImage */
export async function toRgb(pipeline: Sharp): Promise<{ pixels: Uint8Array; width: number; height: number }> {
  try {
    const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    if (channels === 3) return { pixels: data, width, height };
    // Grey pictures may come with one channel.
    const pixels = new Uint8Array(width * height * 3);
    for (let pixel = 0; pixel < width * height; pixel++)
      pixels.fill(data[pixel * channels]!, pixel * 3, pixel * 3 + 3);
    return { pixels, width, height };
  } catch (error) {
    throw explainFailure(error);
  }
}
