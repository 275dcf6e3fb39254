import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './error-code.ts';
import { requireOwnFile } from './folders.ts';
import { temporaryName } from './temporary-name.ts';
import { cannotWrite, inFolder, inFolderSync, throughLink } from './held-folder.ts';

type Content = string | Uint8Array | readonly Uint8Array[];

/** Nothing that is there is opened: no link, no pipe, no file of somebody else's. */
const EXCLUSIVE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
const APPENDING =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CHANGING = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

function partsOf(content: Content): readonly Uint8Array[] {
  if (typeof content === 'string') return [Buffer.from(content, 'utf8')];
  return content instanceof Uint8Array ? [content] : content;
}

interface AtomicOptions<Found> {
  /** False for files that can be made again and are checked when read. */
  readonly flush?: boolean;
  /** Who may read it; everybody where not given. */
  readonly mode?: number;
  /** Looks at the temporary file, before it gets its name; throws where it is not good. */
  readonly inspect?: (temporary: string) => Promise<Found>;
}

/**
 * Makes a file whole or not at all: under a temporary name beside it, flushed, renamed, the folder flushed.
 * @returns what `inspect` found
 * @throws TwinheadError `unusable-input` where a folder on the way is a link; what the system says (disk full)
 */
export async function makeAtomically<Found = void>(
  file: string,
  write: (handle: FileHandle) => Promise<void>,
  options: AtomicOptions<Found> = {},
): Promise<Found> {
  const { flush = true, mode = 0o666, inspect = () => Promise.resolve(undefined as Found) } = options;
  return inFolder(path.dirname(file), async (folder) => {
    const name = temporaryName(file);
    const temporary = folder.at(name);
    try {
      {
        await using handle = await open(temporary, EXCLUSIVE, mode);
        await write(handle);
        if (flush) await handle.sync();
      }
      const found = await inspect(path.join(folder.path, name));
      await rename(temporary, folder.at(path.basename(file)));
      if (flush) folder.sync();
      return found;
    } catch (error) {
      await rm(temporary, { force: true });
      // The folder is there, but no file can be made in it, as in /proc.
      if (errorCode(error) === 'ENOENT' && existsSync(folder.path)) throw cannotWrite(folder.path, error);
      throw error;
    }
  });
}

/** Writes content as a file, whole or not at all. @returns, and throws, as {@link makeAtomically} */
export function writeAtomically<Found = void>(
  file: string,
  content: Content,
  options?: AtomicOptions<Found>,
): Promise<Found> {
  return makeAtomically(
    file,
    async (handle) => {
      for (const part of partsOf(content)) await handle.writeFile(part);
    },
    options,
  );
}

/** As {@link writeAtomically}, at once. */
export function writeAtomicallySync(file: string, content: string | Uint8Array): void {
  makeAtomicallySync(file, (temporary) => {
    const descriptor = openSync(temporary, EXCLUSIVE);
    try {
      writeAll(descriptor, content);
    } finally {
      closeSync(descriptor);
    }
  });
}

/** Copies a file, whole or not at all. @throws as {@link writeAtomicallySync} */
export function copyAtomicallySync(from: string, to: string, inspect: (temporary: string) => void): void {
  requireOwnFile(from);
  makeAtomicallySync(to, (temporary, ownPath) => {
    copyFileSync(from, temporary, constants.COPYFILE_EXCL);
    inspect(ownPath);
  });
}

/**
 * Gives a file that has other names too (hard links, as `cp -al` makes them) a copy of its own: what is then written
 * in place shows under this name alone. @throws as {@link writeAtomicallySync}
 */
export function separateSync(file: string): void {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found !== undefined && found.nlink > 1) copyAtomicallySync(file, file, () => undefined);
}

/**
 * Has something else make a file whole or not at all, as {@link writeAtomically} does.
 * @param make gets a temporary name that is free, as it is reached through the held folder and by its own path
 */
export function makeAtomicallySync(file: string, make: (temporary: string, ownPath: string) => void): void {
  inFolderSync(path.dirname(file), (folder) => {
    const name = temporaryName(file);
    const temporary = folder.at(name);
    try {
      make(temporary, path.join(folder.path, name));
      syncFile(temporary);
      renameSync(temporary, folder.at(path.basename(file)));
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    folder.sync();
  });
}

/** Flushes a file of ours that something else has written. */
export function syncFile(file: string): void {
  const descriptor = openSync(file, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}

/** A file that grows line by line, for as long as it is held. */
export class LineFile implements Disposable {
  readonly #descriptor: number;

  /** @throws TwinheadError `unusable-input` where it is, or lies behind, a link or is no file; what the system says */
  constructor(file: string) {
    this.#descriptor = orThroughLink(file, () =>
      inFolderSync(path.dirname(file), (folder) => openSync(folder.at(path.basename(file)), APPENDING)),
    );
    const found = fstatSync(this.#descriptor);
    // A second name may be somebody else's file.
    if (found.isFile() && found.nlink <= 1) return;
    closeSync(this.#descriptor);
    throw throughLink(file);
  }

  push(line: string): void {
    this.write(`${line}\n`);
  }

  /** Any text or bytes: the caller ends its lines. */
  write(content: string | Uint8Array): void {
    writeAll(this.#descriptor, content);
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}

/**
 * Opens a file of ours to be changed in place; made where there is none.
 * @throws as {@link LineFile}
 */
export async function openForChanges(file: string): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    handle = await inFolder(path.dirname(file), (folder) => open(folder.at(path.basename(file)), CHANGING));
  } catch (error) {
    throw asLink(file, error);
  }
  const { isFile, nlink } = await handle
    .stat()
    .then((stat) => ({ isFile: stat.isFile(), nlink: stat.nlink }));
  if (isFile && nlink <= 1) return handle;
  await handle.close();
  throw throughLink(file);
}

function asLink(file: string, error: unknown): unknown {
  return errorCode(error) === 'ELOOP' || errorCode(error) === 'ENXIO' ? throughLink(file) : error;
}

function orThroughLink<Value>(file: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw asLink(file, error);
  }
}
