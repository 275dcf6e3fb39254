import type { EngineChoice } from '../engine/types.ts';

/** What a model is exported from and to. Plain data: it crosses to a worker thread. */
export interface ExportRequest {
  readonly engine: EngineChoice;
  readonly format: string;
  readonly checkpointFile: string;
  /** Made where there is none; files of the same names are replaced, but only once the export is verified. */
  readonly outFolder: string;
  /** Held-out images to verify with: bytes [count, inputSize, inputSize, 3], letterboxed, and which rows to take. */
  readonly pixelFile: string;
  readonly rows: readonly number[];
  /** Name of the run, for the model card. */
  readonly run: string;
  readonly appVersion: string;
}

/** How far one output of the exported model is from the engine's, over all verified images. */
export interface OutputDifference {
  readonly output: string;
  readonly largest: number;
  readonly tolerance: number;
  readonly unit: 'probability' | 'pixels';
}

/** Says what was compared with what; written beside the model. */
export interface Certificate {
  readonly images: number;
  /** Numbers of images that the exported model was given at once. */
  readonly batchSizes: readonly number[];
  readonly differences: readonly OutputDifference[];
  readonly engine: string;
  readonly runtime: string;
  /** SHA-256 of the model file, hexadecimal. */
  readonly sha256: string;
  /** ISO 8601, UTC. */
  readonly verifiedAt: string;
}

export interface ExportResult {
  readonly format: string;
  /** Absolute paths. */
  readonly files: readonly string[];
  /** Largest of the differences, in parts of what each output tolerates: at most 1. */
  readonly shareOfTolerance: number;
  /** Largest absolute difference of a probability, and of a box corner in pixels; null without that output. */
  readonly largestDifference: number | null;
  readonly largestBoxDifference: number | null;
  readonly images: number;
  readonly certificate: Certificate;
}

export interface ExportProgress {
  readonly message: string;
  /** Images verified. */
  readonly done: number;
  readonly total: number;
}

/** One format of exported models. */
export interface ExportFormat {
  readonly name: string;
  readonly title: string;
  /**
   * Writes the model's files into `folder`, an empty one, and verifies them.
   * @throws TwinheadError `export-mismatch` where the outputs differ by more than the tolerance.
   */
  write(
    request: ExportRequest,
    folder: string,
    onProgress: (progress: ExportProgress) => void,
    shouldStop: () => boolean,
  ): Promise<WrittenModel>;
}

export interface WrittenModel {
  /** Names within the folder. */
  readonly files: readonly string[];
  readonly certificate: Certificate;
}
