import { createHash } from 'node:crypto';
import type { Tensor4D } from '@tensorflow/tfjs';
import { TwinheadError } from '../common/errors.ts';
import type { Certificate } from '../common/jobs.ts';
import { say } from '../common/sentences/sentence.ts';
import { compileFunction } from '../engine/graph/index.ts';
import { readWhole } from '../files/index.ts';
import { PixelFile } from '../learning/samples/pixel-file.ts';
import { INPUT } from './network.ts';
import type { ExportedNetwork } from './network.ts';
import { mismatch, ParityCheck } from './parity.ts';
import { ScoreDrop } from './score-drop.ts';
import { DETECTION_NUMBERS, DETECTIONS, keepsTheSame } from './suppression.ts';
import type { Suppression } from './suppression.ts';
import type { ExportProgress, ExportRequest, ModelSource, RuntimeModel } from './types.ts';

/** Images compared at once; the first one is also compared alone, so that a free batch side is shown to be free. */
export const BATCH = 8;

/** What is verified. */
export interface ExportedModel {
  readonly model: RuntimeModel;
  /** Its SHA-256 is named by the certificate. */
  readonly modelFile: string;
  /** What the model does by itself with the boxes that it finds; null: nothing. */
  readonly suppression: Suppression | null;
  /** As the writer says. */
  readonly largestDrop: number | null;
}

/**
 * Runs the exported model in its own runtime and the engine, batch norm apart, on the same images. Boxes that the model
 * suppresses are compared to the bit with those that Twinhead keeps of the model’s own predictions.
 * @throws TwinheadError `export-mismatch`, `cancelled`
 */
export async function verify(
  { engine, network }: ModelSource,
  { model, modelFile, suppression, largestDrop }: ExportedModel,
  { pixelFile, images }: ExportRequest,
  onProgress: (progress: ExportProgress) => void,
  shouldStop: () => boolean,
): Promise<Certificate> {
  const { inputSize } = network.loaded;
  const check = expectedParity(network, largestDrop === null);
  const drop = largestDrop === null ? null : new ScoreDrop(network.loaded, largestDrop);
  const batch = Math.min(model.batch ?? BATCH, images.length);
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
  const pixels = new PixelFile(pixelFile, inputSize);
  let detections = 0;
  const times: Record<'engine' | 'runtime', number[]> = { engine: [], runtime: [] };
  /** Gives the exported model the first `count` images of a batch at once; returns what it says. */
  const compare = async (
    data: Float32Array,
    count: number,
    expected: Readonly<Record<string, Float32Array>>,
    alone = false,
  ): Promise<Record<string, Float32Array>> => {
    const begin = performance.now();
    const outputs = await model.run(data, count, inputSize);
    if (count === batch) times.runtime.push(performance.now() - begin);
    for (const [name, values] of Object.entries(expected)) {
      const share = (values.length / batch) * count;
      check.compare(name, outputs[name] ?? [], values.subarray(0, share));
    }
    // The first image alone is one of the first batch.
    const kept = suppression === null ? 0 : countDetections(outputs, count, suppression);
    if (!alone) detections += kept;
    return outputs;
  };
  try {
    const data = new Float32Array(batch * rowSize);
    for (let start = 0; start < images.length; start += batch) {
      if (shouldStop()) throw new TwinheadError('cancelled', say('export.cancelled'));
      const part = images.slice(start, start + batch).map(({ sample }) => sample);
      data.fill(0);
      part.forEach(({ row }, slot) => pixels.copyRow(row, data, slot * rowSize));
      const begin = performance.now();
      const expected = reference.run({ [INPUT]: data });
      const values = Object.fromEntries(
        Object.entries(expected).map(([name, tensor]) => [name, tensor.dataSync<'float32'>()]),
      );
      times.engine.push(performance.now() - begin);
      engine.tf.dispose(expected);
      if (start === 0 && batch > 1) await compare(data, 1, values, true);
      const outputs = await compare(data, part.length, values);
      drop?.add(part, values, outputs);
      onProgress({ message: say('jobs.doing.verifying'), done: start + part.length, total: images.length });
    }
    return {
      images: images.length,
      batchSizes: [...new Set([1, batch, images.length % batch || batch])].sort((a, b) => a - b),
      differences: check.finish(),
      ...(suppression === null ? {} : { detections }),
      ...(drop === null ? {} : { scores: drop.finish() }),
      engine: `TensorFlow ${engine.tensorflowVersion} on ${engine.device}`,
      runtime: model.version,
      milliseconds: { engine: middle(times.engine) / batch, runtime: middle(times.runtime) / batch },
      sha256: createHash('sha256')
        .update(await readWhole(modelFile))
        .digest('hex'),
      verifiedAt: new Date().toISOString(),
    };
  } finally {
    pixels.close();
    reference.dispose();
  }
}

/** The median: the first batch, which prepares what later ones find ready, has no weight where there are several. */
export function middle(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
}

/**
 * The boxes that the model kept on each of `count` images.
 * @throws TwinheadError `export-mismatch` where they are not those that Twinhead keeps
 */
function countDetections(
  outputs: Readonly<Record<string, Float32Array>>,
  count: number,
  suppression: Suppression,
): number {
  let found = 0;
  for (let image = 0; image < count; image++) {
    const [rows, boxes, scores] = [DETECTIONS, 'boxes', 'scores'].map((name) => {
      const values = outputs[name] ?? new Float32Array();
      return values.subarray((values.length / count) * image, (values.length / count) * (image + 1));
    });
    if (!keepsTheSame(rows!, boxes!, scores!, suppression)) {
      throw mismatch(say('export.mismatch.detections', { output: DETECTIONS }));
    }
    for (let row = 0; row < rows!.length; row += DETECTION_NUMBERS) if (rows![row + 4]! > 0) found++;
  }
  return found;
}

/** @param exact whether the outputs have to be the engine's */
function expectedParity({ loaded }: ExportedNetwork, exact: boolean): ParityCheck {
  const check = new ParityCheck();
  for (const { name, unit, tolerance, extent } of loaded.model.heads.flatMap((head) => head.outputs)) {
    check.expectOutput(name, unit, exact ? tolerance : null, extent);
  }
  return check;
}
