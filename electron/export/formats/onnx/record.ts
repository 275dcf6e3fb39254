import type { Tensor } from '@tensorflow/tfjs';
import { record } from '../../../engine/graph/index.ts';
import type { NamedTensors } from '../../../engine/graph/index.ts';
import type { Engine } from '../../../engine/types.ts';
import type { OnnxGraph } from './messages.ts';
import { translate } from './translate.ts';
import type { PortDescriptions } from './translate.ts';

/** Two numbers of images that no network has as the side of anything by chance at the same position. */
const BATCHES = [2, 3] as const;

/**
 * The ONNX graph of a function of named inputs whose first side is the batch.
 * @param shapes of the inputs without the batch
 * @throws TwinheadError `internal` where it cannot be written, GraphError where it cannot be recorded.
 */
export function onnxGraphOf(
  engine: Engine,
  fn: (inputs: Record<string, Tensor>) => NamedTensors,
  shapes: Readonly<Record<string, readonly number[]>>,
  about: PortDescriptions = { inputs: {}, outputs: {} },
): OnnxGraph {
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
  return translate(recording!, twin!, about);
}
