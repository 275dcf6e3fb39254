import { availableParallelism } from 'node:os';
import { cancelled } from '../common/abort.ts';
import type { Problem } from '../common/entities.ts';
import { findImageFiles } from './find.ts';
import { inBatches, inBatchesAsFound, mapInOrder } from '../tasks/pool.ts';
import { imagePool } from './tasks.ts';
import type { KnownFile, ScanBatch, ScanTask } from './tasks.ts';

export interface ScanOptions {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
  /** By absolute path. */
  readonly known?: ReadonlyMap<string, KnownFile>;
}

/** Each decodes a picture at a time, whole. */
const THREADS = Math.min(8, Math.max(2, availableParallelism()));
const BATCH = 32;

function probeBatches(
  batches: Iterable<ScanTask[]> | AsyncIterable<ScanTask[]>,
  signal: AbortSignal | undefined,
): AsyncGenerator<ScanBatch, void, void> {
  return mapInOrder(imagePool(THREADS), THREADS, 'probe', batches, signal, 'leave');
}

/**
 * Probes files on worker threads.
 * @param files absolute paths
 * @throws TwinheadError `cancelled`
 */
export async function* scanFiles(
  files: readonly string[],
  options: ScanOptions = {},
): AsyncGenerator<ScanBatch, void, void> {
  const { onProgress, signal, known } = options;
  const tasks = files.map((file): ScanTask => ({ file, known: known?.get(file) ?? null }));
  let done = 0;
  onProgress?.(done, files.length);
  for await (const batch of probeBatches(inBatches(tasks, BATCH), signal)) {
    yield batch;
    done = Math.min(files.length, done + BATCH);
    onProgress?.(done, files.length);
  }
}

/**
 * Finds and probes every picture under a folder. What can't be read, or is of a kind that isn't, is listed with the
 * reason and passed over; labels, texts and the like are no news.
 * @param folder absolute
 * @throws TwinheadError `not-found` or `unusable-input` for the folder itself, `cancelled`
 */
export async function* scanFolder(
  folder: string,
  options: ScanOptions = {},
): AsyncGenerator<ScanBatch, void, void> {
  const problems: Problem[] = [];
  const files: string[] = [];
  try {
    for await (const file of findImageFiles(folder, {
      signal: options.signal,
      others: true,
      onProblem: (problem) => problems.push(problem),
    }))
      files.push(file);
  } catch (error) {
    throw options.signal?.aborted ? cancelled() : error;
  }
  if (problems.length > 0) yield { images: [], unchanged: [], problems };
  yield* scanFiles(files, options);
}

/**
 * As {@link scanFolder}, but files are probed while others are being found: of a large folder the first are known early,
 * and how many there are at the end only.
 * @param onFile told of every file that is passed on the way, picture or not
 */
export async function* scanFolderAsFound(
  folder: string,
  { signal, onFile }: { readonly signal: AbortSignal; readonly onFile: () => void },
): AsyncGenerator<ScanBatch, void, void> {
  const problems: Problem[] = [];
  const onProblem = (problem: Problem): void => void problems.push(problem);
  const found = findImageFiles(folder, { signal, others: true, onProblem, onFile });
  const tasks = (async function* (): AsyncGenerator<ScanTask, void, void> {
    for await (const file of found) yield { file, known: null };
  })();
  yield* probeBatches(inBatchesAsFound(tasks, BATCH), signal);
  if (problems.length > 0) yield { images: [], unchanged: [], problems };
}
