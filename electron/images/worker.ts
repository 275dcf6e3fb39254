import { stat } from 'node:fs/promises';
import type { Problem } from '../common/entities.ts';
import { corruptRows } from './corrupt.ts';
import { lookAtFile } from './look.ts';
import { renderRows } from './pixel-rows.ts';
import { probe } from './probe.ts';
import { UnusableImage } from './problems.ts';
import { decodable, openSource } from './source.ts';
import { timePictures } from './timed-pictures.ts';
import type { Source } from './picture.ts';
import type { ImageInfo } from './probe.ts';
import type { ImageTasks, KnownFile, LookOutcome, LookTask, ScanBatch, ScanTask } from './tasks.ts';
import { servePool, stopped } from '../tasks/serve-pool.ts';

/** The worker thread of images/: probes files, looks at pictures and renders rows of the pixel store. */
async function isUnchanged(file: string, known: KnownFile): Promise<boolean> {
  try {
    const { size, mtimeMs } = await stat(file);
    return size === known.bytes && Math.trunc(mtimeMs) === known.modified;
  } catch {
    // Whatever is wrong with the file, the probe says it.
    return false;
  }
}

async function probeBatch(tasks: readonly ScanTask[]): Promise<ScanBatch> {
  const images: ImageInfo[] = [];
  const unchanged: string[] = [];
  const problems: Problem[] = [];
  for (const { file, known } of tasks) {
    if (stopped()) break;
    if (known !== null && (await isUnchanged(file, known))) {
      unchanged.push(file);
      continue;
    }
    const outcome = await probe(file);
    if (outcome.ok) images.push(outcome.image);
    else problems.push({ file, message: outcome.reason, remedy: outcome.remedy });
  }
  return { images, unchanged, problems };
}

async function samples(file: string): Promise<Pick<Source, 'decoded' | 'dropExtra'>> {
  try {
    const { decoded, dropExtra } = await decodable(await openSource(file, { hash: false }));
    return { decoded, dropExtra };
  } catch (error) {
    throw error instanceof UnusableImage ? error.toError(file) : error;
  }
}

async function lookBatch(tasks: readonly LookTask[]): Promise<LookOutcome[]> {
  const outcomes: LookOutcome[] = [];
  for (const task of tasks) {
    if (stopped()) break;
    outcomes.push(await lookAtFile(task));
  }
  return outcomes;
}

servePool<ImageTasks>({
  probe: probeBatch,
  rows: renderRows,
  samples,
  look: lookBatch,
  corrupt: corruptRows,
  timed: timePictures,
});
