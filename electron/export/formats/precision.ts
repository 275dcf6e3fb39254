import { z } from 'zod';
import { help, named, onlyWith, SHARE } from '../../common/sentences/help.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';

/** How exactly a format keeps weights. */
const PRECISIONS = ['float32', 'float16', 'int8'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** Options of a format with a choice of precision. @param words what the choice means there */
export const precisionOptions = (words: Sentence) => ({
  precision: z
    .enum(PRECISIONS)
    .default('float32')
    .meta({
      ...help(words),
      ...named(say('export.onnx.precision.name'), {
        float32: say('export.onnx.precision.float32'),
        float16: say('export.onnx.precision.float16'),
        int8: say('export.onnx.precision.int8'),
      }),
    }),
  largestDrop: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .meta({
      ...onlyWith({ precision: ['float16', 'int8'] }),
      ...SHARE,
      ...help(say('export.onnx.largestDrop')),
      ...named(say('export.onnx.largestDrop.name')),
    }),
});
