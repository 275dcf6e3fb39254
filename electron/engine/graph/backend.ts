import type { Tensor } from '@tensorflow/tfjs';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import type { Engine } from '../types.ts';
import { GraphError } from './errors.ts';
import type { ElementArray, ElementType } from './types.ts';

/** What the binding tells of a tensor that it made. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

export interface OperationAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The native binding of tfjs-node, as far as recordings and graphs use it. Tensors are numbers that are never reused. */
export interface Binding {
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  executeOp(
    name: string,
    attributes: readonly OperationAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[];
  createTensor(shape: readonly number[], dtype: number, values: unknown): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): ElementArray;
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(
    id: number,
    inputs: readonly number[],
    inputNames: string,
    outputNames: string,
  ): TensorMetadata[];
}

interface TensorData {
  readonly id: number;
  readonly values: unknown;
}

/** tfjs-node's backend. `binding` can be replaced: every kernel goes through it. */
export interface NodeBackend {
  binding: Binding;
  readonly tensorMap: { get(dataId: object): TensorData };
  getInputTensorIds(tensors: readonly Tensor[]): number[];
  createOutputTensor(metadata: TensorMetadata): Tensor;
  executeSingleOutput(
    name: string,
    attributes: readonly OperationAttribute[],
    inputs: readonly Tensor[],
  ): Tensor;
  readSync(dataId: object): ElementArray;
}

/** @throws GraphError where the engine is not TensorFlow's own library. */
export function nodeBackend(engine: Engine): NodeBackend {
  if (!engine.native) throw new GraphError(say('engine.graph.none'));
  return engine.tf.backend() as unknown as NodeBackend;
}

/** TensorFlow's DataType numbers (types.proto) of the element types that tfjs shares. */
export const DATA_TYPES: Readonly<Record<ElementType, number>> = { float32: 1, int32: 3, bool: 10 };

/** A type that tfjs lacks: it exists inside graphs only. */
export const BFLOAT16 = 14;

const ELEMENT_TYPES = new Map<number, ElementType>([
  [1, 'float32'],
  [3, 'int32'],
  [10, 'bool'],
]);

export function elementType(dataType: number): ElementType | undefined {
  return ELEMENT_TYPES.get(dataType);
}

export function elementTypeOf(tensor: Tensor, what: Sentence): ElementType {
  const { dtype } = tensor;
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new GraphError(say('engine.graph.type', { what, type: dtype }));
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, side) => size * side, 1);
