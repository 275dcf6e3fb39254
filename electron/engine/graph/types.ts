import type { Tensor } from '@tensorflow/tfjs';

/** Element types that tensors of a recording can have. */
export type ElementType = 'float32' | 'int32' | 'bool';

export type ElementArray = Float32Array | Int32Array | Uint8Array;

export type NamedTensors = Readonly<Record<string, Tensor>>;

/** An attribute as TensorFlow's NodeDef holds it. `list` ones keep their element kind even when empty. */
export type Attribute =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'bools'; readonly value: readonly boolean[] }
  /** A DataType number of TensorFlow. */
  | { readonly kind: 'type'; readonly value: number }
  | { readonly kind: 'shape'; readonly value: readonly number[] };

/** Index into {@link Recording.values}. */
export type ValueId = number;

/** A tensor that flowed through the recording. */
export interface RecordedValue {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /**
   * Where it comes from: `input` is fed (a name), `constant` was made or captured (its elements are in
   * {@link Recording.constants}), `op` is an output of an operation.
   */
  readonly source: 'input' | 'constant' | 'op';
  /** true where its value can differ from one run to the next: it follows from an input. */
  readonly varies: boolean;
}

/** One executed TensorFlow operation. */
export interface RecordedOp {
  /** TensorFlow's own name: Conv2D, FusedBatchNormV3, … */
  readonly op: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
}

export interface RecordedConstant {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly data: ElementArray;
  /** true where an earlier operation computed it: its value of that moment is frozen in. */
  readonly captured: boolean;
}

/**
 * A stretch of operations that the graph may replace by one in-place operation on variables (see intrinsics.ts).
 * `first` and `end` bound it in {@link Recording.ops}, `end` excluded.
 */
export interface RecordedIntrinsic {
  readonly kind: 'adam';
  readonly first: number;
  readonly end: number;
  readonly inputs: Readonly<Record<string, ValueId>>;
  readonly outputs: Readonly<Record<string, ValueId>>;
  readonly numbers: Readonly<Record<string, number>>;
}

/** What a function did, as a list of operations in the order of their execution. Plain data, no tensors in it. */
export interface Recording {
  readonly inputs: Readonly<Record<string, ValueId>>;
  readonly outputs: Readonly<Record<string, ValueId>>;
  readonly values: readonly RecordedValue[];
  readonly constants: ReadonlyMap<ValueId, RecordedConstant>;
  readonly ops: readonly RecordedOp[];
  readonly intrinsics: readonly RecordedIntrinsic[];
}

export interface StepResult {
  /** New values of the state. A name left out keeps its value; a name that the state lacks is an error. */
  readonly state: NamedTensors;
  readonly outputs: NamedTensors;
}

/**
 * One training step as a pure function: what differs between steps comes in `batch`, what lives on in `state`. Reading a
 * value, or a random number outside `statelessUniform`, throws a {@link GraphError} at compile time.
 */
export type StepFunction = (state: NamedTensors, batch: NamedTensors) => StepResult;

/** A tensor, or the elements of one (its shape and type are those of the example), or a number for a scalar. */
export type Feed = Tensor | ElementArray | number;
export type Feeds = Readonly<Record<string, Feed>>;

export interface CompileStepOptions {
  /**
   * What convolutions compute with, default `float32`. `bfloat16`: inputs and results rounded to 8 bits of mantissa, sums
   * and everything else in float32 (mixed precision; Micikevicius et al. 2018, Kalamkar et al. 2019).
   */
  readonly convolutions?: 'float32' | 'bfloat16' | undefined;
}

/** A step that runs as one TensorFlow graph. Its state lives in the session, on the device. */
export interface CompiledStep {
  readonly recording: Recording;
  /** Time to record, write and load the graph, without the first run's optimisation. */
  readonly compileMilliseconds: number;
  /**
   * Runs one step and keeps the new state in the session. Shapes are those of the example batch: for another shape,
   * compile another step. The tensors returned belong to the caller (dispose them, or call inside `tf.tidy`).
   */
  run(batch: Feeds): Record<string, Tensor>;
  /** Copies of the state (all, or those named) for checkpoints and evaluation; they belong to the caller. */
  readState(names?: readonly string[]): Record<string, Tensor>;
  /** Replaces the named parts of the state; shapes and types must be as compiled. */
  writeState(state: NamedTensors): void;
  /** Frees the session and its variables. Using it afterwards throws. */
  dispose(): void;
}

export interface CompileFunctionOptions extends CompileStepOptions {
  /**
   * `constant` (default) bakes the parameters into the graph: fastest. `variable` keeps them in the session, so that
   * `writeParameters` can replace them without compiling again.
   */
  readonly parameters?: 'constant' | 'variable';
}

/** An inference function that runs as one TensorFlow graph. */
export interface CompiledFunction {
  readonly recording: Recording;
  readonly compileMilliseconds: number;
  /** The tensors returned belong to the caller. */
  run(inputs: Feeds): Record<string, Tensor>;
  /** Only with `parameters: 'variable'`. */
  writeParameters(parameters: NamedTensors): void;
  dispose(): void;
}
