import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';

const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0;

/** A disk of its own under a folder's files, as root on Linux can make one, that can be filled up and emptied. */
export class SmallDisk implements Disposable {
  readonly #folder: string;
  readonly #filler: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#filler = path.join(folder, 'filler');
  }

  /** @returns null where this user can't make one */
  static under(folder: string, mebibytes: number): SmallDisk | null {
    const files = readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name))] as const);
    if (!mount('-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder)) return null;
    for (const [name, content] of files) writeFileSync(path.join(folder, name), content);
    return new SmallDisk(folder);
  }

  /** Takes all the room that is left. */
  fill(): void {
    const file = openSync(this.#filler, 'a');
    try {
      for (let bytes = 2 ** 20; bytes >= 1;) {
        try {
          if (writeSync(file, Buffer.alloc(bytes)) < bytes) bytes /= 2;
        } catch {
          bytes /= 2;
        }
      }
    } finally {
      closeSync(file);
    }
  }

  empty(): void {
    rmSync(this.#filler, { force: true });
  }

  [Symbol.dispose](): void {
    spawnSync('umount', ['--lazy', this.#folder]);
  }
}
