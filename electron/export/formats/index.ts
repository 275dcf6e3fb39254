import { TwinheadError } from '../../common/errors.ts';
import { formatOptions } from '../../common/format-options.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { ModelFormat, ModelWriter } from '../types.ts';
import { onnx } from './onnx/index.ts';
import { safetensors } from './safetensors/index.ts';
import { savedModel } from './saved-model/index.ts';
import { tflite } from './tflite/index.ts';
import { tfjs } from './tfjs/index.ts';

/** Every format that models are exported to. A new one is a folder of its own and a line here. */
export const MODEL_FORMATS: readonly ModelFormat[] = [onnx, tflite, tfjs, savedModel, safetensors];

/** @throws TwinheadError `invalid-input` where there is no such format. */
export function modelFormat(id: string): ModelFormat {
  const format = MODEL_FORMATS.find((candidate) => candidate.id === id);
  if (format !== undefined) return format;
  const known = MODEL_FORMATS.map((candidate) => candidate.id).join(', ');
  throw new TwinheadError('invalid-input', say('export.unknownFormat', { format: id }), {
    place: 'format',
    remedy: say('export.unknownFormat.remedy', { formats: known }),
  });
}

/**
 * A format with its options, which are checked.
 * @throws TwinheadError `invalid-input` where there is no such format or option
 */
export function chooseFormat(id: string, given: Readonly<Record<string, unknown>>): ModelWriter {
  const format = modelFormat(id);
  return format.choose(formatOptions(format, given));
}
