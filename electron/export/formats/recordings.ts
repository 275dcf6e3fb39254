import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import { record } from '../../engine/graph/index.ts';
import type { NamedTensors, RecordedConstant, Recording } from '../../engine/graph/index.ts';
import type { Engine } from '../../engine/types.ts';
import { INPUT } from '../network.ts';
import type { ModelSource } from '../types.ts';

/** Two numbers of images that no network has as the side of anything by chance at the same position. */
const BATCHES = [2, 3] as const;

/**
 * What a function of named inputs does, recorded with two numbers of images: what differs between the two is their
 * number, and stays free in an exported model. Weights are constants of the recordings.
 * @param shapes of the inputs without their first side, the batch
 * @throws GraphError where it cannot be recorded, TwinheadError as the writer of the format says
 */
export function recordTwice(
  engine: Engine,
  fn: (inputs: Record<string, Tensor>) => NamedTensors,
  shapes: Readonly<Record<string, readonly number[]>>,
): readonly [Recording, Recording] {
  const [recording, twin] = BATCHES.map((batch) => {
    const inputs = Object.entries(shapes).map(
      ([name, shape]) => [name, engine.tf.zeros([batch, ...shape])] as const,
    );
    try {
      return record(engine, fn, Object.fromEntries(inputs), { foldConstants: true });
    } finally {
      for (const [, tensor] of inputs) tensor.dispose();
    }
  });
  return [recording!, twin!];
}

/** What a network does with its batch norm folded into its weights, recorded as {@link recordTwice} does. */
export function recordNetwork({ engine, network }: ModelSource): readonly [Recording, Recording] {
  const { inputSize } = network.loaded;
  const parameters = network.parameters('folded');
  try {
    return recordTwice(engine, (inputs) => network.run('folded', parameters, inputs[INPUT] as Tensor4D), {
      [INPUT]: [inputSize, inputSize, 3],
    });
  } finally {
    engine.tf.dispose(parameters);
  }
}

/** Whether both have the same operations in the same order. */
export function areAlike({ ops }: Recording, twin: Recording): boolean {
  return ops.map(({ op }) => op).join() === twin.ops.map(({ op }) => op).join();
}

/** To the bit. */
export const isSameConstant = (one: RecordedConstant, other: RecordedConstant): boolean =>
  one.shape.join() === other.shape.join() &&
  one.data.every((element, at) => Object.is(element, other.data[at]));

/** -1 where the two differ: there, the number is the batch (or a multiple of it). */
export function freed(numbers: readonly number[], twin: readonly number[]): number[] {
  return numbers.map((number, i) => (number === twin[i] ? number : -1));
}

/** A defect of ours, not of the person's input: the network uses something that the writer has no rule for. */
export function notTranslated(format: string, reason: Sentence): TwinheadError {
  return new TwinheadError('internal', say('export.notTranslated', { format, reason }), {
    remedy: say('export.notTranslated.remedy'),
  });
}
