import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Sentence } from '../common/sentences/sentence.ts';
import { errorCode, openFile, readWhole, unreadableFile } from '../files/index.ts';
import { decoded } from './encoding.ts';
import type { TextEncoding } from './encoding.ts';

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
    await using handle = await openFile(path);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    const read = buffer.subarray(0, bytesRead);
    return new TextDecoder(markedEncoding(read) ?? 'utf-8', { ignoreBOM: true }).decode(read);
  } catch {
    return '';
  }
}

/** What a data set has no annotations in. */
const PASSED_OVER = /^\.|^node_modules$|^twinhead\.json$|\.twinhead$/i;
const DEEPEST_FOLDER = 12;

/**
 * Files under a folder whose name passes, in the order of their names; hidden ones and links to folders are left out.
 * @param most ends the walk once so many were found
 */
export async function filesUnder(
  folder: string,
  accepts: (name: string) => boolean,
  most = Infinity,
): Promise<string[]> {
  const found: string[] = [];
  const walk = async (current: string, depth: number): Promise<void> => {
    const entries = await readdir(current, { withFileTypes: true }).catch(() => []);
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (found.length >= most) return;
      if (PASSED_OVER.test(entry.name)) continue;
      const path = join(current, entry.name);
      if (entry.isDirectory()) {
        if (depth < DEEPEST_FOLDER) await walk(path, depth + 1);
      } else if (accepts(entry.name) && (entry.isFile() || (await kindOf(path)) === 'file')) found.push(path);
    }
  };
  await walk(folder, 0);
  return found;
}

async function readBytes(path: string, limit: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > limit) {
      throw new TwinheadError(
        'unusable-input',
        say('exchange.tooLarge', {
          size: { unit: 'bytes', value: size },
          limit: { unit: 'bytes', value: limit },
        }),
        { file: path, remedy: say('exchange.tooLarge.remedy') },
      );
    }
    return await readWhole(path);
  } catch (error) {
    if (error instanceof TwinheadError) throw error;
    throw unreadableFile(path, error, errorCode(error) === 'ENOENT');
  }
}

/** By its byte order mark. */
export function markedEncoding(content: Buffer): string | null {
  if (content[0] === 0xff && content[1] === 0xfe) return 'utf-16le';
  if (content[0] === 0xfe && content[1] === 0xff) return 'utf-16be';
  if (content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf) return 'utf-8';
  return null;
}

/** As XML says in its first line. */
export function declaredEncoding(content: Buffer): string | null {
  const head = content.toString('latin1', 0, 200);
  return /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/i.exec(head)?.[1]?.toLowerCase() ?? null;
}

/** The line of the first byte that is no UTF-8. */
function lineOfBadByte(content: Buffer): number {
  const lossy = content.toString('utf8');
  return lossy.slice(0, lossy.indexOf('\ufffd')).split('\n').length;
}

const ZIP = 0x504b_0304;
/** What a zip archive begins with, as text. */
export const ZIP_HEAD = 'PK\u0003\u0004';

export const isZipHead = (content: Buffer): boolean => content.length >= 4 && content.readUInt32BE(0) === ZIP;

export function zipArchive(file: string): TwinheadError {
  return new TwinheadError('unusable-input', say('exchange.zip'), {
    file,
    remedy: say('exchange.zip.remedy'),
  });
}

/** Why a text can't be read: in the encoding that the person chose, as it declares, or as UTF-8. */
export function whyUnread(chosen: TextEncoding | undefined, declared: string | null): Sentence {
  if (chosen?.name !== undefined) return say('exchange.encoding', { encoding: chosen.name });
  if (declared !== null) return say('exchange.encoding.declared', { encoding: declared });
  return say('exchange.encoding.undeclared');
}

export function wrongEncoding(file: string, line: number, why: Sentence): TwinheadError {
  return new TwinheadError('unusable-input', why, {
    file,
    place: say('exchange.line', { line: String(line) }),
    remedy: say('exchange.encoding.remedy'),
  });
}

/**
 * Reads a text file of at most `limit` bytes, without its byte order mark. Nothing is decoded by guess: what is not
 * UTF-8 is read only as it says of itself, or in the known encoding of the data set.
 * @throws TwinheadError `not-found` or `unusable-input`
 */
export async function readText(path: string, limit: number, encoding?: TextEncoding): Promise<string> {
  const content = await readBytes(path, limit);
  if (isZipHead(content)) throw zipArchive(path);
  const marked = markedEncoding(content);
  const declared = marked ?? declaredEncoding(content);
  // Scripts declare what they like: where that is wrong, it says nothing.
  const tried = marked === null ? [declared, 'utf-8', encoding?.name] : [marked];
  for (const one of tried) {
    const text = one === null || one === undefined ? null : decoded(content, one);
    if (text !== null) return text;
  }
  const why = whyUnread(marked === null ? encoding : undefined, declared);
  if (marked === null) encoding?.unread(path, content, why);
  throw wrongEncoding(path, lineOfBadByte(content), why);
}
