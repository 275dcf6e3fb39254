import type { Evaluation } from '../common/entities.ts';
import type { RawPrediction, TrainingConfig, TrainingSample } from '../learning/index.ts';
import { moduleBeside, startOnThread } from '../tasks/thread.ts';

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

export interface Judging {
  readonly input: JudgeTask;
  readonly event: never;
  readonly result: Evaluation;
}

/** Compares predictions with the truth on a worker thread: thousands of images would hold up the main one. */
export function judge(task: JudgeTask): Promise<Evaluation> {
  return startOnThread<Judging>(moduleBeside(import.meta.url, 'judge-worker'), task).done;
}
