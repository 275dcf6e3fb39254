import type { Size } from '../common/geometry.ts';
import type { EngineChoice } from '../engine/types.ts';
import { Resident } from '../tasks/resident.ts';
import { moduleBeside } from '../tasks/thread.ts';
import type { TrainingSample } from './samples/dataset.ts';

/** What the thread is asked: see rescorer-worker.ts. */
export interface RescorerQuestions {
  readonly load: {
    readonly input: {
      readonly engine: EngineChoice;
      readonly checkpointFile: string;
      readonly batch: number;
      readonly minScore: number;
    };
    readonly result: null;
  };
  readonly predict: {
    readonly input: { readonly pixels: Uint8Array; readonly images: readonly Size[] };
    readonly result: null;
  };
  readonly score: {
    readonly input: { readonly samples: readonly TrainingSample[] };
    readonly result: Readonly<Record<string, number>>;
  };
  readonly unload: { readonly input: null; readonly result: null };
}

/** Scores a network on one version of its pictures after another, on a thread that keeps it. */
export class Rescorer implements AsyncDisposable {
  readonly #thread = new Resident<RescorerQuestions>(moduleBeside(import.meta.url, 'rescorer-worker'));

  /** @throws TwinheadError as readCheckpoint does */
  async load(input: RescorerQuestions['load']['input']): Promise<void> {
    await this.#thread.ask('load', input);
  }

  /** @param pixels [images, size, size, 3], letterboxed: at most a batch */
  async predict(pixels: Uint8Array, images: readonly Size[]): Promise<void> {
    await this.#thread.ask('predict', { pixels, images });
  }

  /**
   * What was predicted since the last score is worth by these labels, figures by name such as boxes.map50.
   * @param samples by the classes of the network, in the order of the pictures
   */
  score(samples: readonly TrainingSample[]): Promise<Readonly<Record<string, number>>> {
    return this.#thread.ask('score', { samples });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread.ask('unload', null);
    await this.#thread.close();
  }
}
