import { createKernels } from '../engine/kernels.ts';
import type { Engine } from '../engine/types.ts';
import { PixelFile } from './samples/pixel-file.ts';
import { readCheckpoint } from './training/checkpoint.ts';
import type { CheckpointPosition } from './training/checkpoint.ts';
import type { TrainingConfig } from './config/schema.ts';
import type { NamedClass } from './samples/dataset.ts';
import { foldBatchNorm } from './networks/fold.ts';
import { tasks } from './config/config-heads.ts';
import { Model } from './model/model.ts';
import { createEvaluator } from './model/runner.ts';
import type { StateArrays } from './model/runner.ts';
import { stateName } from './model/step.ts';
import { predictionOf } from './training/validation.ts';
import type { RawPrediction } from './heads/types.ts';

/** A trained network, ready to be run or exported. */
export interface LoadedModel {
  readonly config: TrainingConfig;
  /** Empty where the network has no such head. */
  readonly imageClasses: readonly NamedClass[];
  readonly objectClasses: readonly NamedClass[];
  readonly position: CheckpointPosition;
  readonly inputSize: number;
  readonly model: Model;
  /** Weights (the running average where the run kept one) and running statistics by name. */
  readonly parameters: StateArrays;
  readonly statistics: StateArrays;
  /** The weights with batch norm folded into the convolutions. */
  readonly folded: StateArrays;
}

/** @throws TwinheadError as readCheckpoint does. */
export async function loadModel(checkpointFile: string): Promise<LoadedModel> {
  const { config, imageClasses, objectClasses, heads, position, tensors } =
    await readCheckpoint(checkpointFile);
  const part = (prefix: string): StateArrays =>
    new Map(
      [...tensors].flatMap(([name, tensor]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
      ),
    );
  const average = part(stateName.ema(''));
  const parameters = average.size > 0 ? average : part(stateName.parameter(''));
  const statistics = part(stateName.statistic(''));
  const told = new Set(tasks.filter(({ name }) => heads[name] === true).map(({ classes }) => classes));
  const classes = {
    imageClasses: told.has('imageClasses') ? imageClasses : [],
    objectClasses: told.has('objectClasses') ? objectClasses : [],
  };
  const model = new Model(config, {
    imageClasses: classes.imageClasses.length,
    objectClasses: classes.objectClasses.length,
  });
  return {
    config,
    ...classes,
    position,
    inputSize: config.inputSize,
    model,
    parameters,
    statistics,
    folded: foldBatchNorm(parameters, statistics),
  };
}

export interface PredictionSample {
  /** Index in the pixel file. */
  readonly row: number;
  /** Width of the oriented image, in pixels. */
  readonly width: number;
  readonly height: number;
}

export interface PredictorRequest {
  readonly checkpointFile: string;
  /** Bytes [count, inputSize, inputSize, 3], letterboxed at the input size of the checkpoint's configuration. */
  readonly pixelFile: string;
  readonly samples: readonly PredictionSample[];
  /** What is not given is as in the run's configuration. */
  readonly minScore?: number | undefined;
  readonly nmsIou?: number | undefined;
  readonly maxDetections?: number | undefined;
}

const LARGEST_BATCH = 32;

/**
 * Predictions of a trained network, in the order of the samples.
 * @param onProgress images done, now and then
 * @param shouldStop asked between batches; what is done by then is returned
 * @throws TwinheadError as readCheckpoint and PixelFile do
 */
export async function predict(
  engine: Engine,
  request: PredictorRequest,
  onProgress: (done: number) => void,
  shouldStop: () => boolean,
): Promise<RawPrediction[]> {
  const { samples, pixelFile } = request;
  if (samples.length === 0) return [];
  const loaded = await loadModel(request.checkpointFile);
  const { model, inputSize, config } = loaded;
  const options = {
    minScore: request.minScore ?? config.evaluation.minScore,
    nmsIou: request.nmsIou ?? config.evaluation.nmsIou,
    maxDetections: request.maxDetections ?? config.evaluation.maxDetections,
  };
  const pixels = new PixelFile(pixelFile, inputSize);
  const batch = Math.min(LARGEST_BATCH, samples.length);
  const rowSize = inputSize * inputSize * 3;
  const data = new Float32Array(batch * rowSize);
  const arrays = { images: { shape: [batch, inputSize, inputSize, 3], data } };
  const weights: StateArrays = new Map([...loaded.parameters, ...loaded.statistics]);
  const evaluator = createEvaluator(engine, createKernels(engine), model, weights, arrays);
  const predictions: RawPrediction[] = [];
  try {
    for (let start = 0; start < samples.length && !shouldStop(); start += batch) {
      const part = samples.slice(start, start + batch);
      part.forEach(({ row }, slot) => pixels.copyRow(row, data, slot * rowSize));
      const result = evaluator.run(arrays);
      part.forEach((sample, slot) => predictions.push(predictionOf(model, result, slot, sample, options)));
      onProgress(predictions.length);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  } finally {
    evaluator.dispose();
    pixels.close();
  }
  return predictions;
}
