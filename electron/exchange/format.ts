import type { z } from 'zod';
import type { ColumnMapping, Convention } from '../common/columns.ts';
import type { Dataset, DatasetImage } from '../common/dataset.ts';
import type { FormatLoss, FormatQuestion, Split } from '../common/entities.ts';
import type { Size } from '../common/geometry.ts';
import type { Sentence } from '../common/sentences/sentence.ts';
import type { OutsidePolicy } from './boxes.ts';
import type { ProblemCollector } from './collector.ts';
import type { TextEncoding } from './encoding.ts';

export interface ReadOptions {
  /** Absolute folders to look for images in, before the places that the format itself has. */
  readonly imageFolders?: readonly string[];
  /** Picture files under a folder, as images/ finds them: exchange/ decodes nothing itself. */
  readonly listImages: (folder: string) => AsyncIterable<string>;
  /** Oriented size of a picture file, for formats whose boxes are shares of it; null where it can't be read. */
  readonly sizeOf?: (file: string) => Promise<Size | null>;
  /** Takes a picture out of a file that holds it: puts it where it can be read. @returns its absolute path */
  readonly unpack?: (name: string, content: Uint8Array) => Promise<string>;
  /** `from-source` (the default) keeps what the source says, `none` where it says nothing; else every image gets it. */
  readonly split?: Split | 'from-source';
  /** What to do with boxes that reach over the edge of their image; default `clip`. Each is reported. */
  readonly outside?: OutsidePolicy;
  /** Encoding of text files that are not UTF-8 and do not say what they are. */
  readonly encoding?: TextEncoding;
  /** Columns of tables whose names are not known. */
  readonly columns?: ColumnMapping;
  /** How coordinates are counted, where the source can't say; found by evidence where not given. */
  readonly convention?: Convention;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** A document that is written piece by piece. */
export interface Pieces {
  add(content: string | Uint8Array): void;
}

/** Where a format is written to: a new folder, which becomes the export once all of it is there. Paths have forward slashes. */
export interface WriteTarget {
  text(path: string, content: string): Promise<void>;
  /** The same document at each call. */
  pieces(path: string): Pieces;
  /** Puts the picture of an image there, if pictures were asked for. */
  picture(image: DatasetImage, path: string): Promise<void>;
  readonly pictures: Pictures;
}

/** What becomes of the image files: copied, hard-linked, or left where they are. */
export type Pictures = 'copy' | 'link' | 'none';

/** One format of data sets. Adding one is a folder that exports this, and a line in formats/index.ts. */
export interface DatasetFormat {
  readonly id: string;
  /** For people. */
  readonly title: string;
  /** Endings of the files that have its labels, in small letters and without a dot; none where they are in no file. */
  readonly labelFiles: readonly string[];
  /**
   * What makes a file or folder look like it ("labels.json has images, annotations and categories"), or null. Looks
   * at names and the beginnings of files only, never throws.
   * @param isLabelFile whether a file of this name may have labels, in whatever format
   */
  readonly detect?: (path: string, isLabelFile: (name: string) => boolean) => Promise<Sentence | null>;
  /**
   * Reads it; changes nothing anywhere. Files of images may still be null where they were not found.
   * @param problems takes what was passed over or changed, until the last image has been read
   * @throws TwinheadError `unusable-input` or `not-found` where nothing can be used, at once or from `images`
   */
  readonly read?: (path: string, options: ReadOptions, problems: ProblemCollector) => Promise<Dataset>;
  /**
   * Writes all of it. Images have a size, a path of their own (also without its extension) and only those unknown
   * fields that this format brought; classes come in their final order.
   * @param options as `options` parses them
   */
  readonly write?: (dataset: Dataset, target: WriteTarget, options: Record<string, unknown>) => Promise<void>;
  /** How coordinates are counted in what it writes with these options, where readers of the format differ in that. */
  readonly convention?: (options: Record<string, unknown>) => Sentence;
  /** What has to be known of what it writes, by what becomes of the pictures. */
  readonly remark?: (pictures: Pictures) => Sentence | null;
  /** What its files leave open, so that `read` can be given it. */
  readonly asks?: readonly FormatQuestion[];
  /** What can be chosen when it is written. */
  readonly options: z.ZodObject;
  /** What it can't say when it is written. */
  readonly loses: readonly FormatLoss[];
}
