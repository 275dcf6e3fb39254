import type { Size } from '../common/geometry.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Said, Sentence } from '../common/sentences/sentence.ts';
import { extensionNote } from './formats.ts';
import type { ImageFormat } from './formats.ts';
import { UnusableImage, damaged, explainFailure } from './problems.ts';
import type { ImageProblem } from './problems.ts';
import { INPUT_OPTIONS, openPicture } from './sharp.ts';
import { decodable, openSource, readHeader } from './source.ts';
import { isPartlyZeroed } from './zeroed.ts';
import type { Source } from './picture.ts';
import type { Header } from './source.ts';

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
  /** Hash of the file's bytes, hexadecimal. */
  readonly sha256: string;
  /** Something worth knowing: a wrong extension, further frames. */
  readonly note: Said | null;
  /** How its samples are taken, where that is not plain: the range of values, channels left out. */
  readonly samples: Said | null;
}

export type ProbeOutcome =
  | { readonly ok: true; readonly image: ImageInfo }
  | ({ readonly ok: false; readonly file: string } & ImageProblem);

/** Formats of which a decoder only warns where data are missing. Of others it warns of what is no damage: unknown tags. */
const WARNS: ReadonlySet<ImageFormat> = new Set(['jpeg', 'gif']);

/** Warnings of decoders that are about other things than pixels, or about pixels that are all there. */
const HARMLESS =
  /\b\d{1,2} extraneous bytes|Invalid SOS parameters|unsupported marker|JFIF|Adobe|EXIF|ICC|sRGB profile/i;

/**
 * Decodes every pixel and throws them away, so that damage is found when a picture is added and not in the middle of a
 * training. Asked for its last row, a decoder goes through all before it; only TIFF skips strips and tiles.
 */
export async function decodeOnce(source: Source, { width, height, orientation }: Header): Promise<void> {
  const run = async (failOn: 'error' | 'warning'): Promise<void> => {
    const rows = orientation > 4 ? width : height;
    const options = { ...INPUT_OPTIONS, failOn, sequentialRead: true };
    const picture = openPicture(source.content ?? source.file, options);
    const all =
      source.format === 'tiff'
        ? picture.resize(16, rows, { fit: 'fill' })
        : picture.extract({ left: 0, top: rows - 1, width: 1, height: 1 });
    await all.raw().toBuffer();
  };
  try {
    if (!WARNS.has(source.format)) await run('error');
    else
      await run('warning').catch(async (warning: unknown) => {
        await run('error');
        const text = warning instanceof Error ? warning.message : '';
        if (!HARMLESS.test(text)) throw damaged(say('images.partlyDamaged'));
      });
    if (source.content !== null && (await isPartlyZeroed(source.format, source.content)))
      throw damaged(say('images.partlyDamaged'));
  } catch (error) {
    const failure = explainFailure(error);
    const cutOff = failure.problem.code === 'damaged' ? isCutOff(source) : null;
    // Threads share libvips' words for what went wrong: what is cut off is seen by the file itself.
    if (cutOff === true) throw damaged(say('images.cutOff'));
    throw cutOff === false && failure !== error ? damaged(say('images.damaged')) : failure;
  }
}

/** Whether the end that such a file has is not there; null where that can't be told. */
function isCutOff({ format, content }: Source): boolean | null {
  if (content === null) return null;
  switch (format) {
    case 'jpeg': {
      let end = content.length;
      while (end > 2 && content[end - 1] === 0) end -= 1;
      return content.readUInt16BE(end - 2) !== 0xffd9;
    }
    case 'png':
      return content.lastIndexOf('IEND', undefined, 'latin1') < 0;
    case 'webp':
      return content.readUInt32LE(4) + 8 > content.length;
    case 'gif':
      return content.at(-1) !== 0x3b;
    default:
      return null;
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
    const source = await decodable(await openSource(file, { hash: true }));
    const header = await readHeader(source);
    if (source.decoded === undefined) await decodeOnce(source, header);
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
        samples: source.samplesNote ?? null,
      },
    };
  } catch (error) {
    if (error instanceof UnusableImage) return { ok: false, file, ...error.problem };
    throw error;
  }
}
