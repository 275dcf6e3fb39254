import { createHash } from 'node:crypto';
import type { TrainingEvent } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { createKernels } from '../../engine/kernels.ts';
import type { Kernels } from '../../engine/kernels.ts';
import type { Engine } from '../../engine/types.ts';
import { BatchMaker } from '../data/batches.ts';
import type { TrainingConfig } from '../config/schema.ts';
import { checkTrainable, isLabelled, learnableHeads } from '../data/trainable.ts';
import type { LabelledData, TrainingDataset, TrainingSample } from '../samples/dataset.ts';
import { Model } from '../model/model.ts';
import type { ModelShape } from '../base/parameters.ts';
import { PixelFile } from '../samples/pixel-file.ts';
import { bfloat16On } from './precision.ts';
import { describeRepeats, repeatFactors } from '../data/sampling.ts';
import { stepOptionsOf, withoutEffect } from '../model/step-options.ts';
import type { StepOptions } from '../model/step.ts';

export interface TrainerRequest {
  readonly config: TrainingConfig;
  readonly dataset: TrainingDataset;
  /** Checkpoints are written here. */
  readonly runFolder: string;
  /** Goes on from the last checkpoint of the folder. */
  readonly resume: boolean;
  /** `compiled` (where the engine can) runs the step as one graph; `eager` op by op. */
  readonly execution?: 'compiled' | 'eager' | undefined;
  /** Times the operations of a step before the first one: a `profile` event after the first epoch, and a file. */
  readonly profile?: boolean | undefined;
}

/** What stays the same over a training: its network, its batches, and how it begins. */
export interface TrainingSetup {
  readonly engine: Engine;
  readonly kernels: Kernels;
  readonly request: TrainerRequest;
  readonly emit: (event: TrainingEvent) => void;
  readonly shouldStop: () => boolean;
  readonly model: Model;
  /** With nothing frozen. */
  readonly shape: ModelShape;
  /** With nothing frozen. */
  readonly options: StepOptions;
  /** Values of parameters and statistics by name. */
  readonly initial: ReadonlyMap<string, Float32Array>;
  /** Bytes of the trunk's maps of one image. */
  readonly featureBytes: number;
  readonly pixels: PixelFile;
  /** What the device can of it: asked once, since a graphics card's driver answers by a program of its own. */
  readonly bfloat16: ReturnType<typeof bfloat16On>;
  readonly training: BatchMaker;
  readonly validation: BatchMaker;
  /** Fingerprint of the data: see {@link fingerprintOf}. */
  readonly fingerprint: string;
}

/** The project's classes that a configuration leaves something to learn of; a head with nothing to learn is left out. */
function modelFor(data: LabelledData, config: TrainingConfig): Model {
  const learned = new Set(learnableHeads(data, config).map(({ task }) => task.classes));
  const count = (classes: 'imageClasses' | 'objectClasses') =>
    learned.has(classes) ? data[classes].length : 0;
  return new Model(config, { imageClasses: count('imageClasses'), objectClasses: count('objectClasses') });
}

/** Says which images and labels a run was trained on: a resumed run needs the same to reach the same result. */
function fingerprintOf({ samples }: LabelledData): string {
  const hash = createHash('sha256');
  for (const [index, { imageId, split, imageClass, furtherClasses = [], boxes }] of samples.entries()) {
    hash.update(JSON.stringify([imageId, index, split, imageClass, boxes, ...furtherClasses]));
  }
  return hash.digest('hex');
}

/** The images of a split that have a label for a head. */
const labelledOf = ({ samples }: LabelledData, split: 'train' | 'val'): TrainingSample[] =>
  samples.filter((sample) => sample.split === split && isLabelled(sample));

/**
 * Everything that a training needs before its first step, reported where it is doubtful.
 * @throws TwinheadError `not-trainable` where there is nothing to learn, `invalid-input` where the images were decoded
 * for another configuration
 */
export function setUpTraining(
  engine: Engine,
  request: TrainerRequest,
  emit: (event: TrainingEvent) => void,
  shouldStop: () => boolean,
): TrainingSetup {
  const { config, dataset } = request;
  for (const message of checkTrainable(dataset, config).warnings)
    emit({ type: 'status', lasting: true, warning: true, message });
  if (dataset.inputSize !== config.inputSize) {
    throw new TwinheadError('invalid-input', say('training.otherSize'), {
      remedy: say('training.otherSize.remedy', { pixels: String(config.inputSize) }),
    });
  }
  const kernels = createKernels(engine);
  const model = modelFor(dataset, config);
  const idle = withoutEffect(model);
  if (idle !== null) emit({ type: 'status', lasting: true, message: idle });
  const { shape, initial, featureBytes, pooledFeatures } = model.declare(engine.tf, kernels);
  const pixels = new PixelFile(dataset.pixelFile, config.inputSize);
  const samples = labelledOf(dataset, 'train');
  const training = new BatchMaker(model, dataset, pixels, samples, {
    training: true,
    pooledFeatures,
    repeats: balance(samples, dataset, model, emit),
  });
  const validation = new BatchMaker(model, dataset, pixels, labelledOf(dataset, 'val'), {
    training: false,
    pooledFeatures,
  });
  return {
    engine,
    kernels,
    request,
    emit,
    shouldStop,
    model,
    shape,
    options: stepOptionsOf(model, shape),
    initial,
    featureBytes,
    pixels,
    bfloat16: bfloat16On(engine.device),
    training,
    validation,
    fingerprint: fingerprintOf(dataset),
  };
}

/** How often an epoch shows each training image, where rare classes are repeated. */
function balance(
  samples: readonly TrainingSample[],
  data: LabelledData,
  { config, heads }: Model,
  emit: (event: TrainingEvent) => void,
): readonly number[] | null {
  const threshold = config.sampling.balance;
  if (threshold === 0) return null;
  const tasks = heads.map(({ task }) => task);
  const repeats = repeatFactors(samples, data, threshold, tasks);
  emit({ type: 'status', lasting: true, message: describeRepeats(repeats, threshold) });
  return repeats.factors;
}
