import type { Engine, EngineChoice } from '../engine/types.ts';
import type { ModelCard } from './card.ts';
import type { ExportedNetwork } from './network.ts';

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

/** A trained network that is to be written. */
export interface ModelSource {
  readonly engine: Engine;
  readonly network: ExportedNetwork;
  readonly appVersion: string;
}

/** An exported model in the runtime that people will run it in. */
export interface RuntimeModel {
  /** Of the runtime, with its name. */
  readonly version: string;
  /**
   * @param images [at least count, size, size, 3], 0 to 255, letterboxed
   * @returns the named outputs of the first `count` images, one after the other
   */
  run(images: Float32Array, count: number, size: number): Promise<Record<string, ArrayLike<number>>>;
  close(): Promise<void>;
}

/** One format of exported models. What it writes is verified by what it opens: see verify.ts. */
export interface ModelFormat {
  readonly id: string;
  readonly title: string;
  /** How the written model takes images, for its card. */
  readonly input: { readonly name: string; readonly layout: string };
  /** Writes the model into `folder`, an empty one. @returns names within it, the model's own file first */
  write(source: ModelSource, card: ModelCard, folder: string): Promise<readonly [string, ...string[]]>;
  /** Opens what was written. @throws TwinheadError `export-mismatch` where the runtime refuses it */
  openRuntime(folder: string): Promise<RuntimeModel>;
}
