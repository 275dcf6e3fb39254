import path from 'node:path';
import type { GraphModel, io } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Engine } from '../../../engine/types.ts';
import { readWhole, writeAtomically } from '../../../files/index.ts';
import { cardEntries } from '../../card.ts';
import { INPUT, outputNames } from '../../network.ts';
import { refusedBy } from '../../parity.ts';
import type { ModelFormat, ModelSource, RuntimeModel } from '../../types.ts';
import { TENSORFLOW_INPUT, networkGraph } from '../tensorflow/graph.ts';
import { graphModel, WEIGHTS_FILE } from './topology.ts';

/** Not model.json, as TensorFlow.js's own converter calls it: that is the card of an export. */
const GRAPH_FILE = 'graph.json';

/** For web pages and Node: a graph, and a file of weights beside it. */
export const tfjs: ModelFormat = {
  id: 'tfjs',
  title: 'TensorFlow.js',
  verifiedWhere: null,
  options: z.object({}),
  choose: () => ({
    input: TENSORFLOW_INPUT,
    suppresses: false,
    largestDrop: null,
    exact: null,
    calibrates: false,
    async write(source, card, folder) {
      const { json, weights } = graphModel(networkGraph(source), card.producer, cardEntries(card));
      await writeAtomically(path.join(folder, GRAPH_FILE), json);
      await writeAtomically(path.join(folder, WEIGHTS_FILE), weights);
      return [GRAPH_FILE, WEIGHTS_FILE];
    },
    openRuntime,
  }),
};

interface GraphFile {
  readonly modelTopology: object;
  readonly signature: object;
  readonly weightsManifest: readonly { readonly weights: io.WeightsManifestEntry[] }[];
}

async function loadGraph({ tf }: Engine, folder: string): Promise<GraphModel> {
  const text = (await readWhole(path.join(folder, GRAPH_FILE))).toString('utf8');
  const { modelTopology, signature, weightsManifest } = JSON.parse(text) as GraphFile;
  const weights = await readWhole(path.join(folder, WEIGHTS_FILE));
  try {
    return await tf.loadGraphModel({
      load: () =>
        Promise.resolve({
          modelTopology,
          signature,
          weightSpecs: weightsManifest.flatMap((group) => group.weights),
          weightData: Uint8Array.from(weights).buffer,
        }),
    });
  } catch (error) {
    throw refusedBy('TensorFlow.js', String(error));
  }
}

async function openRuntime(folder: string, { engine, network }: ModelSource): Promise<RuntimeModel> {
  const { tf } = engine;
  const model = await loadGraph(engine, folder);
  const outputs = outputNames(network);
  return {
    version: `TensorFlow.js ${tf.version.tfjs} in Node`,
    batch: null,
    run(images, count, size) {
      const values = tf.tidy(() => {
        const given = tf.tensor4d(images.subarray(0, count * size * size * 3), [count, size, size, 3]);
        return [model.execute({ [INPUT]: given }, outputs)]
          .flat()
          .map((tensor) => tensor.dataSync<'float32'>());
      });
      return Promise.resolve(Object.fromEntries(outputs.map((name, at) => [name, values[at]!])));
    },
    close() {
      model.dispose();
      return Promise.resolve();
    },
  };
}
