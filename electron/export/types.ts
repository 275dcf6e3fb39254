import type { z } from 'zod';
import type { Engine, EngineChoice } from '../engine/types.ts';
import type { TrainingSample } from '../learning/index.ts';
import type { ExportedNetwork } from './network.ts';
import type { Said } from '../common/sentences/sentence.ts';
import type { Language } from '../common/sentences/languages.ts';

/** What a model is exported from and to. Plain data: it crosses to a worker thread. */
export interface ExportRequest {
  readonly engine: EngineChoice;
  readonly format: string;
  /** Options of the format. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly checkpointFile: string;
  /** Made where there is none; files of the same names are replaced, but only once the export is verified. */
  readonly outFolder: string;
  /** Bytes [count, inputSize, inputSize, 3], letterboxed. */
  readonly pixelFile: string;
  /** Images to verify with. */
  readonly images: readonly VerifiedImage[];
  /** Images of the training split, for formats that measure ranges by them; others need none. */
  readonly calibration?: readonly VerifiedImage[];
  /** Name of the run, for the model card. */
  readonly run: string;
  readonly appVersion: string;
  /** Colours of the project's classes by their ids, as #rrggbb. */
  readonly colors?: Readonly<Record<number, string>>;
  /** The run's own scores from which boxes are taken, by class; none: as its configuration says. */
  readonly thresholds?: readonly { readonly classId: number; readonly score: number }[];
  /** Language of README.md; model.json and a format's own metadata are in English, for programs. */
  readonly language: Language;
}

export interface VerifiedImage {
  /** Its row in the pixel file, and its labels. */
  readonly sample: TrainingSample;
  /** Hash of its file, hexadecimal. */
  readonly sha256: string;
}

export interface ExportProgress {
  readonly message: Said;
  /** Images verified. */
  readonly done: number;
  readonly total: number;
}

/** A trained network that is to be written. */
export interface ModelSource {
  readonly engine: Engine;
  readonly network: ExportedNetwork;
  readonly appVersion: string;
  /** Images that the network has learned from: what its maps are like is measured on them. */
  readonly calibration: ImageRows;
  /** Images that it is verified on. */
  readonly verified: ImageRows;
}

/** Images of a pixel file. */
export interface ImageRows {
  /** Bytes [count, size, size, 3], letterboxed. */
  readonly pixelFile: string;
  readonly size: number;
  readonly images: readonly VerifiedImage[];
}

/** An exported model in the runtime that people will run it in. */
export interface RuntimeModel {
  /** Name and version of the runtime. */
  readonly version: string;
  /** Images that it takes at once; null: any number. */
  readonly batch: number | null;
  /**
   * @param images [at least count, size, size, 3], 0 to 255, letterboxed
   * @returns the named outputs of the first `count` images, one after the other
   */
  run(images: Float32Array, count: number, size: number): Promise<Record<string, Float32Array>>;
  close(): Promise<void>;
}

/** How a written model takes letterboxed images. */
export interface ModelInput {
  readonly name: string;
  readonly layout: string;
  readonly type: 'float32' | 'uint8';
  /** Black and white. */
  readonly range: readonly [number, number];
}

export interface ClassEntry {
  readonly id: number;
  readonly name: string;
  /** #rrggbb. */
  readonly color?: string;
}

/** What somebody who runs the model elsewhere has to know, as plain JSON. */
export interface ModelCard {
  readonly format: string;
  readonly producer: string;
  readonly run: string;
  readonly network: string;
  readonly epoch: number;
  readonly input: ModelInput & {
    readonly size: number;
    readonly color: 'RGB';
    readonly letterbox: { readonly rule: string; readonly padding: number };
  };
  readonly outputs: Readonly<Record<string, string>>;
  readonly imageClasses: readonly string[];
  readonly objectClasses: readonly string[];
  /** The same with what the project knows of them, in the same order. */
  readonly classes: {
    readonly image: readonly ClassEntry[];
    /** A box counts from this score on. */
    readonly object: readonly (ClassEntry & { readonly threshold: number })[];
  };
  readonly boxes: {
    readonly format: 'xyxy';
    readonly unit: string;
    readonly minScore: number;
    /** By class, where they were chosen for the run: a class without one goes by `minScore`. */
    readonly thresholds?: Readonly<Record<string, number>>;
    readonly nmsIou: number;
    readonly maxDetections: number;
  };
}

/** One format of exported models. */
export interface ModelFormat<Options = unknown> {
  readonly id: string;
  readonly title: string;
  /** Where it is verified, of a format whose runtime not every machine has; null: on every one. */
  readonly verifiedWhere: Said | null;
  /** What can be chosen, with defaults: a page and a command offer what its JSON schema says. */
  readonly options: z.ZodObject & z.ZodType<Options>;
  choose(options: Options): ModelWriter;
}

/** A format with its options chosen. What it writes is verified by what it opens: see verify.ts. */
export interface ModelWriter {
  readonly input: ModelInput;
  /** Whether the model has the output `detections` (suppression.ts). */
  readonly suppresses: boolean;
  /** Share of a score that the model may lose; null: none, its outputs are the engine's within their tolerances. */
  readonly largestDrop: number | null;
  /** What it is told beside: its size and its time; null where it has the engine's outputs itself. */
  readonly exact: ModelWriter | null;
  /** Whether writing it takes images of the training split. */
  readonly calibrates: boolean;
  /** Writes the model into `folder`, an empty one. @returns names within it, the model's own file first */
  write(source: ModelSource, card: ModelCard, folder: string): Promise<readonly [string, ...string[]]>;
  /**
   * Opens what was written. @returns null where this machine has no runtime for it
   * @throws TwinheadError `export-mismatch` where the runtime refuses it
   */
  openRuntime(folder: string, source: ModelSource): Promise<RuntimeModel | null>;
}
