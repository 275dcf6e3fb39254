import type { Tensor } from '@tensorflow/tfjs';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';
import type { Engine } from '../types.ts';
import { attributesOf } from './attributes.ts';
import { DATA_TYPES, elementType, elementTypeOf, nodeBackend } from './backend.ts';
import type { Binding, NodeBackend, OperationAttribute, TensorMetadata } from './backend.ts';
import { GraphError } from './errors.ts';
import { setIntrinsicListener } from './intrinsics.ts';
import type { IntrinsicCall, IntrinsicListener } from './intrinsics.ts';
import type {
  ElementArray,
  ElementType,
  NamedTensors,
  RecordedConstant,
  RecordedIntrinsic,
  RecordedOp,
  RecordedValue,
  Recording,
  ValueId,
} from './types.ts';

/** Operations whose result does not follow from their inputs: a graph would draw other numbers than op by op. */
const DRAWS_OR_KEEPS_STATE =
  /^(Random|Multinomial|TruncatedNormal|ParameterizedTruncatedNormal|StatefulUniform|VarHandleOp|Assign|ReadVariable|ResourceApply)/;

/** Operations that tfjs-node runs without naming the type of their elements. */
const NEEDS_TYPE = new Set(['ExpandDims']);

/** The kernel that reads a tensor only to check it: the graph's own operation checks again on every run. */
const CHECKS_ITS_INDICES = 'GatherV2';

const typedCopy = (values: unknown): ElementArray => {
  if (values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array) {
    return values.slice();
  }
  throw new GraphError(say('engine.graph.constantType'));
};

export interface RecordOptions {
  /** Keeps what does not follow from an input as constants: for exports, whose formats lack TensorFlow's operations. */
  readonly foldConstants?: boolean;
}

class Recorder implements IntrinsicListener {
  readonly values: RecordedValue[] = [];
  readonly constants = new Map<ValueId, RecordedConstant>();
  readonly ops: RecordedOp[] = [];
  readonly intrinsics: RecordedIntrinsic[] = [];
  /** The first thing that makes the recording unfaithful, kept in case the function swallows the error. */
  failure: GraphError | null = null;
  /** The tfjs kernel that is running. */
  kernel: string | null = null;
  readonly #backend: NodeBackend;
  readonly #binding: Binding;
  readonly #tf: Engine['tf'];
  /** From the binding's tensor to the recording's value. The binding never reuses a number. */
  readonly #byTensor = new Map<number, ValueId>();

  /** Whether what does not follow from an input is kept as a constant instead of as operations. */
  readonly #foldConstants: boolean;

  constructor(engine: Engine, backend: NodeBackend, { foldConstants = false }: RecordOptions) {
    this.#foldConstants = foldConstants;
    this.#backend = backend;
    this.#binding = backend.binding;
    this.#tf = engine.tf;
  }

  fail(said: Said): never {
    const error = new GraphError(said);
    this.failure ??= error;
    throw error;
  }

  addInput(tensor: Tensor, name: string): ValueId {
    const dtype = elementTypeOf(tensor, say('engine.graph.input', { name }));
    const [id] = this.#backend.getInputTensorIds([tensor]);
    return this.#add(id!, { dtype, shape: [...tensor.shape], source: 'input', varies: true });
  }

  /** The value behind a tensor that the function returned. */
  valueOf(tensor: Tensor): ValueId {
    if (tensor.isDisposed) this.fail(say('engine.graph.disposed'));
    const [id] = this.#backend.getInputTensorIds([tensor]);
    this.notice(tensor, id!);
    return this.#byTensor.get(id!)!;
  }

  /** Makes a tensor known that existed before the recording: its elements become a constant. */
  notice(tensor: Tensor, id: number): void {
    if (this.#byTensor.has(id)) return;
    const dtype = elementTypeOf(tensor, say('engine.graph.outside'));
    this.#addConstant(id, {
      dtype,
      shape: [...tensor.shape],
      data: this.#binding.tensorDataSync(id),
      captured: true,
    });
  }

  /** A variable's value is meant to change: frozen into the graph it would not. */
  refuseVariable(tensor: Tensor): void {
    if (tensor instanceof this.#tf.Variable) {
      this.fail(say('engine.graph.variable', { name: tensor.name }));
    }
  }

  /** The binding that kernels see while recording: it does what the real one does, and notes it. */
  recordingBinding(): Binding {
    const real = this.#binding;
    const executeOp: Binding['executeOp'] = (name, attributes, inputs, outputs) =>
      this.#execute(name, attributes, inputs, outputs);
    const createTensor: Binding['createTensor'] = (shape, dataType, values) => {
      const dtype = elementType(dataType) ?? this.fail(say('engine.graph.constantType'));
      const data = typedCopy(values);
      const id = real.createTensor(shape, dataType, values);
      this.#addConstant(id, { dtype, shape: [...shape], data, captured: false });
      return id;
    };
    // Own properties: the binding's are read-only, so that assigning over an inherited one is refused.
    return Object.create(real, {
      executeOp: { value: executeOp },
      createTensor: { value: createTensor },
    }) as Binding;
  }

  /** Refuses to hand out elements that follow from an input. */
  checkRead(dataId: object): void {
    if (this.kernel === CHECKS_ITS_INDICES) return;
    const { id, values } = this.#backend.tensorMap.get(dataId);
    if (values !== null) return;
    const value = this.#byTensor.get(id);
    if (value !== undefined && this.values[value]!.varies) {
      this.fail(say('engine.graph.read'));
    }
  }

  intrinsic<Outputs extends Readonly<Record<string, Tensor>>>(
    call: IntrinsicCall,
    run: () => Outputs,
  ): Outputs {
    const named = (tensors: Readonly<Record<string, Tensor>>) =>
      Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, this.valueOf(tensor)]));
    const inputs = named(call.inputs);
    const first = this.ops.length;
    const outputs = run();
    const end = this.ops.length;
    this.intrinsics.push({
      kind: call.kind,
      first,
      end,
      inputs,
      outputs: named(outputs),
      numbers: call.numbers,
    });
    return outputs;
  }

  #execute(
    name: string,
    attributes: readonly OperationAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[] {
    if (DRAWS_OR_KEEPS_STATE.test(name)) {
      this.fail(say('engine.graph.draws', { operation: name }));
    }
    const inputValues = inputs.map(
      (id) => this.#byTensor.get(id) ?? this.fail(say('engine.graph.unknownTensor', { operation: name })),
    );
    const recorded = attributesOf(this.#binding, name, attributes);
    // Op by op, TensorFlow infers element types from the tensors; a graph has to name them.
    if (NEEDS_TYPE.has(name)) {
      recorded['T'] ??= { kind: 'type', value: DATA_TYPES[this.values[inputValues[0]!]!.dtype] };
    }
    const varies = inputValues.some((value) => this.values[value]!.varies);
    const metadata = this.#binding.executeOp(name, attributes, inputs, outputs);
    if (this.#foldConstants && !varies) {
      for (const { id, shape, dtype: dataType } of metadata) {
        const dtype = elementType(dataType) ?? this.fail(say('engine.graph.resultType', { operation: name }));
        const data = this.#binding.tensorDataSync(id);
        this.#addConstant(id, { dtype, shape: [...shape], data, captured: false });
      }
      return metadata;
    }
    const outputValues = metadata.map(({ id, shape, dtype: dataType }) => {
      const dtype = elementType(dataType) ?? this.fail(say('engine.graph.resultType', { operation: name }));
      return this.#add(id, { dtype, shape: [...shape], source: 'op', varies });
    });
    this.ops.push({ op: name, attributes: recorded, inputs: inputValues, outputs: outputValues });
    return metadata;
  }

  #addConstant(id: number, constant: RecordedConstant): void {
    const { dtype, shape } = constant;
    this.constants.set(this.#add(id, { dtype, shape, source: 'constant', varies: false }), constant);
  }

  #add(id: number, value: RecordedValue): ValueId {
    this.#byTensor.set(id, this.values.length);
    return this.values.push(value) - 1;
  }
}

/** Replaces what leads past the recorder, runs `body`, and puts everything back. */
function whileRecording<T>(engine: Engine, backend: NodeBackend, recorder: Recorder, body: () => T): T {
  const { binding } = backend;
  const tfjs = engine.tf.engine();
  const runKernel = tfjs.runKernel.bind(tfjs);
  const getInputTensorIds = backend.getInputTensorIds.bind(backend);
  const readSync = backend.readSync.bind(backend);
  const random = Math.random;
  tfjs.runKernel = (kernel, ...rest) => {
    const outer = recorder.kernel;
    recorder.kernel = kernel;
    try {
      return runKernel(kernel, ...rest);
    } finally {
      recorder.kernel = outer;
    }
  };
  backend.binding = recorder.recordingBinding();
  backend.getInputTensorIds = (tensors) => {
    for (const tensor of tensors) recorder.refuseVariable(tensor);
    const ids = getInputTensorIds(tensors);
    tensors.forEach((tensor, i) => recorder.notice(tensor, ids[i]!));
    return ids;
  };
  backend.readSync = (dataId) => {
    recorder.checkRead(dataId);
    return readSync(dataId);
  };
  Math.random = () => recorder.fail(say('engine.graph.random'));
  setIntrinsicListener(recorder);
  try {
    return body();
  } finally {
    setIntrinsicListener(null);
    tfjs.runKernel = runKernel;
    Math.random = random;
    backend.binding = binding;
    backend.getInputTensorIds = getInputTensorIds;
    backend.readSync = readSync;
  }
}

let recordingNow = false;

/**
 * Runs `fn` once on `inputs` and notes every TensorFlow operation that it runs, gradients included. What is made
 * inside without following from an input is a constant; so is every tensor from outside (listed as captured).
 * @throws GraphError where the list would not do the same for other inputs: an element was read, a random number was
 *   drawn outside the graph, a type is not float32, int32 or bool, a tf.Variable was used that is no input.
 */
export function record(
  engine: Engine,
  fn: (inputs: Record<string, Tensor>) => NamedTensors,
  inputs: NamedTensors,
  options: RecordOptions = {},
): Recording {
  const backend = nodeBackend(engine);
  if (recordingNow) throw new GraphError(say('engine.graph.recording'));
  const recorder = new Recorder(engine, backend, options);
  recordingNow = true;
  try {
    let recording: Recording | null = null;
    engine.tf.tidy(() => {
      // New handles of the same memory: an input given twice, or a variable, becomes an input of its own.
      const fed: Record<string, Tensor> = {};
      for (const [name, tensor] of Object.entries(inputs)) fed[name] = ownHandle(backend, tensor, name);
      const result = whileRecording(engine, backend, recorder, () => {
        const inputValues = mapNamed(fed, (tensor, name) => recorder.addInput(tensor, name));
        const newest = engine.tf.scalar(0).id;
        const returned = fn(fed);
        const outputs = mapNamed(returned, (tensor) => recorder.valueOf(tensor));
        // The function may have kept its results (tf.keep) for a caller who wants them; here only the list counts.
        for (const tensor of Object.values(returned)) if (tensor.id > newest) tensor.dispose();
        return { inputs: inputValues, outputs };
      });
      if (recorder.failure !== null) throw recorder.failure;
      const { values, constants, ops, intrinsics } = recorder;
      recording = { ...result, values, constants, ops, intrinsics };
    });
    return recording!;
  } finally {
    recordingNow = false;
  }
}

function ownHandle(backend: NodeBackend, tensor: Tensor, name: string): Tensor {
  const dtype: ElementType = elementTypeOf(tensor, say('engine.graph.input', { name }));
  const type = { name: 'T', type: backend.binding.TF_ATTR_TYPE, value: DATA_TYPES[dtype] };
  return backend.executeSingleOutput('Identity', [type], [tensor]);
}

function mapNamed<From, To>(
  named: Readonly<Record<string, From>>,
  map: (value: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, map(value, name)]));
}
