import { readdir, stat } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import { TwinheadError, saidOf } from '../common/errors.ts';
import type { Problem } from '../common/entities.ts';
import { say } from '../common/sentences/sentence.ts';
import { hasImageExtension, hasVideoExtension, isBesidePictures } from './formats.ts';

export interface FindOptions {
  readonly signal?: AbortSignal;
  /** Told of a sub-folder that cannot be read; the rest is still found. */
  readonly onProblem?: (problem: Problem) => void;
  /** Told of every file that is passed on the way, picture or not. */
  readonly onFile?: () => void;
  /** Files are given too whose name leaves open whether they are pictures. */
  readonly others?: boolean;
}

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

function isSkipped(name: string): boolean {
  return name.startsWith('.') || name.toLowerCase().endsWith('.twinhead');
}

/**
 * Every file under a folder that is named as a picture, in the order of the names (by code unit), without hidden and
 * project folders. Links are followed, a folder once; a link to nothing is given too, for the probe to say so.
 * @param folder absolute
 * @throws TwinheadError `not-found` or `unusable-input` where the folder itself cannot be read
 */
export async function* findImageFiles(
  folder: string,
  options: FindOptions = {},
): AsyncGenerator<string, void, void> {
  yield* walk(folder, options, new Set(), true);
}

async function* walk(
  folder: string,
  options: FindOptions,
  walked: Set<string>,
  isRoot: boolean,
): AsyncGenerator<string, void, void> {
  options.signal?.throwIfAborted();
  let entries: Dirent[];
  try {
    const { dev, ino } = await stat(folder, { bigint: true });
    const identity = `${dev}:${ino}`;
    if (walked.has(identity)) return;
    walked.add(identity);
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const problem = folderProblem(folder, error);
    if (isRoot) throw problem;
    options.onProblem?.({ file: folder, message: problem.said, remedy: problem.details.remedy });
    return;
  }
  for (const entry of entries.sort(byName)) {
    if (isSkipped(entry.name)) continue;
    const path = join(folder, entry.name);
    if (await isFolder(entry, path)) {
      yield* walk(path, options, walked, false);
      continue;
    }
    options.onFile?.();
    if (hasImageExtension(entry.name) || (options.others === true && !isBesidePictures(entry.name)))
      yield path;
  }
}

async function isFolder(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // A link to nothing or to itself is no folder; as a file it is given on, and the probe names the reason.
    return false;
  }
}

function folderProblem(folder: string, error: unknown): TwinheadError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') {
    return new TwinheadError('not-found', say('images.folder.missing'), {
      file: folder,
      remedy: say('images.folder.missing.remedy'),
    });
  }
  if (code === 'ENOTDIR' && hasVideoExtension(folder)) {
    return new TwinheadError('unusable-input', say('images.folder.video'), {
      file: folder,
      remedy: say('images.folder.video.remedy'),
    });
  }
  if (code === 'ENOTDIR') {
    return new TwinheadError('unusable-input', say('images.folder.file'), {
      file: folder,
      remedy: say('images.folder.file.remedy'),
    });
  }
  const known = code === 'EACCES' || code === 'EPERM' || code === 'EIO' || code === 'ELOOP';
  return new TwinheadError(
    'unusable-input',
    known ? say('images.folder.closed') : say('images.folder.unreadable', { words: saidOf(error) }),
    { file: folder, remedy: say('images.folder.unreadable.remedy') },
    { cause: error },
  );
}
