import path from 'node:path';
import { z } from 'zod';
import { readWhole, writeAtomically } from '../../../files/index.ts';
import { inEnglish } from '../../../common/sentences/english.ts';
import { help, named, needs } from '../../../common/sentences/help.ts';
import { say } from '../../../common/sentences/sentence.ts';
import { cardEntries } from '../../card.ts';
import { INPUT } from '../../network.ts';
import { DETECTIONS, suppressionOf } from '../../suppression.ts';
import type { ModelCard, ModelFormat, ModelSource, ModelWriter, RuntimeModel } from '../../types.ts';
import { precisionOptions } from '../precision.ts';
import { recordNetwork } from '../recordings.ts';
import { rangesOf } from './calibrate.ts';
import { withHalf } from './half.ts';
import { feedOf, INPUTS, withInput } from './input.ts';
import type { Preprocessing } from './input.ts';
import { integerTensors, withIntegers } from './integers.ts';
import { encodeModel } from './messages.ts';
import type { OnnxGraph } from './messages.ts';
import { inOpset, NEWEST_OPSET, OPSET } from './opset.ts';
import { openOnnx } from './runtime.ts';
import { translate } from './translate.ts';
import { withSuppression } from './suppress.ts';
import { ultralyticsEntries } from './ultralytics.ts';

const MODEL_FILE = 'model.onnx';

const OPTIONS = z.object({
  suppression: z
    .boolean()
    .default(false)
    .meta({
      ...needs('object'),
      ...help(say('export.onnx.suppression')),
      ...named(say('export.onnx.suppression.name')),
    }),
  preprocessing: z
    .enum(['none', 'bytes', 'unit'] satisfies Preprocessing[])
    .default('none')
    .meta({
      ...help(say('export.onnx.preprocessing')),
      ...named(say('export.onnx.preprocessing.name'), {
        none: say('export.onnx.preprocessing.none'),
        bytes: say('export.onnx.preprocessing.bytes'),
        unit: say('export.onnx.preprocessing.unit'),
      }),
    }),
  ...precisionOptions(say('export.onnx.precision')),
  opset: z
    .int()
    .min(OPSET)
    .max(NEWEST_OPSET)
    .default(OPSET)
    .meta({
      ...help(say('export.onnx.opset')),
      ...named(say('export.onnx.opset.name')),
    }),
});
type Options = z.infer<typeof OPTIONS>;

export const onnx: ModelFormat<Options> = {
  id: 'onnx',
  title: 'ONNX',
  verifiedWhere: null,
  options: OPTIONS,
  choose,
};

function choose(options: Options): ModelWriter {
  const { precision } = options;
  return {
    input: INPUTS[options.preprocessing],
    suppresses: options.suppression,
    largestDrop: precision === 'float32' ? null : options.largestDrop,
    exact: precision === 'float32' ? null : choose({ ...options, precision: 'float32' }),
    calibrates: precision === 'int8',
    async write(source, card, folder) {
      const { levels } = source.network.loaded.model.grid;
      const graph = inOpset(await graphOf(source, card, options), options.opset);
      const bytes = encodeModel(graph, {
        opset: options.opset,
        name: card.run,
        producerVersion: source.appVersion,
        description: inEnglish(say('export.card.title', { run: card.run })),
        metadata: {
          ...cardEntries(card),
          ...(options.suppression && options.preprocessing === 'unit'
            ? ultralyticsEntries(card, Math.max(...levels.map(({ stride }) => stride)))
            : {}),
        },
      });
      await writeAtomically(path.join(folder, MODEL_FILE), bytes);
      return [MODEL_FILE];
    },
    openRuntime: (folder) => openRuntime(path.join(folder, MODEL_FILE), options.preprocessing),
  };
}

async function openRuntime(file: string, preprocessing: Preprocessing): Promise<RuntimeModel> {
  const model = await openOnnx(await readWhole(file));
  return {
    version: model.version,
    batch: preprocessing === 'unit' ? 1 : null,
    async run(images, count, size) {
      const outputs = await model.run({ [INPUT]: feedOf(preprocessing, images, count, size) });
      return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]));
    },
    close: () => model.close(),
  };
}

/** An exported model as it lies in a folder, for somebody who wants to run it only. */
export interface OpenedModel {
  readonly version: string;
  /** Images that it takes at once; null: any number. */
  readonly batch: number | null;
  /** Lays images [count, size, size, 3], 0 to 255, out as the model takes them. @returns runs it on them */
  prepare(images: Float32Array, count: number, size: number): () => Promise<unknown>;
  close(): Promise<void>;
}

const Card = z.object({ input: z.object({ layout: z.string(), type: z.string() }) });

/** @throws TwinheadError as openOnnx does, and where model.json beside it is not one of ours */
export async function openExported(folder: string): Promise<OpenedModel> {
  const { input } = Card.parse(
    JSON.parse((await readWhole(path.join(folder, 'model.json'))).toString('utf8')),
  );
  const preprocessing = (['none', 'bytes', 'unit'] as const).find(
    (one) => INPUTS[one].layout === input.layout && INPUTS[one].type === input.type,
  );
  if (preprocessing === undefined) throw new Error(`model.json has an unknown layout: ${input.layout}`);
  const model = await openOnnx(await readWhole(path.join(folder, MODEL_FILE)));
  return {
    version: model.version,
    batch: preprocessing === 'unit' ? 1 : null,
    prepare(images, count, size) {
      const feeds = { [INPUT]: feedOf(preprocessing, images, count, size) };
      return () => model.run(feeds);
    },
    close: () => model.close(),
  };
}

async function graphOf(source: ModelSource, card: ModelCard, options: Options): Promise<OnnxGraph> {
  const { input, outputs } = card;
  const [low, high] = input.range;
  const [recording, twin] = recordNetwork(source);
  const exact = translate(recording, twin, {
    inputs: { [INPUT]: `${input.layout}, RGB, ${low} to ${high}, letterboxed` },
    outputs,
  });
  const graph = await inPrecision(exact, options.precision, source);
  const complete = options.suppression
    ? withSuppression(graph, suppressionOf(card), outputs[DETECTIONS] ?? '')
    : graph;
  return withInput(complete, options.preprocessing);
}

async function inPrecision(
  exact: OnnxGraph,
  precision: Options['precision'],
  { calibration }: ModelSource,
): Promise<OnnxGraph> {
  if (precision === 'float32') return exact;
  if (precision === 'float16') return withHalf(exact);
  return withIntegers(exact, await rangesOf(exact, integerTensors(exact), calibration));
}
