import { lstatSync, lutimesSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { errorCode } from './error-code.ts';
import { HeldFolder, inFolder, inFolderSync, throughLink } from './held-folder.ts';

/**
 * Makes a folder and those above it that are missing.
 * @param flush false for folders whose content can be made again
 * @throws TwinheadError `unusable-input` where a part is a link, or is no folder; what the system says
 */
export function makeFolder(folder: string, { flush = true }: { flush?: boolean } = {}): void {
  if (isFolder(folder)) {
    new HeldFolder(folder)[Symbol.dispose]();
    return;
  }
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent, { flush });
  try {
    inFolderSync(parent, (held) => {
      mkdirSync(held.at(path.basename(folder)));
      if (flush) held.sync();
    });
  } catch (error) {
    // Somebody else was faster; or it is a link, which the next look refuses.
    if (errorCode(error) === 'EEXIST') {
      new HeldFolder(folder)[Symbol.dispose]();
      return;
    }
    if (errorCode(error) !== 'ENOENT') throw error;
    throw noFolderIn(parent, folder);
  }
}

/** @returns the error of a new folder where /proc and the like say ENOENT: nothing can be made there */
export function noFolderIn(parent: string, folder: string): TwinheadError {
  return new TwinheadError('unusable-input', say('files.noFolder', { parent }), {
    file: folder,
    remedy: say('files.anotherPlace'),
  });
}

function isFolder(folder: string): boolean {
  try {
    return lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch (error) {
    // A part above is a file, which is found once that part is looked at.
    if (errorCode(error) === 'ENOTDIR') return false;
    throw error;
  }
}

/** Makes a folder that is not there yet. @returns false where there is something of that name */
export function makeNewFolder(folder: string): boolean {
  try {
    inFolderSync(path.dirname(folder), (held) => mkdirSync(held.at(path.basename(folder))));
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Deletes a file, or a folder with everything in it; a link is deleted and not followed. No error where it is gone.
 * @throws TwinheadError `unusable-input` where it lies behind a link; what the system says
 */
export async function remove(file: string): Promise<void> {
  try {
    await inFolder(path.dirname(file), (folder) =>
      rm(folder.at(path.basename(file)), { recursive: true, force: true }),
    );
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** As {@link remove}, at once. */
export function removeSync(file: string): void {
  try {
    inFolderSync(path.dirname(file), (folder) =>
      rmSync(folder.at(path.basename(file)), { recursive: true, force: true }),
    );
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** Gives a file or folder another name, in the place of what has it. @throws as {@link remove} */
export async function move(from: string, to: string): Promise<void> {
  await inFolder(path.dirname(from), (source) =>
    inFolder(path.dirname(to), (target) =>
      rename(source.at(path.basename(from)), target.at(path.basename(to))),
    ),
  );
}

/** As {@link move}, at once, and durable: both folders are flushed. */
export function moveSync(from: string, to: string): void {
  inFolderSync(path.dirname(from), (source) =>
    inFolderSync(path.dirname(to), (target) => {
      renameSync(source.at(path.basename(from)), target.at(path.basename(to)));
      source.sync();
      target.sync();
    }),
  );
}

/** Notes that a file or folder was used now. */
export function touch(file: string): void {
  const now = new Date();
  inFolderSync(path.dirname(file), (folder) => lutimesSync(folder.at(path.basename(file)), now, now));
}

/** @throws TwinheadError `unusable-input` where the path is a link, lies behind one, or is neither file nor nothing */
export function requireOwnFile(file: string): void {
  try {
    inFolderSync(path.dirname(file), (folder) => {
      const found = lstatSync(folder.at(path.basename(file)), { throwIfNoEntry: false });
      if (found !== undefined && !found.isFile()) throw throughLink(file);
    });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

interface Kept {
  readonly path: string;
  readonly bytes: number;
  readonly usedMs: number;
}

async function measure(file: string): Promise<Kept> {
  const own = await lstat(file);
  if (!own.isDirectory()) return { path: file, bytes: own.size, usedMs: own.mtimeMs };
  const parts = await Promise.all((await readdir(file)).map((name) => measure(path.join(file, name))));
  return { path: file, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0), usedMs: own.mtimeMs };
}

/**
 * Takes the entries that were written or used (by their time) longest ago out of a cache folder until the rest fits.
 * A folder among them is one entry.
 * @throws as {@link remove}
 */
export async function prune(folder: string, limitBytes: number): Promise<void> {
  const kept: Kept[] = [];
  // One after the other: pyramids have hundreds of files each.
  for (const name of await readdir(folder)) kept.push(await measure(path.join(folder, name)));
  kept.sort((a, b) => b.usedMs - a.usedMs);
  let bytes = 0;
  for (const entry of kept) {
    bytes += entry.bytes;
    if (bytes > limitBytes) await remove(entry.path);
  }
}
