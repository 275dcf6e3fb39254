import { recordEpoch } from './best-epoch.ts';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { TrainingEvent } from '../../common/entities.ts';
import { epochsToGoOn } from '../../common/entities.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import type { Engine } from '../../engine/types.ts';
import type { BatchArrays } from '../samples/batch-arrays.ts';
import { LAST_CHECKPOINT, readCheckpointHeader } from './checkpoint.ts';
import type { CheckpointPosition } from './checkpoint.ts';
import { frozenStages } from '../config/freezing.ts';
import { withSmallerBatches } from '../base/memory.ts';
import { writeProfile } from './profile.ts';
import type { StepProfile } from './profile.ts';
import { startOf, writeBest, writeLast } from './run-checkpoints.ts';
import type { StateArrays } from '../model/runner.ts';
import { stepScalars } from './schedule.ts';
import { shownSamples } from './shown-samples.ts';
import { StepMeter } from './step-meter.ts';
import {
  checkFinite,
  checkFiniteAnswers,
  checkFiniteState,
  effectiveWeights,
  gradientCosines,
  gradientNorms,
  lossTerms,
} from './step-report.ts';
import type { ReportValues } from './step-report.ts';
import { TrainingPhase } from './training-phase.ts';
import { setUpTraining } from './training-setup.ts';
import type { TrainerRequest, TrainingSetup } from './training-setup.ts';
import { validate } from './validation.ts';

export interface TrainingResult {
  readonly state: 'done' | 'stopped';
  /** "finished", "early stop: …", "stopped by you". */
  readonly reason: Sentence;
  readonly epoch: number;
  readonly step: number;
  readonly bestScore: number | null;
  readonly bestEpoch: number | null;
  /** Length of all sessions together. */
  readonly seconds: number;
  readonly peakMemoryBytes: number;
}

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
  readonly #setup: TrainingSetup;
  readonly #meter = new StepMeter();
  readonly #startedAt = performance.now();
  #position!: CheckpointPosition;
  #secondsBefore = 0;
  #phase!: TrainingPhase;
  /** Profile of the step, until it has been reported. */
  #profile: StepProfile | null = null;

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
    this.#setup = setUpTraining(engine, request, emit, shouldStop);
  }

  /** Tensors that are alive on the engine: flat over epochs. */
  get tensorCount(): number {
    return this.#setup.engine.tf.memory().numTensors;
  }

  /**
   * Trains to the end.
   * @throws TwinheadError `training-failed` where a loss or a weight is no longer a number, naming head and term or
   * layer; the last checkpoint stays as it was. What the file system says where a checkpoint cannot be written.
   */
  async run(): Promise<TrainingResult> {
    const { config, profile } = this.#setup.request;
    try {
      const { position, state } = await startOf(this.#setup);
      this.#position = position;
      this.#secondsBefore = position.seconds;
      if (!this.#beginPhase(state, profile === true)) return this.#stopped();
      this.#profile = this.#phase.profile;
      let reason: Sentence | null = null;
      while (reason === null && this.#position.epoch < config.epochs) {
        if (frozenStages(config, this.#position.epoch) !== this.#phase.stages) {
          if (!this.#changePhase()) return this.#stopped();
        }
        const finished = await this.#epoch();
        if (!finished) return this.#stopped();
        reason = this.#reasonToStop();
      }
      if (reason === null) this.#reportStillImproving();
      return this.#result('done', reason ?? say('training.ended.finished'));
    } finally {
      this.#setup.pixels.close();
      (this.#phase as TrainingPhase | undefined)?.dispose();
    }
  }

  /** The end of the planned epochs is not the end of what there is to learn where the last one was the best. */
  #reportStillImproving(): void {
    const more = epochsToGoOn({ ...this.#position, epochs: this.#setup.request.config.epochs });
    if (more === null) return;
    this.#setup.emit({
      type: 'status',
      lasting: true,
      message: say('training.stillImproving', { epochs: String(more) }),
    });
  }

  #reasonToStop(): Sentence | null {
    const { earlyStopping, epochs } = this.#setup.request.config;
    const { epoch, epochsSinceBest, bestEpoch } = this.#position;
    const { patience } = earlyStopping;
    if (patience === 0 || epochsSinceBest < patience || epoch >= epochs) return null;
    return say('training.ended.early', { count: patience, best: bestEpoch ?? 0 });
  }

  /** false: stopped. What was trained before lies in the checkpoint of the last epoch. */
  #beginPhase(state: StateArrays, profiled: boolean): boolean {
    const phase = TrainingPhase.begin(this.#setup, state, this.#position.epoch, profiled);
    if (phase === null) return false;
    this.#phase = phase;
    return true;
  }

  /**
   * Another part of the trunk moves from here on: the step is compiled anew, and what the optimiser remembers starts anew.
   * false: stopped.
   */
  #changePhase(): boolean {
    const { epoch } = this.#position;
    const state = this.#phase.stateForNext();
    this.#phase.dispose();
    const started = performance.now();
    if (!this.#beginPhase(state, false)) return false;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    this.#setup.emit({
      type: 'status',
      lasting: true,
      message: say('training.trunkLearns', { epoch: epoch + 1, seconds }),
    });
    return true;
  }

  /** The rest of an epoch and its validation. false: stopped; the checkpoint is written. */
  async #epoch(): Promise<boolean> {
    const epochStart = performance.now();
    const { request, training, shouldStop } = this.#setup;
    const order = training.order(this.#position.epoch);
    while (this.#position.stepInEpoch < training.stepsAnEpoch) {
      if (shouldStop()) {
        await writeLast(this.#setup, this.#positionNow(), this.#readState());
        return false;
      }
      const { epoch, step, stepInEpoch } = this.#position;
      const started = performance.now();
      const batch = training.make(order, epoch, stepInEpoch);
      const scalars = stepScalars(request.config, step, training.stepsAnEpoch);
      const prepared = performance.now();
      this.#phase.match(batch);
      const looking = performance.now();
      this.#look(batch, scalars);
      const looked = performance.now() - looking;
      const values = this.#phase.run(batch, scalars);
      this.#meter.add(performance.now() - started - looked, prepared - started);
      this.#record(values, scalars['learningRate']!);
      // Lets messages of the thread through.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await this.#finishEpoch(epochStart);
    await this.#reportProfile();
    return true;
  }

  /** Notes what the heads' own gradients say, where it is time for it. */
  #look(batch: BatchArrays, scalars: Readonly<Record<string, number>>): void {
    const { epoch, step } = this.#position;
    const observed = this.#phase.observe(batch, scalars, step);
    if (observed === null) return;
    checkFinite(observed, epoch + 1, step + 1);
    this.#position = { ...this.#position, observed };
  }

  #record(values: ReportValues, learningRate: number): void {
    const { request, training, validation, emit } = this.#setup;
    const { epoch, step, stepInEpoch, sums, observed } = this.#position;
    checkFinite(values, epoch + 1, step + 1);
    const nextSums = { ...sums };
    for (const [name, value] of Object.entries(values)) nextSums[name] = (nextSums[name] ?? 0) + value;
    this.#position = { ...this.#position, step: step + 1, stepInEpoch: stepInEpoch + 1, sums: nextSums };
    if (!this.#meter.isDue(stepInEpoch + 1 === training.stepsAnEpoch)) return;
    const { weights, epochs } = request.config;
    const stepsLeft = epochs * training.stepsAnEpoch - step - 1;
    emit({
      type: 'step',
      epoch: epoch + 1,
      step: step + 1,
      steps: training.stepsAnEpoch,
      loss: values['loss']!,
      terms: lossTerms(values),
      weights: effectiveWeights(weights, values),
      learningRate,
      gradientNorm: values['gradientNorm']!,
      gradientNorms: { ...gradientNorms(observed), ...gradientNorms(values) },
      gradientCosines: { ...gradientCosines(observed), ...gradientCosines(values) },
      imagesPerSecond: this.#meter.imagesPerSecond(training.size),
      dataWait: this.#meter.dataWait,
      secondsLeft: this.#meter.secondsLeft(stepsLeft, epochs - epoch, validation.stepsAnEpoch),
      memoryBytes: this.#meter.memoryBytes,
    });
  }

  async #finishEpoch(epochStart: number): Promise<void> {
    const { request, model, training, validation, emit } = this.#setup;
    const started = performance.now();
    const state = this.#readState();
    const { metrics, loss, terms, evaluated } = validate(
      model,
      request.dataset,
      this.#phase.evaluatorOf(state),
      validation,
      Array.from({ length: validation.sampleCount }, (_, index) => index),
      (result) => checkFiniteAnswers(result, this.#position.epoch + 1, this.#position.step),
    );
    this.#meter.addValidation(performance.now() - started);
    const means: Record<string, number> = {};
    for (const [name, sum] of Object.entries(this.#position.sums)) means[name] = sum / training.stepsAnEpoch;
    const best = this.#completeEpoch(metrics['overall'] ?? null);
    if (best) await writeBest(this.#setup, this.#positionNow(), state);
    await writeLast(this.#setup, this.#positionNow(), state);
    const shown = shownSamples(evaluated, request.dataset, request.config, this.#position);
    if (shown !== null) emit(shown);
    emit({
      type: 'epoch',
      epoch: this.#position.epoch,
      step: this.#position.step,
      trainLoss: means['loss'] ?? 0,
      trainTerms: lossTerms(means),
      weights: effectiveWeights(request.config.weights, means),
      gradientCosines: { ...gradientCosines(this.#position.observed), ...gradientCosines(means) },
      validationLoss: loss,
      validationTerms: terms,
      metrics,
      best,
      seconds: (performance.now() - epochStart) / 1000,
    });
  }

  /** Counts an epoch that is complete. @returns whether it is the best one yet */
  #completeEpoch(score: number | null): boolean {
    const epoch = this.#position.epoch + 1;
    const { best, record } = recordEpoch(this.#position, epoch, score);
    this.#position = { ...this.#position, ...record, epoch, stepInEpoch: 0, sums: {} };
    return best;
  }

  async #reportProfile(): Promise<void> {
    if (this.#profile === null) return;
    const trainedMilliseconds = this.#meter.computing;
    const { compiled } = this.#phase.runner;
    const event = { type: 'profile', ...this.#profile, trainedMilliseconds, compiled } as const;
    this.#profile = null;
    await writeProfile(this.#setup.request.runFolder, event);
    this.#setup.emit(event);
  }

  /** The state, of which nothing is used or kept where some of it is not a number. */
  #readState(): StateArrays {
    const state = this.#phase.runner.readState();
    const { epoch, step } = this.#position;
    checkFiniteState(state, epoch + 1, step);
    return state;
  }

  #positionNow(): CheckpointPosition {
    return { ...this.#position, seconds: this.#seconds() };
  }

  #seconds(): number {
    return this.#secondsBefore + (performance.now() - this.#startedAt) / 1000;
  }

  #stopped(): TrainingResult {
    return this.#result('stopped', say('training.ended.byYou'));
  }

  #result(state: TrainingResult['state'], reason: Sentence): TrainingResult {
    const { epoch, step, bestScore, bestEpoch } = this.#position;
    return {
      state,
      reason,
      epoch,
      step,
      bestScore,
      bestEpoch,
      seconds: this.#seconds(),
      peakMemoryBytes: this.#meter.peakMemoryBytes,
    };
  }
}
