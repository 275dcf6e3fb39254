import type { EngineChoice } from '../../engine/types.ts';
import { Resident } from '../../tasks/resident.ts';
import { moduleBeside } from '../../tasks/thread.ts';
import type { RawPrediction } from '../heads/types.ts';
import type { TrainingSample } from '../samples/dataset.ts';
import type { AssistRound, AssistSubject, RoundResult } from './session.ts';
import type { AssistQuestions } from './worker.ts';

/** A session of a live assistant on a thread of its own, which begins with the first question and again after `end`. */
export class AssistThread {
  readonly #resident = new Resident<AssistQuestions>(moduleBeside(import.meta.url, 'worker'));

  /** Loads the engine and forgets what another session has learned. */
  begin(engine: EngineChoice, subject: AssistSubject): Promise<{ readonly featureBytes: number }> {
    return this.#resident.ask('begin', { engine, subject });
  }

  /** Computes features: `learn`, augmented copies with their boxes; `look`, of the image as it is. */
  add(pixelFile: string, samples: readonly TrainingSample[], use: 'learn' | 'look'): Promise<void> {
    return this.#resident.ask('add', { pixelFile, samples, use });
  }

  /** Forgets the features of all other images. */
  keep(learned: readonly number[], plain: readonly number[]): Promise<void> {
    return this.#resident.ask('keep', { learned, plain });
  }

  round(round: AssistRound): Promise<RoundResult> {
    return this.#resident.ask('round', round);
  }

  /** The round under way ends after its present step. */
  stop(): Promise<void> {
    return this.#resident.ask('stop', null);
  }

  /** What the last finished round says of images, in their order; empty before there was one. Answered during a round, too. */
  predict(samples: readonly TrainingSample[], minScore: number): Promise<RawPrediction[]> {
    return this.#resident.ask('predict', { samples, minScore });
  }

  /** Ends the thread at once; with it goes what was learned. */
  end(): void {
    this.#resident.end();
  }
}
