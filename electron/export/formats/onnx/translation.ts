import type { TwinheadError } from '../../../common/errors.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import type { RecordedConstant, RecordedOp, Recording, ValueId } from '../../../engine/graph/types.ts';
import { areAlike, freed, isSameConstant, notTranslated } from '../recordings.ts';
import { GraphBuilder } from './graph-builder.ts';
import { TO_CHANNELS_FIRST, TO_TENSORFLOW, transposeElements, transposeShape } from './layout.ts';
import type { Layout } from './layout.ts';

export const cannotTranslate = (reason: Sentence): TwinheadError => notTranslated('ONNX', reason);

/**
 * The ONNX graph under construction. `recording` and `twin` are the same function recorded with two batch sizes: a
 * side that differs between them is the batch, and stays free in the exported model.
 */
export class Translation extends GraphBuilder {
  readonly recording: Recording;
  readonly #twin: Recording;
  readonly #names = new Map<ValueId, Partial<Record<Layout, string>>>();

  constructor(recording: Recording, twin: Recording) {
    super();
    if (!areAlike(recording, twin)) {
      throw cannotTranslate(say('export.graph.otherCount'));
    }
    this.recording = recording;
    this.#twin = twin;
  }

  shape(value: ValueId): readonly number[] {
    return this.recording.values[value]!.shape;
  }

  rank(value: ValueId): number {
    return this.shape(value).length;
  }

  /** The shape with -1 where the side is the batch. */
  freeShape(value: ValueId): number[] {
    return freed(this.shape(value), this.#twin.values[value]!.shape);
  }

  isConstant(value: ValueId): boolean {
    return this.recording.constants.has(value);
  }

  /** A constant that is the same for every batch size. */
  constant(value: ValueId): RecordedConstant {
    const constant = this.recording.constants.get(value);
    const twin = this.#twin.constants.get(value);
    if (constant === undefined || twin === undefined) throw cannotTranslate(say('export.onnx.weight'));
    if (!isSameConstant(constant, twin)) throw cannotTranslate(say('export.graph.constant'));
    return constant;
  }

  /** Whole numbers given as a constant tensor, such as axes; the same for every batch size. */
  integers(value: ValueId): number[] {
    return Array.from(this.constant(value).data);
  }

  /** Whole numbers given as a constant tensor, -1 where they are the batch. */
  freeIntegers(value: ValueId): number[] {
    const of = (recording: Recording) => Array.from(recording.constants.get(value)?.data ?? []);
    return freed(of(this.recording), of(this.#twin));
  }

  bind(value: ValueId, name: string, layout: Layout = 'tensorflow'): void {
    const names = this.#names.get(value);
    if (names === undefined) this.#names.set(value, { [layout]: name });
    else names[layout] = name;
  }

  /** Both values are the same elements in the same order of axes. */
  alias(value: ValueId, of: ValueId): void {
    this.#names.set(value, this.#namesOf(of));
  }

  /** The layout in which a computed map is at hand. */
  layoutOf(value: ValueId): Layout {
    return this.#names.get(value)?.channelsFirst === undefined ? 'tensorflow' : 'channelsFirst';
  }

  /** The name of a value in a layout; a transposition is added where it is held in the other one only. */
  name(value: ValueId, layout: Layout = 'tensorflow'): string {
    const names = this.#namesOf(value);
    const known = names[layout];
    if (known !== undefined) return known;
    const constant = this.recording.constants.get(value);
    const made =
      constant !== undefined
        ? this.#addConstant(this.constant(value), layout)
        : layout === 'channelsFirst'
          ? this.node('Transpose', [names.tensorflow!], { perm: { ints: TO_CHANNELS_FIRST } })
          : this.node('Transpose', [names.channelsFirst!], { perm: { ints: TO_TENSORFLOW } });
    names[layout] = made;
    return made;
  }

  /** A value as an operand of an operation on maps: a constant of lower rank is spread over the axes as TensorFlow does. */
  operand(value: ValueId, layout: Layout): string {
    const rank = this.rank(value);
    if (layout === 'tensorflow' || rank === 4) return this.name(value, layout);
    if (rank === 0) return this.name(value);
    const constant = this.constant(value);
    const shape = [...Array.from({ length: 4 - rank }, () => 1), ...constant.shape];
    return this.#addConstant({ ...constant, shape }, layout);
  }

  #addConstant({ dtype, shape, data }: RecordedConstant, layout: Layout): string {
    if (layout === 'tensorflow') return this.initializer({ type: dtype, shape, data });
    return this.initializer({
      type: dtype,
      shape: transposeShape(shape, TO_CHANNELS_FIRST),
      data: transposeElements(data, shape, TO_CHANNELS_FIRST),
    });
  }

  #namesOf(value: ValueId): Partial<Record<Layout, string>> {
    let names = this.#names.get(value);
    if (names === undefined) {
      if (!this.isConstant(value)) throw cannotTranslate(say('export.graph.order'));
      names = {};
      this.#names.set(value, names);
    }
    return names;
  }
}

/** Attributes of a recorded operation, checked. */
export function integersOf(op: RecordedOp, name: string): readonly number[] {
  const attribute = op.attributes[name];
  if (attribute?.kind !== 'ints')
    throw cannotTranslate(say('export.onnx.attribute', { operation: op.op, attribute: name }));
  return attribute.value;
}

export function textOf(op: RecordedOp, name: string, otherwise: string): string {
  const attribute = op.attributes[name];
  return attribute?.kind === 'string' ? attribute.value : otherwise;
}

export function flagOf(op: RecordedOp, name: string): boolean {
  const attribute = op.attributes[name];
  return attribute?.kind === 'bool' && attribute.value;
}

export function numberOf(op: RecordedOp, name: string, otherwise: number): number {
  const attribute = op.attributes[name];
  return attribute?.kind === 'float' || attribute?.kind === 'int' ? attribute.value : otherwise;
}
