import type * as tfjs from '@tensorflow/tfjs';
import type { Said } from '../common/sentences/sentence.ts';

export type EngineKind = 'cuda12' | 'cpu' | 'js';
export type NativeEngineKind = Exclude<EngineKind, 'js'>;

/** Which engine to use and why, decided before anything heavy is loaded. Plain data: crosses to worker threads. */
export interface EngineChoice {
  readonly kind: EngineKind;
  /** Folder of the native engine (holds tensorflow/tfjs_binding.node), null for `js`. */
  readonly folder: string | null;
  /** One sentence for people. */
  readonly why: Said;
  /** true where a person asked for this kind by name; then another device is an error, not a fallback. */
  readonly forced?: boolean;
}

/** A native engine that set-up has put on this machine, judged by its files alone. */
export interface InstalledEngine {
  readonly kind: NativeEngineKind;
  readonly folder: string;
  /** Empty where nothing says it. */
  readonly tensorflowVersion: string;
  /** null where it is whole; else what is wrong with it, one sentence. */
  readonly problem: Said | null;
  readonly bytes: number;
}

/** A loaded engine. One a thread; loading the native one takes a second and 300 MB, so only what trains loads it. */
export interface Engine {
  readonly choice: EngineChoice;
  readonly tf: typeof tfjs;
  /** "CPU" or the graphics card's name. */
  readonly device: string;
  readonly tensorflowVersion: string;
  /** true where kernels run on TensorFlow's C library: fused kernels and compiled graphs are there. */
  readonly native: boolean;
}
