import { isAscii } from 'node:buffer';
import { decoderOf } from './encoding.ts';
import type { TextEncoding } from './encoding.ts';
import { declaredEncoding, markedEncoding, whyUnread, wrongEncoding } from './files.ts';

/** What waits for its end at most, bytes: longer runs without any ASCII are no names, but what is no text at all. */
const LONGEST_REST = 1 << 16;

/**
 * Decodes a text file chunk by chunk, as `readText` does a small one: by its byte order mark, as it declares, as UTF-8,
 * or in the known encoding of the data set.
 */
export class TextChunks {
  readonly #file: string;
  readonly #encoding: TextEncoding | undefined;
  /** What the file may be decoded with: up to the first byte beyond ASCII all of them read the same. */
  #decoders: InstanceType<typeof TextDecoder>[] | null = null;
  #declared: string | null = null;
  #marked = false;
  #onlyAscii = true;
  /** Bytes at the end of the last chunk that may be a part of a character. */
  #rest = Buffer.alloc(0);

  constructor(file: string, encoding: TextEncoding | undefined) {
    this.#file = file;
    this.#encoding = encoding;
  }

  /**
   * @param chunk the next bytes; none at the end of the file
   * @param line for the refusal
   * @throws TwinheadError `unusable-input` where the bytes are no text of any of the encodings
   */
  decode(chunk: Buffer, line: number): string {
    this.#decoders ??= this.#decodersFor(chunk);
    const bytes = Buffer.concat([this.#rest, chunk]);
    const ascii = bytes.findLastIndex((byte) => byte < 0x80) + 1;
    const whole = chunk.length === 0 || bytes.length - ascii > LONGEST_REST ? bytes.length : ascii;
    this.#rest = bytes.subarray(whole);
    return this.#decodeWhole(bytes.subarray(0, whole), chunk.length > 0, line);
  }

  #decodersFor(head: Buffer): InstanceType<typeof TextDecoder>[] {
    const marked = markedEncoding(head);
    this.#marked = marked !== null;
    this.#declared = marked ?? declaredEncoding(head);
    const names = marked === null ? [this.#declared, 'utf-8', this.#encoding?.name] : [marked];
    return names.flatMap((name) => (name === null || name === undefined ? [] : (decoderOf(name) ?? [])));
  }

  #decodeWhole(bytes: Buffer, stream: boolean, line: number): string {
    const decoders = this.#decoders ?? [];
    for (const decoder of this.#onlyAscii ? decoders : decoders.slice(0, 1)) {
      try {
        const text = decoder.decode(bytes, { stream });
        if (this.#onlyAscii && !isAscii(bytes)) {
          this.#onlyAscii = false;
          this.#decoders = [decoder];
        }
        return text;
      } catch {
        // The next may.
      }
    }
    const encoding = this.#marked ? undefined : this.#encoding;
    const why = whyUnread(encoding, this.#declared);
    if (this.#onlyAscii) encoding?.unread(this.#file, bytes, why);
    throw wrongEncoding(this.#file, line, why);
  }
}
