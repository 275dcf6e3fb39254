import { createHash } from 'node:crypto';
import { closeSync } from 'node:fs';
import { fromFdPromise, getFileNameLowLevel, validateFileName } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { toErrorReport, TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Said } from '../common/sentences/sentence.ts';
import { errorCode } from './error-code.ts';
import { openFileSync, unreadableFile } from './read.ts';

/** Bounds of an archive: what goes beyond is refused before anything is unpacked. */
export const ZIP_LIMITS = {
  entries: 1_000_000,
  /** Bytes of one entry, unpacked. */
  entryBytes: 64e9,
  /** Bytes of all. */
  totalBytes: 512e9,
  /** Unpacked bytes for each packed one: pictures have about 1, labels up to 50. */
  ratio: 200,
  /** An entry of fewer bytes may be packed more tightly: empty masks are. */
  smallBytes: 10e6,
} as const;

/** Bits of the Unix mode in an entry's attributes that say which sort of file it is. */
const SORT = 0o170000;
const PLAIN: ReadonlySet<number> = new Set([0, 0o100000]);
const FOLDER = 0o040000;
/** Methods that are read: stored, deflated. */
const METHODS: ReadonlySet<number> = new Set([0, 8]);

/** A file in an archive. */
export interface ZipEntry {
  /** Below the archive, with forward slashes. */
  readonly name: string;
  readonly bytes: number;
  readonly entry: Entry;
}

/** The list of a zip archive, found harmless: no entry leads out of it, none is a link, and it is no bomb. */
export interface ZipList {
  readonly zip: ZipFile;
  /** Without folders. */
  readonly files: readonly ZipEntry[];
  /** What tells its contents from others: of names, sizes and checksums. */
  readonly fingerprint: string;
}

export function unusableZip(file: string, problem: Said, place?: string, cause?: unknown): TwinheadError {
  return new TwinheadError(
    'unusable-input',
    problem,
    { file, ...(place === undefined ? {} : { place }), remedy: say('files.zip.remedy') },
    cause === undefined ? undefined : { cause },
  );
}

/** An error of the archive's bytes; those of the system stay as they are. */
export function zipError(file: string, error: unknown, place?: string): unknown {
  if (error instanceof TwinheadError || (error instanceof Error && error.name === 'AbortError')) return error;
  const code = errorCode(error);
  if (code !== undefined && !/^(Z_|ERR_)/.test(code)) return error;
  return unusableZip(file, say(place === undefined ? 'files.zip.damaged' : 'files.zip.entry'), place, error);
}

function openArchive(file: string): number {
  try {
    return openFileSync(file);
  } catch (error) {
    if (error instanceof TwinheadError) throw error;
    if (errorCode(error) === 'EISDIR') throw TwinheadError.of(toErrorReport(error), { cause: error });
    throw unreadableFile(file, error, ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? ''));
  }
}

/**
 * Opens an archive and reads its list.
 * @param options.anyCase takes names that differ in case only, which some systems can't tell apart
 * @throws TwinheadError `not-found`; `unusable-input` naming archive and entry; what the system says
 */
export async function openZip(
  file: string,
  { anyCase = false }: { anyCase?: boolean } = {},
): Promise<ZipList> {
  const descriptor = openArchive(file);
  let zip: ZipFile;
  try {
    zip = await fromFdPromise(descriptor, { lazyEntries: true, autoClose: false, decodeStrings: false });
  } catch (error) {
    closeSync(descriptor);
    throw zipError(file, error);
  }
  try {
    return { zip, ...(await readList(zip, file, anyCase)) };
  } catch (error) {
    zip.close();
    throw zipError(file, error);
  }
}

async function readList(
  zip: ZipFile,
  file: string,
  anyCase: boolean,
): Promise<Pick<ZipList, 'files' | 'fingerprint'>> {
  const { entries, totalBytes, ratio, smallBytes } = ZIP_LIMITS;
  const tooMany = (): TwinheadError => unusableZip(file, say('files.zip.entries', { most: entries }));
  if (zip.entryCount > entries) throw tooMany();
  const files: ZipEntry[] = [];
  const taken = new Map<string, 'file' | 'folder'>();
  const print = createHash('sha256');
  let [packed, unpacked] = [0, 0];
  for await (const entry of zip.eachEntry()) {
    const name = nameOf(entry);
    requireHarmless(entry, name, file);
    if (name.endsWith('/')) continue;
    take(name, taken, file, anyCase);
    packed += entry.compressedSize;
    unpacked += entry.uncompressedSize;
    // Entries that share their bytes are how a small archive becomes an endless one.
    if (packed > zip.fileSize) throw unusableZip(file, say('files.zip.overlap'), name);
    if (unpacked > totalBytes || (unpacked > smallBytes && unpacked > ratio * zip.fileSize))
      throw unusableZip(
        file,
        say('files.zip.bomb', { size: bytes(unpacked), packed: bytes(zip.fileSize) }),
        name,
      );
    print.update(`${name}\0${entry.uncompressedSize}\0${entry.crc32}\n`);
    files.push({ name, bytes: entry.uncompressedSize, entry });
    if (files.length > entries) throw tooMany();
  }
  return { files, fingerprint: print.digest('hex') };
}

const bytes = (value: number) => ({ unit: 'bytes', value }) as const;
const UTF8_FLAG = 0x800;

/** As the archive says; macOS writes UTF-8 without saying so. */
function nameOf({ fileNameRaw, generalPurposeBitFlag, extraFields }: Entry): string {
  let flag = generalPurposeBitFlag;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(fileNameRaw);
    flag |= UTF8_FLAG;
  } catch {
    // The name comes from an older program: read as DOS wrote it.
  }
  return getFileNameLowLevel(flag, fileNameRaw, extraFields, false);
}

/** @throws TwinheadError where an entry may not be unpacked */
function requireHarmless(entry: Entry, name: string, file: string): void {
  const { entryBytes, ratio, smallBytes } = ZIP_LIMITS;
  const parts = name.split('/');
  const isFolder = parts.at(-1) === '';
  if (isFolder) parts.pop();
  if (
    validateFileName(name) !== null ||
    parts.length === 0 ||
    parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'))
  )
    throw unusableZip(file, say('files.zip.name'), name);
  const sort = (entry.externalFileAttributes >>> 16) & SORT;
  if (!PLAIN.has(sort) && sort !== FOLDER) throw unusableZip(file, say('files.zip.link'), name);
  if (isFolder) return;
  if (entry.isEncrypted()) throw unusableZip(file, say('files.zip.encrypted'), name);
  if (!METHODS.has(entry.compressionMethod))
    throw unusableZip(file, say('files.zip.method', { method: String(entry.compressionMethod) }), name);
  const { compressedSize: packed, uncompressedSize: size } = entry;
  if (size > entryBytes || (size > smallBytes && size > ratio * packed))
    throw unusableZip(file, say('files.zip.bomb', { size: bytes(size), packed: bytes(packed) }), name);
}

/** Each name once, and none a folder of another. */
function take(name: string, taken: Map<string, 'file' | 'folder'>, file: string, anyCase: boolean): void {
  const key = anyCase ? name : name.normalize('NFC').toLowerCase();
  for (let at = key.indexOf('/'); at > 0; at = key.indexOf('/', at + 1)) {
    const folder = key.slice(0, at);
    if (taken.get(folder) === 'file') throw unusableZip(file, say('files.zip.twice'), name);
    taken.set(folder, 'folder');
  }
  if (taken.has(key)) throw unusableZip(file, say('files.zip.twice'), name);
  taken.set(key, 'file');
}
