import { createHash } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { makeFolder } from './folders.ts';
import { makeAtomically } from './write.ts';
import { openZip, unusableZip, zipError } from './zip-list.ts';
import type { ZipEntry, ZipList } from './zip-list.ts';

/** A zip archive that is read: its list was looked through, its files are unpacked one by one. */
export class ZipArchive implements Disposable {
  readonly file: string;
  readonly #list: ZipList;

  private constructor(file: string, list: ZipList) {
    this.file = file;
    this.#list = list;
  }

  /** @throws as {@link openZip} */
  static async open(file: string, options?: { anyCase?: boolean }): Promise<ZipArchive> {
    return new ZipArchive(file, await openZip(file, options));
  }

  get files(): readonly ZipEntry[] {
    return this.#list.files;
  }

  get fingerprint(): string {
    return this.#list.fingerprint;
  }

  /** A small file of the archive. @throws TwinheadError `unusable-input` where it is larger or damaged */
  async read(entry: ZipEntry, limit: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    if (entry.bytes > limit) throw unusableZip(this.file, say('files.zip.large'), entry.name);
    await this.#each(entry, (part) => void parts.push(part));
    return Buffer.concat(parts);
  }

  /**
   * Unpacks a file, whole or not at all, and compares its checksum.
   * @returns its SHA-256, hexadecimal
   * @throws TwinheadError `unusable-input` where the archive is damaged there; what the system says (disk full)
   */
  async unpack(entry: ZipEntry, to: string, signal?: AbortSignal): Promise<string> {
    const hash = createHash('sha256');
    const write = (handle: FileHandle): Promise<void> =>
      this.#each(entry, async (part) => {
        signal?.throwIfAborted();
        hash.update(part);
        await handle.writeFile(part);
      });
    await makeAtomically(to, write, { flush: false });
    return hash.digest('hex');
  }

  /** Unpacks all into a folder that is there. @throws as {@link unpack}; `disk-full` before anything is written */
  async unpackAll(
    folder: string,
    { signal, onProgress }: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
  ): Promise<void> {
    await this.requireRoom(folder);
    const made = new Set<string>();
    for (const [index, entry] of this.files.entries()) {
      signal?.throwIfAborted();
      onProgress?.(index, this.files.length);
      const to = path.join(folder, ...entry.name.split('/'));
      const parent = path.dirname(to);
      if (!made.has(parent)) makeFolder(parent);
      made.add(parent);
      await this.unpack(entry, to, signal);
    }
  }

  /** @throws TwinheadError `disk-full` where the disk has no room for what the list says */
  async requireRoom(folder: string): Promise<void> {
    const needed = this.files.reduce((sum, { bytes }) => sum + bytes, 0);
    const { bavail, bsize } = await statfs(folder);
    if (needed <= bavail * bsize) return;
    throw new TwinheadError(
      'disk-full',
      say('files.zip.room', { needed: { unit: 'bytes', value: needed } }),
      { file: folder, remedy: say('files.zip.room.remedy') },
    );
  }

  [Symbol.dispose](): void {
    this.#list.zip.close();
  }

  async #each({ name, entry }: ZipEntry, take: (part: Uint8Array) => void | Promise<void>): Promise<void> {
    let sum = 0;
    try {
      const stream = await this.#list.zip.openReadStreamPromise(entry);
      for await (const part of stream as AsyncIterable<Uint8Array>) {
        sum = crc32(part, sum);
        await take(part);
      }
    } catch (error) {
      throw zipError(this.file, error, name);
    }
    if (sum !== entry.crc32) throw unusableZip(this.file, say('files.zip.sum'), name);
  }
}
