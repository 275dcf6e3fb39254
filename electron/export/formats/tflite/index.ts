import path from 'node:path';
import { z } from 'zod';
import { inEnglish } from '../../../common/sentences/english.ts';
import { say } from '../../../common/sentences/sentence.ts';
import { writeAtomically } from '../../../files/index.ts';
import { INPUT } from '../../network.ts';
import type { ModelFormat, ModelWriter } from '../../types.ts';
import { layersOf } from '../layers.ts';
import { precisionOptions } from '../precision.ts';
import { recordNetwork } from '../recordings.ts';
import { TENSORFLOW_INPUT } from '../tensorflow/graph.ts';
import { liteGraph } from './graph.ts';
import { openLiteRt } from './runtime.ts';
import { encodeLiteModel } from './schema.ts';

const MODEL_FILE = 'model.tflite';
/** Name of the buffer that has the card of the model, as JSON. */
const METADATA = 'TWINHEAD_METADATA';

const OPTIONS = z.object(precisionOptions(say('export.tflite.precision')));
type Options = z.infer<typeof OPTIONS>;

/** For phones and small computers: TensorFlow Lite, which is called LiteRT now. */
export const tflite: ModelFormat<Options> = {
  id: 'tflite',
  title: 'TFLite (LiteRT)',
  verifiedWhere: say('export.tflite.verifiedWhere'),
  options: OPTIONS,
  choose,
};

function choose(options: Options): ModelWriter {
  const isExact = options.precision === 'float32';
  return {
    input: TENSORFLOW_INPUT,
    suppresses: false,
    largestDrop: isExact ? null : options.largestDrop,
    exact: isExact ? null : choose({ ...options, precision: 'float32' }),
    calibrates: false,
    async write(source, card, folder) {
      const list = layersOf('TFLite', ...recordNetwork(source), source.network.loaded.folded);
      const bytes = encodeLiteModel({
        ...liteGraph(list, INPUT, options.precision),
        description: inEnglish(say('export.card.title', { run: card.run })),
        metadata: { [METADATA]: JSON.stringify(card) },
      });
      await writeAtomically(path.join(folder, MODEL_FILE), bytes);
      return [MODEL_FILE];
    },
    openRuntime: (folder) => openLiteRt(path.join(folder, MODEL_FILE)),
  };
}
