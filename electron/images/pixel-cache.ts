import { stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Problem } from '../common/entities.ts';
import { z } from 'zod';
import {
  makeFolder,
  move,
  openFile,
  openForChanges,
  readWhole,
  remove,
  writeAtomically,
} from '../files/index.ts';
import { hashFile, rowLength } from './pixel-rows.ts';
import type { RowRequest, RowResult, RowsTask } from './pixel-rows.ts';
import { WorkerPool, cancelled, inBatches, mapInOrder } from './pool.ts';
import { WORKER_FILE } from './scan.ts';

/** Raised when the same file would give other pixels: decoder, kernel, padding or layout changed. */
const RECIPE = 1;
const THREADS = 2;
/** Pictures a task: long enough to hide the hand-over, short enough to cancel at once. */
const BATCH = 8;
/** How often the side file is written during a build, so that a killed build goes on where it was. */
const CHECKPOINT_MILLISECONDS = 2000;

export interface PixelCacheImage {
  /** Absolute. */
  readonly file: string;
  /** Pixels of the oriented image as it was labelled. */
  readonly width: number;
  readonly height: number;
}

export interface PixelCacheOptions {
  /** In the order of the rows. */
  readonly images: readonly PixelCacheImage[];
  /** Side of the network's square input, pixels. */
  readonly size: number;
  /** Bytes, [count, size, size, 3], no header; row i is images[i]. `cacheFile + '.json'` says what each row holds. */
  readonly cacheFile: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface PixelCacheResult {
  readonly problems: readonly Problem[];
  /** Rows without a picture, filled with grey: leave them out of training. */
  readonly failedRows: readonly number[];
}

const RowKey = z.object({ file: z.string(), bytes: z.number(), modified: z.number(), sha256: z.string() });
type RowKey = z.infer<typeof RowKey>;
const SideFile = z.object({
  recipe: z.literal(RECIPE),
  size: z.number().int(),
  /** null: nothing usable in that row. */
  rows: z.array(RowKey.nullable()),
});

const sideFileOf = (cacheFile: string): string => `${cacheFile}.json`;

async function fileSize(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch {
    // No cache yet: it is made.
    return null;
  }
}

/** The rows of an earlier build, or none where it is missing, of another recipe or size, or does not fit its file. */
async function readRows(cacheFile: string, size: number): Promise<(RowKey | null)[]> {
  let text: string;
  try {
    text = (await readWhole(sideFileOf(cacheFile))).toString('utf8');
  } catch {
    return [];
  }
  try {
    const parsed = SideFile.safeParse(JSON.parse(text));
    if (!parsed.success || parsed.data.size !== size) return [];
    const expected = parsed.data.rows.length * rowLength(size);
    return (await fileSize(cacheFile)) === expected ? parsed.data.rows : [];
  } catch {
    // Not JSON: the cache is made again.
    return [];
  }
}

/** What each wanted row is known to hold: by path, size and time, else by content. null: it has to be rendered. */
async function matchRows(
  images: readonly PixelCacheImage[],
  old: readonly (RowKey | null)[],
  signal: AbortSignal | undefined,
): Promise<({ key: RowKey; from: number } | null)[]> {
  const byFile = new Map<string, number>();
  const bySha = new Map<string, number>();
  const sizes = new Set<number>();
  old.forEach((key, row) => {
    if (key === null) return;
    byFile.set(key.file, row);
    bySha.set(key.sha256, row);
    sizes.add(key.bytes);
  });
  const match = async ({ file }: PixelCacheImage): Promise<{ key: RowKey; from: number } | null> => {
    let now: { bytes: number; modified: number };
    try {
      const { size, mtimeMs } = await stat(file);
      now = { bytes: size, modified: Math.trunc(mtimeMs) };
    } catch {
      // Rendering names the reason.
      return null;
    }
    const row = byFile.get(file);
    const key = row === undefined ? null : old[row]!;
    if (row !== undefined && key?.bytes === now.bytes && key.modified === now.modified)
      return { key, from: row };
    // Moved, touched or new: worth a hash only where some row came from as many bytes.
    if (!sizes.has(now.bytes)) return null;
    const sha256 = await hashFile(file);
    const from = sha256 === null ? undefined : bySha.get(sha256);
    return sha256 === null || from === undefined ? null : { key: { file, ...now, sha256 }, from };
  };
  const matches: ({ key: RowKey; from: number } | null)[] = [];
  for (const batch of inBatches(images, 64)) {
    if (signal?.aborted) throw cancelled();
    matches.push(...(await Promise.all(batch.map(match))));
  }
  return matches;
}

async function writeRows(cacheFile: string, size: number, rows: readonly (RowKey | null)[]): Promise<void> {
  await writeAtomically(sideFileOf(cacheFile), JSON.stringify({ recipe: RECIPE, size, rows }));
}

async function copyRow(
  from: FileHandle,
  row: number,
  to: FileHandle,
  target: number,
  length: number,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(length);
  await from.read(buffer, 0, length, row * length);
  await to.write(buffer, 0, length, target * length);
}

/**
 * Puts kept rows where they belong now. The side file goes first and comes last: whatever happens between, no row is
 * ever taken for another picture.
 */
async function arrange(
  cacheFile: string,
  length: number,
  oldCount: number,
  matches: readonly ({ from: number } | null)[],
): Promise<void> {
  const moved = matches.some((match, row) => match !== null && match.from !== row);
  await remove(sideFileOf(cacheFile));
  if (!moved && oldCount > 0) {
    await using cache = await openForChanges(cacheFile);
    await cache.truncate(matches.length * length);
    return;
  }
  const temporary = `${cacheFile}.tmp`;
  {
    await remove(temporary);
    await using target = await openForChanges(temporary);
    await target.truncate(matches.length * length);
    if (moved) {
      await using source = await openFile(cacheFile);
      for (const [row, match] of matches.entries())
        if (match !== null) await copyRow(source, match.from, target, row, length);
    }
    await target.datasync();
  }
  await move(temporary, cacheFile);
}

async function flush(file: string): Promise<void> {
  await using handle = await openForChanges(file);
  await handle.datasync();
}

/**
 * Decodes, orients and letterboxes pictures into one file of bytes, on worker threads. Rows that an earlier build
 * made from the same content are kept, so a second run is over at once and a killed one goes on.
 * @throws TwinheadError `cancelled`; system errors (disk full) as they are
 */
export async function buildPixelCache(options: PixelCacheOptions): Promise<PixelCacheResult> {
  const { images, size, cacheFile, onProgress, signal } = options;
  makeFolder(dirname(cacheFile));
  const old = await readRows(cacheFile, size);
  const matches = await matchRows(images, old, signal);
  const rows = matches.map((match) => match?.key ?? null);
  const total = images.length;
  const missing: RowRequest[] = [];
  for (const [row, image] of images.entries()) if (rows[row] === null) missing.push({ row, ...image });
  const inPlace = old.length === total && matches.every((match, row) => match === null || match.from === row);
  if (!inPlace || old.length === 0) await arrange(cacheFile, rowLength(size), old.length, matches);
  let done = total - missing.length;
  onProgress?.(done, total);

  const problems: Problem[] = [];
  const failedRows: number[] = [];
  const save = async (): Promise<void> => {
    await flush(cacheFile);
    await writeRows(cacheFile, size, rows);
  };
  const keep = (result: RowResult): void => {
    const { file } = images[result.row]!;
    if (result.ok) {
      const { bytes, modified, sha256 } = result;
      rows[result.row] = { file, bytes, modified, sha256 };
    } else {
      failedRows.push(result.row);
      problems.push({ file, message: result.reason, remedy: result.remedy });
    }
  };
  const tasks = [...inBatches(missing, BATCH)].map((batch): RowsTask => ({ cacheFile, size, rows: batch }));
  let saved = Date.now();
  try {
    const pool = new WorkerPool(WORKER_FILE, THREADS);
    for await (const results of mapInOrder<RowsTask, RowResult[]>(pool, THREADS, 'rows', tasks, signal)) {
      results.forEach(keep);
      done += results.length;
      onProgress?.(done, total);
      if (Date.now() - saved > CHECKPOINT_MILLISECONDS) {
        await save();
        saved = Date.now();
      }
    }
  } finally {
    // Also after a cancel: what was rendered is kept. An unchanged cache is left as it is.
    if (
      missing.length > 0 ||
      !inPlace ||
      matches.some((match, row) => match !== null && match.key !== old[row])
    )
      await save();
  }
  return { problems, failedRows };
}
