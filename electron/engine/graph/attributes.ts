import { say } from '../../common/sentences/sentence.ts';
import type { Binding, OperationAttribute } from './backend.ts';
import { GraphError } from './errors.ts';
import type { AttrValueMessage, ShapeMessage } from './messages.ts';
import type { Attribute } from './types.ts';

/** What tfjs-node hands to the binding, in TensorFlow's own terms. */
export function attributesOf(
  binding: Binding,
  op: string,
  attributes: readonly OperationAttribute[],
): Record<string, Attribute> {
  return Object.fromEntries(
    attributes.map((attribute) => [attribute.name, attributeOf(binding, op, attribute)]),
  );
}

function attributeOf(binding: Binding, op: string, { name, type, value }: OperationAttribute): Attribute {
  switch (type) {
    case binding.TF_ATTR_STRING:
      if (typeof value === 'string') return { kind: 'string', value };
      break;
    case binding.TF_ATTR_INT:
      if (typeof value === 'number') return { kind: 'int', value };
      if (isArrayOf(value, 'number')) return { kind: 'ints', value: [...value] };
      break;
    case binding.TF_ATTR_FLOAT:
      if (typeof value === 'number') return { kind: 'float', value };
      if (isArrayOf(value, 'number')) return { kind: 'floats', value: [...value] };
      break;
    case binding.TF_ATTR_BOOL:
      if (typeof value === 'boolean') return { kind: 'bool', value };
      if (isArrayOf(value, 'boolean')) return { kind: 'bools', value: [...value] };
      break;
    case binding.TF_ATTR_TYPE:
      if (typeof value === 'number') return { kind: 'type', value };
      break;
    case binding.TF_ATTR_SHAPE:
      if (isArrayOf(value, 'number')) return { kind: 'shape', value: [...value] };
      break;
    default:
  }
  throw new GraphError(say('engine.graph.attribute', { attribute: name, operation: op }));
}

function isArrayOf(value: unknown, type: 'number'): value is number[];
function isArrayOf(value: unknown, type: 'boolean'): value is boolean[];
function isArrayOf(value: unknown, type: 'number' | 'boolean'): boolean {
  return Array.isArray(value) && value.every((element) => typeof element === type);
}

export function attributeMessage(attribute: Attribute): AttrValueMessage {
  switch (attribute.kind) {
    case 'string':
      return { s: new TextEncoder().encode(attribute.value) };
    case 'int':
      return { i: attribute.value };
    case 'ints':
      return { list: { i: attribute.value } };
    case 'float':
      return { f: attribute.value };
    case 'floats':
      return { list: { f: attribute.value } };
    case 'bool':
      return { b: attribute.value };
    case 'bools':
      return { list: { b: attribute.value } };
    case 'type':
      return { type: attribute.value };
    case 'shape':
      return { shape: shapeMessage(attribute.value) };
  }
}

export function shapeMessage(shape: readonly number[]): ShapeMessage {
  return { dim: shape.map((size) => ({ size })) };
}
