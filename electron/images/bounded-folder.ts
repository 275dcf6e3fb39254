import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

interface Kept {
  readonly path: string;
  readonly bytes: number;
  readonly usedMs: number;
}

async function measure(path: string): Promise<Kept> {
  const own = await stat(path);
  if (!own.isDirectory()) return { path, bytes: own.size, usedMs: own.mtimeMs };
  const parts = await Promise.all((await readdir(path)).map((name) => measure(join(path, name))));
  return { path, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0), usedMs: own.mtimeMs };
}

/**
 * Takes the entries that were written or used (by their time) longest ago out of a cache folder until the rest fits.
 * A folder among them is one entry.
 */
export async function prune(folder: string, limitBytes: number): Promise<void> {
  const names = await readdir(folder);
  const kept: Kept[] = [];
  // One after the other: pyramids have hundreds of files each.
  for (const name of names) kept.push(await measure(join(folder, name)));
  kept.sort((a, b) => b.usedMs - a.usedMs);
  let bytes = 0;
  for (const entry of kept) {
    bytes += entry.bytes;
    if (bytes > limitBytes) await rm(entry.path, { recursive: true, force: true });
  }
}
