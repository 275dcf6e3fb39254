import type { RecordedOp, Recording } from '../engine/graph/index.ts';

const product = (numbers: readonly number[]): number =>
  numbers.reduce((result, number) => result * number, 1);

const isSet = ({ attributes }: RecordedOp, name: string): boolean => {
  const attribute = attributes[name];
  return attribute?.kind === 'bool' && attribute.value;
};

/**
 * Multiplications with an addition that convolutions and matrix products take: for each number that they give, as many as
 * they sum up. Everything else (activations, resizing, pooling) is left out, as is usual.
 */
export function multiplyAdds({ ops, values }: Pick<Recording, 'ops' | 'values'>): number {
  let sum = 0;
  for (const op of ops) {
    const [left, right] = op.inputs.map((id) => values[id]!.shape);
    const given = product(values[op.outputs[0]!]?.shape ?? []);
    // Filters are [height, width, channels in, channels out], of depthwise ones [height, width, channels, multiplier].
    if (op.op === 'Conv2D') sum += given * product(right!.slice(0, 3));
    else if (op.op === 'DepthwiseConv2dNative') sum += given * product(right!.slice(0, 2));
    else if (op.op === 'BatchMatMulV2') sum += given * left!.at(isSet(op, 'adj_x') ? -2 : -1)!;
  }
  return sum;
}
