import { DECODED_PIXEL_LIMIT } from './limits.ts';
import type { Metadata, Sharp } from 'sharp';
import { openFile } from '../files/index.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Said } from '../common/sentences/sentence.ts';
import { UnusableImage } from './problems.ts';
import type { Pixels, Source } from './picture.ts';
import { openPicture } from './sharp.ts';
import { readSamples } from './tiff-page.ts';

/**
 * Samples of more than 8 bits become visible by one rule, the same for canvas, thumbnails and training:
 * unsigned 16-bit values are scaled by the fewest of 8, 10, 12, 14 or 16 bits that hold the largest one; floats that
 * lie in 0–1 or in 0–255 by that range; all others from the smallest to the largest finite value. Not-a-number is black.
 */
const BITS = [8, 10, 12, 14, 16];

/** How a picture's samples are taken, where that is not plain. */
export interface SampleReading {
  /** Channels beyond the colours that are no transparency are left out: near infrared, masks. */
  readonly dropExtra: boolean;
  /** Where the samples were made visible here. */
  readonly decoded?: Pixels;
  /** For people: what was done. */
  readonly note: Said | null;
}

const PLAIN: SampleReading = { dropExtra: false, note: null };

/** @throws UnusableImage */
export async function readSampleWay(source: Source): Promise<SampleReading> {
  if (source.format !== 'tiff' && source.format !== 'png') return PLAIN;
  const samples = source.format === 'tiff' ? await tiffSamples(source.file) : null;
  const metadata = await openPicture(source.content ?? source.file).metadata();
  const dropExtra = samples?.extraIsAlpha === false && metadata.hasAlpha;
  const extra = dropExtra ? say('images.extraChannels') : null;
  if (metadata.depth === 'uchar') return { dropExtra, note: extra };
  const pixels = metadata.width * metadata.height;
  if (pixels > DECODED_PIXEL_LIMIT) {
    if (metadata.depth === 'ushort') return { dropExtra, note: extra };
    throw new UnusableImage({
      code: 'too-large',
      reason: say('images.deep.large', { pixels: { unit: 'count', value: DECODED_PIXEL_LIMIT } }),
      remedy: say('images.deep.large.remedy'),
    });
  }
  const visible = await makeVisible(source, metadata, dropExtra);
  return visible === null ? { dropExtra, note: extra } : { dropExtra, ...visible };
}

async function tiffSamples(file: string): Promise<ReturnType<typeof readSamples>> {
  await using handle = await openFile(file);
  return await readSamples(handle);
}

type Samples = Uint16Array | Int32Array | Uint32Array | Float32Array;

/** A range of values that becomes black to white. */
interface Range {
  readonly low: number;
  readonly high: number;
}

/** null: as libvips has it is right. */
async function makeVisible(
  source: Source,
  { depth, space, channels }: Metadata,
  dropExtra: boolean,
): Promise<{ decoded: Pixels; note: Said } | null> {
  const upright = openPicture(source.content ?? source.file).autoOrient();
  const open = dropExtra ? upright.removeAlpha() : upright.flatten({ background: '#fff' });
  const grey = channels < 3;
  switch (depth) {
    case 'ushort': {
      const raw = await read(open.toColourspace(grey ? 'grey16' : 'rgb16'), 'ushort', Uint16Array);
      const bits = BITS.find((one) => rangeOf(raw.samples).high < 2 ** one) ?? 16;
      if (bits === 16) return null;
      const note = say('images.deep.bits', { bits, most: 2 ** bits - 1 });
      return { decoded: mapped(raw, { low: 0, high: 2 ** bits - 1 }), note };
    }
    case 'short': {
      // libvips has no colourspace of signed values: they are moved into the unsigned ones.
      const moved = open.linear(1, -SHORT_MIN).toColourspace(grey ? 'grey16' : 'rgb16');
      const raw = await read(moved, 'ushort', Uint16Array);
      const { low, high } = rangeOf(raw.samples);
      const note = say('images.deep.range', { low: low + SHORT_MIN, high: high + SHORT_MIN });
      return { decoded: mapped(raw, { low, high }), note };
    }
    case 'int':
    case 'uint':
    case 'float': {
      const kept = open.toColourspace(space);
      const raw =
        depth === 'int'
          ? await read(kept, 'int', Int32Array)
          : depth === 'uint'
            ? await read(kept, 'uint', Uint32Array)
            : await read(kept, 'float', Float32Array);
      const range = depth === 'float' ? floatRange(rangeOf(raw.samples)) : rangeOf(raw.samples);
      return { decoded: mapped(raw, range), note: say('images.deep.range', { ...range }) };
    }
    default:
      return null;
  }
}

const SHORT_MIN = -32_768;

function floatRange({ low, high }: Range): Range {
  if (low >= 0 && high <= 1) return { low: 0, high: 1 };
  return low >= 0 && high <= 255 ? { low: 0, high: 255 } : { low, high };
}

interface Raw {
  readonly samples: Samples;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

async function read(
  pipeline: Sharp,
  depth: 'ushort' | 'int' | 'uint' | 'float',
  View: new (buffer: ArrayBufferLike, offset: number, length: number) => Samples,
): Promise<Raw> {
  const { data, info } = await pipeline.raw({ depth }).toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const length = width * height * channels;
  // A view needs an address that its numbers can begin at.
  const aligned = data.byteOffset % 4 === 0 ? data : Buffer.from(data);
  return { samples: new View(aligned.buffer, aligned.byteOffset, length), width, height, channels };
}

/** Range of the finite values; 0 to 1 where there is none. */
function rangeOf(samples: Samples): Range {
  let low = Infinity;
  let high = -Infinity;
  for (const value of samples) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? { low: 0, high: 1 } : { low, high };
}

function mapped({ samples, width, height, channels }: Raw, { low, high }: Range): Pixels {
  const pixels = new Uint8Array(width * height * 3);
  const scale = high > low ? 255 / (high - low) : 0;
  const [first, second, third] = channels < 3 ? [0, 0, 0] : [0, 1, 2];
  const byte = (value: number): number =>
    Number.isNaN(value) ? 0 : Math.min(255, Math.max(0, Math.round((value - low) * scale)));
  for (let from = 0, to = 0; to < pixels.length; from += channels, to += 3) {
    pixels[to] = byte(samples[from + first]!);
    pixels[to + 1] = byte(samples[from + second]!);
    pixels[to + 2] = byte(samples[from + third]!);
  }
  return { pixels, width, height };
}
