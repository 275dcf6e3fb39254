import type { Tensor } from '@tensorflow/tfjs';
import type { Said } from '../../common/sentences/sentence.ts';
import { compileFunction, compileStep, GraphError } from '../../engine/graph/index.ts';
import type { CompiledFunction, CompileStepOptions, Feeds } from '../../engine/graph/index.ts';
import type { Kernels } from '../../engine/kernels.ts';
import type { Engine } from '../../engine/types.ts';
import type { BatchArrays } from '../samples/batch-arrays.ts';
import { Layers } from '../base/layers.ts';
import { isOutOfMemory } from '../base/memory.ts';
import type { Model } from './model.ts';
import { storeOf } from '../base/parameters.ts';
import type { StoredTensor } from '../base/safetensors.ts';
import type { NamedTensors, TrainStep } from './step.ts';

/** Arrays by name, on this side of the engine. */
export type StateArrays = Map<string, StoredTensor>;

/** Runs training steps and holds the state between them. */
export interface StepRunner {
  /** Whether the step runs as one TensorFlow graph. */
  readonly compiled: boolean;
  /** Runs a step and returns the report in the order of the step's `reportNames`. */
  run(batch: BatchArrays, scalars: Readonly<Record<string, number>>): Float32Array;
  /**
   * The step's `observe` on the present state, in the order of `observedNames`. A graph of its own, compiled when it is
   * first asked for.
   */
  observe(batch: BatchArrays, scalars: Readonly<Record<string, number>>): Float32Array;
  /** Copies of the state, all of it or what `names` asks for. */
  readState(names?: readonly string[]): StateArrays;
  /** Replaces the named parts of the state. */
  writeState(state: StateArrays): void;
  dispose(): void;
}

function toTensors(engine: Engine, state: StateArrays): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const [name, { shape, data }] of state) tensors[name] = engine.tf.tensor(data, [...shape]);
  return tensors;
}

function disposeAll(tensors: NamedTensors): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}

function toArrays(tensors: NamedTensors): StateArrays {
  const arrays: StateArrays = new Map();
  for (const [name, tensor] of Object.entries(tensors)) {
    arrays.set(name, { shape: tensor.shape, data: Float32Array.from(tensor.dataSync()) });
  }
  return arrays;
}

/** The elements of a report, which is disposed of. */
function reportOf(outputs: NamedTensors): Float32Array {
  const report = Float32Array.from(outputs['report']!.dataSync());
  disposeAll(outputs);
  return report;
}

/** The tensors of a batch and of its scalars. */
export function batchTensors(
  engine: Engine,
  batch: BatchArrays,
  scalars: Readonly<Record<string, number>>,
): Record<string, Tensor> {
  const { tf } = engine;
  const tensors: Record<string, Tensor> = {};
  for (const [name, { shape, data }] of Object.entries(batch)) {
    tensors[name] = tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32');
  }
  for (const [name, value] of Object.entries(scalars)) tensors[name] = tf.scalar(value);
  return tensors;
}

/** Op by op: the reference, and what runs where there are no graphs. */
export function createEagerRunner(engine: Engine, step: TrainStep, initial: StateArrays): StepRunner {
  let state: Record<string, Tensor> = toTensors(engine, initial);
  return {
    compiled: false,
    run(batch, scalars) {
      const inputs = batchTensors(engine, batch, scalars);
      const result = step.run(state, inputs);
      disposeAll(inputs);
      for (const name of Object.keys(result.state)) state[name]!.dispose();
      state = { ...state, ...result.state };
      return reportOf(result.outputs);
    },
    observe(batch, scalars) {
      const inputs = batchTensors(engine, batch, scalars);
      const outputs = step.observe(state, inputs);
      disposeAll(inputs);
      return reportOf(outputs);
    },
    readState: (names = Object.keys(state)) =>
      toArrays(Object.fromEntries(names.map((name) => [name, state[name]!]))),
    writeState(values) {
      for (const name of values.keys()) state[name]?.dispose();
      state = { ...state, ...toTensors(engine, values) };
    },
    dispose: () => disposeAll(state),
  };
}

/** The step as one TensorFlow graph, its state in the session. @throws GraphError where it cannot be recorded. */
export function createCompiledRunner(
  engine: Engine,
  step: TrainStep,
  initial: StateArrays,
  exampleBatch: BatchArrays,
  scalars: Readonly<Record<string, number>>,
  options: CompileStepOptions = {},
): StepRunner {
  const state = toTensors(engine, initial);
  const example = batchTensors(engine, exampleBatch, scalars);
  const compiled = compileStep(engine, step.run, state, example, options);
  disposeAll(state);
  disposeAll(example);
  let observer: CompiledFunction | undefined;
  return {
    compiled: true,
    run(batch, values) {
      return reportOf(compiled.run(feedsOf(batch, values)));
    },
    observe(batch, values) {
      const looked = compiled.readState(step.observedState);
      if (observer === undefined) {
        const inputs = batchTensors(engine, batch, values);
        // Names of the state have a slash, those of a batch have none.
        const look = (_: NamedTensors, given: NamedTensors) => step.observe(given, given);
        observer = compileFunction(engine, look, {}, { ...looked, ...inputs }, options);
        disposeAll(inputs);
      }
      const report = reportOf(observer.run({ ...looked, ...feedsOf(batch, values) }));
      disposeAll(looked);
      return report;
    },
    readState(names) {
      const tensors = compiled.readState(names);
      const arrays = toArrays(tensors);
      disposeAll(tensors);
      return arrays;
    },
    writeState(values) {
      const fresh = toTensors(engine, values);
      compiled.writeState(fresh);
      disposeAll(fresh);
    },
    dispose() {
      compiled.dispose();
      observer?.dispose();
    },
  };
}

/**
 * Compiled in bfloat16; in float32 from the start again where it cannot be compiled or its first run fails: that is when
 * TensorFlow finds out which operations a device lacks in bfloat16.
 * @param onFloat32 called with the reason
 * @throws GraphError where it cannot be compiled in float32 either
 */
function createHalfRunner(
  compile: (convolutions: 'float32' | 'bfloat16') => StepRunner,
  onFloat32: (reason: Said) => void,
): StepRunner {
  let proven = false;
  const inFloat32 = (error: unknown): StepRunner => {
    if (!(error instanceof Error) || isOutOfMemory(error)) throw error;
    proven = true;
    const runner = compile('float32');
    onFloat32(error instanceof GraphError ? error.said : error.message.split('\n', 1)[0]!);
    return runner;
  };
  let runner: StepRunner;
  try {
    runner = compile('bfloat16');
  } catch (error) {
    return inFloat32(error);
  }
  const first = <Result>(use: (given: StepRunner) => Result): Result => {
    if (proven) return use(runner);
    try {
      const result = use(runner);
      proven = true;
      return result;
    } catch (error) {
      const other = inFloat32(error);
      runner.dispose();
      runner = other;
      return use(runner);
    }
  };
  return {
    compiled: true,
    run: (batch, scalars) => first((given) => given.run(batch, scalars)),
    observe: (batch, scalars) => first((given) => given.observe(batch, scalars)),
    readState: (names) => runner.readState(names),
    writeState: (values) => runner.writeState(values),
    dispose: () => runner.dispose(),
  };
}

/**
 * Compiled where the engine can, else op by op.
 * @param onFallback called with the reason where the step could not be recorded
 * @param onFloat32 called with the reason why convolutions compute in float32 where bfloat16 was asked for
 */
export function createRunner(
  engine: Engine,
  step: TrainStep,
  initial: StateArrays,
  exampleBatch: BatchArrays,
  scalars: Readonly<Record<string, number>>,
  {
    execution = 'compiled',
    convolutions = 'float32',
    onFallback = () => undefined,
    onFloat32 = () => undefined,
  }: CompileStepOptions & {
    readonly execution?: 'compiled' | 'eager' | undefined;
    readonly onFallback?: (reason: Said) => void;
    readonly onFloat32?: (reason: Said) => void;
  } = {},
): StepRunner {
  if (execution === 'eager' || !engine.native) return createEagerRunner(engine, step, initial);
  const compile = (taken: 'float32' | 'bfloat16'): StepRunner =>
    createCompiledRunner(engine, step, initial, exampleBatch, scalars, { convolutions: taken });
  try {
    return convolutions === 'bfloat16' ? createHalfRunner(compile, onFloat32) : compile('float32');
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    onFallback(error.said);
    return createEagerRunner(engine, step, initial);
  }
}

function feedsOf(batch: BatchArrays, scalars: Readonly<Record<string, number>>): Feeds {
  const feeds: Record<string, Float32Array | Int32Array | number> = { ...scalars };
  for (const [name, { data }] of Object.entries(batch)) feeds[name] = data;
  return feeds;
}

/** What an evaluation of a batch gives. */
export interface EvaluatedBatch {
  /** By task and the name that the head gives it. */
  readonly outputs: Readonly<Record<string, Float32Array>>;
  /** Unweighted losses and terms by name, of the heads whose targets were given. */
  readonly losses: Readonly<Record<string, number>>;
}

/** Runs a network on batches of one shape. */
export interface Evaluator {
  run(batch: BatchArrays): EvaluatedBatch;
  /** Replaces the weights and statistics, by the names of parameters.ts. */
  writeParameters(values: StateArrays): void;
  dispose(): void;
}

function evaluateBatch(
  engine: Engine,
  kernels: Kernels,
  model: Model,
  parameters: NamedTensors,
  batch: NamedTensors,
): Record<string, Tensor> {
  const layers = new Layers(engine.tf, kernels, 'inference', storeOf(parameters));
  const { outputs, losses } = model.evaluate(layers, batch);
  const result: Record<string, Tensor> = { ...outputs };
  for (const [task, { loss, terms }] of Object.entries(losses)) {
    result[`loss:${task}`] = loss;
    for (const [term, value] of Object.entries(terms)) result[`loss:${task}.${term}`] = value;
  }
  return result;
}

function readEvaluated(outputs: NamedTensors): EvaluatedBatch {
  const losses: Record<string, number> = {};
  const answers: Record<string, Float32Array> = {};
  for (const [name, tensor] of Object.entries(outputs)) {
    if (name.startsWith('loss:')) losses[name.slice(5)] = tensor.dataSync()[0]!;
    else answers[name] = Float32Array.from(tensor.dataSync());
  }
  return { outputs: answers, losses };
}

/** An evaluator as one graph where the engine has graphs, op by op elsewhere. */
export function createEvaluator(
  engine: Engine,
  kernels: Kernels,
  model: Model,
  parameters: StateArrays,
  exampleBatch: BatchArrays,
): Evaluator {
  let tensors = toTensors(engine, parameters);
  if (!engine.native) {
    return {
      run(batch) {
        const inputs = batchTensors(engine, batch, {});
        const outputs = engine.tf.tidy(() => evaluateBatch(engine, kernels, model, tensors, inputs));
        const result = readEvaluated(outputs);
        disposeAll(inputs);
        disposeAll(outputs);
        return result;
      },
      writeParameters(values) {
        disposeAll(tensors);
        tensors = toTensors(engine, values);
      },
      dispose: () => disposeAll(tensors),
    };
  }
  const example = batchTensors(engine, exampleBatch, {});
  const compiled = compileFunction(
    engine,
    (given, inputs) => evaluateBatch(engine, kernels, model, given, inputs),
    tensors,
    example,
    { parameters: 'variable' },
  );
  disposeAll(tensors);
  disposeAll(example);
  return {
    run(batch) {
      const outputs = compiled.run(feedsOf(batch, {}));
      const result = readEvaluated(outputs);
      disposeAll(outputs);
      return result;
    },
    writeParameters(values) {
      const fresh = toTensors(engine, values);
      compiled.writeParameters(fresh);
      disposeAll(fresh);
    },
    dispose: () => compiled.dispose(),
  };
}

export { GraphError };
