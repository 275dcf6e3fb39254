import { closeSync, readSync, statSync } from 'node:fs';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { openFileSync, readWholeSync } from '../../files/index.ts';

/** Pixel files up to this size are kept in memory; of larger ones, what the system's page cache holds costs nothing. */
const IN_MEMORY_BYTES = 256_000_000;

/** Rows of bytes [rows, size, size, 3]. The file may grow meanwhile; rows that are there stay as they are. */
export class PixelFile {
  readonly #file: string;
  readonly #rowBytes: number;
  readonly #bytes: Uint8Array | null;
  readonly #descriptor: number | null;
  readonly #buffer: Uint8Array;

  /** @throws TwinheadError `not-found` where the file does not exist. */
  constructor(file: string, size: number, inMemoryBytes = IN_MEMORY_BYTES) {
    this.#file = file;
    this.#rowBytes = size * size * 3;
    try {
      const inMemory = statSync(file).size <= inMemoryBytes;
      this.#bytes = inMemory ? readWholeSync(file) : null;
      this.#descriptor = inMemory ? null : openFileSync(file);
    } catch (error) {
      throw new TwinheadError('not-found', say('learning.pixels.unreadable'), {
        file,
        remedy: say('learning.pixels.unreadable.remedy'),
        cause: String(error),
      });
    }
    this.#buffer = new Uint8Array(this.#bytes === null ? this.#rowBytes : 0);
  }

  /**
   * Writes the bytes of a row, as numbers, to `target` from `offset` on.
   * @throws TwinheadError `unusable-input` where the file ends before the row does
   */
  copyRow(row: number, target: Float32Array, offset: number): void {
    const start = row * this.#rowBytes;
    if (this.#bytes !== null) {
      if (start + this.#rowBytes > this.#bytes.length) throw this.#cutOff(row);
      target.set(this.#bytes.subarray(start, start + this.#rowBytes), offset);
      return;
    }
    for (let read = 0; read < this.#rowBytes;) {
      const more = readSync(this.#descriptor!, this.#buffer, read, this.#rowBytes - read, start + read);
      if (more === 0) throw this.#cutOff(row);
      read += more;
    }
    target.set(this.#buffer, offset);
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
  }

  #cutOff(row: number): TwinheadError {
    return new TwinheadError('unusable-input', say('learning.pixels.cutOff'), {
      file: this.#file,
      place: say('learning.row', { row: String(row) }),
      remedy: say('learning.pixels.cutOff.remedy'),
    });
  }
}
