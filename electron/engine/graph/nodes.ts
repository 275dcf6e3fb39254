import { attributeMessage, shapeMessage } from './attributes.ts';
import { BFLOAT16, DATA_TYPES } from './backend.ts';
import type { NodeMessage } from './messages.ts';
import type { ElementType, RecordedConstant, RecordedOp, RecordedValue } from './types.ts';

/** Makers of single graph nodes. A node's name is also the name of its first output. */

export const after = (name: string): string => `^${name}`;

export function placeholder(
  name: string,
  { dtype, shape }: Pick<RecordedValue, 'dtype' | 'shape'>,
): NodeMessage {
  return {
    name,
    op: 'Placeholder',
    input: [],
    attr: { dtype: { type: DATA_TYPES[dtype] }, shape: { shape: shapeMessage(shape) } },
  };
}

export function constant(
  name: string,
  { dtype, shape, data }: Pick<RecordedConstant, 'dtype' | 'shape' | 'data'>,
  controls: readonly string[] = [],
): NodeMessage {
  const tensorContent = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const tensor = { dtype: DATA_TYPES[dtype], tensorShape: shapeMessage(shape), tensorContent };
  return {
    name,
    op: 'Const',
    input: controls,
    attr: { dtype: { type: DATA_TYPES[dtype] }, value: { tensor } },
  };
}

export const scalar = (name: string, value: number): NodeMessage =>
  constant(name, { dtype: 'float32', shape: [], data: Float32Array.of(value) });

/** A node whose output only says that `controls` have run: the binding can fetch outputs, not bare operations. */
export const finished = (name: string, controls: readonly string[]): NodeMessage =>
  constant(name, { dtype: 'bool', shape: [], data: Uint8Array.of(1) }, controls);

export const identity = (name: string, input: string, dtype: ElementType): NodeMessage => ({
  name,
  op: 'Identity',
  input: [input],
  attr: { T: { type: DATA_TYPES[dtype] } },
});

export const toBfloat16 = (name: string, input: string): NodeMessage => ({
  name,
  op: 'Cast',
  input: [input],
  attr: { SrcT: { type: DATA_TYPES.float32 }, DstT: { type: BFLOAT16 } },
});

export const fromBfloat16 = (name: string, input: string): NodeMessage => ({
  name,
  op: 'Cast',
  input: [input],
  attr: { SrcT: { type: BFLOAT16 }, DstT: { type: DATA_TYPES.float32 } },
});

/**
 * A copy in TensorFlow's own memory. A fed tensor shares memory with JavaScript; were a variable to keep it, that
 * memory would be released by whichever of TensorFlow's threads replaces the variable, which the binding forbids.
 */
export const deepCopy = (name: string, input: string, dtype: ElementType): NodeMessage => ({
  name,
  op: 'DeepCopy',
  input: [input],
  attr: { T: { type: DATA_TYPES[dtype] } },
});

export function variable(
  name: string,
  { dtype, shape }: Pick<RecordedValue, 'dtype' | 'shape'>,
): NodeMessage {
  return {
    name,
    op: 'VarHandleOp',
    input: [],
    attr: {
      dtype: { type: DATA_TYPES[dtype] },
      shape: { shape: shapeMessage(shape) },
      shared_name: { s: new TextEncoder().encode(name) },
    },
  };
}

export const readVariable = (
  name: string,
  handle: string,
  dtype: ElementType,
  controls: readonly string[] = [],
): NodeMessage => ({
  name,
  op: 'ReadVariableOp',
  input: [handle, ...controls],
  attr: { dtype: { type: DATA_TYPES[dtype] } },
});

export const assignVariable = (
  name: string,
  handle: string,
  value: string,
  dtype: ElementType,
  controls: readonly string[] = [],
): NodeMessage => ({
  name,
  op: 'AssignVariableOp',
  input: [handle, value, ...controls],
  attr: { dtype: { type: DATA_TYPES[dtype] } },
});

export const operation = (
  name: string,
  { op, attributes }: RecordedOp,
  inputs: readonly string[],
): NodeMessage => ({
  name,
  op,
  input: inputs,
  attr: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attributeMessage(value)])),
});
