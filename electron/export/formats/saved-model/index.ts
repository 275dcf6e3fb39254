import path from 'node:path';
import { z } from 'zod';
import { GraphError } from '../../../engine/graph/index.ts';
import { SAVED_MODEL_FILE, encodeSavedModel } from '../../../engine/graph/messages.ts';
import { GraphSession } from '../../../engine/graph/session.ts';
import type { Engine } from '../../../engine/types.ts';
import { writeAtomically } from '../../../files/index.ts';
import { INPUT, outputNames } from '../../network.ts';
import { refusedBy } from '../../parity.ts';
import type { ModelFormat, ModelSource, RuntimeModel } from '../../types.ts';
import { TENSORFLOW_INPUT, networkGraph } from '../tensorflow/graph.ts';

/** TensorFlow's own: one file with the graph and its weights, and a signature `serving_default`. */
export const savedModel: ModelFormat = {
  id: 'saved-model',
  title: 'SavedModel (TensorFlow)',
  verifiedWhere: null,
  options: z.object({}),
  choose: () => ({
    input: TENSORFLOW_INPUT,
    suppresses: false,
    largestDrop: null,
    exact: null,
    calibrates: false,
    async write(source, _card, folder) {
      const { nodes, signature } = networkGraph(source);
      await writeAtomically(path.join(folder, SAVED_MODEL_FILE), encodeSavedModel(nodes, signature));
      return [SAVED_MODEL_FILE];
    },
    openRuntime: async (folder, source) => openRuntime(folder, source),
  }),
};

function openSession(engine: Engine, folder: string): GraphSession {
  try {
    return new GraphSession(engine, folder);
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    throw refusedBy('TensorFlow', error.said);
  }
}

function openRuntime(folder: string, { engine, network }: ModelSource): RuntimeModel {
  const session = openSession(engine, folder);
  const outputs = outputNames(network);
  return {
    version: `TensorFlow ${engine.tensorflowVersion}`,
    batch: null,
    run(images, count, size) {
      const shape = [count, size, size, 3];
      const feed = images.subarray(0, count * size * size * 3);
      const slot = { name: INPUT, feed: INPUT, expected: { dtype: 'float32', shape } } as const;
      const tensors = session.run([slot], [feed], outputs, []);
      const values = tensors.map((tensor) => tensor.dataSync<'float32'>());
      engine.tf.dispose(tensors);
      return Promise.resolve(Object.fromEntries(outputs.map((name, at) => [name, values[at]!])));
    },
    close() {
      session.dispose();
      return Promise.resolve();
    },
  };
}
