import type { Said } from '../common/sentences/sentence.ts';
import type { ImageFormat } from './formats.ts';

/** RGB, 8 bits a channel, [height, width, 3]. */
export interface Pixels {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A picture file that was read and recognised, but not decoded. */
export interface Source {
  readonly file: string;
  readonly format: ImageFormat;
  readonly bytes: number;
  /** Whole milliseconds since 1970. */
  readonly modified: number;
  /** Hexadecimal; null where no hash was asked for. */
  readonly sha256: string | null;
  /** The whole file, floats of 64 bits narrowed, or null where it is larger than 64 MB. */
  readonly content: Buffer | null;
  /** Where it was decoded here and not by libvips, or on another thread: see `decodable` of source.ts. */
  readonly decoded?: Pixels;
  /** Channels beyond the colours are no transparency. */
  readonly dropExtra?: boolean;
  /** For people: how its samples are taken, where that is not plain. */
  readonly samplesNote?: Said | null;
}
