import path from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { TwinheadError } from '../../../common/errors.ts';
import { help, named } from '../../../common/sentences/help.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Engine } from '../../../engine/types.ts';
import { findResource, readWhole, writeAtomically } from '../../../files/index.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../learning/base/safetensors.ts';
import type { StoredTensor } from '../../../learning/base/safetensors.ts';
import { PixelFile } from '../../../learning/samples/pixel-file.ts';
import { cardEntries } from '../../card.ts';
import { INPUT } from '../../network.ts';
import { refusedBy } from '../../parity.ts';
import type { ModelFormat, ModelSource, ModelWriter, RuntimeModel } from '../../types.ts';
import { layersOf } from '../layers.ts';
import { recordNetwork } from '../recordings.ts';
import { TENSORFLOW_INPUT } from '../tensorflow/graph.ts';
import { configText, NetworkConfig } from './config.ts';
import { runLayers } from './interpret.ts';

const MODEL_FILE = 'model.safetensors';
const CONFIG_FILE = 'config.json';
const SCRIPT_FILE = 'run.py';
const SAMPLE_FILE = 'sample.safetensors';

const OPTIONS = z.object({
  sample: z
    .boolean()
    .default(true)
    .meta({
      ...help(say('export.safetensors.sample', { script: SCRIPT_FILE })),
      ...named(say('export.safetensors.sample.name')),
    }),
});

/** Weights by name, what to do with them, and a script that does it: for whoever builds the network elsewhere. */
export const safetensors: ModelFormat<z.infer<typeof OPTIONS>> = {
  id: 'safetensors',
  title: 'safetensors (NumPy, PyTorch)',
  verifiedWhere: null,
  options: OPTIONS,
  choose: ({ sample }): ModelWriter => ({
    input: TENSORFLOW_INPUT,
    suppresses: false,
    largestDrop: null,
    exact: null,
    calibrates: false,
    async write(source, card, folder) {
      const { network } = source;
      const list = layersOf('safetensors', ...recordNetwork(source), network.loaded.folded);
      const parts: Record<string, string | Uint8Array> = {
        [MODEL_FILE]: encoded(list.tensors, cardEntries(card)),
        [CONFIG_FILE]: configText(list, card, network),
        [SCRIPT_FILE]: await scriptText(),
        ...(sample ? { [SAMPLE_FILE]: encoded(sampleOf(source), {}) } : {}),
      };
      for (const [name, content] of Object.entries(parts))
        await writeAtomically(path.join(folder, name), content);
      return [MODEL_FILE, CONFIG_FILE, SCRIPT_FILE, ...(sample ? [SAMPLE_FILE] : [])];
    },
    openRuntime: (folder, source) => openRuntime(folder, source.engine),
  }),
};

const encoded = (
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array => Buffer.concat(encodeSafetensors({ metadata, tensors }));

async function scriptText(): Promise<Uint8Array> {
  const relative = path.join('resources', 'models', SCRIPT_FILE);
  const file = findResource(relative);
  if (file !== null) return readWhole(file);
  throw new TwinheadError('not-found', say('export.noScript'), {
    file: relative,
    remedy: say('export.noScript.remedy'),
  });
}

/** The first image that the export is verified on, and what the engine gives of it. */
function sampleOf({ engine: { tf }, network, verified }: ModelSource): Map<string, StoredTensor> {
  const { pixelFile, size, images } = verified;
  const data = new Float32Array(size * size * 3);
  const pixels = new PixelFile(pixelFile, size);
  try {
    pixels.copyRow(images[0]!.sample.row, data, 0);
  } finally {
    pixels.close();
  }
  const image = { shape: [1, size, size, 3], data };
  const outputs = tf.tidy(() => {
    const given = tf.tensor4d(data, [1, size, size, 3]);
    return network.run('inference', network.parameters('inference'), given);
  });
  const expected = Object.entries(outputs).map(([name, tensor]): [string, StoredTensor] => [
    name,
    { shape: tensor.shape, data: tensor.dataSync<'float32'>() },
  ]);
  tf.dispose(outputs);
  return new Map([[INPUT, image], ...expected]);
}

/** The files as they were written, read again and run layer by layer. */
async function openRuntime(folder: string, engine: Engine): Promise<RuntimeModel> {
  const { tf } = engine;
  const text = (await readWhole(path.join(folder, CONFIG_FILE))).toString('utf8');
  const config = NetworkConfig.safeParse(JSON.parse(text));
  if (!config.success) throw refusedBy(CONFIG_FILE, config.error.message);
  const file = path.join(folder, MODEL_FILE);
  const { tensors } = decodeSafetensors(await readWhole(file), file);
  const weights = new Map(
    [...tensors].map(([name, { shape, data }]): [string, Tensor] => [name, tf.tensor(data, [...shape])]),
  );
  return {
    version: `TensorFlow ${engine.tensorflowVersion} (by ${CONFIG_FILE})`,
    batch: null,
    run(images, count, size) {
      const data = images.subarray(0, count * size * size * 3);
      const outputs = runLayers(engine, config.data, weights, {
        ...{ name: INPUT, data, shape: [count, size, size, 3] },
      });
      const values = Object.entries(outputs).map(([name, tensor]): [string, Float32Array] => [
        name,
        tensor.dataSync<'float32'>(),
      ]);
      tf.dispose(outputs);
      return Promise.resolve(Object.fromEntries(values));
    },
    close() {
      tf.dispose([...weights.values()]);
      return Promise.resolve();
    },
  };
}
