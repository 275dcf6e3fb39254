import type { TrainingEvent } from '../common/entities.ts';
import { say } from '../common/sentences/sentence.ts';
import { loadEngine } from '../engine/load.ts';
import type { EngineChoice } from '../engine/types.ts';
import { unpackDataset } from './samples/dataset-packing.ts';
import type { PackedDataset } from './samples/dataset-packing.ts';
import { findExample } from './examples/index.ts';
import { runExample } from './examples/run.ts';
import type { ExampleResult } from './examples/types.ts';
import { predict } from './predictor.ts';
import type { PredictorRequest } from './predictor.ts';
import { train } from './training/trainer.ts';
import type { TrainingResult } from './training/trainer.ts';
import type { TrainerRequest } from './training/training-setup.ts';
import type { RawPrediction } from './heads/types.ts';
import { serveTask } from '../tasks/serve.ts';

export interface TrainTask {
  readonly input: {
    readonly kind: 'train';
    readonly engine: EngineChoice;
    readonly request: Omit<TrainerRequest, 'dataset'> & { readonly dataset: PackedDataset };
  };
  /** What happens; once the engine is loaded, what it runs on. */
  readonly event: TrainingEvent | { readonly device: string };
  readonly result: TrainingResult;
}

export interface PredictTask {
  readonly input: {
    readonly kind: 'predict';
    readonly engine: EngineChoice;
    readonly request: PredictorRequest;
  };
  readonly event: number;
  readonly result: RawPrediction[];
}

export interface ExampleRequest {
  readonly name: string;
  readonly seed: number;
}

export interface ExampleTask {
  readonly input: {
    readonly kind: 'example';
    readonly engine: EngineChoice;
    readonly request: ExampleRequest;
  };
  readonly event: number;
  readonly result: ExampleResult;
}

await serveTask<TrainTask | PredictTask | ExampleTask>(async (task, { emit, shouldStop }) => {
  if (task.kind === 'train') emit({ type: 'status', message: say('training.loading') });
  const engine = await loadEngine(task.engine);
  if (task.kind === 'predict') return predict(engine, task.request, emit, shouldStop);
  if (task.kind === 'example') {
    const { name, seed } = task.request;
    return runExample(engine, findExample(name), { seed, onProgress: emit, shouldStop });
  }
  emit({ device: engine.device });
  const request = { ...task.request, dataset: unpackDataset(task.request.dataset) };
  return train(engine, request, emit, shouldStop);
});
