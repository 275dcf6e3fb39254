import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DatasetHead, DatasetImage } from '../../common/dataset.ts';
import type { Problem } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { DatasetOptions, ReadDataset, ReadOptions } from '../../exchange/index.ts';
import { moduleBeside, startOnThread } from '../../tasks/thread.ts';
import type { PackedPictures, Unpacked } from '../images/packed-pictures.ts';

/** What is read, and how. Plain data: it crosses to a worker thread. */
export interface ReadRequest extends Pick<
  DatasetOptions,
  'imageFolders' | 'split' | 'encoding' | 'columns' | 'convention'
> {
  /** Absolute; several are one data set. */
  readonly paths: readonly string[];
  /** Id of a format, or `auto`. */
  readonly format: string;
}

export interface ReadWatch {
  readonly signal: AbortSignal;
  /** Where pictures go that are inside the source; without it they stay there. */
  readonly pictures?: Pick<PackedPictures, 'folder' | 'unpack' | 'take'>;
  readonly onProgress: (done: number, total: number) => void;
}

export interface Reading {
  readonly input: ReadRequest & {
    /** How many parts have been taken: the thread waits, so that they never come in one heap. */
    readonly taken: Int32Array<SharedArrayBuffer>;
    /** Where pictures go that are inside the source. */
    readonly unpackTo: string | null;
  };
  readonly event:
    | { readonly type: 'progress'; readonly done: number; readonly total: number }
    | { readonly type: 'unpacking' }
    | {
        readonly type: 'part';
        readonly images?: readonly DatasetImage[];
        readonly problems?: readonly Problem[];
      };
  readonly result: {
    readonly head: DatasetHead;
    readonly format: string;
    readonly unpacked: Unpacked | null;
  };
}

/** A text file of this size is parsed in some tens of milliseconds; a larger one is read on a thread. */
const LARGE_BYTES = 1_000_000;
/** The same for YAML, which takes fifty times as long: in a file of its own, or at the head of a data set's card. */
const LARGE_YAML_BYTES = 20_000;

/** Files and folders of a source that are looked at for a large file; there is seldom more than one, near the top. */
const LOOKED_AT = 5000;

const YAML = /\.(ya?ml|md)$/i;

/**
 * Reads a data set whole. One with a large file is read on a thread, and comes over in pieces: parsing tens of
 * megabytes would hold up every call.
 * @throws TwinheadError `unusable-input`, `not-found`, `invalid-input`; `cancelled` at once
 */
export async function readSource(request: ReadRequest, watch: ReadWatch): Promise<ReadDataset> {
  return (await hasLargeFile(request.paths)) ? readOnThread(request, watch) : readHere(request, watch);
}

/** In this thread. */
export async function readHere(
  { paths, format, ...options }: ReadRequest,
  {
    signal,
    onProgress,
    pictures,
  }: Omit<ReadWatch, 'pictures'> & {
    readonly pictures?: { readonly unpack: NonNullable<ReadOptions['unpack']> };
  },
): Promise<ReadDataset> {
  const [{ readDataset }, { findImageFiles, imageSize }] = await Promise.all([
    import('../../exchange/index.ts'),
    import('../../images/index.ts'),
  ]);
  return readDataset(paths, format, {
    ...options,
    sizeOf: imageSize,
    listImages: (folder) => findImageFiles(folder, { signal }),
    signal,
    onProgress,
    ...(pictures === undefined ? {} : { unpack: pictures.unpack }),
  });
}

async function readOnThread(
  request: ReadRequest,
  { signal, onProgress, pictures }: ReadWatch,
): Promise<ReadDataset> {
  const images: DatasetImage[] = [];
  const problems: Problem[] = [];
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const thread = { writes: false };
  const running = startOnThread<Reading>(
    moduleBeside(import.meta.url, 'reading-worker'),
    { ...request, taken, unpackTo: pictures?.folder ?? null },
    {
      onEvent: (event) => {
        if (event.type === 'progress') {
          onProgress(event.done, event.total);
          return;
        }
        if (event.type === 'unpacking') {
          thread.writes = true;
          return;
        }
        images.push(...(event.images ?? []));
        problems.push(...(event.problems ?? []));
        Atomics.add(taken, 0, 1);
        Atomics.notify(taken, 0);
      },
    },
  );
  // A thread in the middle of parsing does not look up: whoever cancels does not wait for it.
  const cancelled = Promise.withResolvers<never>();
  const cancel = (): void => {
    running.stop();
    cancelled.reject(new TwinheadError('cancelled', say('system.cancelled')));
  };
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const { head, format, unpacked } = await Promise.race([running.done, cancelled.promise]);
    if (unpacked !== null) pictures?.take(unpacked);
    return { dataset: { ...head, images }, problems, format };
  } finally {
    signal.removeEventListener('abort', cancel);
    // Else it would write into a folder that is being removed.
    if (thread.writes) await running.end();
    running.done.catch(() => undefined);
  }
}

/** Whether a file of labels is large. What can't be looked at is left to the reader, which says so. */
async function hasLargeFile(paths: readonly string[]): Promise<boolean> {
  const { isLabelFile } = await import('../../exchange/index.ts');
  const waiting = [...paths];
  for (let looked = 0; waiting.length > 0 && looked < LOOKED_AT; looked += 1) {
    const at = waiting.shift()!;
    try {
      const found = await stat(at);
      if (found.isFile() && found.size > (YAML.test(at) ? LARGE_YAML_BYTES : LARGE_BYTES)) return true;
      if (!found.isDirectory()) continue;
      for (const entry of await readdir(at, { withFileTypes: true }))
        if (entry.isDirectory() || (entry.isFile() && (isLabelFile(entry.name) || YAML.test(entry.name))))
          waiting.push(path.join(at, entry.name));
    } catch {
      continue;
    }
  }
  return false;
}
