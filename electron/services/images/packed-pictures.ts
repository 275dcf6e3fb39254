import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { DatasetImage } from '../../common/dataset.ts';
import { makeFolder, move, remove, TemporaryFolder, writeAtomically } from '../../files/index.ts';
import type { OpenProject } from '../scope/open-project.ts';
import { folderOfSource, ownImagesFolder } from './own-images.ts';
import { isBelow } from './registration.ts';

/** What pictures came out of: a file's name, and what tells its contents from others. */
export interface PackedSource {
  readonly name: string;
  readonly bytes: number;
  readonly fingerprint: string;
}

/** Writes pictures that are inside a source into a folder, one after the other. */
export class Unpacker {
  readonly #folder: () => string;
  readonly #print = createHash('sha256');
  #count = 0;
  #bytes = 0;

  constructor(folder: () => string) {
    this.#folder = folder;
  }

  /** @param name any: it stays inside. @returns where it is */
  readonly unpack = async (name: string, content: Uint8Array): Promise<string> => {
    const folder = this.#folder();
    const parts = name.split(/[\\/]+/).filter((part) => !['', '.', '..'].includes(part));
    const clean = parts.map((part) => part.replace(/[\p{Cc}:*?"<>|]/gu, '_'));
    const wanted = path.join(folder, ...clean);
    const { dir, name: stem, ext } = path.parse(wanted);
    let file = wanted;
    for (let number = 2; existsSync(file); number += 1) file = path.join(dir, `${stem}_${number}${ext}`);
    makeFolder(path.dirname(file));
    await writeAtomically(file, content, { flush: false });
    this.#print.update(`${path.relative(folder, file)}\0`).update(content);
    this.#count += 1;
    this.#bytes += content.length;
    return file;
  };

  /** What has been written. */
  get unpacked(): Unpacked {
    return { count: this.#count, bytes: this.#bytes, fingerprint: this.#print.copy().digest('hex') };
  }
}

/** How many pictures, and what tells them from those of another source. */
export interface Unpacked {
  readonly count: number;
  readonly bytes: number;
  readonly fingerprint: string;
}

/** Pictures that were inside a source: in a temporary folder of the project, until they are kept. */
export class PackedPictures implements AsyncDisposable {
  readonly #project: OpenProject;
  #folder: TemporaryFolder | null = null;
  readonly #unpacker = new Unpacker(() => this.folder);
  #elsewhere: Unpacked | null = null;

  constructor(project: OpenProject) {
    this.#project = project;
  }

  /** Made with the first call. */
  get folder(): string {
    this.#folder ??= new TemporaryFolder('import-', this.#project.folder);
    return this.#folder.path;
  }

  /** Whether there are any. */
  get used(): boolean {
    return this.#unpacked.count > 0;
  }

  get unpack(): Unpacker['unpack'] {
    return this.#unpacker.unpack;
  }

  /** What a thread has written into the folder. */
  take(unpacked: Unpacked): void {
    this.#elsewhere = unpacked;
  }

  /** What tells this source from others, once all was unpacked. */
  source(name: string): PackedSource {
    const { bytes, fingerprint } = this.#unpacked;
    return { name, bytes, fingerprint };
  }

  get #unpacked(): Unpacked {
    return this.#elsewhere ?? this.#unpacker.unpacked;
  }

  /** Moves the pictures of the data set to the project's own; one that is there since an earlier import stays. */
  async keep(
    source: PackedSource,
    images: readonly DatasetImage[],
  ): Promise<{ images: DatasetImage[]; added: string[] }> {
    const own = ownImagesFolder(this.#project.folder);
    let folder: string | null = null;
    const added: string[] = [];
    const kept: DatasetImage[] = [];
    const there = new Set<string>();
    for (const image of images) {
      if (image.file === null || !isBelow(this.folder, image.file)) {
        kept.push(image);
        continue;
      }
      if (folder === null) {
        folder = path.join(own, await folderOfSource(own, source));
        for (const name of await readdir(folder, { recursive: true })) there.add(path.join(folder, name));
      }
      const to = path.join(folder, path.relative(this.folder, image.file));
      if (!there.has(to)) {
        makeFolder(path.dirname(to));
        await move(image.file, to);
        added.push(to);
      }
      kept.push({ ...image, file: to });
    }
    return { images: kept, added };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#folder === null) return;
    // Not at once: there may be 100,000 files.
    await remove(this.#folder.path);
    this.#folder[Symbol.dispose]();
  }
}
