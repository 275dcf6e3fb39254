import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

export interface Packed {
  readonly name: string;
  readonly content: string | Buffer;
  /** Unix mode; a plain file's where not given. */
  readonly mode?: number;
  readonly compress?: boolean;
}

/** Writes a zip archive of these entries, in their order. */
export async function writeZipFile(file: string, entries: readonly Packed[]): Promise<string> {
  const zip = new ZipFile();
  for (const { name, content, mode = 0o100644, compress = true } of entries)
    zip.addBuffer(Buffer.from(content), name, { mode, compress, mtime: new Date(2020, 0, 1) });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
  return file;
}
