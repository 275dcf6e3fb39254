import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Certificate } from '../common/jobs.ts';
import { TemporaryFolder } from '../files/index.ts';
import { PixelFile } from '../learning/samples/pixel-file.ts';
import type { ExportRequest, ModelCard, ModelSource, ModelWriter, RuntimeModel } from './types.ts';
import { BATCH, middle } from './verify.ts';

/** Batches that both are timed on, at most. */
const TIMED = 8;

/** Size and time of a written model and of the exact one, which is written for that and removed again; null where it can't be run. */
export async function besideExact(
  exact: ModelWriter,
  written: { readonly model: RuntimeModel; readonly modelFile: string },
  source: ModelSource,
  card: ModelCard,
  request: ExportRequest,
): Promise<NonNullable<Certificate['beside']> | null> {
  using aside = new TemporaryFolder('.float32', path.dirname(written.modelFile));
  const [file] = await exact.write(source, card, aside.path);
  const bytes = {
    model: (await stat(written.modelFile)).size,
    float32: (await stat(path.join(aside.path, file))).size,
  };
  const reference = await exact.openRuntime(aside.path, source);
  if (reference === null) return null;
  try {
    return {
      bytes,
      milliseconds: await timesOf({ model: written.model, float32: reference }, request, card),
    };
  } finally {
    await reference.close();
  }
}

/** Milliseconds per image, of one after the other on the same images: in turn, their waiting threads would slow each other. */
async function timesOf(
  models: Readonly<Record<'model' | 'float32', RuntimeModel>>,
  { pixelFile, images }: ExportRequest,
  { input: { size } }: ModelCard,
): Promise<{ model: number; float32: number }> {
  const batch = Math.min(models.model.batch ?? BATCH, images.length);
  const rowSize = size * size * 3;
  const data = new Float32Array(batch * rowSize);
  const times = { model: [] as number[], float32: [] as number[] };
  const pixels = new PixelFile(pixelFile, size);
  try {
    const count = Math.min(TIMED, Math.floor(images.length / batch));
    for (const name of ['model', 'float32'] as const) {
      for (let start = 0; start < count * batch; start += batch) {
        images.slice(start, start + batch).forEach(({ sample }, slot) => {
          pixels.copyRow(sample.row, data, slot * rowSize);
        });
        const begin = performance.now();
        await models[name].run(data, batch, size);
        times[name].push(performance.now() - begin);
      }
    }
  } finally {
    pixels.close();
  }
  return { model: middle(times.model) / batch, float32: middle(times.float32) / batch };
}
