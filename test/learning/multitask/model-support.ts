import type { Engine } from '../../../electron/engine/index.ts';
import { createKernels } from '../../../electron/engine/kernels.ts';
import { BatchMaker } from '../../../electron/learning/data/batches.ts';
import type { BatchArrays } from '../../../electron/learning/samples/batch-arrays.ts';
import { applySettings, parseTrainingConfig } from '../../../electron/learning/config/config.ts';
import type { TrainingConfig } from '../../../electron/learning/config/schema.ts';
import { Model } from '../../../electron/learning/model/model.ts';
import { PixelFile } from '../../../electron/learning/samples/pixel-file.ts';
import type { ModelShape } from '../../../electron/learning/base/parameters.ts';
import type { StateArrays } from '../../../electron/learning/model/runner.ts';
import { stepScalars } from '../../../electron/learning/training/schedule.ts';
import { freshState, stepOptionsOf } from '../../../electron/learning/model/step-options.ts';
import { stateSpecs } from '../../../electron/learning/model/step.ts';
import type { StepOptions } from '../../../electron/learning/model/step.ts';
import { squaresDataset } from '../support.ts';

export const SIZE = 32;
/**
 * Four images, so that no batch norm sees fewer than four places. Over two it makes ±1 of anything, and its gradient is
 * the small rest of terms that cancel: ε / (variance + ε) of them, a thousandth, so that rounding counts a thousand times
 * (kernels.test.ts shows it).
 */
const SMALL = [`inputSize=${SIZE}`, 'batch=4', 'neckChannels=16', 'slots.hidden=16', 'slots.count=3'];
export const COUNTS = { imageClasses: 2, objectClasses: 2 };

export const configure = (settings: readonly string[]): TrainingConfig =>
  applySettings(parseTrainingConfig({}), [...SMALL, ...settings]);

export interface Prepared {
  readonly config: TrainingConfig;
  readonly model: Model;
  readonly shape: ModelShape;
  readonly initial: Map<string, Float32Array>;
  readonly options: StepOptions;
  readonly state: StateArrays;
  readonly batch: BatchArrays;
  readonly scalars: Record<string, number>;
}

/** A model at its start, and a batch of squares for it. */
export const prepare = (engine: Engine, folder: string, settings: readonly string[]): Prepared =>
  prepareModel(engine, folder, new Model(configure(settings), COUNTS));

export function prepareModel(engine: Engine, folder: string, model: Model): Prepared {
  const { config } = model;
  const data = squaresDataset(folder, 4, 2, SIZE);
  const { shape, initial, pooledFeatures } = model.declare(engine.tf, createKernels(engine));
  const samples = data.samples.filter(({ split }) => split === 'train');
  const pixels = new PixelFile(data.pixelFile, SIZE);
  const batches = new BatchMaker(model, data, pixels, samples, { training: true, pooledFeatures });
  const options = stepOptionsOf(model, shape);
  const state = freshState(stateSpecs(options), initial);
  const batch = batches.make(batches.order(0), 0, 0);
  if (config.boxHead === 'slots') batch['boxes.boxWeight']!.data.fill(1);
  return { config, model, shape, initial, options, state, batch, scalars: stepScalars(config, 0, 2) };
}

export const reportOf = (names: readonly string[], report: Float32Array): Record<string, number> =>
  Object.fromEntries(names.map((name, i) => [name, report[i]!]));
