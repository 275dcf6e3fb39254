import type { Tensor } from '@tensorflow/tfjs';
import { say } from '../../common/sentences/sentence.ts';
import type { Engine } from '../types.ts';
import { buildStepGraph } from './builder.ts';
import type { FedInput } from './builder.ts';
import { GraphError } from './errors.ts';
import { record } from './recorder.ts';
import { GraphSession } from './session.ts';
import type { FeedSlot } from './session.ts';
import type {
  CompileFunctionOptions,
  CompileStepOptions,
  CompiledFunction,
  CompiledStep,
  Feeds,
  NamedTensors,
  Recording,
  StepFunction,
} from './types.ts';

/** Inputs and outputs of a recording share one space of names; these keep the two kinds apart. */
const STATE = 'state:';
const FREE = 'free:';

const prefixed = (prefix: string, named: NamedTensors): NamedTensors =>
  Object.fromEntries(Object.entries(named).map(([name, tensor]) => [prefix + name, tensor]));

const without = (prefix: string, named: NamedTensors): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(named)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );

/**
 * Records one step and loads it as a TensorFlow graph whose state starts as `initialState`.
 * @throws GraphError where the step cannot be recorded faithfully or the engine has no graphs.
 */
export function compileStep(
  engine: Engine,
  step: StepFunction,
  initialState: NamedTensors,
  exampleBatch: NamedTensors,
  options: CompileStepOptions = {},
): CompiledStep {
  const started = performance.now();
  const recording = record(
    engine,
    (inputs) => {
      const result = step(without(STATE, inputs), without(FREE, inputs));
      checkState(initialState, result.state);
      return { ...prefixed(STATE, result.state), ...prefixed(FREE, result.outputs) };
    },
    { ...prefixed(STATE, initialState), ...prefixed(FREE, exampleBatch) },
  );
  return load(engine, recording, initialState, started, options);
}

/**
 * Records an inference function and loads it as a TensorFlow graph.
 * @throws GraphError as compileStep does.
 */
export function compileFunction(
  engine: Engine,
  fn: (parameters: NamedTensors, inputs: NamedTensors) => NamedTensors,
  parameters: NamedTensors,
  exampleInputs: NamedTensors,
  options: CompileFunctionOptions = {},
): CompiledFunction {
  const started = performance.now();
  const variable = options.parameters === 'variable';
  const fed = variable ? prefixed(STATE, parameters) : {};
  const recording = record(
    engine,
    (inputs) => prefixed(FREE, fn(variable ? without(STATE, inputs) : parameters, without(FREE, inputs))),
    { ...fed, ...prefixed(FREE, exampleInputs) },
  );
  const compiled = load(engine, recording, variable ? parameters : {}, started, options);
  return {
    recording,
    compileMilliseconds: compiled.compileMilliseconds,
    run: (inputs) => compiled.run(inputs),
    writeParameters: (values) => {
      if (!variable) throw new Error('The parameters are constants of this compiled function.');
      compiled.writeState(values);
    },
    dispose: () => compiled.dispose(),
  };
}

function checkState(before: NamedTensors, after: NamedTensors): void {
  for (const [name, tensor] of Object.entries(after)) {
    const old = before[name];
    if (old === undefined) throw new GraphError(say('engine.graph.newState', { name }));
    if (old.dtype !== tensor.dtype || old.shape.join() !== tensor.shape.join()) {
      const kind = ({ dtype, shape }: Tensor): string => `${dtype} [${shape.join()}]`;
      throw new GraphError(
        say('engine.graph.stateChanged', { name, before: kind(old), after: kind(tensor) }),
      );
    }
  }
}

function load(
  engine: Engine,
  recording: Recording,
  initialState: NamedTensors,
  started: number,
  { convolutions = 'float32' }: CompileStepOptions = {},
): CompiledStep {
  const stateNames = Object.keys(recording.inputs).filter((name) => name.startsWith(STATE));
  const graph = buildStepGraph(recording, {
    state: new Map(stateNames.map((name) => [name, name in recording.outputs ? name : null])),
    outputs: Object.keys(recording.outputs).filter((name) => !name.startsWith(STATE)),
    convolutions,
  });
  const session = new GraphSession(engine, graph.nodes);
  const slotOf = ({ name, value, feed }: FedInput): FeedSlot => ({
    name: name.slice(name.indexOf(':') + 1),
    feed,
    expected: recording.values[value]!,
  });
  const inputs = graph.inputs.map(slotOf);
  const state = new Map(graph.state.map((slot) => [slot.name.slice(STATE.length), slot]));
  const fetches = graph.outputs.map(({ fetch }) => fetch);
  const outputNames = graph.outputs.map(({ name }) => name.slice(FREE.length));
  const updates = stateNames.some((name) => name in recording.outputs) || fetches.length === 0;
  const finishers = updates ? [graph.updated] : [];
  const slotNamed = (name: string) => {
    const slot = state.get(name);
    if (slot === undefined) throw new Error(`The compiled graph has no state ${name}.`);
    return slot;
  };

  const compiled: CompiledStep = {
    recording,
    get compileMilliseconds() {
      return compileMilliseconds;
    },
    run(batch) {
      checkNames(inputs, batch);
      const results = session.run(
        inputs,
        inputs.map(({ name }) => batch[name]!),
        fetches,
        finishers,
      );
      return Object.fromEntries(outputNames.map((name, i) => [name, results[i]!]));
    },
    readState(names = [...state.keys()]) {
      if (names.length === 0) return {};
      const results = session.run(
        [],
        [],
        names.map((name) => slotNamed(name).read),
        [],
      );
      return Object.fromEntries(names.map((name, i) => [name, results[i]!]));
    },
    writeState(values) {
      const slots = Object.keys(values).map(slotNamed);
      if (slots.length === 0) return;
      session.run(
        slots.map(slotOf),
        Object.values(values),
        [],
        slots.map(({ written }) => written),
      );
    },
    dispose: () => session.dispose(),
  };
  let compileMilliseconds = 0;
  try {
    compiled.writeState(initialState);
  } catch (error) {
    session.dispose();
    throw error;
  }
  compileMilliseconds = performance.now() - started;
  return compiled;
}

function checkNames(slots: readonly FeedSlot[], feeds: Feeds): void {
  for (const { name } of slots) if (!(name in feeds)) throw new Error(`The batch lacks ${name}.`);
  const known = new Set(slots.map(({ name }) => name));
  for (const name of Object.keys(feeds))
    if (!known.has(name)) throw new Error(`The compiled step takes no ${name}.`);
}
