import { randomUUID } from 'node:crypto';
import { closeSync, constants, fstatSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './error-code.ts';
import { HeldFolder, throughLink } from './held-folder.ts';

type Content = string | Uint8Array | readonly Uint8Array[];

/** Nothing that is there is opened: no link, no pipe, no file of somebody else's. */
const EXCLUSIVE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
const APPENDING =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CHANGING = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A name beside the file that says whose it is: see litter.ts. */
export function temporaryName(file: string): string {
  return `${path.basename(file)}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`;
}

function partsOf(content: Content): readonly Uint8Array[] {
  if (typeof content === 'string') return [Buffer.from(content, 'utf8')];
  return content instanceof Uint8Array ? [content] : content;
}

/**
 * Writes a file whole or not at all: to a temporary name beside it, flushed, renamed, the folder flushed.
 * @param options.flush false for files that can be made again and are checked when read
 * @param options.inspect of the temporary file, before it gets its name; throws where it is not good
 * @returns what `inspect` found
 * @throws TwinheadError `unusable-input` where a folder on the way is a link; what the system says (disk full)
 */
export async function writeAtomically<Found = void>(
  file: string,
  content: Content,
  options: { flush?: boolean; inspect?: (temporary: string) => Promise<Found> } = {},
): Promise<Found> {
  const { flush = true, inspect = () => Promise.resolve(undefined as Found) } = options;
  using folder = new HeldFolder(path.dirname(file));
  const name = temporaryName(file);
  const temporary = folder.at(name);
  try {
    {
      await using handle = await open(temporary, EXCLUSIVE);
      for (const part of partsOf(content)) await handle.writeFile(part);
      if (flush) await handle.sync();
    }
    const found = await inspect(path.join(folder.path, name));
    await rename(temporary, folder.at(path.basename(file)));
    if (flush) folder.sync();
    return found;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** As {@link writeAtomically}, at once. */
export function writeAtomicallySync(file: string, content: string | Uint8Array): void {
  using folder = new HeldFolder(path.dirname(file));
  const temporary = folder.at(temporaryName(file));
  try {
    const descriptor = openSync(temporary, EXCLUSIVE);
    try {
      writeAll(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, folder.at(path.basename(file)));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  folder.sync();
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
    using folder = new HeldFolder(path.dirname(file));
    this.#descriptor = orThroughLink(file, () => openSync(folder.at(path.basename(file)), APPENDING));
    if (fstatSync(this.#descriptor).isFile()) return;
    closeSync(this.#descriptor);
    throw throughLink(file);
  }

  push(line: string): void {
    writeAll(this.#descriptor, `${line}\n`);
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
  using folder = new HeldFolder(path.dirname(file));
  let handle: FileHandle;
  try {
    handle = await open(folder.at(path.basename(file)), CHANGING);
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
