import fs from 'node:fs';
import { TwinheadError } from '../../common/errors.ts';

/** Pixel files up to this size are kept in memory; of larger ones, what the system's page cache holds costs nothing. */
const IN_MEMORY_BYTES = 256_000_000;

/** The rows of a pixel cache: bytes [count, size, size, 3]. */
export class PixelFile {
  readonly #rowBytes: number;
  readonly #bytes: Uint8Array | null;
  readonly #descriptor: number | null;
  readonly #buffer: Uint8Array;

  /** @throws TwinheadError `not-found` or `unusable-input` where the file is not there or not of whole rows. */
  constructor(file: string, size: number) {
    this.#rowBytes = size * size * 3;
    let bytes: number;
    try {
      bytes = fs.statSync(file).size;
    } catch (error) {
      throw new TwinheadError('not-found', 'The cache of decoded images is not there.', {
        file,
        remedy: 'Start again: it is made anew.',
        cause: String(error),
      });
    }
    if (bytes % this.#rowBytes !== 0) {
      throw new TwinheadError('unusable-input', 'The cache of decoded images is damaged.', {
        file,
        remedy: 'Delete the project’s cache folder and start again.',
      });
    }
    const inMemory = bytes <= IN_MEMORY_BYTES;
    this.#bytes = inMemory ? fs.readFileSync(file) : null;
    this.#descriptor = inMemory ? null : fs.openSync(file, 'r');
    this.#buffer = new Uint8Array(inMemory ? 0 : this.#rowBytes);
  }

  /** Writes the bytes of a row, as numbers, to `target` from `offset` on. */
  copyRow(row: number, target: Float32Array, offset: number): void {
    const start = row * this.#rowBytes;
    if (this.#bytes !== null) {
      target.set(this.#bytes.subarray(start, start + this.#rowBytes), offset);
      return;
    }
    fs.readSync(this.#descriptor!, this.#buffer, 0, this.#rowBytes, start);
    target.set(this.#buffer, offset);
  }

  close(): void {
    if (this.#descriptor !== null) fs.closeSync(this.#descriptor);
  }
}
