import type { CompiledFunction } from '../../engine/graph/index.ts';
import { createKernels } from '../../engine/kernels.ts';
import type { Kernels } from '../../engine/kernels.ts';
import type { Engine } from '../../engine/types.ts';
import type { ModelShape } from '../base/parameters.ts';
import type { TrainingConfig } from '../config/schema.ts';
import { networks } from '../networks/index.ts';
import { BatchMaker } from '../data/batches.ts';
import { compileTrunk, featuresBy } from '../data/feature-cache.ts';
import type { RawPrediction } from '../heads/types.ts';
import { createOptimizer } from '../base/optimizer.ts';
import { Model } from '../model/model.ts';
import { createEvaluator, createRunner } from '../model/runner.ts';
import type { Evaluator, StateArrays, StepRunner } from '../model/runner.ts';
import { createTrainStep, slotName, stateSpecs } from '../model/step.ts';
import { freshState, stepOptionsOf } from '../model/step-options.ts';
import type { NamedClass, TrainingDataset, TrainingSample } from '../samples/dataset.ts';
import { PixelFile } from '../samples/pixel-file.ts';
import { backboneOf } from '../training/kept-features.ts';
import { bfloat16On, choosePrecision } from '../training/precision.ts';
import { inferenceState } from '../training/run-checkpoints.ts';
import { stepScalars } from '../training/schedule.ts';
import { checkFinite, checkFiniteState, namedValues } from '../training/step-report.ts';
import { predictionOf, validate } from '../training/validation.ts';
import { ImageFeatures } from './image-features.ts';

/** What a session learns: it stays the same until classes come or go. */
export interface AssistSubject {
  /** Configuration of a network whose trunk is pretrained and wholly frozen. */
  readonly config: TrainingConfig;
  /** Empty: nothing of that kind is learned. */
  readonly imageClasses: readonly NamedClass[];
  readonly objectClasses: readonly NamedClass[];
}

export interface AssistRound {
  /** The images to learn from, by their labels of now. */
  readonly train: readonly TrainingSample[];
  /** May be empty: then there is no score. */
  readonly validation: readonly TrainingSample[];
  readonly steps: number;
  /** Begins as the first round did; else from where the last one ended. */
  readonly fresh: boolean;
}

export interface RoundResult {
  /** false: it was stopped before its last step; what was learned by then counts for the next one. */
  readonly finished: boolean;
  /** As validation names them; empty without validation images. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Steps that the schedule of a round counts as one of its epochs. */
const STEPS_AN_EPOCH = 10;
const NO_PIXELS = { copyRow: () => undefined };
/** Most suggestions of one image; more of them would be no help. */
const MOST_SUGGESTED = 100;

/** Heads that are trained again and again on kept features of a frozen trunk, as labels come. */
export class AssistSession {
  /** Bytes that one copy of an image's features takes. */
  readonly featureBytes: number;
  readonly #engine: Engine;
  readonly #kernels: Kernels;
  readonly #subject: AssistSubject;
  readonly #model: Model;
  readonly #shape: ModelShape;
  readonly #pooledFeatures: Readonly<Record<string, number>>;
  readonly #initial: StateArrays;
  readonly #trunks = new Map<boolean, CompiledFunction>();
  /** With the boxes in them, as the training sees them: several augmented copies an image. */
  readonly #learned = new ImageFeatures();
  /** Features of images as they are, to be validated or predicted on. */
  readonly #plain = new ImageFeatures();
  #runner: StepRunner | undefined;
  #reportNames: () => readonly string[] = () => [];
  #evaluator: Evaluator | undefined;
  /** What the last finished round has learned. */
  #weights: StateArrays | null = null;
  #stopped = false;

  constructor(engine: Engine, subject: AssistSubject) {
    this.#engine = engine;
    this.#subject = subject;
    this.#kernels = createKernels(engine);
    const { config, imageClasses, objectClasses } = subject;
    this.#model = new Model(config, {
      imageClasses: imageClasses.length,
      objectClasses: objectClasses.length,
    });
    const { shape, initial, featureBytes, pooledFeatures } = this.#model.declare(engine.tf, this.#kernels);
    this.#shape = shape;
    this.featureBytes = featureBytes;
    this.#pooledFeatures = pooledFeatures;
    this.#initial = freshState(stateSpecs(stepOptionsOf(this.#model, shape)), initial);
  }

  /**
   * Computes features of images, anew of those whose labels have changed.
   * @param pixelFile in which a sample's index is its `row`
   * @param use `learn`: several augmented copies with their boxes; `look`: as they are
   */
  addImages(pixelFile: string, samples: readonly TrainingSample[], use: 'learn' | 'look'): void {
    const { config } = this.#subject;
    const learns = use === 'learn';
    const pixels = new PixelFile(pixelFile, config.inputSize);
    try {
      const maker = this.#maker(samples, learns, pixels);
      let trunk = this.#trunks.get(learns);
      if (trunk === undefined) {
        const backbone = backboneOf(this.#shape, this.#initial);
        trunk = compileTrunk(this.#engine, this.#kernels, this.#model, backbone, maker);
        this.#trunks.set(learns, trunk);
      }
      const copies = learns ? config.freeze.variants : 1;
      const features = featuresBy(this.#engine, trunk, maker, copies, () => false)!;
      const ids = samples.map(({ imageId }) => imageId);
      (learns ? this.#learned : this.#plain).add(ids, features);
    } finally {
      pixels.close();
    }
  }

  /** Forgets the features of all other images. */
  keepOnly(learned: readonly number[], plain: readonly number[]): void {
    this.#learned.keepOnly(new Set(learned));
    this.#plain.keepOnly(new Set(plain));
  }

  /** The round under way ends after its present step. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Trains the heads for some steps. Between them, questions are answered with what the last round has learned.
   * @throws TwinheadError `training-failed` where a loss or a weight is no longer a number; the next round is a fresh one
   */
  async round({ train, validation, steps, fresh }: AssistRound): Promise<RoundResult> {
    this.#stopped = false;
    const batches = this.#makerOf(train, true);
    const config = { ...this.#subject.config, epochs: Math.ceil(steps / STEPS_AN_EPOCH) };
    this.#begin(batches, fresh);
    const runner = this.#runner!;
    let order: readonly number[] = [];
    let epoch = -1;
    for (let step = 0; step < steps && !this.#isStopped; step++) {
      const within = step % batches.stepsAnEpoch;
      if (within === 0) order = batches.order(++epoch);
      const report = runner.run(
        batches.make(order, epoch, within),
        stepScalars(config, step, STEPS_AN_EPOCH),
      );
      this.#orForget(() => checkFinite(namedValues(this.#reportNames(), report), epoch + 1, step + 1));
      // Lets questions of the thread through.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    if (this.#isStopped) return { finished: false, metrics: {} };
    const state = runner.readState();
    this.#orForget(() => checkFiniteState(state, epoch + 1, steps));
    this.#weights = inferenceState({ request: { config }, shape: this.#shape }, state, false);
    this.#evaluator?.writeParameters(this.#weights);
    return { finished: true, metrics: validation.length === 0 ? {} : this.#validate(validation) };
  }

  /** What the last finished round says of images, in their order; empty before there was one. */
  predict(samples: readonly TrainingSample[], minScore: number): RawPrediction[] {
    if (this.#weights === null || samples.length === 0) return [];
    const batches = this.#makerOf(samples, false);
    const evaluator = this.#evaluatorFor(batches);
    const { nmsIou } = this.#subject.config.evaluation;
    const options = { minScore, nmsIou, maxDetections: MOST_SUGGESTED };
    const order = samples.map((_, index) => index);
    const found: RawPrediction[] = [];
    for (let index = 0; index < batches.stepsAnEpoch; index++) {
      const result = evaluator.run(batches.make(order, 0, index));
      batches.samplesOf(index).forEach((sample, slot) => {
        found.push(predictionOf(this.#model, result, slot, sample, options));
      });
    }
    return found;
  }

  dispose(): void {
    this.#forgetLearned();
    for (const trunk of this.#trunks.values()) trunk.dispose();
    this.#trunks.clear();
  }

  /** Asked anew after each wait. */
  get #isStopped(): boolean {
    return this.#stopped;
  }

  #forgetLearned(): void {
    this.#runner?.dispose();
    this.#evaluator?.dispose();
    this.#runner = this.#evaluator = undefined;
    this.#weights = null;
  }

  #orForget(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#forgetLearned();
      throw error;
    }
  }

  /** Compiled with the first batch that comes: the shape is the same for whichever images. */
  #evaluatorFor(batches: BatchMaker): Evaluator {
    this.#evaluator ??= createEvaluator(
      this.#engine,
      this.#kernels,
      this.#model,
      this.#weights!,
      batches.make([0], 0, 0),
    );
    return this.#evaluator;
  }

  #maker(
    samples: readonly TrainingSample[],
    training: boolean,
    pixels: Pick<PixelFile, 'copyRow'>,
  ): BatchMaker {
    const pooledFeatures = this.#pooledFeatures;
    const options = { training, pooledFeatures, size: this.#subject.config.batch };
    return new BatchMaker(this.#model, this.#dataset(samples), pixels, samples, options);
  }

  #makerOf(samples: readonly TrainingSample[], training: boolean): BatchMaker {
    const maker = this.#maker(samples, training, NO_PIXELS);
    const features = training ? this.#learned : this.#plain;
    maker.useFeatures(features.of(samples.map(({ imageId }) => imageId)));
    return maker;
  }

  #dataset(samples: readonly TrainingSample[]): TrainingDataset {
    const { config, imageClasses, objectClasses } = this.#subject;
    return { imageClasses, objectClasses, samples, pixelFile: '', inputSize: config.inputSize };
  }

  /** The step, compiled once; its state as at the start, or with what the optimiser remembers cleared. */
  #begin(batches: BatchMaker, fresh: boolean): void {
    const { config } = this.#subject;
    const known = this.#runner;
    if (known !== undefined) {
      known.writeState(fresh ? this.#initial : this.#clearedSlots());
      return;
    }
    const options = stepOptionsOf(this.#model, this.#shape, networks[config.network].stages);
    const step = createTrainStep(this.#engine.tf, this.#kernels, options);
    const example = batches.make(batches.order(0), 0, 0);
    const { convolutions } = choosePrecision(config.precision, {
      compiled: true,
      ...bfloat16On(this.#engine.device),
    });
    const scalars = stepScalars(config, 0, STEPS_AN_EPOCH);
    this.#runner = createRunner(this.#engine, step, this.#initial, example, scalars, { convolutions });
    this.#reportNames = () => step.reportNames;
  }

  #clearedSlots(): StateArrays {
    const { slots } = createOptimizer({ method: 'adamw' });
    const cleared: StateArrays = new Map();
    for (const { name } of this.#shape.parameters) {
      for (const slot of slots) {
        const key = slotName(slot, name);
        const known = this.#initial.get(key)!;
        cleared.set(key, { shape: known.shape, data: new Float32Array(known.data.length) });
      }
    }
    return cleared;
  }

  #validate(samples: readonly TrainingSample[]): Readonly<Record<string, number>> {
    const batches = this.#makerOf(samples, false);
    const order = samples.map((_, index) => index);
    const evaluator = this.#evaluatorFor(batches);
    return validate(this.#model, this.#dataset(samples), evaluator, batches, order, () => undefined).metrics;
  }
}
