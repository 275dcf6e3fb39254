import { TwinheadError } from '../../../common/errors.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import { openFile } from '../../../files/index.ts';

const BLOCK = 512;
/** Long names and other fields of an entry: more is no name. */
const LONGEST_NOTE = 1_000_000;

/** A file of an archive; others (folders, links) are passed over. */
export interface TarEntry {
  readonly name: string;
  readonly bytes: number;
  /** Its content, until the next entry is asked for. */
  readonly read: () => Promise<Buffer>;
}

const textOf = (field: Buffer): string => {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
};

/** Octal digits, or for large files a number in binary. */
function numberIn(field: Buffer): number {
  if (field[0] === 0x80) return Number(field.readBigUInt64BE(field.length - 8));
  const digits = textOf(field).trim();
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

function sumOf(head: Buffer): number {
  let sum = 0;
  for (let at = 0; at < BLOCK; at += 1) sum += at >= 148 && at < 156 ? 0x20 : head[at]!;
  return sum;
}

/** `path` of the fields that POSIX writes before an entry: "27 path=…\n". */
const pathIn = (note: string): string | null => /(?:^|\n)\d+ path=([^\n]*)\n/.exec(note)?.[1] ?? null;

/**
 * The files of a tar archive, one after the other; nothing but what is asked for is in memory.
 * @throws TwinheadError `unusable-input` naming the place where it is damaged
 */
export async function* tarEntries(file: string): AsyncGenerator<TarEntry> {
  await using handle = await openFile(file);
  const { size } = await handle.stat();
  let at = 0;
  let longName: string | null = null;
  const refuse = (words: Sentence): TwinheadError =>
    new TwinheadError('unusable-input', say('formats.tar.bad', { words }), {
      file,
      place: say('formats.byte', { byte: String(at) }),
      remedy: say('formats.again'),
    });
  const bytesAt = async (position: number, length: number): Promise<Buffer> => {
    if (position + length > size) throw refuse(say('formats.tar.cut'));
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
    if (bytesRead < length) throw refuse(say('formats.tar.cut'));
    return buffer;
  };
  while (at < size) {
    const head = await bytesAt(at, BLOCK);
    if (head.every((byte) => byte === 0)) return;
    if (numberIn(head.subarray(148, 156)) !== sumOf(head)) throw refuse(say('formats.tar.sum'));
    const bytes = numberIn(head.subarray(124, 136));
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw refuse(say('formats.tar.size'));
    const content = at + BLOCK;
    const type = String.fromCharCode(head[156]!);
    const noted = type === 'x' || type === 'L';
    if (noted && bytes > LONGEST_NOTE) throw refuse(say('formats.tar.size'));
    if (noted) {
      const note = await bytesAt(content, bytes);
      longName = type === 'L' ? textOf(note) : pathIn(note.toString('utf8'));
    } else {
      const prefix = head.toString('latin1', 257, 262) === 'ustar' ? textOf(head.subarray(345, 500)) : '';
      const short = textOf(head.subarray(0, 100));
      const name = longName ?? (prefix === '' ? short : `${prefix}/${short}`);
      longName = null;
      if (type === '0' || type === '\0') {
        if (content + bytes > size) throw refuse(say('formats.tar.cut'));
        yield { name, bytes, read: () => bytesAt(content, bytes) };
      }
    }
    at = content + Math.ceil(bytes / BLOCK) * BLOCK;
  }
}

/** An entry as it lies in an archive. @param name of at most 100 bytes */
export function tarred(name: string, content: Uint8Array): Buffer {
  const entry = Buffer.alloc(BLOCK + Math.ceil(content.length / BLOCK) * BLOCK);
  const octal = (value: number, length: number): string => value.toString(8).padStart(length - 1, '0');
  entry.write(name, 0);
  entry.write(octal(0o644, 8), 100);
  entry.write(octal(0, 8), 108);
  entry.write(octal(0, 8), 116);
  entry.write(octal(content.length, 12), 124);
  entry.write(octal(0, 12), 136);
  entry.write('0', 156);
  entry.write('ustar\u000000', 257, 'latin1');
  entry.write(`${octal(sumOf(entry), 7)}\u0000 `, 148, 'latin1');
  entry.set(content, BLOCK);
  return entry;
}

/** What an archive ends with. */
export const TAR_END = Buffer.alloc(2 * BLOCK);
