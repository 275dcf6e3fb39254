import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { TrainingEvent } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import type { EngineChoice } from '../engine/types.ts';
import { blocksOf, packDataset } from './data/dataset-packing.ts';
import type { PredictorRequest } from './predictor.ts';
import type { TrainingResult } from './training/trainer.ts';
import type { TrainerRequest } from './training/training-setup.ts';
import type { RawPrediction } from './heads/types.ts';
import type { ExampleResult } from './examples/types.ts';
import type { ExampleRequest, WorkerMessage, WorkerResult, WorkerTask } from './worker.ts';

export { BEST_CHECKPOINT, checkpointPosition, LAST_CHECKPOINT } from './training/checkpoint.ts';
export type { CheckpointPosition } from './training/checkpoint.ts';
export {
  applySettings,
  mergeConfig,
  parseTrainingConfig,
  settingKeys,
  trainingConfigJsonSchema,
} from './config/config.ts';
export type { TrainingConfig } from './config/schema.ts';
export { summarizeData } from './data/dataset.ts';
export { checkTrainable } from './data/trainable.ts';
export type {
  DatasetSummary,
  LabelledBox,
  LabelledData,
  NamedClass,
  TrainingDataset,
  TrainingSample,
} from './data/dataset.ts';
export { examples, findExample } from './examples/index.ts';
export type { ExampleResult } from './examples/types.ts';
export { loadModel } from './predictor.ts';
export type { LoadedModel, PredictionSample } from './predictor.ts';
export { configureRun, proposeConfig } from './config/propose.ts';
export type { Machine } from './config/propose.ts';
export type { TrainingResult } from './training/trainer.ts';
export type { RawBox, RawPrediction } from './heads/types.ts';

export interface TrainingRequest extends TrainerRequest {
  readonly engine: EngineChoice;
}

export interface TrainingHandle {
  /** Rejects with a TwinheadError. */
  readonly done: Promise<TrainingResult>;
  /** Ends after the step under way; the last checkpoint is written, so that the run can be resumed. */
  readonly stop: () => void;
}

export interface PredictionRequest extends PredictorRequest {
  readonly engine: EngineChoice;
}

export interface PredictionHandle {
  /** In the order of the samples; fewer after `stop`. Rejects with a TwinheadError. */
  readonly done: Promise<RawPrediction[]>;
  readonly stop: () => void;
}

/**
 * Trains on a worker thread. Events are `status`, `step` (at most four a second) and `epoch`; the end is the promise.
 * `epoch` and `steps` count from 1; `step` counts from 1 over the whole run, `steps` is that of an epoch.
 * @param onDevice told what it runs on, before the first step
 */
export function startTraining(
  { engine, dataset, ...request }: TrainingRequest,
  onEvent: (event: TrainingEvent) => void,
  onDevice: (device: string) => void = () => undefined,
): TrainingHandle {
  const packed = packDataset(dataset);
  const task = { kind: 'train', engine, request: { ...request, dataset: packed } } as const;
  const onMessage = (message: WorkerMessage): void => {
    if (message.type === 'event') onEvent(message.event);
    else if (message.type === 'device') onDevice(message.device);
  };
  return startWorker<TrainingResult>(task, onMessage, blocksOf(packed));
}

/** Runs a trained network on a worker thread. `onProgress` gets the number of images done. */
export function startPrediction(
  { engine, ...request }: PredictionRequest,
  onProgress: (done: number) => void = () => undefined,
): PredictionHandle {
  return startWorker<RawPrediction[]>({ kind: 'predict', engine, request }, (message) => {
    if (message.type === 'progress') onProgress(message.done);
  });
}

/** Trains and judges one of the examples on a worker thread. `onProgress` gets the number of steps done. */
export function startExample(
  { engine, ...request }: ExampleRequest & { readonly engine: EngineChoice },
  onProgress: (done: number) => void = () => undefined,
): { readonly done: Promise<ExampleResult>; readonly stop: () => void } {
  return startWorker<ExampleResult>({ kind: 'example', engine, request }, (message) => {
    if (message.type === 'progress') onProgress(message.done);
  });
}

type WithoutStop<Task> = Task extends unknown ? Omit<Task, 'stop'> : never;

function startWorker<Result extends WorkerResult>(
  task: WithoutStop<WorkerTask>,
  onMessage: (message: WorkerMessage) => void,
  transferList: ArrayBuffer[] = [],
): { done: Promise<Result>; stop: () => void } {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  const worker = new Worker(new URL(file, import.meta.url), {
    workerData: { ...task, stop },
    transferList,
    // Else the engine's own variables would not reach TensorFlow (engine/one-dnn.ts).
    env: SHARE_ENV,
  });
  const done = new Promise<Result>((resolve, reject) => {
    worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'done') resolve(message.result as Result);
      else if (message.type === 'failed') {
        reject(TwinheadError.of(message.report));
      } else onMessage(message);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      reject(
        new TwinheadError('training-failed', `The training thread ended unexpectedly (status ${code}).`, {
          remedy: 'Resume the run: it goes on from its last checkpoint.',
        }),
      );
    });
  });
  return { done, stop: () => void Atomics.store(stop, 0, 1) };
}
