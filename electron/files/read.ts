import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { saidOf, TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';

/** Opening a pipe must not wait for somebody who writes into it. */
const READING = constants.O_RDONLY | constants.O_NONBLOCK;

function requireFile(file: string, found: Stats): void {
  if (found.isFile()) return;
  if (found.isDirectory())
    throw Object.assign(new Error(`${file} is a folder`), { code: 'EISDIR', path: file });
  throw new TwinheadError('unusable-input', say('files.pipe'), {
    file,
    remedy: say('files.pipe.remedy'),
  });
}

/**
 * Opens a file for reading. Pipes, sockets and devices, which can be endless or keep the reader waiting, are refused.
 * @throws TwinheadError `unusable-input` for anything but a file; what the system says
 */
export async function openFile(file: string): Promise<FileHandle> {
  const handle = await open(file, READING);
  try {
    requireFile(file, await handle.stat());
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** @returns what is said of a file that can't be opened or read. @param missing whether there is none */
export function unreadableFile(file: string, error: unknown, missing: boolean): TwinheadError {
  return new TwinheadError(
    missing ? 'not-found' : 'unusable-input',
    missing ? say('exchange.missing') : say('exchange.unreadable', { words: saidOf(error) }),
    { file, remedy: say('exchange.unreadable.remedy') },
    { cause: error },
  );
}

/** A whole file. @throws as {@link openFile} */
export async function readWhole(file: string): Promise<Buffer> {
  await using handle = await openFile(file);
  return await handle.readFile();
}

/** As {@link openFile}, at once. @returns a descriptor, the caller's to close */
export function openFileSync(file: string): number {
  const descriptor = openSync(file, READING);
  try {
    requireFile(file, fstatSync(descriptor));
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** The first bytes of a file, at once; fewer where it has fewer. @throws as {@link openFile} */
export function readBeginningSync(file: string, bytes: number): Buffer {
  return withDescriptor(file, (descriptor) => {
    const buffer = Buffer.alloc(bytes);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, bytes, 0));
  });
}

/** As {@link readWhole}, at once. */
export function readWholeSync(file: string): Buffer {
  return withDescriptor(file, (descriptor) => readFileSync(descriptor));
}

/** As {@link readWholeSync}, in UTF-8. */
export function readTextSync(file: string): string {
  return readWholeSync(file).toString('utf8');
}

function withDescriptor<Value>(file: string, use: (descriptor: number) => Value): Value {
  const descriptor = openFileSync(file);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
