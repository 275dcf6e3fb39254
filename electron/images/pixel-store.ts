import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cancelled, unlessAborted } from '../common/abort.ts';
import type { Problem } from '../common/entities.ts';
import { remove } from '../files/index.ts';
import { hashFile } from './pixel-rows.ts';
import { imagePool } from './tasks.ts';
import type { RowRequest, RowResult, RowsTask } from './tasks.ts';
import { PixelShelf } from './pixel-shelf.ts';
import type { ShelfEntry } from './pixel-shelf.ts';
import { inBatches, mapInOrder } from '../tasks/pool.ts';

const THREADS = 2;
/** Pictures a task: long enough to hide the hand-over, short enough to cancel at once. */
const BATCH = 8;
/** How often rows are listed during a build, so that a killed build goes on where it was. */
const LIST_MILLISECONDS = 2000;
/** One file of rows for each size, rewritten in place: what earlier versions kept in the same folder. */
const OLD_CACHE = /^pixels-\d+\.bin(\..+)?$/;

export interface PixelImage {
  /** Absolute. */
  readonly file: string;
  /** Pixels of the oriented image as it was labelled. */
  readonly width: number;
  readonly height: number;
  /** Hash of the content that was labelled, hexadecimal; null where it isn't known. */
  readonly sha256?: string | null;
}

export interface PixelRequest {
  readonly images: readonly PixelImage[];
  /** Side of the network's square input, pixels. */
  readonly size: number;
  /** Whether these are only some of the images that are worked with: then no row of the others is given up. */
  readonly isPart?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Decoded pictures that stay where they are until the lease is disposed of. */
export interface PixelLease extends Disposable {
  /** Bytes [rows, size, size, 3], no header. */
  readonly file: string;
  /** By image; null for a picture that cannot be used. */
  readonly rows: readonly (number | null)[];
  /** By image: SHA-256 of its content where that is other than what was labelled, else null. */
  readonly changed: readonly (string | null)[];
  readonly problems: readonly Problem[];
}

/** The store's state for one size. Builds take turns; readers don't. */
interface Size {
  readers: number;
  lastBuild: Promise<void>;
}

/**
 * Pictures as a network sees them, decoded once: a row for each content and size, appended and never rewritten. Whoever
 * reads rows holds a lease; without one, a file that is mostly unused rows is compacted.
 */
export class PixelStore {
  readonly #folder: string;
  readonly #sizes = new Map<number, Size>();

  /** @param folder a cache, by its canonical path: safe to delete while no lease is held. One store for it in one process. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Decodes, orients and letterboxes what is not there yet, on worker threads.
   * @throws TwinheadError `cancelled`; system errors (disk full) as they are
   */
  async lease(request: PixelRequest): Promise<PixelLease> {
    const { size, signal } = request;
    const state = this.#sizes.get(size) ?? { readers: 0, lastBuild: Promise.resolve() };
    this.#sizes.set(size, state);
    const before = state.lastBuild;
    const { promise: done, resolve } = Promise.withResolvers<void>();
    state.lastBuild = before.then(() => done);
    try {
      await unlessAborted(before, signal);
      const built = await this.#build(request, state.readers === 0);
      state.readers++;
      let held = true;
      return {
        ...built,
        [Symbol.dispose]: () => {
          if (held) state.readers--;
          held = false;
        },
      };
    } finally {
      resolve();
    }
  }

  async #build(
    { images, size, isPart = false, onProgress, signal }: PixelRequest,
    alone: boolean,
  ): Promise<Omit<PixelLease, keyof Disposable>> {
    if (alone) await this.#removeOldCaches();
    let shelf = await PixelShelf.open(join(this.#folder, 'pixels', String(size)), size, alone);
    let matches = await matchEntries(images, shelf.entries, signal);
    const kept = new Set(matches.flatMap((match) => match?.row ?? []));
    if (alone && !isPart && shelf.nextRow > 2 * images.length) {
      shelf = await shelf.compacted(kept);
      matches = await matchEntries(images, shelf.entries, signal);
    }
    const rows = matches.map((match) => match?.row ?? null);
    const hashes = matches.map((match) => match?.entry.sha256 ?? null);
    const unlisted = matches.flatMap((match) => (match?.isNew ? match.entry : []));
    const { nextRow } = shelf;
    const missing = images.flatMap((image, index) => (rows[index] === null ? { ...image, index } : []));
    const requests = missing.map(({ file, width, height, sha256 = null }, at): RowRequest => ({
      row: nextRow + at,
      file,
      width,
      height,
      sha256,
    }));
    const problems: Problem[] = [];
    const keep = (result: RowResult): void => {
      const { index, file, width, height } = missing[result.row - nextRow]!;
      if (result.ok) {
        const { row, bytes, modified, sha256 } = result;
        rows[index] = row;
        hashes[index] = sha256;
        unlisted.push({ row, file, bytes, modified, sha256, width, height });
      } else problems.push({ file, message: result.reason, remedy: result.remedy });
    };
    let done = images.length - missing.length;
    onProgress?.(done, images.length);
    let listed = Date.now();
    const tasks = [...inBatches(requests, BATCH)].map((batch): RowsTask => ({
      pixelFile: shelf.pixelFile,
      size,
      rows: batch,
    }));
    try {
      for await (const results of mapInOrder(imagePool(THREADS), THREADS, 'rows', tasks, signal)) {
        results.forEach(keep);
        done += results.length;
        onProgress?.(done, images.length);
        if (Date.now() - listed > LIST_MILLISECONDS) {
          await shelf.list(unlisted.splice(0));
          listed = Date.now();
        }
      }
    } finally {
      // Also after a cancel: what was rendered is kept.
      await shelf.list(unlisted);
    }
    const changed = images.map(({ sha256 = null }, index) => {
      const found = hashes[index] ?? null;
      return sha256 !== null && found !== sha256 ? found : null;
    });
    return { file: shelf.pixelFile, rows, changed, problems };
  }

  async #removeOldCaches(): Promise<void> {
    let names: string[];
    try {
      names = await readdir(this.#folder);
    } catch {
      // No cache yet.
      return;
    }
    for (const name of names) if (OLD_CACHE.test(name)) await remove(join(this.#folder, name));
  }
}

interface Match {
  readonly row: number;
  readonly entry: ShelfEntry;
  /** The content is known, by another path, time or size of file. */
  readonly isNew: boolean;
}

/** What is known to hold each image: by path, bytes and time, else by content. null: it has to be rendered. */
async function matchEntries(
  images: readonly PixelImage[],
  entries: readonly ShelfEntry[],
  signal: AbortSignal | undefined,
): Promise<(Match | null)[]> {
  const byFile = new Map(entries.map((entry) => [entry.file, entry]));
  const byContent = new Map(entries.map((entry) => [entry.sha256, entry]));
  const lengths = new Set(entries.map(({ bytes }) => bytes));
  const match = async ({ file, width, height }: PixelImage): Promise<Match | null> => {
    let bytes: number;
    let modified: number;
    try {
      const found = await stat(file);
      bytes = found.size;
      modified = Math.trunc(found.mtimeMs);
    } catch {
      // Rendering names the reason.
      return null;
    }
    const known = byFile.get(file);
    if (known?.bytes === bytes && known.modified === modified)
      return known.width === width && known.height === height
        ? { row: known.row, entry: known, isNew: false }
        : null;
    // Moved, touched or new: worth a hash only where some row came from as many bytes.
    if (!lengths.has(bytes)) return null;
    const sha256 = await hashFile(file);
    const same = sha256 === null ? undefined : byContent.get(sha256);
    if (same?.width !== width || same.height !== height) return null;
    return { row: same.row, entry: { ...same, file, bytes, modified }, isNew: true };
  };
  const matches: (Match | null)[] = [];
  for (const batch of inBatches(images, 64)) {
    if (signal?.aborted) throw cancelled();
    matches.push(...(await Promise.all(batch.map(match))));
  }
  return matches;
}
