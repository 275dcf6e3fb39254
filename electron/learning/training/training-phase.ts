import type { BatchArrays } from '../samples/batch-arrays.ts';
import { frozenStages } from '../config/freezing.ts';
import { keepFeatures } from './kept-features.ts';
import { createOptimizer } from '../base/optimizer.ts';
import { groupOf, parameterCount } from '../base/parameters.ts';
import { choosePrecision } from './precision.ts';
import type { Precision } from './precision.ts';
import { profileStep } from './profile.ts';
import type { StepProfile } from './profile.ts';
import { inferenceState } from './run-checkpoints.ts';
import { createEvaluator, createRunner } from '../model/runner.ts';
import type { Evaluator, StateArrays, StepRunner } from '../model/runner.ts';
import { stepScalars } from './schedule.ts';
import { stepOptionsOf } from '../model/step-options.ts';
import { namedValues, observesAt } from './step-report.ts';
import type { ReportValues } from './step-report.ts';
import { createTrainStep, slotName } from '../model/step.ts';
import type { TrainStep } from '../model/step.ts';
import { TargetMatcher } from './target-matcher.ts';
import type { TrainingSetup } from './training-setup.ts';
import { say } from '../../common/sentences/sentence.ts';

/** The epochs in which the same part of the network moves: its step and its evaluation, compiled once. */
export class TrainingPhase {
  /** Stages of the trunk that are frozen. */
  readonly stages: number;
  /** Profile of the step, where it was asked for. */
  readonly profile: StepProfile | null;
  readonly #setup: TrainingSetup;
  readonly #step: TrainStep;
  readonly #trunkMoves: boolean;
  #matcher: TargetMatcher | undefined;
  #runner: StepRunner | undefined;
  #evaluator: Evaluator | undefined;

  /**
   * @param epoch that begins, counted from 0
   * @param profiled whether the operations of a step are timed first
   * @returns null where the training was stopped before the step was compiled
   */
  static begin(
    setup: TrainingSetup,
    state: StateArrays,
    epoch: number,
    profiled: boolean,
  ): TrainingPhase | null {
    const { shouldStop } = setup;
    if (shouldStop() || !keepFeatures(setup, state, epoch) || shouldStop()) return null;
    return new TrainingPhase(setup, state, epoch, profiled);
  }

  private constructor(setup: TrainingSetup, state: StateArrays, epoch: number, profiled: boolean) {
    const { engine, kernels, model, shape, training, validation, emit, shouldStop } = setup;
    const { config } = model;
    this.#setup = setup;
    this.stages = frozenStages(config, epoch);
    const options = stepOptionsOf(model, shape, this.stages);
    this.#step = createTrainStep(engine.tf, kernels, options);
    this.#trunkMoves = options.shape.parameters.some(({ name }) => groupOf(name) === 'trunk');
    if (model.matchesTargets) {
      this.#matcher = new TargetMatcher(engine, kernels, model, shape, this.stages);
    }
    emit({ type: 'status', message: say('training.compiling') });
    try {
      const example = training.make(training.order(0), 0, 0);
      this.#runner = this.#createRunner(state, example);
      this.profile = profiled && !shouldStop() ? this.#measure(state, example) : null;
      // Without a step there is nothing to evaluate.
      if (shouldStop()) return;
      const batch = validation.make(validation.order(0), 0, 0);
      const weights = inferenceState(setup, state, false);
      this.#evaluator = createEvaluator(engine, kernels, model, weights, batch);
    } catch (error) {
      this.dispose();
      throw error;
    }
    this.#describe();
  }

  get runner(): StepRunner {
    return this.#runner!;
  }

  /** With the weights of a state. */
  evaluatorOf(state: StateArrays): Evaluator {
    this.#evaluator!.writeParameters(inferenceState(this.#setup, state, false));
    return this.#evaluator!;
  }

  /** Finishes the training batch made last: slots are given their boxes by what they say now. */
  match(batch: BatchArrays): void {
    this.#matcher?.match(batch, this.#setup.training.boxesOfBatch, this.runner);
  }

  /** One step on a batch that is {@link match}ed. @returns what it reports, by name */
  run(batch: BatchArrays, scalars: Readonly<Record<string, number>>): ReportValues {
    return namedValues(this.#step.reportNames, this.runner.run(batch, scalars));
  }

  /** What the heads' own gradients say before a step; null where nobody wants to know. @param step counted from 0 */
  observe(
    batch: BatchArrays,
    scalars: Readonly<Record<string, number>>,
    step: number,
  ): Record<string, number> | null {
    const { request, options } = this.#setup;
    if (!this.#trunkMoves || !observesAt(step, request.config.log.gradients, options.multitask)) return null;
    return namedValues(this.#step.observedNames, this.runner.observe(batch, scalars));
  }

  /** The state with what the optimiser remembers of each weight at its start. */
  stateForNext(): StateArrays {
    const { shape, options } = this.#setup;
    const state = this.runner.readState();
    const { slots } = createOptimizer(options.optimizer ?? { method: 'adamw' });
    for (const { name } of shape.parameters) {
      for (const slot of slots) state.get(slotName(slot, name))!.data.fill(0);
    }
    return state;
  }

  /** May be called twice. */
  dispose(): void {
    this.#runner?.dispose();
    this.#evaluator?.dispose();
    this.#matcher?.dispose();
    this.#runner = this.#evaluator = this.#matcher = undefined;
  }

  #precision(compiled: boolean): Precision {
    const { request, bfloat16 } = this.#setup;
    return choosePrecision(request.config.precision, { compiled, ...bfloat16 });
  }

  #createRunner(state: StateArrays, example: BatchArrays): StepRunner {
    const { engine, request, training, emit } = this.#setup;
    const { execution, config } = request;
    return createRunner(engine, this.#step, state, example, stepScalars(config, 0, training.stepsAnEpoch), {
      execution,
      convolutions: this.#precision(true).convolutions,
      onFloat32: (reason) =>
        emit({
          type: 'status',
          lasting: true,
          message: say('training.noBfloat16', { reason }),
        }),
      onFallback: (reason) =>
        emit({
          type: 'status',
          lasting: true,
          message: say('training.notCompiled', { reason }),
        }),
    });
  }

  #measure(state: StateArrays, example: BatchArrays): StepProfile | null {
    const { engine, request, training, emit } = this.#setup;
    if (!engine.native) {
      emit({ type: 'status', message: say('training.noProfile') });
      return null;
    }
    emit({ type: 'status', message: say('training.profiling') });
    const scalars = stepScalars(request.config, 0, training.stepsAnEpoch);
    return profileStep(engine, this.#step, state, example, scalars);
  }

  #describe(): void {
    const { request, shape, emit } = this.#setup;
    const { compiled } = this.runner;
    const { note } = this.#precision(compiled);
    const network = say(compiled ? 'training.network.graph' : 'training.network.operations', {
      network: request.config.network,
      parameters: { unit: 'count', value: parameterCount(shape) },
      multiplyAdds: { unit: 'count', value: shape.multiplyAdds },
    });
    const message = note === null ? network : say('training.network.noted', { network, note });
    emit({ type: 'status', lasting: true, message });
  }
}
