import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { createKernels } from '../engine/kernels.ts';
import type { Engine } from '../engine/types.ts';
import { loadModel } from '../learning/index.ts';
import type { LoadedModel } from '../learning/index.ts';

export const INPUT = 'images';

/** A trained network as exports see it: images in, named outputs out. */
export interface ExportedNetwork {
  readonly loaded: LoadedModel;
  /**
   * images [batch, size, size, 3], 0 to 255 → the outputs of its heads by name (learning/heads).
   * @param mode `folded` takes the weights with batch norm inside, `inference` weights and running statistics
   */
  run(
    mode: 'folded' | 'inference',
    parameters: Readonly<Record<string, Tensor>>,
    images: Tensor4D,
  ): Record<string, Tensor>;
  /** The tensors that `run` takes; they belong to the caller. */
  parameters(mode: 'folded' | 'inference'): Record<string, Tensor>;
}

/** In the order of its heads. */
export const outputNames = ({ loaded }: ExportedNetwork): string[] =>
  loaded.model.heads.flatMap((head) => head.outputs.map(({ name }) => name));

/** @throws TwinheadError as loadModel does. */
export async function openNetwork(engine: Engine, checkpointFile: string): Promise<ExportedNetwork> {
  const loaded = await loadModel(checkpointFile);
  const { tf } = engine;
  const kernels = createKernels(engine);
  return {
    loaded,
    run: (mode, parameters, images) => loaded.model.infer(tf, kernels, parameters, images, mode, 'exported'),
    parameters(mode) {
      const arrays = mode === 'folded' ? [...loaded.folded] : [...loaded.parameters, ...loaded.statistics];
      return Object.fromEntries(arrays.map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]));
    },
  };
}
