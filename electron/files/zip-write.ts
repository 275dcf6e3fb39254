import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { openFile } from './read.ts';
import { makeAtomically } from './write.ts';

const CHUNK_BYTES = 1 << 18;

/** A file that goes into an archive. */
export interface ZipSource {
  /** There, with forward slashes. */
  readonly name: string;
  /** Absolute. */
  readonly file: string;
}

/** What went in. */
export interface ZippedFile {
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Others are packed as they are: pictures and weights hardly get smaller. */
const TEXTS = /\.(db|json|jsonl|ndjson|txt|log|csv|ya?ml|md)$/i;
/** The same bytes on every machine: no times, no modes of the disk. */
const SAME = { mtime: new Date(1980, 0, 1), mode: 0o100644, forceDosTimestamp: true };

/** Makes the archive's last entry, of what went in before it. */
interface LastEntry {
  readonly name: string;
  readonly content: (packed: readonly ZippedFile[]) => string;
}

/**
 * Writes a zip archive, whole or not at all; the same files give the same bytes. None is held in memory.
 * @throws what the system says (disk full, a file that is gone)
 */
export async function writeZip(
  file: string,
  sources: readonly ZipSource[],
  last: LastEntry,
  options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (done: number, total: number) => void;
  } = {},
): Promise<void> {
  await makeAtomically(file, async (handle) => {
    for await (const part of zipped(sources, last, options.onProgress)) {
      options.signal?.throwIfAborted();
      await handle.writeFile(part);
    }
  });
}

/** The bytes of the archive, piece by piece. */
function zipped(
  sources: readonly ZipSource[],
  last: LastEntry,
  onProgress: ((done: number, total: number) => void) | undefined,
): AsyncIterable<Uint8Array> {
  const zip = new ZipFile();
  const packed: ZippedFile[] = [];
  for (const { name, file } of sources) {
    zip.addReadStreamLazy(name, { ...SAME, compress: TEXTS.test(name) }, (take) => {
      onProgress?.(packed.length, sources.length);
      take(null, Readable.from(hashed(file, name, packed), { objectMode: false }));
    });
  }
  zip.addReadStreamLazy(last.name, { ...SAME, compress: true }, (take) => {
    take(null, Readable.from([Buffer.from(last.content(packed), 'utf8')], { objectMode: false }));
  });
  zip.end();
  const output = zip.outputStream.pipe(new PassThrough());
  zip.on('error', (error: Error) => output.destroy(error));
  return output as AsyncIterable<Uint8Array>;
}

async function* hashed(file: string, name: string, packed: ZippedFile[]): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let bytes = 0;
  await using handle = await openFile(file);
  for (;;) {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES);
    if (bytesRead === 0) break;
    const part = buffer.subarray(0, bytesRead);
    hash.update(part);
    bytes += bytesRead;
    yield part;
  }
  packed.push({ path: name, bytes, sha256: hash.digest('hex') });
}

/** SHA-256 of a file, hexadecimal. @throws as {@link openFile} */
export async function hashFile(file: string): Promise<string> {
  const packed: ZippedFile[] = [];
  for await (const part of hashed(file, file, packed)) if (part.length === 0) continue;
  return packed[0]!.sha256;
}
