import type { Dataset } from '../common/dataset.ts';
import type { Problem, Split } from '../common/entities.ts';
import type { OutsidePolicy } from './boxes.ts';

export type FormatId = 'coco' | 'voc' | 'yolo' | 'csv';

export interface ReadOptions {
  /** Absolute folders to look for images in, before the places that the format itself has. */
  readonly imageFolders?: readonly string[];
  /** Picture files under a folder, as images/ finds them: exchange/ decodes nothing itself. */
  readonly listImages: (folder: string) => AsyncIterable<string>;
  /** `from-source` (the default) keeps what the source says, `none` where it says nothing; else every image gets it. */
  readonly split?: Split | 'from-source';
  /** What to do with boxes that reach over the edge of their image; default `clip`. Each is reported. */
  readonly outside?: OutsidePolicy;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface ReadResult {
  readonly dataset: Dataset;
  /** What was passed over or changed: the rest is in the dataset. */
  readonly problems: readonly Problem[];
}

/** One format of data sets. Adding one is a file that exports this, and a line in registry.ts. */
export interface DatasetFormat {
  readonly id: FormatId;
  /** For people. */
  readonly name: string;
  /** Whether a file or folder looks like it; looks at names and the beginnings of files only, never throws. */
  detect(path: string): Promise<boolean>;
  /**
   * Reads all of it; changes nothing anywhere. Files of images may still be null where they were not found.
   * @throws TwinheadError `unusable-input` or `not-found` where nothing can be used, `cancelled`
   */
  read(path: string, options: ReadOptions): Promise<ReadResult>;
}
