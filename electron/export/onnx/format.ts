import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Tensor4D } from '@tensorflow/tfjs';
import { TwinheadError } from '../../common/errors.ts';
import { compileFunction } from '../../engine/graph/index.ts';
import { loadEngine } from '../../engine/index.ts';
import type { Engine } from '../../engine/types.ts';
import { PixelFile } from '../../learning/data/pixel-file.ts';
import { cardEntries, cardText, modelCard } from '../card.ts';
import { INPUT, OUTPUTS, openNetwork } from '../network.ts';
import type { ExportedNetwork } from '../network.ts';
import { BOX_TOLERANCE, PROBABILITY_TOLERANCE, ParityCheck } from '../parity.ts';
import type { Certificate, ExportFormat, ExportProgress, ExportRequest } from '../types.ts';
import { encodeModel } from './messages.ts';
import { onnxGraphOf } from './record.ts';
import { openOnnx } from './runtime.ts';
import type { OnnxModel } from './runtime.ts';

const MODEL_FILE = 'model.onnx';
const LAYOUT = '[batch, 3, size, size]';

/** Images compared at once; the first one is also compared alone, so that a free batch side is shown to be free. */
const BATCH = 8;

export const onnxFormat: ExportFormat = {
  name: 'onnx',
  title: 'ONNX',
  async write(request, folder, onProgress, shouldStop) {
    const total = request.rows.length;
    if (total === 0) throw noImages();
    onProgress({ message: 'Reading the model', done: 0, total });
    const engine = await loadEngine(request.engine);
    if (!engine.native) throw noEngine();
    const network = await openNetwork(engine, request.checkpointFile);
    const card = modelCard(network, request, { name: INPUT, layout: LAYOUT });
    onProgress({ message: 'Writing the model', done: 0, total });
    const bytes = encodeModel(graphOf(engine, network, card.outputs), {
      name: card.run,
      producerVersion: request.appVersion,
      description: `Two-headed network of Twinhead, run ${card.run}`,
      metadata: cardEntries(card),
    });
    const certificate = await verify(engine, network, bytes, request, onProgress, shouldStop);
    const files = {
      [MODEL_FILE]: bytes,
      'model.json': JSON.stringify({ ...card, certificate }, null, 2),
      'README.md': cardText(card, certificate, MODEL_FILE),
    };
    for (const [name, content] of Object.entries(files)) {
      await writeFile(path.join(folder, name), content, { flush: true });
    }
    return { files: Object.keys(files), certificate };
  },
};

function graphOf(engine: Engine, network: ExportedNetwork, outputs: Readonly<Record<string, string>>) {
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

/**
 * Runs the written bytes and the engine on the same images. The engine runs the network as `predict` does, with batch
 * norm apart, so that a mistake in folding would show as well.
 */
async function verify(
  engine: Engine,
  network: ExportedNetwork,
  bytes: Uint8Array,
  { pixelFile, rows }: ExportRequest,
  onProgress: (progress: ExportProgress) => void,
  shouldStop: () => boolean,
): Promise<Certificate> {
  const { inputSize } = network.loaded;
  const check = expectedParity(network);
  const batch = Math.min(BATCH, rows.length);
  const rowSize = inputSize * inputSize * 3;
  const parameters = network.parameters('inference');
  const example = engine.tf.zeros([batch, inputSize, inputSize, 3]);
  const reference = compileFunction(
    engine,
    (given, inputs) => network.run('inference', given, inputs[INPUT] as Tensor4D),
    parameters,
    { [INPUT]: example },
  );
  engine.tf.dispose([parameters, example]);
  const model = await openOnnx(bytes);
  const pixels = new PixelFile(pixelFile, inputSize);
  try {
    const data = new Float32Array(batch * rowSize);
    for (let start = 0; start < rows.length; start += batch) {
      if (shouldStop())
        throw new TwinheadError('cancelled', 'The export was cancelled; nothing was written.');
      const part = rows.slice(start, start + batch);
      data.fill(0);
      part.forEach((row, slot) => pixels.copyRow(row, data, slot * rowSize));
      const expected = reference.run({ [INPUT]: data });
      const values = Object.fromEntries(
        Object.entries(expected).map(([name, tensor]) => [name, tensor.dataSync()]),
      );
      engine.tf.dispose(expected);
      await compare(model, check, data, part.length, batch, inputSize, values);
      if (start === 0) await compare(model, check, data, 1, batch, inputSize, values);
      onProgress({ message: 'Comparing outputs', done: start + part.length, total: rows.length });
    }
    return {
      images: rows.length,
      batchSizes: [...new Set([1, batch, rows.length % batch || batch])].sort((a, b) => a - b),
      differences: check.finish(),
      engine: `TensorFlow ${engine.tensorflowVersion} on ${engine.device}`,
      runtime: model.version,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      verifiedAt: new Date().toISOString(),
    };
  } finally {
    pixels.close();
    reference.dispose();
    await model.close();
  }
}

function expectedParity({ loaded }: ExportedNetwork): ParityCheck {
  const check = new ParityCheck();
  if (loaded.imageClasses.length > 0)
    check.expectOutput(OUTPUTS.classes, 'probability', PROBABILITY_TOLERANCE);
  if (loaded.objectClasses.length > 0) {
    check.expectOutput(OUTPUTS.boxes, 'pixels', BOX_TOLERANCE * loaded.inputSize);
    check.expectOutput(OUTPUTS.scores, 'probability', PROBABILITY_TOLERANCE);
  }
  return check;
}

/** The first `count` images of a batch, given to the exported model at once. */
async function compare(
  model: OnnxModel,
  check: ParityCheck,
  data: Float32Array,
  count: number,
  batch: number,
  size: number,
  expected: Readonly<Record<string, ArrayLike<number>>>,
): Promise<void> {
  const images = { data: channelsFirst(data, count, size), dims: [count, 3, size, size] };
  const outputs = await model.run({ [INPUT]: images });
  for (const [name, values] of Object.entries(expected)) {
    const share = (values.length / batch) * count;
    check.compare(name, outputs[name]?.data ?? [], Array.prototype.slice.call(values, 0, share) as number[]);
  }
}

/** Images [count, size, size, 3] → [count, 3, size, size]. */
function channelsFirst(data: Float32Array, count: number, size: number): Float32Array {
  const places = size * size;
  const result = new Float32Array(count * places * 3);
  for (let image = 0; image < count; image++) {
    for (let place = 0; place < places; place++) {
      for (let channel = 0; channel < 3; channel++) {
        result[(image * 3 + channel) * places + place] = data[(image * places + place) * 3 + channel]!;
      }
    }
  }
  return result;
}

function noImages(): TwinheadError {
  return new TwinheadError('unusable-input', 'There is no image to verify the export with.', {
    remedy: 'Put some labelled images into the validation or test split.',
  });
}

function noEngine(): TwinheadError {
  return new TwinheadError('engine-unavailable', 'Exporting needs TensorFlow’s native engine.', {
    remedy: 'Run `npm run setup`, then export again.',
  });
}
