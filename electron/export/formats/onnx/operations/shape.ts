import { say } from '../../../../common/sentences/sentence.ts';
import type { RecordedOp, ValueId } from '../../../../engine/graph/types.ts';
import { TO_TENSORFLOW, axisIn, inLayout } from '../layout.ts';
import type { Layout } from '../layout.ts';
import { DATA_TYPE } from '../messages.ts';
import { cannotTranslate, numberOf } from '../translation.ts';
import type { Translation } from '../translation.ts';
import type { Rule, Rules } from './types.ts';

/** ONNX's way to say "to the end". */
const TO_THE_END = 2 ** 31 - 1;

const nonNegative = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** To the shape that was recorded; a side that is (a multiple of) the batch is worked out when the model runs. */
function reshapeTo(t: Translation, name: string, output: ValueId): void {
  const shape = t.freeShape(output);
  if (shape.filter((side) => side === -1).length > 1) {
    throw cannotTranslate(say('export.graph.reshape'));
  }
  t.bind(output, t.node('Reshape', [name, t.int64(shape)]));
}

const reshape: Rule = (t, { inputs, outputs }) => reshapeTo(t, t.name(inputs[0]!), outputs[0]!);

/** The layout of the first computed map among the operands, if all are maps. */
function commonLayout(t: Translation, values: readonly ValueId[]): Layout {
  if (values.some((value) => t.rank(value) !== 4)) return 'tensorflow';
  return values.some((value) => t.layoutOf(value) === 'channelsFirst') ? 'channelsFirst' : 'tensorflow';
}

const concat: Rule = (t, { inputs, outputs }) => {
  const parts = inputs.slice(0, -1);
  const axis = nonNegative(t.integers(inputs.at(-1)!)[0]!, t.rank(outputs[0]!));
  const layout = commonLayout(t, parts);
  const names = parts.map((part) => t.name(part, layout));
  t.bind(outputs[0]!, t.node('Concat', names, { axis: { i: axisIn(layout, axis) } }), layout);
};

/** A new axis: every part gets it, then they are joined along it. */
const pack: Rule = (t, op) => {
  const [output] = op.outputs;
  const axis = nonNegative(numberOf(op, 'axis', 0), t.rank(output!));
  const parts = op.inputs.map((part) => t.node('Unsqueeze', [t.name(part), t.int64([axis])]));
  t.bind(output!, t.node('Concat', parts, { axis: { i: axis } }));
};

const unpack: Rule = (t, op) => {
  const axis = nonNegative(numberOf(op, 'axis', 0), t.rank(op.inputs[0]!));
  const names = t.nodeOf('Split', [t.name(op.inputs[0]!)], { axis: { i: axis } }, op.outputs.length);
  op.outputs.forEach((output, i) => t.bind(output, t.node('Squeeze', [names[i]!, t.int64([axis])])));
};

const split: Rule = (t, { inputs, outputs }) => {
  const [x, sizes, axisValue] = inputs;
  const axis = nonNegative(t.integers(axisValue!)[0]!, t.rank(x!));
  const layout = commonLayout(t, [x!]);
  const attributes = { axis: { i: axisIn(layout, axis) } };
  const names = t.nodeOf(
    'Split',
    [t.name(x!, layout), t.int64(t.integers(sizes!))],
    attributes,
    outputs.length,
  );
  outputs.forEach((output, i) => t.bind(output, names[i]!, layout));
};

const slice: Rule = (t, { inputs, outputs }) => {
  const [x, beginValue, sizeValue] = inputs;
  const begin = t.integers(beginValue!);
  const sizes = t.freeIntegers(sizeValue!);
  const layout = commonLayout(t, [x!]);
  const ends = sizes.map((size, axis) => (size === -1 ? TO_THE_END : begin[axis]! + size));
  const axes = begin.map((_, axis) => axis);
  const list = (values: readonly number[]) =>
    t.int64(layout === 'channelsFirst' ? inLayout(layout, values) : values);
  t.bind(outputs[0]!, t.node('Slice', [t.name(x!, layout), list(begin), list(ends), t.int64(axes)]), layout);
};

const pad: Rule = (t, { op, inputs, outputs }) => {
  const [x, paddings, value] = inputs;
  const pairs = t.integers(paddings!);
  const axes = t.shape(x!).map((_, axis) => axis);
  const layout = commonLayout(t, [x!]);
  const side = (which: number) =>
    inLayoutOf(
      layout,
      axes.map((axis) => pairs[2 * axis + which]!),
    );
  const operands = [t.name(x!, layout), t.int64([...side(0), ...side(1)])];
  if (op === 'PadV2') operands.push(t.name(value!));
  t.bind(outputs[0]!, t.node('Pad', operands, { mode: { s: 'constant' } }), layout);
};

const inLayoutOf = (layout: Layout, perAxis: number[]): number[] =>
  layout === 'channelsFirst' ? inLayout(layout, perAxis) : perAxis;

/** Transposes from whichever layout the map is at hand in. */
const transpose: Rule = (t, { inputs, outputs }) => {
  const [x, order] = inputs;
  const layout = commonLayout(t, [x!]);
  const axes = t.integers(order!).map((axis) => axisIn(layout, axis));
  t.bind(outputs[0]!, t.node('Transpose', [t.name(x!, layout)], { perm: { ints: axes } }));
};

function reduction(name: string, axesAsInput: boolean): Rule {
  return (t, op) => {
    const [x, axesValue] = op.inputs;
    const rank = t.rank(x!);
    const axes = t.integers(axesValue!).map((axis) => nonNegative(axis, rank));
    const keeps = op.attributes['keep_dims']?.value === true;
    const layout = layoutOfReduction(t, x!, axes, keeps);
    const inOnnx = axes.map((axis) => axisIn(layout, axis));
    const operands = [t.name(x!, layout)];
    if (axesAsInput) operands.push(t.int64(inOnnx));
    const y = t.node(name, operands, {
      keepdims: { i: keeps ? 1 : 0 },
      ...(axesAsInput ? {} : { axes: { ints: inOnnx } }),
    });
    t.bind(op.outputs[0]!, y, keeps ? layout : 'tensorflow');
  };
}

/** Channels first where that leaves the remaining axes in TensorFlow's order. */
function layoutOfReduction(t: Translation, x: ValueId, axes: readonly number[], keeps: boolean): Layout {
  const layout = commonLayout(t, [x]);
  if (layout === 'tensorflow' || keeps) return layout;
  const left = [0, 1, 2, 3].filter((axis) => !axes.includes(axis));
  const targets = left.map((axis) => TO_TENSORFLOW[axis]!);
  return targets.every((target, i) => i === 0 || target > targets[i - 1]!) ? layout : 'tensorflow';
}

/** The product of matrices in the last two axes; either may have to be transposed first. */
function product(left: string, right: string): Rule {
  return (t, op) => {
    const operand = (value: ValueId, flag: string): string => {
      const name = t.name(value);
      if (op.attributes[flag]?.value !== true) return name;
      const axes = t.shape(value).map((_, axis) => axis);
      const [last, beforeLast] = [axes.pop()!, axes.pop()!];
      return t.node('Transpose', [name], { perm: { ints: [...axes, last, beforeLast] } });
    };
    t.bind(op.outputs[0]!, t.node('MatMul', [operand(op.inputs[0]!, left), operand(op.inputs[1]!, right)]));
  };
}

const alongLastAxis =
  (name: string): Rule =>
  (t, { inputs, outputs }) =>
    t.bind(outputs[0]!, t.node(name, [t.name(inputs[0]!)], { axis: { i: -1 } }));

const toInt32 = (t: Translation, name: string): string =>
  t.node('Cast', [name], { to: { i: DATA_TYPE.int32 } });

const tile: Rule = (t, { inputs, outputs }) =>
  t.bind(outputs[0]!, t.node('Tile', [t.name(inputs[0]!), t.int64(t.integers(inputs[1]!))]));

const gather: Rule = (t, op) => {
  const [x, indices, axisValue] = op.inputs;
  if (numberOf(op, 'batch_dims', 0) !== 0) throw cannotTranslate(say('export.onnx.lookUp'));
  const axis = nonNegative(t.integers(axisValue!)[0]!, t.rank(x!));
  t.bind(op.outputs[0]!, t.node('Gather', [t.name(x!), t.name(indices!)], { axis: { i: axis } }));
};

const argMax: Rule = (t, { inputs, outputs }) => {
  const axis = nonNegative(t.integers(inputs[1]!)[0]!, t.rank(inputs[0]!));
  const y = t.node('ArgMax', [t.name(inputs[0]!)], { axis: { i: axis }, keepdims: { i: 0 } });
  t.bind(outputs[0]!, toInt32(t, y));
};

const topK: Rule = (t, { inputs, outputs }) => {
  const names = t.nodeOf(
    'TopK',
    [t.name(inputs[0]!), t.int64(t.integers(inputs[1]!), [1])],
    { axis: { i: -1 } },
    2,
  );
  t.bind(outputs[0]!, names[0]!);
  t.bind(outputs[1]!, toInt32(t, names[1]!));
};

const stridedSlice: Rule = (t, op: RecordedOp) => {
  const masks = ['begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'];
  if (masks.some((mask) => numberOf(op, mask, 0) !== 0)) throw cannotTranslate(say('export.onnx.slice'));
  const [x, begin, end, strides] = op.inputs;
  const axes = integersFrom(0, t.rank(x!));
  const ends = t.freeIntegers(end!).map((end) => (end === -1 ? TO_THE_END : end));
  const operands = [
    t.name(x!),
    t.int64(t.integers(begin!)),
    t.int64(ends),
    t.int64(axes),
    t.int64(t.integers(strides!)),
  ];
  t.bind(op.outputs[0]!, t.node('Slice', operands));
};

const integersFrom = (start: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => start + i);

export const shapeRules: Rules = {
  Reshape: reshape,
  Squeeze: reshape,
  ExpandDims: reshape,
  ConcatV2: concat,
  Pack: pack,
  Unpack: unpack,
  SplitV: split,
  Slice: slice,
  StridedSlice: stridedSlice,
  Pad: pad,
  PadV2: pad,
  Transpose: transpose,
  Tile: tile,
  Mean: reduction('ReduceMean', false),
  Sum: reduction('ReduceSum', true),
  Max: reduction('ReduceMax', false),
  Min: reduction('ReduceMin', false),
  Prod: reduction('ReduceProd', false),
  MatMul: product('transpose_a', 'transpose_b'),
  BatchMatMulV2: product('adj_x', 'adj_y'),
  Softmax: alongLastAxis('Softmax'),
  LogSoftmax: alongLastAxis('LogSoftmax'),
  GatherV2: gather,
  ArgMax: argMax,
  TopKV2: topK,
};
