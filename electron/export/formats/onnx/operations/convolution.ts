import { say } from '../../../../common/sentences/sentence.ts';
import type { RecordedOp, ValueId } from '../../../../engine/graph/types.ts';
import { samePadding } from '../../padding.ts';
import { transposeElements, transposeShape } from '../layout.ts';
import type { OnnxAttribute } from '../messages.ts';
import { cannotTranslate, flagOf, integersOf, numberOf, textOf } from '../translation.ts';
import type { Translation } from '../translation.ts';
import type { Rule, Rules } from './types.ts';

/** Entries of a list of four that belong to height and width. */
const spatial = (perAxis: readonly number[]): [number, number] => [perAxis[1]!, perAxis[2]!];

/** Attribute `pads` [top, left, bottom, right], spelled out: ONNX's own SAME_UPPER is deprecated. */
function padding(
  t: Translation,
  op: RecordedOp,
  input: ValueId,
  windows: readonly number[],
  strides: readonly number[],
): number[] {
  const rule = textOf(op, 'padding', 'VALID');
  if (rule === 'VALID') return [0, 0, 0, 0];
  if (rule !== 'SAME') throw cannotTranslate(say('export.onnx.padding', { rule }));
  const sides = spatial(t.shape(input));
  const [vertical, horizontal] = sides.map((side, i) => samePadding(side, windows[i]!, strides[i]!));
  return [vertical![0], horizontal![0], vertical![1], horizontal![1]];
}

/** Kernel [height, width, inputs, outputs] → [outputs, inputs, height, width]. */
const KERNEL_ORDER = [3, 2, 0, 1] as const;

function convolution(
  t: Translation,
  op: RecordedOp,
  kernel: { shape: readonly number[]; data: Float32Array; groups: number },
): void {
  const [x] = op.inputs;
  const strides = spatial(integersOf(op, 'strides'));
  const dilations =
    op.attributes['dilations'] === undefined ? ([1, 1] as const) : spatial(integersOf(op, 'dilations'));
  const sides = [kernel.shape[2]!, kernel.shape[3]!];
  const windows = sides.map((side, i) => (side - 1) * dilations[i]! + 1);
  const weights = t.initializer({ type: 'float32', shape: kernel.shape, data: kernel.data });
  const y = t.node('Conv', [t.name(x!, 'channelsFirst'), weights], {
    kernel_shape: { ints: sides },
    strides: { ints: strides },
    dilations: { ints: dilations },
    pads: { ints: padding(t, op, x!, windows, strides) },
    group: { i: kernel.groups },
  });
  t.bind(op.outputs[0]!, y, 'channelsFirst');
}

function floats(t: Translation, value: ValueId): { shape: readonly number[]; data: Float32Array } {
  const { shape, data } = t.constant(value);
  if (!(data instanceof Float32Array)) throw cannotTranslate(say('export.onnx.weightType'));
  return { shape, data };
}

function pool(name: string, attributes: Readonly<Record<string, OnnxAttribute>>): Rule {
  return (t, op) => {
    const [x] = op.inputs;
    const windows = spatial(integersOf(op, 'ksize'));
    const strides = spatial(integersOf(op, 'strides'));
    const y = t.node(name, [t.name(x!, 'channelsFirst')], {
      kernel_shape: { ints: windows },
      strides: { ints: strides },
      pads: { ints: padding(t, op, x!, windows, strides) },
      ...attributes,
    });
    t.bind(op.outputs[0]!, y, 'channelsFirst');
  };
}

const batchNorm: Rule = (t, op) => {
  if (flagOf(op, 'is_training')) throw cannotTranslate(say('export.onnx.batchNorm'));
  const [x, ...statistics] = op.inputs;
  const y = t.node(
    'BatchNormalization',
    [t.name(x!, 'channelsFirst'), ...statistics.map((value) => t.name(value))],
    {
      epsilon: { f: numberOf(op, 'epsilon', 1e-4) },
    },
  );
  t.bind(op.outputs[0]!, y, 'channelsFirst');
};

/** Scale an axis by this to get exactly `output` from `input` positions: ONNX rounds input · scale down. */
function exactScale(input: number, output: number): number {
  const scale = Math.fround(output / input);
  return Math.floor(Math.fround(scale * input)) === output ? scale : Math.fround(scale * (1 + 2 ** -23));
}

function resize(mode: 'nearest' | 'linear'): Rule {
  return (t, op) => {
    const [x] = op.inputs;
    const from = spatial(t.shape(x!));
    const to = spatial(t.shape(op.outputs[0]!));
    const halfPixel = flagOf(op, 'half_pixel_centers');
    const corners = flagOf(op, 'align_corners');
    const scales = t.initializer({
      type: 'float32',
      shape: [4],
      data: Float32Array.of(1, 1, exactScale(from[0], to[0]), exactScale(from[1], to[1])),
    });
    const attributes: Record<string, OnnxAttribute> = {
      mode: { s: mode },
      coordinate_transformation_mode: {
        s: corners ? 'align_corners' : halfPixel ? 'half_pixel' : 'asymmetric',
      },
    };
    // TensorFlow takes the position that the coordinate falls into, with aligned corners the nearest one.
    if (mode === 'nearest')
      attributes['nearest_mode'] = { s: corners || halfPixel ? 'round_prefer_ceil' : 'floor' };
    const y = t.node('Resize', [t.name(x!, 'channelsFirst'), '', scales], attributes);
    t.bind(op.outputs[0]!, y, 'channelsFirst');
  };
}

export const convolutionRules: Rules = {
  Conv2D: (t, op) => {
    const { shape, data } = floats(t, op.inputs[1]!);
    const inputs = t.shape(op.inputs[0]!)[3]!;
    convolution(t, op, {
      shape: transposeShape(shape, KERNEL_ORDER),
      data: transposeElements(data, shape, KERNEL_ORDER),
      groups: inputs / shape[2]!,
    });
  },
  DepthwiseConv2dNative: (t, op) => {
    const { shape, data } = floats(t, op.inputs[1]!);
    const [height, width, channels, multiplier] = shape as [number, number, number, number];
    // [height, width, channels, multiplier] → [channels · multiplier, 1, height, width]; outputs lie channel by channel.
    convolution(t, op, {
      shape: [channels * multiplier, 1, height, width],
      data: transposeElements(data, [height, width, channels * multiplier], [2, 0, 1]),
      groups: channels,
    });
  },
  MaxPool: pool('MaxPool', {}),
  AvgPool: pool('AveragePool', { count_include_pad: { i: 0 } }),
  FusedBatchNorm: batchNorm,
  FusedBatchNormV3: batchNorm,
  ResizeNearestNeighbor: resize('nearest'),
  ResizeBilinear: resize('linear'),
};
