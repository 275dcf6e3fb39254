import { Worker } from 'node:worker_threads';
import type { Evaluation } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import type { RawPrediction, TrainingConfig, TrainingSample } from '../learning/index.ts';

/** What the figures of an evaluation are computed from. Plain data: it crosses to a worker thread. */
export interface JudgeTask {
  readonly run: string;
  readonly split: Evaluation['split'];
  readonly dataRevision: number;
  readonly seconds: number;
  /** Of the run. */
  readonly config: TrainingConfig;
  /** Names of the classes that the network knows. */
  readonly imageClasses: readonly string[];
  readonly objectClasses: readonly string[];
  readonly samples: readonly TrainingSample[];
  /** In the order of the samples. */
  readonly predictions: readonly RawPrediction[];
}

/** Compares predictions with the truth on a worker thread: thousands of images would hold up the main one. */
export function judge(task: JudgeTask): Promise<Evaluation> {
  const file = import.meta.url.endsWith('.ts') ? './judge-worker.ts' : './judge-worker.js';
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(file, import.meta.url), { workerData: task });
    worker.once('message', (evaluation: Evaluation) => resolve(evaluation));
    worker.once('error', reject);
    worker.once('exit', (status) => {
      if (status !== 0)
        reject(new TwinheadError('internal', `The evaluation thread ended with status ${status}.`));
    });
  });
}
