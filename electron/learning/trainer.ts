import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { TrainingEvent } from '../common/entities.ts';
import { TwinheadError } from '../common/errors.ts';
import { processorHasBfloat16 } from '../engine/device.ts';
import { createKernels } from '../engine/kernels.ts';
import type { Kernels } from '../engine/kernels.ts';
import type { Engine } from '../engine/types.ts';
import { BatchMaker } from './batches.ts';
import {
  BEST_CHECKPOINT,
  LAST_CHECKPOINT,
  readCheckpoint,
  readCheckpointHeader,
  writeCheckpoint,
} from './checkpoint.ts';
import type { Checkpoint, CheckpointPosition } from './checkpoint.ts';
import type { TrainingConfig } from './config.ts';
import { checkTrainable, learnableHeads } from './dataset.ts';
import type { LabelledData, TrainingDataset, TrainingSample } from './dataset.ts';
import { computeFeatures, FEATURE_BYTES } from './feature-cache.ts';
import { frozenEpochsFrom, frozenStages, isOfBackbone, trunkIsFrozen } from './freezing.ts';
import { withSmallerBatches } from './memory.ts';
import { createOptimizer } from './optimizer.ts';
import { Model } from './model.ts';
import type { ModelShape } from './parameters.ts';
import { parameterCount } from './parameters.ts';
import { PixelFile } from './pixel-file.ts';
import { choosePrecision } from './precision.ts';
import type { Precision } from './precision.ts';
import { profileStep, writeProfile } from './profile.ts';
import type { StepProfile } from './profile.ts';
import { createEvaluator, createRunner } from './runner.ts';
import type { Evaluator, StateArrays, StepRunner } from './runner.ts';
import { describeRepeats, repeatFactors } from './sampling.ts';
import { stepScalars } from './schedule.ts';
import { SlotMatcher } from './slot-matcher.ts';
import {
  checkFinite,
  effectiveWeights,
  gradientCosines,
  gradientNorms,
  lossTerms,
  namedValues,
  observesAt,
} from './step-report.ts';
import type { ReportValues } from './step-report.ts';
import { freshState, stepOptionsOf, withoutEffect } from './step-options.ts';
import { createTrainStep, slotName, stateName, stateSpecs } from './step.ts';
import type { StepOptions, TrainStep } from './step.ts';
import { validate } from './validation.ts';

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

export interface TrainingResult {
  readonly state: 'done' | 'stopped';
  /** "finished", "early stop: …", "stopped by you". */
  readonly reason: string;
  readonly epoch: number;
  readonly step: number;
  readonly bestScore: number | null;
  readonly bestEpoch: number | null;
  /** Of all sittings together. */
  readonly seconds: number;
  readonly peakMemoryBytes: number;
  readonly device: string;
}

/** Step events are sent no more often than this. */
const EVENT_MILLISECONDS = 250;

/** The project's classes that a configuration leaves something to learn of; a head with nothing to learn is left out. */
export function modelFor(data: LabelledData, config: TrainingConfig): Model {
  const heads = learnableHeads(data, config);
  return new Model(config, {
    imageClasses: heads.image ? data.imageClasses.length : 0,
    objectClasses: heads.boxes ? data.objectClasses.length : 0,
  });
}

/** Says which images and labels a run was trained on: a resumed run needs the same to reach the same result. */
function fingerprint({ samples }: LabelledData): string {
  const hash = createHash('sha256');
  for (const { imageId, row, split, imageClass, boxes } of samples) {
    hash.update(JSON.stringify([imageId, row, split, imageClass, boxes]));
  }
  return hash.digest('hex');
}

const START: CheckpointPosition = {
  epoch: 0,
  step: 0,
  stepInEpoch: 0,
  sums: {},
  bestScore: null,
  bestEpoch: null,
  epochsSinceBest: 0,
  seconds: 0,
};

/**
 * Trains to the end, with smaller batches where memory runs out.
 * @throws TwinheadError as {@link Trainer} does
 */
export async function train(
  engine: Engine,
  request: TrainerRequest,
  emit: (event: TrainingEvent) => void,
  shouldStop: () => boolean,
): Promise<TrainingResult> {
  const last = path.join(request.runFolder, LAST_CHECKPOINT);
  // A run that had to make its batches smaller goes on with those.
  const batch = request.resume ? (await readCheckpointHeader(last)).config.batch : request.config.batch;
  return withSmallerBatches(
    batch,
    (size, again) => {
      const config = { ...request.config, batch: size };
      const resume = again ? existsSync(last) : request.resume;
      return new Trainer(engine, { ...request, config, resume }, emit, shouldStop).run();
    },
    (message) => emit({ type: 'status', message, lasting: true }),
  );
}

/** One training, from its start or its last checkpoint to its end. */
export class Trainer {
  readonly #engine: Engine;
  readonly #kernels: Kernels;
  readonly #request: TrainerRequest;
  readonly #emit: (event: TrainingEvent) => void;
  readonly #shouldStop: () => boolean;
  readonly #model: Model;
  readonly #shape: ModelShape;
  readonly #options: StepOptions;
  readonly #initial: Map<string, Float32Array>;
  readonly #featureBytes: number;
  readonly #pixels: PixelFile;
  readonly #training: BatchMaker;
  readonly #validation: BatchMaker;
  readonly #fingerprint: string;
  #position: CheckpointPosition = START;
  /** Of the trunk that are frozen in the epoch under way. */
  #stages = 0;
  #step!: TrainStep;
  #runner!: StepRunner;
  #evaluator!: Evaluator;
  #matcher: SlotMatcher | null = null;
  #secondsBefore = 0;
  #startedAt = performance.now();
  #peakMemory = 0;
  #lastEvent = 0;
  /** Moving averages, in milliseconds. */
  #stepTime = 0;
  /** What was last seen of the heads' own gradients. */
  #observed: ReportValues = {};
  /** Of the step, until it has been told. */
  #profile: StepProfile | null = null;
  #waitTime = 0;
  #stepsMeasured = 0;
  /** Of the last validation; null before the first. */
  #validationTime: number | null = null;

  /**
   * @param shouldStop asked between steps
   * @throws TwinheadError `not-trainable` where there is nothing to learn
   */
  constructor(
    engine: Engine,
    request: TrainerRequest,
    emit: (event: TrainingEvent) => void,
    shouldStop: () => boolean,
  ) {
    const { config, dataset } = request;
    this.#engine = engine;
    this.#kernels = createKernels(engine);
    this.#request = request;
    this.#emit = emit;
    this.#shouldStop = shouldStop;
    const { warnings } = checkTrainable(dataset, config);
    for (const message of warnings) emit({ type: 'status', message });
    if (dataset.inputSize !== config.inputSize) {
      throw new TwinheadError(
        'invalid-input',
        'The decoded images have another size than the configuration.',
        {
          remedy: `Decode them at ${config.inputSize} pixels.`,
        },
      );
    }
    this.#model = modelFor(dataset, config);
    const declared = this.#model.declare(engine.tf, this.#kernels);
    this.#shape = declared.shape;
    this.#options = stepOptionsOf(this.#model, declared.shape);
    this.#initial = declared.initial;
    this.#featureBytes = declared.featureBytes;
    this.#pixels = new PixelFile(dataset.pixelFile, config.inputSize);
    const { pooledFeatures } = declared;
    const samplesOf = (split: 'train' | 'val') =>
      dataset.samples.filter(
        (sample) => sample.split === split && (sample.imageClass !== null || sample.boxes !== null),
      );
    const train = samplesOf('train');
    this.#training = new BatchMaker(this.#model, dataset, this.#pixels, train, {
      training: true,
      pooledFeatures,
      repeats: this.#balance(train),
    });
    this.#validation = new BatchMaker(this.#model, dataset, this.#pixels, samplesOf('val'), {
      training: false,
      pooledFeatures,
    });
    this.#fingerprint = fingerprint(dataset);
  }

  /**
   * Trains to the end.
   * @throws TwinheadError `training-failed` where a loss is no longer a number, naming head and term; the last
   * checkpoint stays as it was. What the file system says where a checkpoint cannot be written.
   */
  async run(): Promise<TrainingResult> {
    const { config } = this.#request;
    const state = await this.#initialState();
    const idle = withoutEffect(this.#model);
    if (idle !== null) this.#emit({ type: 'status', message: idle });
    try {
      this.#prepare(state);
      let reason: string | null = null;
      while (reason === null && this.#position.epoch < config.epochs) {
        if (frozenStages(config, this.#position.epoch) !== this.#stages) this.#changePhase();
        const finished = await this.#epoch();
        if (!finished) return this.#result('stopped', 'stopped by you');
        const { patience } = config.earlyStopping;
        const { epochsSinceBest, bestEpoch } = this.#position;
        if (patience > 0 && epochsSinceBest >= patience && this.#position.epoch < config.epochs) {
          reason = `early stop: no better validation score for ${patience} epochs (best: epoch ${bestEpoch ?? 0})`;
        }
      }
      return this.#result('done', reason ?? 'finished');
    } finally {
      this.#close();
    }
  }

  /** Tensors that are alive on the engine: flat over epochs. */
  get tensorCount(): number {
    return this.#engine.tf.memory().numTensors;
  }

  /** How often an epoch shows each training image, where rare classes are repeated. */
  #balance(samples: readonly TrainingSample[]): readonly number[] | null {
    const { balance } = this.#request.config.sampling;
    if (balance === 0) return null;
    const heads = { image: this.#model.hasImageHead, boxes: this.#model.hasBoxHead };
    const repeats = repeatFactors(samples, this.#request.dataset, balance, heads);
    this.#emit({ type: 'status', lasting: true, message: describeRepeats(repeats, balance) });
    return repeats.factors;
  }

  async #initialState(): Promise<StateArrays> {
    const { runFolder, resume, dataset, config } = this.#request;
    if (!resume) return freshState(stateSpecs(this.#options), this.#initial);
    const checkpoint = await readCheckpoint(path.join(runFolder, LAST_CHECKPOINT));
    const ids = (classes: readonly { id: number }[]) => classes.map(({ id }) => id).join();
    if (
      ids(checkpoint.imageClasses) !== ids(dataset.imageClasses) ||
      ids(checkpoint.objectClasses) !== ids(dataset.objectClasses)
    ) {
      throw new TwinheadError(
        'not-trainable',
        'The classes of the project have changed since this run began.',
        {
          remedy: 'Start a new run.',
        },
      );
    }
    for (const { name, shape } of stateSpecs(this.#options)) {
      if (checkpoint.tensors.get(name)?.shape.join() !== shape.join()) {
        throw new TwinheadError('not-trainable', 'The checkpoint belongs to another network.', {
          place: name,
          remedy: `Start a new run with network ${config.network}.`,
        });
      }
    }
    if (checkpoint.dataFingerprint !== this.#fingerprint) {
      this.#emit({
        type: 'status',
        message: 'Images or labels have changed since this run began: it goes on with the new ones.',
      });
    }
    this.#position = checkpoint.position;
    if (checkpoint.config.batch !== config.batch) {
      // Steps of another size cannot be counted on: the epoch under way begins anew.
      const { epoch } = checkpoint.position;
      const step = epoch * this.#training.stepsAnEpoch;
      this.#position = { ...checkpoint.position, step, stepInEpoch: 0, sums: {} };
    }
    this.#secondsBefore = checkpoint.position.seconds;
    return new Map(checkpoint.tensors);
  }

  /** Another part of the trunk moves from here on: the step is compiled anew, and what the optimiser remembers starts anew. */
  #changePhase(): void {
    const state = this.#runner.readState();
    const { slots } = createOptimizer(this.#options.optimizer ?? { method: 'adamw' });
    for (const { name } of this.#shape.parameters) {
      for (const slot of slots) state.get(slotName(slot, name))!.data.fill(0);
    }
    this.#dispose();
    const started = performance.now();
    this.#prepare(state);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    this.#emit({
      type: 'status',
      lasting: true,
      message: `epoch ${this.#position.epoch + 1}: the trunk learns from here on; compiled anew in ${seconds} s`,
    });
  }

  /** Where the whole trunk is frozen for long enough, batches bring its features from here on. */
  #keepFeatures(state: StateArrays): void {
    const { config } = this.#request;
    const { epoch } = this.#position;
    const makers = [this.#training, this.#validation];
    for (const maker of makers) maker.useFeatures(null);
    const perCopy = this.#featureBytes * this.#training.sampleCount;
    const copies = Math.min(config.freeze.variants, Math.floor(FEATURE_BYTES / perCopy));
    // Towers have features of their own each.
    const usable =
      copies > 0 &&
      this.#model.sharing !== 'soft' &&
      frozenEpochsFrom(config, 0) > copies &&
      this.#engine.native;
    if (!trunkIsFrozen(config, epoch) || !usable) return;
    this.#emit({ type: 'status', message: 'computing the features of the frozen trunk' });
    const started = performance.now();
    let bytes = 0;
    for (const maker of makers) {
      const features = computeFeatures(
        this.#engine,
        this.#kernels,
        this.#model,
        this.#backbone(state),
        maker,
        maker === this.#training ? copies : 1,
        this.#shouldStop,
      );
      if (features === null) break;
      bytes += features.bytes;
      maker.useFeatures(features);
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const megabytes = Math.round(bytes / 1e6);
    this.#emit({
      type: 'status',
      lasting: true,
      message:
        `the trunk is frozen: its features of ${copies} copies of each image are kept (${seconds} s, ${megabytes} MB)` +
        (config.augment.mosaic > 0 ? '; mosaics begin when it learns' : ''),
    });
  }

  /** Weights and statistics of the trunk without its pyramid. */
  #backbone(state: StateArrays): { parameters: StateArrays; statistics: StateArrays } {
    const part = (specs: readonly { name: string }[], key: (name: string) => string): StateArrays =>
      new Map(specs.flatMap(({ name }) => (isOfBackbone(name) ? [[name, state.get(key(name))!]] : [])));
    return {
      parameters: part(this.#shape.parameters, stateName.parameter),
      statistics: part(this.#shape.statistics, stateName.statistic),
    };
  }

  #prepare(state: StateArrays): void {
    const { config } = this.#request;
    const stages = frozenStages(config, this.#position.epoch);
    this.#stages = stages;
    this.#keepFeatures(state);
    const options = stepOptionsOf(this.#model, this.#shape, stages);
    this.#step = createTrainStep(this.#engine.tf, this.#kernels, options);
    if (this.#model.hasBoxHead && config.boxHead === 'slots') {
      this.#matcher = new SlotMatcher(this.#engine, this.#kernels, this.#model, this.#shape, stages);
    }
    this.#emit({ type: 'status', message: 'compiling the network' });
    this.#runner = this.#createRunner(state);
    if (this.#request.profile === true && this.#stepsMeasured === 0) this.#profile = this.#measure(state);
    const example = this.#validation.make(this.#validation.order(0), 0, 0);
    this.#evaluator = createEvaluator(
      this.#engine,
      this.#kernels,
      this.#model,
      this.#inferenceState(state, false),
      example,
    );
    const { note } = this.#precision(this.#runner.compiled);
    const millions = (count: number) => (count / 1e6).toFixed(2);
    this.#emit({
      type: 'status',
      lasting: true,
      message:
        `${config.network}: ${millions(parameterCount(this.#shape))} million parameters, ` +
        `${millions(this.#shape.multiplyAdds)} million multiply-adds an image, ` +
        (this.#runner.compiled ? 'compiled to one graph' : 'run operation by operation') +
        (note === null ? '' : `, ${note}`),
    });
  }

  #precision(compiled: boolean): Precision {
    return choosePrecision(this.#request.config.precision, {
      compiled,
      device: this.#engine.device,
      processorHasBfloat16: processorHasBfloat16(),
    });
  }

  #createRunner(state: StateArrays): StepRunner {
    const { execution, config } = this.#request;
    const example = this.#training.make(this.#training.order(0), 0, 0);
    const scalars = stepScalars(config, 0, this.#training.stepsAnEpoch);
    return createRunner(this.#engine, this.#step, state, example, scalars, {
      execution,
      convolutions: this.#precision(true).convolutions,
      observe: observesAt(0, config.log.gradients, this.#options.multitask),
      onFallback: (reason) =>
        this.#emit({
          type: 'status',
          lasting: true,
          message: `The step could not be compiled (${reason}); it runs operation by operation, slower.`,
        }),
    });
  }

  #measure(state: StateArrays): StepProfile | null {
    if (!this.#engine.native) {
      this.#emit({
        type: 'status',
        message: 'This engine’s operations cannot be timed: no profile is made.',
      });
      return null;
    }
    this.#emit({ type: 'status', message: 'timing the operations of a step' });
    const batch = this.#training.make(this.#training.order(0), 0, 0);
    const scalars = stepScalars(this.#request.config, 0, this.#training.stepsAnEpoch);
    return profileStep(this.#engine, this.#step, state, batch, scalars);
  }

  async #tellProfile(): Promise<void> {
    if (this.#profile === null) return;
    const trainedMilliseconds = this.#stepTime - this.#waitTime;
    const { compiled } = this.#runner;
    const event = { type: 'profile', ...this.#profile, trainedMilliseconds, compiled } as const;
    this.#profile = null;
    await writeProfile(this.#request.runFolder, event);
    this.#emit(event);
  }

  /** Weights for evaluation, by the names of parameters: the running average where there is one. */
  #inferenceState(state: StateArrays, prefixed: boolean): StateArrays {
    const { parameters, statistics } = this.#shape;
    const source = this.#request.config.ema > 0 ? stateName.ema : stateName.parameter;
    const result: StateArrays = new Map();
    for (const { name } of parameters) result.set(prefixed ? source(name) : name, state.get(source(name))!);
    for (const { name } of statistics) {
      const key = stateName.statistic(name);
      result.set(prefixed ? key : name, state.get(key)!);
    }
    return result;
  }

  /** The rest of an epoch and its validation. false: stopped; the checkpoint is written. */
  async #epoch(): Promise<boolean> {
    const epochStart = performance.now();
    const { config } = this.#request;
    const { stepsAnEpoch, size } = this.#training;
    const order = this.#training.order(this.#position.epoch);
    while (this.#position.stepInEpoch < stepsAnEpoch) {
      if (this.#shouldStop()) {
        await this.#save();
        return false;
      }
      const started = performance.now();
      const batch = this.#training.make(order, this.#position.epoch, this.#position.stepInEpoch);
      const scalars = stepScalars(config, this.#position.step, stepsAnEpoch);
      const prepared = performance.now();
      this.#matcher?.match(batch, this.#training.boxesOfBatch, this.#runner);
      if (observesAt(this.#position.step, config.log.gradients, this.#options.multitask)) {
        this.#observed = namedValues(this.#step.observedNames, this.#runner.observe(batch, scalars));
      }
      const report = this.#runner.run(batch, scalars);
      const ended = performance.now();
      this.#record(report, scalars['learningRate']!, size, ended - started, prepared - started);
      // Lets messages of the thread through.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await this.#finishEpoch(epochStart);
    await this.#tellProfile();
    return true;
  }

  #record(report: Float32Array, learningRate: number, size: number, time: number, wait: number): void {
    const values = namedValues(this.#step.reportNames, report);
    const { epoch, step, stepInEpoch, sums } = this.#position;
    checkFinite(values, epoch + 1, step + 1);
    const nextSums = { ...sums };
    for (const [name, value] of Object.entries(values)) nextSums[name] = (nextSums[name] ?? 0) + value;
    this.#position = { ...this.#position, step: step + 1, stepInEpoch: stepInEpoch + 1, sums: nextSums };
    // The first step of a sitting also optimises the graph and says nothing of the speed: the second replaces it.
    const share = ++this.#stepsMeasured < 3 ? 1 : Math.max(0.05, 1 / (this.#stepsMeasured - 1));
    this.#stepTime += share * (time - this.#stepTime);
    this.#waitTime += share * (wait - this.#waitTime);
    const memory = process.memoryUsage.rss();
    this.#peakMemory = Math.max(this.#peakMemory, memory);
    const now = performance.now();
    if (this.#stepsMeasured === 1 || now - this.#lastEvent < EVENT_MILLISECONDS) return;
    this.#lastEvent = now;
    const { stepsAnEpoch } = this.#training;
    const { weights } = this.#request.config;
    this.#emit({
      type: 'step',
      epoch: epoch + 1,
      step: step + 1,
      steps: stepsAnEpoch,
      loss: values['loss']!,
      terms: lossTerms(values),
      weights: effectiveWeights(weights, values),
      learningRate,
      gradientNorm: values['gradientNorm']!,
      gradientNorms: { ...gradientNorms(this.#observed), ...gradientNorms(values) },
      gradientCosines: { ...gradientCosines(this.#observed), ...gradientCosines(values) },
      imagesPerSecond: (size * 1000) / this.#stepTime,
      dataWait: this.#waitTime / this.#stepTime,
      secondsLeft: this.#secondsLeft(),
      memoryBytes: memory,
    });
  }

  /** For what is still to do; a validation that has not been seen yet is taken for a third of as many training steps. */
  #secondsLeft(): number {
    const { epochs } = this.#request.config;
    const { epoch, step } = this.#position;
    const stepsLeft = epochs * this.#training.stepsAnEpoch - step;
    const validation = this.#validationTime ?? (this.#validation.stepsAnEpoch * this.#stepTime) / 3;
    return (stepsLeft * this.#stepTime + (epochs - epoch) * validation) / 1000;
  }

  async #finishEpoch(epochStart: number): Promise<void> {
    const { stepsAnEpoch } = this.#training;
    const { dataset } = this.#request;
    const started = performance.now();
    const state = this.#runner.readState();
    this.#evaluator.writeParameters(this.#inferenceState(state, false));
    const order = Array.from({ length: dataset.samples.length }, (_, i) => i);
    const { metrics, loss, terms } = validate(
      this.#model,
      dataset,
      this.#evaluator,
      this.#validation,
      order.slice(0, this.#validation.sampleCount),
    );
    this.#validationTime = performance.now() - started;
    const means: Record<string, number> = {};
    for (const [name, sum] of Object.entries(this.#position.sums)) means[name] = sum / stepsAnEpoch;
    const score = metrics['overall'] ?? 0;
    const best = this.#position.bestScore === null || score > this.#position.bestScore;
    const epoch = this.#position.epoch + 1;
    this.#position = {
      ...this.#position,
      epoch,
      stepInEpoch: 0,
      sums: {},
      ...(best
        ? { bestScore: score, bestEpoch: epoch, epochsSinceBest: 0 }
        : { epochsSinceBest: this.#position.epochsSinceBest + 1 }),
    };
    if (best) await this.#write(BEST_CHECKPOINT, this.#inferenceState(state, true));
    await this.#write(LAST_CHECKPOINT, state);
    this.#emit({
      type: 'epoch',
      epoch,
      step: this.#position.step,
      trainLoss: means['loss'] ?? 0,
      trainTerms: lossTerms(means),
      weights: effectiveWeights(this.#request.config.weights, means),
      gradientCosines: { ...gradientCosines(this.#observed), ...gradientCosines(means) },
      validationLoss: loss,
      validationTerms: terms,
      metrics,
      best,
      seconds: (performance.now() - epochStart) / 1000,
    });
  }

  #save(): Promise<void> {
    return this.#write(LAST_CHECKPOINT, this.#runner.readState());
  }

  async #write(file: string, tensors: StateArrays): Promise<void> {
    const { config, dataset, runFolder } = this.#request;
    const named = (classes: readonly { id: number; name: string }[]) =>
      classes.map(({ id, name }) => ({ id, name }));
    const checkpoint: Checkpoint = {
      config,
      imageClasses: named(dataset.imageClasses),
      objectClasses: named(dataset.objectClasses),
      heads: { imageClass: this.#model.hasImageHead, boxes: this.#model.hasBoxHead },
      dataFingerprint: this.#fingerprint,
      position: { ...this.#position, seconds: this.#seconds() },
      tensors,
    };
    await writeCheckpoint(path.join(runFolder, file), checkpoint);
  }

  #seconds(): number {
    return this.#secondsBefore + (performance.now() - this.#startedAt) / 1000;
  }

  #result(state: TrainingResult['state'], reason: string): TrainingResult {
    const { epoch, step, bestScore, bestEpoch } = this.#position;
    return {
      state,
      reason,
      epoch,
      step,
      bestScore,
      bestEpoch,
      seconds: this.#seconds(),
      peakMemoryBytes: this.#peakMemory,
      device: this.#engine.device,
    };
  }

  #close(): void {
    this.#pixels.close();
    this.#dispose();
  }

  #dispose(): void {
    (this.#runner as StepRunner | undefined)?.dispose();
    (this.#evaluator as Evaluator | undefined)?.dispose();
    this.#matcher?.dispose();
  }
}
