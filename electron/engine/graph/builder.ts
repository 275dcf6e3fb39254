import { say } from '../../common/sentences/sentence.ts';
import { BFLOAT16, DATA_TYPES } from './backend.ts';
import { GraphError } from './errors.ts';
import { HALF_OPERATIONS } from './half.ts';
import type { NodeMessage } from './messages.ts';
import * as node from './nodes.ts';
import type { RecordedIntrinsic, RecordedOp, Recording, ValueId } from './types.ts';

/** A name of the state, of the batch or of an output, and the names that it has in the graph. */
export interface StateSlot {
  readonly name: string;
  readonly value: ValueId;
  /** Fetch it for the present value. */
  readonly read: string;
  /** Feed this … */
  readonly feed: string;
  /** … and fetch this to replace the value. */
  readonly written: string;
}

export interface FedInput {
  readonly name: string;
  readonly value: ValueId;
  readonly feed: string;
}

export interface FetchedOutput {
  readonly name: string;
  readonly fetch: string;
}

export interface StepGraph {
  readonly nodes: readonly NodeMessage[];
  readonly state: readonly StateSlot[];
  readonly inputs: readonly FedInput[];
  readonly outputs: readonly FetchedOutput[];
  /** Fetching it runs every update of the state. */
  readonly updated: string;
}

export interface StepLayout {
  /** Inputs of the recording that are variables of the session: input name → output name of its new value, or null. */
  readonly state: ReadonlyMap<string, string | null>;
  /** Outputs of the recording that a run hands out. */
  readonly outputs: readonly string[];
  readonly convolutions: 'float32' | 'bfloat16';
}

/** Operations whose output can share memory with their first input. */
const SHARES_MEMORY = new Set(['Identity', 'Reshape', 'Squeeze', 'ExpandDims', 'StopGradient']);

class Builder {
  readonly nodes: NodeMessage[] = [];
  readonly #recording: Recording;
  /** Where each value that is an operation's output comes from. */
  readonly #producer = new Map<ValueId, { op: number; output: number }>();
  /** Names of the outputs built so far. */
  readonly #built = new Map<ValueId, string>();
  readonly #halveConvolutions: boolean;
  /** Names of the values that are there in bfloat16 too: rounded, or computed so. */
  readonly #halved = new Map<ValueId, string>();
  /** Values that were computed in bfloat16. */
  readonly #bornHalf = new Set<ValueId>();

  constructor(recording: Recording, convolutions: StepLayout['convolutions']) {
    this.#recording = recording;
    this.#halveConvolutions = convolutions === 'bfloat16';
    recording.ops.forEach(({ outputs }, op) =>
      outputs.forEach((value, output) => this.#producer.set(value, { op, output })),
    );
  }

  add(message: NodeMessage): string {
    this.nodes.push(message);
    return message.name;
  }

  /** From here on, the value is read from this output. */
  bind(value: ValueId, name: string): void {
    this.#built.set(value, name);
  }

  isBuilt(value: ValueId): boolean {
    return this.#built.has(value);
  }

  /** The name of the output that holds the value; what it needs is added on the way. */
  build(value: ValueId): string {
    // Depth first with an explicit stack: a recording can be thousands of operations deep.
    const stack = [value];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      if (this.#built.has(top) || this.#constant(top)) {
        stack.pop();
        continue;
      }
      const producer = this.#producer.get(top);
      if (producer === undefined) throw new GraphError(say('engine.graph.noProducer'));
      const op = this.#recording.ops[producer.op]!;
      const missing = op.inputs.filter((input) => !this.#built.has(input));
      if (missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      this.#addOperation(`o${producer.op}`, op);
      stack.pop();
    }
    return this.#built.get(value)!;
  }

  #addOperation(name: string, op: RecordedOp): void {
    const half = this.#halveConvolutions ? HALF_OPERATIONS.get(op.op) : undefined;
    if (half?.alreadyHalf.every((i) => this.#bornHalf.has(op.inputs[i]!)) === true) {
      this.#addHalfOperation(name, op, half.inputs);
      return;
    }
    const inputs = op.inputs.map((input) => this.#built.get(input)!);
    this.add(node.operation(name, op, inputs));
    op.outputs.forEach((output, i) => this.bind(output, i === 0 ? name : `${name}:${i}`));
  }

  /** @param rounded indices of the inputs that are read as bfloat16 */
  #addHalfOperation(name: string, op: RecordedOp, rounded: readonly number[]): void {
    const inputs = op.inputs.map((input, i) =>
      rounded.includes(i) ? this.#half(input) : this.#built.get(input)!,
    );
    const attributes = { ...op.attributes, T: { kind: 'type', value: BFLOAT16 } } as const;
    const half = this.add(node.operation(`${name}half`, { ...op, attributes }, inputs));
    const [first, ...others] = op.outputs;
    this.#halved.set(first!, half);
    this.#bornHalf.add(first!);
    // Where everything that follows reads bfloat16, TensorFlow leaves this conversion out.
    this.bind(first!, this.add(node.fromBfloat16(name, half)));
    others.forEach((output, i) => this.bind(output, `${half}:${i + 1}`));
  }

  /** The name of a value rounded to bfloat16. */
  #half(value: ValueId): string {
    const known = this.#halved.get(value);
    if (known !== undefined) return known;
    const half = this.add(node.toBfloat16(`half${value}`, this.#built.get(value)!));
    this.#halved.set(value, half);
    return half;
  }

  /** true where the value may live in memory that was fed. */
  sharesFedMemory(value: ValueId): boolean {
    let current = value;
    for (;;) {
      if (this.#recording.values[current]!.source === 'input') return true;
      const producer = this.#producer.get(current);
      if (producer === undefined) return false;
      const { op, inputs } = this.#recording.ops[producer.op]!;
      if (!SHARES_MEMORY.has(op)) return false;
      current = inputs[0]!;
    }
  }

  #constant(value: ValueId): boolean {
    const constant = this.#recording.constants.get(value);
    if (constant === undefined) return false;
    this.bind(value, this.add(node.constant(`c${value}`, constant)));
    return true;
  }
}

interface Slot extends StateSlot {
  readonly handle: string;
  readonly next: ValueId | null;
}

/**
 * Intrinsics that can update variables in place: parameter, m and v are three variables, no other intrinsic takes
 * them, and m and v become the new state as they are.
 */
function inPlace(recording: Recording, slots: ReadonlyMap<ValueId, Slot>): RecordedIntrinsic[] {
  const taken = new Map<ValueId, number>();
  for (const { inputs } of recording.intrinsics) {
    for (const name of ['parameter', 'm', 'v']) taken.set(inputs[name]!, (taken.get(inputs[name]!) ?? 0) + 1);
  }
  return recording.intrinsics.filter(({ inputs, outputs }) =>
    ['parameter', 'm', 'v'].every((name) => {
      const slot = slots.get(inputs[name]!);
      if (slot === undefined || slot.next === null || taken.get(inputs[name]!) !== 1) return false;
      return name === 'parameter' || slot.next === outputs[name];
    }),
  );
}

/**
 * The graph of a recorded step. Each state input becomes a variable that is read once, before anything changes it,
 * so that every operation sees the state from before the step; updates wait for that read.
 */
export function buildStepGraph(recording: Recording, layout: StepLayout): StepGraph {
  const builder = new Builder(recording, layout.convolutions);
  const { values } = recording;
  const inputs: FedInput[] = [];
  const slots = new Map<ValueId, Slot>();
  for (const [name, value] of Object.entries(recording.inputs)) {
    const next = layout.state.get(name);
    if (next === undefined) {
      const feed = builder.add(node.placeholder(`feed${value}`, values[value]!));
      builder.bind(value, feed);
      inputs.push({ name, value, feed });
      continue;
    }
    slots.set(value, addSlot(builder, recording, name, value, next));
  }

  const updates: string[] = [];
  const fused = inPlace(recording, slots);
  // Outputs of the in-place updates first: whatever uses them reads the variable after its update.
  for (const [i, intrinsic] of fused.entries()) {
    const name = `adam${i}`;
    for (const part of ['parameter', 'm', 'v'] as const) {
      const { handle, value } = slots.get(intrinsic.inputs[part]!)!;
      const { dtype } = values[value]!;
      const read = node.readVariable(`${name}_${part}`, handle, dtype, [node.after(name)]);
      builder.bind(intrinsic.outputs[part]!, builder.add(read));
    }
  }
  for (const [i, intrinsic] of fused.entries()) updates.push(addAdam(builder, `adam${i}`, intrinsic, slots));

  const updatedInPlace = new Set(fused.flatMap(({ outputs }) => Object.values(outputs)));
  const outputs = layout.outputs.map((name, i) => {
    const value = recording.outputs[name]!;
    return { name, fetch: builder.add(node.identity(`out${i}`, builder.build(value), values[value]!.dtype)) };
  });
  for (const slot of slots.values()) {
    if (slot.next === null || slot.next === slot.value || updatedInPlace.has(slot.next)) continue;
    updates.push(addAssignment(builder, slot, slot.next, values[slot.value]!.dtype, fused));
  }
  const updated = builder.add(node.finished('updated', updates.map(node.after)));
  return { nodes: builder.nodes, state: [...slots.values()], inputs, outputs, updated };
}

function addSlot(
  builder: Builder,
  recording: Recording,
  name: string,
  value: ValueId,
  next: string | null,
): Slot {
  const { dtype, shape } = recording.values[value]!;
  const handle = builder.add(node.variable(`var${value}`, { dtype, shape }));
  const read = builder.add(node.readVariable(`read${value}`, handle, dtype));
  builder.bind(value, read);
  const feed = builder.add(node.placeholder(`init${value}`, { dtype, shape }));
  const copy = builder.add(node.deepCopy(`copy${value}`, feed, dtype));
  const assign = builder.add(node.assignVariable(`set${value}`, handle, copy, dtype));
  const written = builder.add(node.finished(`written${value}`, [node.after(assign)]));
  return { name, value, handle, read, feed, written, next: next === null ? null : recording.outputs[next]! };
}

function addAdam(
  builder: Builder,
  name: string,
  { inputs, numbers }: RecordedIntrinsic,
  slots: ReadonlyMap<ValueId, Slot>,
): string {
  const slot = (part: string): Slot => slots.get(inputs[part]!)!;
  const variables = [slot('parameter'), slot('m'), slot('v')];
  const number = (part: string) => builder.add(node.scalar(`${name}_${part}`, numbers[part]!));
  return builder.add({
    name,
    op: 'ResourceApplyAdam',
    input: [
      ...variables.map(({ handle }) => handle),
      builder.build(inputs['beta1Power']!),
      builder.build(inputs['beta2Power']!),
      builder.build(inputs['learningRate']!),
      number('beta1'),
      number('beta2'),
      number('epsilon'),
      builder.build(inputs['gradient']!),
      ...variables.map(({ read }) => node.after(read)),
    ],
    attr: { T: { type: DATA_TYPES.float32 } },
  });
}

function addAssignment(
  builder: Builder,
  slot: Slot,
  next: ValueId,
  dtype: 'float32' | 'int32' | 'bool',
  fused: readonly RecordedIntrinsic[],
): string {
  let value = builder.build(next);
  if (builder.sharesFedMemory(next)) value = builder.add(node.deepCopy(`keep${slot.value}`, value, dtype));
  // A parameter that its in-place update has changed already is assigned once more, after that.
  const earlier = fused.findIndex(({ inputs }) => inputs['parameter'] === slot.value);
  const controls = [node.after(slot.read), ...(earlier < 0 ? [] : [node.after(`adam${earlier}`)])];
  return builder.add(node.assignVariable(`assign${slot.value}`, slot.handle, value, dtype, controls));
}
