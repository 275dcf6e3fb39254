import path from 'node:path';
import type { Tensor4D } from '@tensorflow/tfjs';
import { readWhole, writeAtomically } from '../../../files/index.ts';
import { inEnglish } from '../../../common/sentences/english.ts';
import { say } from '../../../common/sentences/sentence.ts';
import { cardEntries } from '../../card.ts';
import type { ModelCard } from '../../card.ts';
import { INPUT } from '../../network.ts';
import type { ModelFormat, ModelSource, RuntimeModel } from '../../types.ts';
import { encodeModel } from './messages.ts';
import { onnxGraphOf } from './record.ts';
import { openOnnx } from './runtime.ts';

const MODEL_FILE = 'model.onnx';
const LAYOUT = '[batch, 3, size, size]';

export const onnx: ModelFormat = {
  id: 'onnx',
  title: 'ONNX',
  input: { name: INPUT, layout: LAYOUT },
  async write(source, card, folder) {
    const bytes = encodeModel(graphOf(source, card), {
      name: card.run,
      producerVersion: source.appVersion,
      description: inEnglish(say('export.card.title', { run: card.run })),
      metadata: cardEntries(card),
    });
    await writeAtomically(path.join(folder, MODEL_FILE), bytes);
    return [MODEL_FILE];
  },
  async openRuntime(folder): Promise<RuntimeModel> {
    const model = await openOnnx(await readWhole(path.join(folder, MODEL_FILE)));
    return {
      version: model.version,
      async run(images, count, size) {
        const outputs = await model.run({
          [INPUT]: { data: channelsFirst(images, count, size), dims: [count, 3, size, size] },
        });
        return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]));
      },
      close: () => model.close(),
    };
  },
};

function graphOf({ engine, network }: ModelSource, { outputs }: ModelCard) {
  const { inputSize } = network.loaded;
  const parameters = network.parameters('folded');
  try {
    return onnxGraphOf(
      engine,
      (inputs) => network.run('folded', parameters, inputs[INPUT] as Tensor4D),
      { [INPUT]: [inputSize, inputSize, 3] },
      { inputs: { [INPUT]: `${LAYOUT}, RGB, 0 to 255, letterboxed` }, outputs },
    );
  } finally {
    engine.tf.dispose(parameters);
  }
}

/** Images [count, size, size, 3] → [count, 3, size, size]. */
function channelsFirst(data: Float32Array, count: number, size: number): Float32Array {
  const positions = size * size;
  const result = new Float32Array(count * positions * 3);
  for (let image = 0; image < count; image++) {
    for (let position = 0; position < positions; position++) {
      for (let channel = 0; channel < 3; channel++) {
        result[(image * 3 + channel) * positions + position] =
          data[(image * positions + position) * 3 + channel]!;
      }
    }
  }
  return result;
}
