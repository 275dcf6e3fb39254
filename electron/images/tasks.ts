import type { CorruptionStep } from '../common/corruptions.ts';
import type { Problem } from '../common/entities.ts';
import type { Said } from '../common/sentences/sentence.ts';
import { WorkerPool } from '../tasks/pool.ts';
import { moduleBeside } from '../tasks/thread.ts';
import type { Source } from './picture.ts';
import type { ImageInfo } from './probe.ts';

/** Size and time of a file as last probed: while both hold, it is not read again. */
export interface KnownFile {
  readonly bytes: number;
  /** Whole milliseconds since 1970, as {@link ImageInfo} has it. */
  readonly modified: number;
}

/** In the order of the files. */
export interface ScanBatch {
  readonly images: readonly ImageInfo[];
  /** Absolute paths of known files that have not changed. */
  readonly unchanged: readonly string[];
  /** Files that cannot be used, and why. */
  readonly problems: readonly Problem[];
}

/** What a worker is given for one file. */
export interface ScanTask {
  readonly file: string;
  readonly known: KnownFile | null;
}

/** What a look at a picture finds, apart from its size. Grey values go from 0 to 255. */
export interface PictureLook {
  /** [THUMBNAIL_SIDE, THUMBNAIL_SIDE] grey values of the upright picture. */
  readonly thumbnail: Uint8Array;
  /** Mean grey value. */
  readonly brightness: number;
  /** Share of pixels that are nearly black. */
  readonly dark: number;
  /** Share of pixels that are nearly white. */
  readonly bright: number;
  /** Variance of the Laplacian over that of the grey values: small where nothing has a sharp edge. */
  readonly sharpness: number;
}

export type LookOutcome =
  | { readonly state: 'ok'; readonly look: PictureLook }
  | { readonly state: 'unreadable' }
  | { readonly state: 'missing' }
  /** `content`: SHA-256 of the file as it is now. */
  | { readonly state: 'changed'; readonly content: string };

/** A file, as it was when it was last read. */
export interface LookTask {
  /** Absolute. */
  readonly file: string;
  readonly known: KnownFile;
  readonly sha256: string;
}

/** A batch of rows that a worker writes into the pixel file. */
export interface RowsTask {
  readonly pixelFile: string;
  /** Side of the square, pixels. */
  readonly size: number;
  readonly rows: readonly RowRequest[];
}

export interface RowRequest {
  readonly row: number;
  readonly file: string;
  /** Oriented size that the labels were made on. */
  readonly width: number;
  readonly height: number;
  /** Hash of the content that was found whole when it was added: in any other, damage is looked for. null: not known. */
  readonly sha256: string | null;
}

export type RowResult =
  | {
      readonly row: number;
      readonly ok: true;
      readonly sha256: string;
      readonly bytes: number;
      readonly modified: number;
    }
  | { readonly row: number; readonly ok: false; readonly reason: Said; readonly remedy: Said };

/** Pictures of a pixel file that a worker makes worse. */
export interface CorruptTask {
  readonly pixelFile: string;
  /** Side of the square, pixels. */
  readonly size: number;
  /** null: they stay as they are. */
  readonly step: CorruptionStep | null;
  /** With the size of the oriented image, and the seed of its noise. */
  readonly pictures: readonly {
    readonly row: number;
    readonly width: number;
    readonly height: number;
    readonly seed: number;
  }[];
}

/** Files that a worker decodes with a clock beside it. */
export interface TimedTask {
  readonly files: readonly string[];
  /** Side of the square, pixels. */
  readonly size: number;
}

/** Pictures of the files that can be read. */
export interface TimedPictures {
  /** [files, size, size, 3] */
  readonly pixels: Uint8Array;
  readonly milliseconds: readonly number[];
}

/** What the threads of images/ do: see worker.ts. */
export interface ImageTasks {
  readonly probe: { readonly input: readonly ScanTask[]; readonly result: ScanBatch };
  readonly look: { readonly input: readonly LookTask[]; readonly result: readonly LookOutcome[] };
  readonly rows: { readonly input: RowsTask; readonly result: readonly RowResult[] };
  readonly timed: { readonly input: TimedTask; readonly result: TimedPictures };
  readonly corrupt: { readonly input: CorruptTask; readonly result: Uint8Array };
  /** The samples of a file, decoded. */
  readonly samples: { readonly input: string; readonly result: Pick<Source, 'decoded' | 'dropExtra'> };
}

/** @param threads at most */
export const imagePool = (threads: number): WorkerPool<ImageTasks> =>
  new WorkerPool<ImageTasks>(moduleBeside(import.meta.url, 'worker'), threads);
