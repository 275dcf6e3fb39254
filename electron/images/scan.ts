import { cancelled } from '../common/abort.ts';
import type { Problem } from '../common/entities.ts';
import { moduleBeside } from '../tasks/thread.ts';
import { findImageFiles } from './find.ts';
import { WorkerPool, inBatches, mapInOrder } from '../tasks/pool.ts';
import type { ImageInfo } from './probe.ts';

/** Size and time of a file as last probed: while both hold, it is not read again. */
export interface KnownFile {
  readonly bytes: number;
  /** Whole milliseconds since 1970, as {@link ImageInfo} has it. */
  readonly modified: number;
}

export interface ScanOptions {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
  /** By absolute path. */
  readonly known?: ReadonlyMap<string, KnownFile>;
}

/** In the order of the files. */
export interface ScanBatch {
  readonly images: readonly ImageInfo[];
  /** Absolute paths of known files that have not changed. */
  readonly unchanged: readonly string[];
  /** Files that cannot be used, and why. */
  readonly problems: readonly Problem[];
}

/** What a worker is given for one file. */
export interface ScanTask {
  readonly file: string;
  readonly known: KnownFile | null;
}

const THREADS = 2;
const BATCH = 32;

export const WORKER_FILE = moduleBeside(import.meta.url, 'worker');

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
  const pool = new WorkerPool(WORKER_FILE, THREADS);
  let done = 0;
  onProgress?.(done, files.length);
  const results = mapInOrder<ScanTask[], ScanBatch>(
    pool,
    THREADS,
    'probe',
    inBatches(tasks, BATCH),
    signal,
    'leave',
  );
  for await (const batch of results) {
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
