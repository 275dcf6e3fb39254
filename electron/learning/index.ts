import type { TrainingEvent } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { EngineChoice } from '../engine/types.ts';
import { blocksOf, packDataset } from './samples/dataset-packing.ts';
import type { PredictorRequest } from './predictor.ts';
import type { TrainerRequest } from './training/training-setup.ts';
import { moduleBeside, startOnThread } from '../tasks/thread.ts';
import type { RunningTask, StartOptions } from '../tasks/types.ts';
import type { ExampleRequest, ExampleTask, PredictTask, TrainTask } from './worker.ts';

export type { AssistSubject, RoundResult } from './assist/session.ts';
export { AssistThread } from './assist/thread.ts';
export { BEST_CHECKPOINT, checkpointPosition, LAST_CHECKPOINT } from './training/checkpoint.ts';
export type { CheckpointPosition } from './training/checkpoint.ts';
export {
  applySettings,
  mergeConfig,
  parseTrainingConfig,
  settingKeys,
  trainingConfigJsonSchema,
} from './config/config.ts';
export { copiesKept, trunkWork } from './config/freezing.ts';
export type { TrunkWork } from './config/freezing.ts';
export type { TrainingConfig } from './config/schema.ts';
export { summarizeData } from './samples/dataset.ts';
export { checkTrainable, sizeTraining } from './data/trainable.ts';
export type {
  DatasetSummary,
  LabelledBox,
  LabelledData,
  NamedClass,
  TrainingDataset,
  TrainingSample,
} from './samples/dataset.ts';
export { examples, findExample } from './examples/index.ts';
export type { ExampleResult } from './examples/types.ts';
export { Explainer } from './explainer.ts';
export { loadModel } from './predictor.ts';
export type { LoadedModel, PredictionSample } from './predictor.ts';
export { Rescorer } from './rescorer.ts';
export { labelsFor, scaledLabels } from './samples/relabelled.ts';
export { configureRun, proposeConfig, proposeFor } from './config/propose.ts';
export type { Machine } from './config/propose.ts';
export type { TrainingResult } from './training/trainer.ts';
export type { FoundAnswer, RawBox, RawPrediction } from './heads/types.ts';

export interface TrainingRequest extends TrainerRequest {
  readonly engine: EngineChoice;
}

export interface PredictionRequest extends PredictorRequest {
  readonly engine: EngineChoice;
}

/**
 * Trains on a worker thread. `epoch` and `steps` count from 1, `step` over the whole run; `step` events come at most four a
 * second. Stopped, it ends after the current step, with a checkpoint from which it can be resumed.
 * @param onDevice called with what it runs on, before the first step
 */
export function startTraining(
  { engine, dataset, ...request }: TrainingRequest,
  onEvent: (event: TrainingEvent) => void,
  onDevice: (device: string) => void = () => undefined,
): RunningTask<TrainTask> {
  const packed = packDataset(dataset);
  return startLearning<TrainTask>(
    { kind: 'train', engine, request: { ...request, dataset: packed } },
    {
      onEvent: (event) => ('device' in event ? onDevice(event.device) : onEvent(event)),
      transfer: blocksOf(packed),
      died: (status) =>
        new TwinheadError('training-failed', say('training.died', { status: String(status) }), {
          remedy: say('training.died.remedy'),
        }),
    },
  );
}

/**
 * Runs a trained network on a worker thread; gives predictions in the order of the samples, fewer after `stop`.
 * `onEvent` gets the number of images done.
 */
export function startPrediction(
  { engine, ...request }: PredictionRequest,
  onEvent: (done: number) => void = () => undefined,
): RunningTask<PredictTask> {
  return startLearning<PredictTask>({ kind: 'predict', engine, request }, { onEvent });
}

/** Trains and evaluates one of the examples on a worker thread. `onEvent` gets the number of steps done. */
export function startExample(
  { engine, ...request }: ExampleRequest & { readonly engine: EngineChoice },
  onEvent: (done: number) => void = () => undefined,
): RunningTask<ExampleTask> {
  return startLearning<ExampleTask>({ kind: 'example', engine, request }, { onEvent });
}

function startLearning<Task extends TrainTask | PredictTask | ExampleTask>(
  input: Task['input'],
  options: StartOptions<Task>,
): RunningTask<Task> {
  return startOnThread<Task>(moduleBeside(import.meta.url, 'worker'), input, options);
}
