import { renderLetterbox } from './decode.ts';
import { UnusableImage } from './problems.ts';
import { rowLength } from './pixel-rows.ts';
import { decodable, openSource, readHeader } from './source.ts';
import { imagePool } from './tasks.ts';
import type { TimedPictures, TimedTask } from './tasks.ts';
import { stopped } from '../tasks/serve-pool.ts';

/**
 * How long files take from the disk to the network's input, on a thread of their own, one after the other.
 * @throws TwinheadError `cancelled`
 */
export async function timedPictures(task: TimedTask, signal?: AbortSignal): Promise<TimedPictures> {
  await using pool = imagePool(1);
  return await pool.run('timed', task, signal);
}

/** Runs in a worker. The first file prepares what later ones find ready, and is decoded again. */
export async function timePictures({ files, size }: TimedTask): Promise<TimedPictures> {
  const milliseconds: number[] = [];
  const rows: Uint8Array[] = [];
  for (const [index, file] of [...files.slice(0, 1), ...files].entries()) {
    if (stopped()) break;
    try {
      const begin = performance.now();
      const source = await decodable(await openSource(file, { hash: false }));
      const row = await renderLetterbox(source, await readHeader(source), size);
      if (index === 0) continue;
      milliseconds.push(performance.now() - begin);
      rows.push(row);
    } catch (error) {
      // An evaluation says which files can't be read.
      if (!(error instanceof UnusableImage)) throw error;
    }
  }
  const pixels = new Uint8Array(rows.length * rowLength(size));
  for (const [index, row] of rows.entries()) pixels.set(row, index * rowLength(size));
  return { pixels, milliseconds };
}
