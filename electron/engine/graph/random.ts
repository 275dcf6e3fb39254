import type { Tensor } from '@tensorflow/tfjs';
import type { Engine } from '../types.ts';
import { DATA_TYPES, nodeBackend } from './backend.ts';

/**
 * Uniform numbers in [0, 1) that follow from `seed` (int32 [2]) alone: the same op by op and in a graph, on every
 * run. With the seed from the batch, each step draws its own (for dropout).
 */
export function statelessUniform(engine: Engine, seed: Tensor, shape: readonly number[]): Tensor {
  const backend = nodeBackend(engine);
  const type = (name: string, value: number) => ({ name, type: backend.binding.TF_ATTR_TYPE, value });
  const { int32, float32 } = DATA_TYPES;
  const size = engine.tf.tensor1d([...shape], 'int32');
  try {
    return backend.executeSingleOutput(
      'StatelessRandomUniform',
      [type('T', int32), type('dtype', float32), type('Tseed', int32)],
      [size, seed],
    );
  } finally {
    size.dispose();
  }
}
