import { SvelteMap } from 'svelte/reactivity';
import type { ProjectClient } from '../../electron/common/contract.ts';
import type { ImageAnnotations, Prediction } from '../../electron/common/entities.ts';

export interface FoundPrediction {
  /** Null where the image can't be read. */
  readonly prediction: Prediction | null;
  readonly truth: ImageAnnotations;
}

/** Lowest score that is asked for; the gallery's own threshold hides more. */
const LEAST_SCORE = 0.05;

/** Predictions for the images on the screen, all in one call: loading the network takes longer than running it. */
export class PredictionLoader {
  readonly found = new SvelteMap<number, FoundPrediction>();
  error = $state.raw<unknown>(null);
  readonly #client: ProjectClient;
  readonly #runId: string;
  #wanted: number[] = [];
  #working = false;

  constructor(client: ProjectClient, runId: string) {
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
      while (this.#wanted.length > 0) {
        const imageIds = this.#wanted;
        this.#wanted = [];
        const [{ predictions }, { items: truths }] = await Promise.all([
          this.#client.call('predict.images', { runId: this.#runId, imageIds, minScore: LEAST_SCORE }),
          this.#client.call('annotations.list', { imageIds }),
        ]);
        for (const truth of truths) {
          const imageId = truth.image.id;
          const prediction = predictions.find((one) => one.imageId === imageId)?.prediction ?? null;
          this.found.set(imageId, { prediction, truth });
        }
      }
    } catch (error) {
      this.#wanted = [];
      this.error = error;
    } finally {
      this.#working = false;
    }
  }
}
