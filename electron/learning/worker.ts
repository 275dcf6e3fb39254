import { parentPort, workerData } from 'node:worker_threads';
import { toErrorReport } from '../common/errors.ts';
import type { ErrorReport } from '../common/errors.ts';
import type { TrainingEvent } from '../common/entities.ts';
import { loadEngine } from '../engine/load.ts';
import type { EngineChoice } from '../engine/types.ts';
import { unpackDataset } from './data/dataset-packing.ts';
import type { PackedDataset } from './data/dataset-packing.ts';
import { findExample } from './examples/index.ts';
import { runExample } from './examples/run.ts';
import type { ExampleResult } from './examples/types.ts';
import { predict } from './predictor.ts';
import type { PredictorRequest } from './predictor.ts';
import { train } from './training/trainer.ts';
import type { TrainingResult } from './training/trainer.ts';
import type { TrainerRequest } from './training/training-setup.ts';
import type { RawPrediction } from './heads/types.ts';

/** What a worker is started with. `stop` is shared: 1 once the caller wants it to end. */
export type WorkerTask = { readonly engine: EngineChoice; readonly stop: Int32Array<SharedArrayBuffer> } & (
  | {
      readonly kind: 'train';
      readonly request: Omit<TrainerRequest, 'dataset'> & { readonly dataset: PackedDataset };
    }
  | { readonly kind: 'predict'; readonly request: PredictorRequest }
  | { readonly kind: 'example'; readonly request: ExampleRequest }
);

export interface ExampleRequest {
  readonly name: string;
  readonly seed: number;
}

/** What a task ends with. */
export type WorkerResult = TrainingResult | RawPrediction[] | ExampleResult;

export type WorkerMessage =
  | { readonly type: 'event'; readonly event: TrainingEvent }
  | { readonly type: 'progress'; readonly done: number }
  /** What a training runs on, once the engine is loaded. */
  | { readonly type: 'device'; readonly device: string }
  | { readonly type: 'done'; readonly result: WorkerResult }
  | { readonly type: 'failed'; readonly report: ErrorReport };

const task = workerData as WorkerTask;
const post = (message: WorkerMessage): void => parentPort?.postMessage(message);
const shouldStop = (): boolean => Atomics.load(task.stop, 0) === 1;

async function run(): Promise<WorkerResult> {
  const emit = (event: TrainingEvent): void => post({ type: 'event', event });
  if (task.kind === 'train') emit({ type: 'status', message: 'loading TensorFlow' });
  const engine = await loadEngine(task.engine);
  const onProgress = (done: number): void => post({ type: 'progress', done });
  if (task.kind === 'predict') return predict(engine, task.request, onProgress, shouldStop);
  if (task.kind === 'example') {
    const { name, seed } = task.request;
    return runExample(engine, findExample(name), { seed, onProgress, shouldStop });
  }
  post({ type: 'device', device: engine.device });
  const request = { ...task.request, dataset: unpackDataset(task.request.dataset) };
  return train(engine, request, emit, shouldStop);
}

try {
  post({ type: 'done', result: await run() });
} catch (error) {
  post({ type: 'failed', report: toErrorReport(error) });
}
