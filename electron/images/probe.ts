import type { Size } from '../common/geometry.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Said, Sentence } from '../common/sentences/sentence.ts';
import { extensionNote } from './formats.ts';
import type { ImageFormat } from './formats.ts';
import { UnusableImage, explainFailure } from './problems.ts';
import type { ImageProblem } from './problems.ts';
import { openSource, readHeader, upright } from './source.ts';
import type { Source } from './source.ts';

/** What the product wants to know of a picture file before it is used. */
export interface ImageInfo {
  readonly file: string;
  readonly format: ImageFormat;
  /** Pixels of the oriented image. */
  readonly width: number;
  readonly height: number;
  /** EXIF, 1 to 8; already applied to width and height. */
  readonly orientation: number;
  /** Frames of an animation or pages of a TIFF; the first one is used. */
  readonly pages: number;
  readonly bytes: number;
  /** Whole milliseconds since 1970. */
  readonly modified: number;
  /** Of the file's bytes, hexadecimal. */
  readonly sha256: string;
  /** Something worth knowing: a wrong extension, further frames. */
  readonly note: Said | null;
}

export type ProbeOutcome =
  | { readonly ok: true; readonly image: ImageInfo }
  | ({ readonly ok: false; readonly file: string } & ImageProblem);

/** AVIF and its relatives are a row of boxes, each with its length: the last must end where the file ends. */
function boxesReachPastEnd(content: Buffer): boolean {
  let at = 0;
  while (at + 8 <= content.length) {
    let length = content.readUInt32BE(at);
    if (length === 0) return false;
    if (length === 1) {
      if (at + 16 > content.length) return true;
      length = Number(content.readBigUInt64BE(at + 8));
    }
    if (length < 8) return true;
    at += length;
  }
  return at > content.length;
}

/**
 * A cheap look at the end of the file. false means "cannot tell": then the picture is decoded once to be sure, so
 * that a file that was cut off is found when it is added and not in the middle of a training.
 */
function endsProperly(source: Source): boolean {
  const { content } = source;
  if (content === null) return false;
  switch (source.format) {
    case 'jpeg':
      return content.length > 4 && content.readUInt16BE(content.length - 2) === 0xffd9;
    case 'png':
      return (
        content.length > 12 && content.toString('latin1', content.length - 8, content.length - 4) === 'IEND'
      );
    case 'webp':
      return content.length >= 12 && content.readUInt32LE(4) + 8 <= content.length;
    case 'gif':
      return content[content.length - 1] === 0x3b;
    case 'avif':
      return !boxesReachPastEnd(content);
    case 'bmp':
      return true;
    case 'tiff':
      return false;
  }
}

/** Reads every pixel and throws them away. A box shrink touches each line, so the end of the file is reached. */
async function decodeOnce(source: Source): Promise<void> {
  try {
    await upright(source).resize(16, 16, { fit: 'fill', fastShrinkOnLoad: false }).raw().toBuffer();
  } catch (error) {
    throw explainFailure(error);
  }
}

function noteOf(file: string, format: ImageFormat, pages: number): Sentence | null {
  const named = extensionNote(file, format);
  const paged = pages > 1 ? say('images.pages', { pages }) : null;
  return named !== null && paged !== null
    ? say('images.both', { first: named, second: paged })
    : (named ?? paged);
}

/** Oriented size by the header alone; null where the file is no picture that can be read. */
export async function imageSize(file: string): Promise<Size | null> {
  try {
    const { width, height } = await readHeader(await openSource(file, { hash: false }));
    return { width, height };
  } catch (error) {
    if (error instanceof UnusableImage) return null;
    throw error;
  }
}

/**
 * Format by content, oriented size, EXIF orientation, pages, bytes, time and SHA-256 of one file; the file is read
 * once. A damaged, foreign or missing file is an outcome, not an exception.
 */
export async function probe(file: string): Promise<ProbeOutcome> {
  try {
    const source = await openSource(file, { hash: true });
    const header = await readHeader(source);
    if (!endsProperly(source)) await decodeOnce(source);
    const { width, height, orientation, pages } = header;
    const { format, bytes, modified, sha256 } = source;
    return {
      ok: true,
      image: {
        file,
        format,
        width,
        height,
        orientation,
        pages,
        bytes,
        modified,
        sha256: sha256!,
        note: noteOf(file, format, pages),
      },
    };
  } catch (error) {
    if (error instanceof UnusableImage) return { ok: false, file, ...error.problem };
    throw error;
  }
}
