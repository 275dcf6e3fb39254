import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import { shapeMessage } from '../../../engine/graph/attributes.ts';
import { DATA_TYPES } from '../../../engine/graph/backend.ts';
import type { Recording, RecordedConstant, RecordedOp, ValueId } from '../../../engine/graph/index.ts';
import type { NodeMessage, SignatureMessage, TensorMessage } from '../../../engine/graph/messages.ts';
import * as node from '../../../engine/graph/nodes.ts';
import { INPUT } from '../../network.ts';
import type { ModelInput, ModelSource } from '../../types.ts';
import { areAlike, freed, isSameConstant, notTranslated, recordNetwork } from '../recordings.ts';

/** How the graph takes its images: as the network does. */
export const TENSORFLOW_INPUT: ModelInput = {
  name: INPUT,
  layout: '[batch, size, size, 3]',
  type: 'float32',
  range: [0, 255],
};

/** A graph of TensorFlow's own operations for any number of images; its weights are constants of it. */
export interface TensorFlowGraph {
  readonly nodes: readonly NodeMessage[];
  readonly signature: SignatureMessage;
  /** The nodes that are constants, with their elements. */
  readonly constants: ReadonlyMap<string, RecordedConstant>;
}

const cannotTranslate = (reason: Sentence) => notTranslated('TensorFlow', reason);

/** Which operand of an operation is a shape or a size, where -1 leaves a side free. */
const FREE_OPERANDS: Readonly<Record<string, number>> = { Reshape: 1, Slice: 2 };

/** The graph of a network, with batch norm folded into its weights. */
export const networkGraph = (source: ModelSource): TensorFlowGraph => graphOf(...recordNetwork(source));

/**
 * The graph of a function that was recorded with two numbers of images: its inputs and outputs are nodes of these names.
 * @throws TwinheadError `internal` where something in it depends on that number
 */
export function graphOf(recording: Recording, twin: Recording): TensorFlowGraph {
  if (!areAlike(recording, twin)) throw cannotTranslate(say('export.graph.otherCount'));
  const names = new Map<ValueId, string>();
  const nodes: NodeMessage[] = [];
  const constants = new Map<string, RecordedConstant>();
  const add = (message: NodeMessage): string => {
    nodes.push(message);
    return message.name;
  };
  const freeShape = (value: ValueId): number[] =>
    freed(recording.values[value]!.shape, twin.values[value]!.shape);
  const tensorOf = (name: string, value: ValueId): TensorMessage => ({
    name: `${name}:0`,
    dtype: DATA_TYPES[recording.values[value]!.dtype],
    tensorShape: shapeMessage(freeShape(value)),
  });

  const addConstant = (name: string, constant: RecordedConstant): string => {
    constants.set(name, constant);
    return add(node.constant(name, constant));
  };
  const operand = (op: RecordedOp, index: number): string => {
    const value = op.inputs[index]!;
    const known = names.get(value);
    if (known !== undefined) return known;
    const constant = recording.constants.get(value);
    const other = twin.constants.get(value);
    if (constant === undefined || other === undefined) throw cannotTranslate(say('export.graph.order'));
    if (isSameConstant(constant, other)) {
      const name = addConstant(`constant${value}`, constant);
      names.set(value, name);
      return name;
    }
    if (FREE_OPERANDS[op.op] !== index || constant.shape.join() !== other.shape.join())
      throw cannotTranslate(say('export.graph.constant'));
    const data = Int32Array.from(freed([...constant.data], [...other.data]));
    if (data.filter((side) => side === -1).length > 1) throw cannotTranslate(say('export.graph.reshape'));
    return addConstant(`free${nodes.length}`, { ...constant, dtype: 'int32', data });
  };

  const inputs = Object.entries(recording.inputs).map(([name, value]): [string, TensorMessage] => {
    const { dtype } = recording.values[value]!;
    names.set(value, add(node.placeholder(name, { dtype, shape: freeShape(value) })));
    return [name, tensorOf(name, value)];
  });
  const needed = neededOf(recording);
  for (const [index, op] of recording.ops.entries()) {
    if (!needed.has(op)) continue;
    const operands = op.inputs.map((_, at) => operand(op, at));
    const name = add(node.operation(`operation${index}`, op, operands));
    op.outputs.forEach((value, output) => names.set(value, output === 0 ? name : `${name}:${output}`));
  }
  const outputs = Object.entries(recording.outputs).map(([name, value]): [string, TensorMessage] => {
    const source = names.get(value);
    if (source === undefined) throw cannotTranslate(say('export.graph.order'));
    add(node.identity(name, source, recording.values[value]!.dtype));
    return [name, tensorOf(name, value)];
  });
  return {
    nodes,
    signature: { inputs: Object.fromEntries(inputs), outputs: Object.fromEntries(outputs) },
    constants,
  };
}

/** The operations that the outputs follow from. */
function neededOf({ ops, outputs }: Recording): ReadonlySet<RecordedOp> {
  const values = new Set(Object.values(outputs));
  const needed = new Set<RecordedOp>();
  for (const op of ops.toReversed()) {
    if (!op.outputs.some((value) => values.has(value))) continue;
    needed.add(op);
    for (const value of op.inputs) values.add(value);
  }
  return needed;
}
