import { say } from '../../../common/sentences/sentence.ts';
import type { OnnxGraph, OnnxValue } from './messages.ts';
import { optimise } from './optimise.ts';
import { convolutionRules } from './operations/convolution.ts';
import { elementwiseRules } from './operations/elementwise.ts';
import { shapeRules } from './operations/shape.ts';
import type { Rules } from './operations/types.ts';
import { Translation, cannotTranslate } from './translation.ts';
import { inLayout } from './layout.ts';
import type { Recording } from '../../../engine/graph/types.ts';

const rules: Rules = { ...convolutionRules, ...elementwiseRules, ...shapeRules };

/** TensorFlow operations that can be written as ONNX. */
export const translatedOperations: readonly string[] = Object.keys(rules);

export interface PortDescriptions {
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Name of the side that any number of images may take. */
const BATCH = 'batch';

/**
 * The ONNX graph of a function that was recorded twice, with two different numbers of images. Weights must be
 * constants of the recordings. Inputs of rank 4 become [batch, channels, height, width]; outputs keep their axes.
 * @throws TwinheadError `internal` where an operation has no counterpart here.
 */
export function translate(recording: Recording, twin: Recording, about: PortDescriptions): OnnxGraph {
  const t = new Translation(recording, twin);
  const inputs: OnnxValue[] = Object.entries(recording.inputs).map(([name, value]) => {
    const isMap = t.rank(value) === 4;
    t.bind(value, name, isMap ? 'channelsFirst' : 'tensorflow');
    const shape = t.freeShape(value).map((side) => (side === -1 ? BATCH : side));
    return {
      name,
      type: recording.values[value]!.dtype,
      shape: isMap ? inLayout('channelsFirst', shape) : shape,
      description: about.inputs[name] ?? '',
    };
  });
  for (const op of recording.ops) {
    const rule = Object.hasOwn(rules, op.op) ? rules[op.op] : undefined;
    if (rule === undefined) throw cannotTranslate(say('export.onnx.operation', { operation: op.op }));
    rule(t, op);
  }
  const outputs: OnnxValue[] = Object.entries(recording.outputs).map(([name, value]) => {
    t.nodes.push({ op: 'Identity', inputs: [t.name(value)], outputs: [name], attributes: {} });
    const shape = t.freeShape(value).map((side) => (side === -1 ? BATCH : side));
    return { name, type: recording.values[value]!.dtype, shape, description: about.outputs[name] ?? '' };
  });
  return optimise({ nodes: t.nodes, initializers: t.initializers, inputs, outputs });
}
