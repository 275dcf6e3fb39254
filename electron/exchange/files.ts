import { open, readFile, stat } from 'node:fs/promises';
import { TwinheadError, toErrorReport } from '../common/errors.ts';

/** @returns null where there is nothing, or nothing that can be looked at */
export async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : null;
  } catch {
    return null;
  }
}

/** The first bytes of a file as text, for recognising a format; empty where it cannot be read. */
export async function beginning(path: string, bytes: number): Promise<string> {
  try {
    await using handle = await open(path, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  }
}

/**
 * Reads a text file of at most `limit` bytes as UTF-8, without its byte order mark.
 * @throws TwinheadError `not-found` or `unusable-input`
 */
export async function readText(path: string, limit: number): Promise<string> {
  let content: Buffer;
  try {
    const { size } = await stat(path);
    if (size > limit) {
      throw new TwinheadError(
        'unusable-input',
        `The file has ${Math.round(size / 1e6)} MB; at most ${Math.round(limit / 1e6)} MB are read.`,
        { file: path, remedy: 'Split it into several files and import them one after the other.' },
      );
    }
    content = await readFile(path);
  } catch (error) {
    if (error instanceof TwinheadError) throw error;
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new TwinheadError(
      missing ? 'not-found' : 'unusable-input',
      missing ? 'The file is not there.' : `The file cannot be read: ${toErrorReport(error).message}`,
      { file: path, remedy: 'Check the path and the permissions.' },
      { cause: error },
    );
  }
  const utf16 =
    content.length >= 2 && (content.readUInt16BE(0) === 0xfffe || content.readUInt16BE(0) === 0xfeff);
  if (utf16) {
    throw new TwinheadError('unusable-input', 'The file is written in UTF-16.', {
      file: path,
      remedy: 'Save it as UTF-8.',
    });
  }
  const text = content.toString('utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
