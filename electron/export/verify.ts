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
import { ParityCheck } from './parity.ts';
import type { ExportProgress, ExportRequest, ModelSource, RuntimeModel } from './types.ts';

/** Images compared at once; the first one is also compared alone, so that a free batch side is shown to be free. */
const BATCH = 8;

/**
 * Runs the exported model in its own runtime and the engine on the same images. The engine runs the network as
 * `predict` does, with batch norm apart, so that a mistake in folding would show as well.
 * @param modelFile whose SHA-256 the certificate names
 * @throws TwinheadError `export-mismatch`, `cancelled`
 */
export async function verify(
  { engine, network }: ModelSource,
  model: RuntimeModel,
  modelFile: string,
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
  const pixels = new PixelFile(pixelFile, inputSize);
  /** The first `count` images of a batch, given to the exported model at once. */
  const compare = async (
    data: Float32Array,
    count: number,
    expected: Readonly<Record<string, ArrayLike<number>>>,
  ): Promise<void> => {
    const outputs = await model.run(data, count, inputSize);
    for (const [name, values] of Object.entries(expected)) {
      const share = (values.length / batch) * count;
      check.compare(name, outputs[name] ?? [], Array.prototype.slice.call(values, 0, share) as number[]);
    }
  };
  try {
    const data = new Float32Array(batch * rowSize);
    for (let start = 0; start < rows.length; start += batch) {
      if (shouldStop()) throw new TwinheadError('cancelled', say('export.cancelled'));
      const part = rows.slice(start, start + batch);
      data.fill(0);
      part.forEach((row, slot) => pixels.copyRow(row, data, slot * rowSize));
      const expected = reference.run({ [INPUT]: data });
      const values = Object.fromEntries(
        Object.entries(expected).map(([name, tensor]) => [name, tensor.dataSync()]),
      );
      engine.tf.dispose(expected);
      await compare(data, part.length, values);
      if (start === 0) await compare(data, 1, values);
      onProgress({ message: say('jobs.doing.verifying'), done: start + part.length, total: rows.length });
    }
    return {
      images: rows.length,
      batchSizes: [...new Set([1, batch, rows.length % batch || batch])].sort((a, b) => a - b),
      differences: check.finish(),
      engine: `TensorFlow ${engine.tensorflowVersion} on ${engine.device}`,
      runtime: model.version,
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

function expectedParity({ loaded }: ExportedNetwork): ParityCheck {
  const check = new ParityCheck();
  for (const { name, unit, tolerance } of loaded.model.heads.flatMap((head) => head.outputs)) {
    check.expectOutput(name, unit, tolerance);
  }
  return check;
}
