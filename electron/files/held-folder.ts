import { closeSync, constants, fsyncSync, lstatSync, openSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { errorCode } from './error-code.ts';

/** Linux names here what a descriptor holds: paths through it stay in that folder, whatever becomes of its name. */
const DESCRIPTORS = '/proc/self/fd';

/** @returns the error of everything that is written or deleted through a link */
export function throughLink(file: string): TwinheadError {
  return new TwinheadError('unusable-input', say('files.link', { file }), {
    file,
    remedy: say('files.link.remedy'),
  });
}

/** What the system says where nothing may be written. */
const FORBIDDEN = new Set(['EACCES', 'EPERM', 'EROFS']);

/** @returns the error of a folder in which nothing can be written */
export function cannotWrite(folder: string, cause: unknown): TwinheadError {
  return new TwinheadError(
    'read-only',
    say('files.noWriting', { folder }),
    { file: folder, remedy: say('system.readOnly.remedy') },
    { cause },
  );
}

/**
 * The one spelling of a path: absolute, with every link followed in the part of it that exists. Whoever is given a
 * folder by a person spells it so once; below it no part may then be a link any more.
 */
export function canonicalPath(given: string): string {
  const absolute = path.resolve(given);
  try {
    return realpathSync.native(absolute);
  } catch (error) {
    const parent = path.dirname(absolute);
    if (errorCode(error) !== 'ENOENT' || parent === absolute) return absolute;
    return path.join(canonicalPath(parent), path.basename(absolute));
  }
}

/**
 * A folder held open while something is written or deleted in it, proved at that moment to be what its path says:
 * no part of the path is a link.
 */
export class HeldFolder implements Disposable {
  readonly path: string;
  readonly #descriptor: number | null;
  readonly #base: string;

  /** @throws TwinheadError `unusable-input` where a part is a link; what the system says where it can't be opened */
  constructor(folder: string) {
    this.path = folder;
    this.#descriptor = open(folder);
    this.#base = this.#prove();
  }

  /** Where a name of this folder is found. The last part may still be a link: open it with O_NOFOLLOW, or exclusively. */
  at(name: string): string {
    if (path.basename(name) !== name || name === '' || name === '.' || name === '..')
      throw new TwinheadError('invalid-input', say('files.name', { name }), { place: 'name' });
    return path.join(this.#base, name);
  }

  /** Makes names that were given or taken in it durable. */
  sync(): void {
    if (this.#descriptor !== null) fsyncSync(this.#descriptor);
  }

  /**
   * @returns the error of the system's, with the folder's own path in it and not the descriptor's; in words where
   * nothing may be written in the folder
   */
  named(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    const parts: { message: string; path?: unknown; dest?: unknown } = error;
    const isOurs = typeof parts.path === 'string' && path.dirname(parts.path) === this.#base;
    if (isOurs && FORBIDDEN.has(errorCode(error) ?? '')) return cannotWrite(this.path, error);
    if (this.#base === this.path) return error;
    for (const name of ['message', 'path', 'dest'] as const) {
      const text = parts[name];
      if (typeof text === 'string')
        parts[name] = text.replaceAll(this.#base + path.sep, this.path + path.sep);
    }
    return error;
  }

  [Symbol.dispose](): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
  }

  /** @returns by which path its names are reached */
  #prove(): string {
    try {
      const held = this.#descriptor === null ? null : path.join(DESCRIPTORS, String(this.#descriptor));
      if (held !== null && process.platform === 'linux' && readLink(held) === this.path) return held;
      if (realpathSync.native(this.path) === this.path) return this.path;
      throw throughLink(this.path);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }
}

/** Holds a folder while something is done in it, whose errors name the folder as a person knows it. */
export async function inFolder<Value>(
  folder: string,
  work: (held: HeldFolder) => Promise<Value>,
): Promise<Value> {
  using held = new HeldFolder(folder);
  try {
    return await work(held);
  } catch (error) {
    throw held.named(error);
  }
}

/** As {@link inFolder}, at once. */
export function inFolderSync<Value>(folder: string, work: (held: HeldFolder) => Value): Value {
  using held = new HeldFolder(folder);
  try {
    return work(held);
  } catch (error) {
    throw held.named(error);
  }
}

function readLink(file: string): string | null {
  try {
    return readlinkSync(file);
  } catch {
    // No such view of descriptors here: the path itself is looked at.
    return null;
  }
}

/** @returns null on Windows, which opens no folders */
function open(folder: string): number | null {
  if (process.platform === 'win32') return null;
  try {
    return openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    if (errorCode(error) === 'ELOOP' || errorCode(error) === 'ENOTDIR') {
      const found = lstatSync(folder, { throwIfNoEntry: false });
      if (found?.isSymbolicLink() === true) throw throughLink(folder);
      if (found?.isFile() === true)
        throw new TwinheadError(
          'unusable-input',
          say('files.isFile', { file: folder }),
          { file: folder, remedy: say('files.isFile.remedy') },
          { cause: error },
        );
    }
    throw error;
  }
}
