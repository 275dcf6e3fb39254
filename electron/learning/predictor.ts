import type { Size } from '../common/geometry.ts';
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
import type { Evaluator, StateArrays } from './model/runner.ts';
import { stateName } from './model/step.ts';
import { predictionOf } from './training/validation.ts';
import type { DetectionOptions } from './heads/nms.ts';
import type { RawPrediction } from './heads/types.ts';
import type { BatchArrays } from './samples/batch-arrays.ts';

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

/** A trained network that is run on batches of one size. */
export class BatchPredictor {
  readonly #loaded: LoadedModel;
  readonly #options: DetectionOptions;
  readonly #arrays: BatchArrays;
  readonly #evaluator: Evaluator;
  /** Values from 0 to 255 that are run next, [batch, inputSize, inputSize, 3], of {@link rowSize} a picture. */
  readonly data: Float32Array;
  readonly rowSize: number;

  constructor(engine: Engine, loaded: LoadedModel, batch: number, options: DetectionOptions) {
    const { inputSize, model, parameters, statistics } = loaded;
    this.#loaded = loaded;
    this.#options = options;
    this.rowSize = inputSize * inputSize * 3;
    this.data = new Float32Array(batch * this.rowSize);
    this.#arrays = { images: { shape: [batch, inputSize, inputSize, 3], data: this.data } };
    const weights: StateArrays = new Map([...parameters, ...statistics]);
    this.#evaluator = createEvaluator(engine, createKernels(engine), model, weights, this.#arrays);
  }

  /** @param images whose pictures are in the first rows: at most a batch */
  run(images: readonly Size[]): RawPrediction[] {
    const result = this.#evaluator.run(this.#arrays);
    return images.map((image, slot) => predictionOf(this.#loaded.model, result, slot, image, this.#options));
  }

  dispose(): void {
    this.#evaluator.dispose();
  }
}

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
  const { inputSize, config } = loaded;
  const options = {
    minScore: request.minScore ?? config.evaluation.minScore,
    nmsIou: request.nmsIou ?? config.evaluation.nmsIou,
    maxDetections: request.maxDetections ?? config.evaluation.maxDetections,
  };
  const pixels = new PixelFile(pixelFile, inputSize);
  const batch = Math.min(LARGEST_BATCH, samples.length);
  const network = new BatchPredictor(engine, loaded, batch, options);
  const predictions: RawPrediction[] = [];
  try {
    for (let start = 0; start < samples.length && !shouldStop(); start += batch) {
      const part = samples.slice(start, start + batch);
      part.forEach(({ row }, slot) => pixels.copyRow(row, network.data, slot * network.rowSize));
      predictions.push(...network.run(part));
      onProgress(predictions.length);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  } finally {
    network.dispose();
    pixels.close();
  }
  return predictions;
}
