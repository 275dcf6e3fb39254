import { say } from '../../../../common/sentences/sentence.ts';
import type { RecordedOp } from '../../../../engine/graph/types.ts';
import type { Layout } from '../layout.ts';
import { DATA_TYPE } from '../messages.ts';
import type { OnnxAttribute } from '../messages.ts';
import { cannotTranslate, numberOf } from '../translation.ts';
import type { Translation } from '../translation.ts';
import type { Rule, Rules } from './types.ts';

/** The layout to compute in: channels first where a map is at hand so, and every other operand can follow. */
function layoutFor(t: Translation, { inputs, outputs }: RecordedOp): Layout {
  if (t.rank(outputs[0]!) !== 4) return 'tensorflow';
  const computed = inputs.filter((input) => !t.isConstant(input));
  const maps = computed.filter((input) => t.rank(input) === 4);
  const canFollow = computed.every((input) => t.rank(input) === 4 || t.rank(input) === 0);
  return canFollow && maps.some((input) => t.layoutOf(input) === 'channelsFirst')
    ? 'channelsFirst'
    : 'tensorflow';
}

/** Computes in the best layout; `write` gets the operands' names and returns the result's. */
function elementwise(write: (t: Translation, operands: string[], op: RecordedOp) => string): Rule {
  return (t, op) => {
    const layout = layoutFor(t, op);
    const operands = op.inputs.map((input) => t.operand(input, layout));
    t.bind(op.outputs[0]!, write(t, operands, op), layout);
  };
}

const same = (name: string, attributes: Readonly<Record<string, OnnxAttribute>> = {}): Rule =>
  elementwise((t, operands) => t.node(name, operands, attributes));

const convert = elementwise((t, operands, op) =>
  t.node('Cast', operands, { to: { i: DATA_TYPE[t.recording.values[op.outputs[0]!]!.dtype] } }),
);

export const elementwiseRules: Rules = {
  Add: same('Add'),
  AddV2: same('Add'),
  Sub: same('Sub'),
  Mul: same('Mul'),
  RealDiv: same('Div'),
  Maximum: same('Max'),
  Minimum: same('Min'),
  Pow: same('Pow'),
  AddN: same('Sum'),
  Greater: same('Greater'),
  GreaterEqual: same('GreaterOrEqual'),
  Less: same('Less'),
  LessEqual: same('LessOrEqual'),
  Equal: same('Equal'),
  LogicalAnd: same('And'),
  LogicalOr: same('Or'),
  LogicalNot: same('Not'),
  SelectV2: same('Where'),
  Select: (t, op) => {
    const [condition, chosen] = op.inputs;
    if (t.rank(condition!) !== t.rank(chosen!)) throw cannotTranslate(say('export.onnx.choice'));
    same('Where')(t, op);
  },
  SquaredDifference: elementwise((t, operands) => {
    const difference = t.node('Sub', operands);
    return t.node('Mul', [difference, difference]);
  }),
  Square: elementwise((t, [x]) => t.node('Mul', [x!, x!])),
  Rsqrt: elementwise((t, [x]) => t.node('Reciprocal', [t.node('Sqrt', [x!])])),
  Log1p: elementwise((t, [x]) => t.node('Log', [t.node('Add', [x!, t.float(1)])])),
  Relu: same('Relu'),
  Relu6: elementwise((t, [x]) => t.node('Clip', [x!, t.float(0), t.float(6)])),
  LeakyRelu: elementwise((t, operands, op) =>
    t.node('LeakyRelu', operands, { alpha: { f: numberOf(op, 'alpha', 0.2) } }),
  ),
  Elu: same('Elu', { alpha: { f: 1 } }),
  Selu: same('Selu'),
  Sigmoid: same('Sigmoid'),
  Tanh: same('Tanh'),
  Softplus: same('Softplus'),
  Exp: same('Exp'),
  Log: same('Log'),
  Sqrt: same('Sqrt'),
  Neg: same('Neg'),
  Abs: same('Abs'),
  Floor: same('Floor'),
  Ceil: same('Ceil'),
  Erf: same('Erf'),
  Cast: (t, op) => {
    const [from, to] = [op.inputs[0]!, op.outputs[0]!].map((value) => t.recording.values[value]!.dtype);
    // tfjs converts some operands to the type that they have.
    if (from === to) t.alias(op.outputs[0]!, op.inputs[0]!);
    else convert(t, op);
  },
  Identity: (t, op) => t.alias(op.outputs[0]!, op.inputs[0]!),
  BiasAdd: (t, op) => {
    const [x, bias] = op.inputs;
    const layout: Layout = t.rank(x!) === 4 ? 'channelsFirst' : 'tensorflow';
    t.bind(op.outputs[0]!, t.node('Add', [t.name(x!, layout), t.operand(bias!, layout)]), layout);
  },
};
