import { SvelteMap } from 'svelte/reactivity';
import type { Client } from '../../electron/common/contract.ts';
import type { ImageAnnotations, Prediction } from '../../electron/common/entities.ts';

export interface FoundPrediction {
  readonly prediction: Prediction;
  readonly truth: ImageAnnotations;
}

/** Lowest score that is asked for; the gallery's own threshold hides more. */
const LEAST_SCORE = 0.05;

/** Predictions for the images on the screen, one after another: a prediction keeps the processor busy by itself. */
export class PredictionLoader {
  readonly found = new SvelteMap<number, FoundPrediction>();
  error = $state.raw<unknown>(null);
  readonly #client: Client;
  readonly #runId: string;
  #wanted: number[] = [];
  #working = false;

  constructor(client: Client, runId: string) {
    this.#client = client;
    this.#runId = runId;
  }

  want(imageIds: readonly number[]): void {
    this.#wanted = imageIds.filter((id) => !this.found.has(id));
    this.error = null;
    void this.#work();
  }

  close(): void {
    this.#wanted = [];
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    try {
      for (let imageId = this.#wanted.shift(); imageId !== undefined; imageId = this.#wanted.shift()) {
        const [{ prediction }, truth] = await Promise.all([
          this.#client.call('predict.image', { runId: this.#runId, imageId, minScore: LEAST_SCORE }),
          this.#client.call('annotations.get', { imageId }),
        ]);
        this.found.set(imageId, { prediction, truth });
      }
    } catch (error) {
      this.#wanted = [];
      this.error = error;
    } finally {
      this.#working = false;
    }
  }
}
