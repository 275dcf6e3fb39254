import type { FileHandle } from 'node:fs/promises';
import { damaged, UnusableImage } from './problems.ts';
import { say } from '../common/sentences/sentence.ts';

/**
 * Single pages of TIFF files (TIFF 6.0, section 2; BigTIFF), copied as they are: no pixel is decoded, so whatever the
 * depth, colours and compression, nothing can be lost.
 */
interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** The values, wherever they lay. */
  readonly content: Buffer;
}

interface Layout {
  readonly big: boolean;
  readonly littleEndian: boolean;
}

export interface TiffDirectory {
  readonly layout: Layout;
  readonly entries: readonly Entry[];
}

const TAG = {
  subfileType: 254,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  samplesPerPixel: 277,
  stripByteCounts: 279,
  tileOffsets: 324,
  tileByteCounts: 325,
  extraSamples: 338,
  sampleFormat: 339,
} as const;
/** Addresses of what is not the picture, or of other pages: subordinate, EXIF, GPS and interoperability directories. */
const LEFT_OUT = new Set([288, 289, 330, 34_665, 34_853, 40_965]);
const OLD_JPEG = 6;
/** Bytes of a value, by type. */
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
const MOST_PAGES = 100_000;
const MOST_ENTRIES = 4096;
const LARGEST_VALUE = 256 * 1024 * 1024;

/** @throws UnusableImage where the file ends before */
async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  if (bytesRead < length) throw damaged(say('images.pagesCutOff'));
  return buffer;
}

function number(buffer: Buffer, at: number, bytes: number, { littleEndian }: Layout): number {
  if (bytes === 8) return Number(littleEndian ? buffer.readBigUInt64LE(at) : buffer.readBigUInt64BE(at));
  return littleEndian ? buffer.readUIntLE(at, bytes) : buffer.readUIntBE(at, bytes);
}

function putNumber(buffer: Buffer, value: number, at: number, bytes: number, { littleEndian }: Layout): void {
  if (bytes < 8) {
    if (littleEndian) buffer.writeUIntLE(value, at, bytes);
    else buffer.writeUIntBE(value, at, bytes);
  } else if (littleEndian) buffer.writeBigUInt64LE(BigInt(value), at);
  else buffer.writeBigUInt64BE(BigInt(value), at);
}

/** Whole numbers of an entry; none where it is missing. */
function values({ layout, entries }: TiffDirectory, tag: number): number[] {
  const entry = entries.find((one) => one.tag === tag);
  if (entry === undefined) return [];
  const size = SIZES[entry.type] ?? 0;
  return Array.from({ length: entry.count }, (_, index) => number(entry.content, index * size, size, layout));
}

async function readDirectory(
  handle: FileHandle,
  at: number,
  layout: Layout,
): Promise<{ directory: TiffDirectory; next: number }> {
  const word = layout.big ? 8 : 4;
  const countBytes = layout.big ? 8 : 2;
  const entryBytes = layout.big ? 20 : 12;
  const entryCount = number(await readAt(handle, at, countBytes), 0, countBytes, layout);
  if (entryCount > MOST_ENTRIES) throw damaged(say('images.page.damaged'));
  const table = await readAt(handle, at + countBytes, entryCount * entryBytes + word);
  const entries: Entry[] = [];
  for (let index = 0; index < entryCount; index += 1) {
    const start = index * entryBytes;
    const tag = number(table, start, 2, layout);
    const type = number(table, start + 2, 2, layout);
    const count = number(table, start + 4, word, layout);
    const bytes = count * (SIZES[type] ?? 0);
    if (bytes === 0 || LEFT_OUT.has(tag)) continue;
    if (bytes > LARGEST_VALUE) throw damaged(say('images.page.damaged'));
    const inline = start + 4 + word;
    const content =
      bytes <= word
        ? table.subarray(inline, inline + bytes)
        : await readAt(handle, number(table, inline, word, layout), bytes);
    entries.push({ tag, type, count, content });
  }
  return { directory: { layout, entries }, next: number(table, entryCount * entryBytes, word, layout) };
}

/** What the samples of a picture are, as far as libvips does not say it. */
export interface TiffSamples {
  /** null: there are no channels beyond the colours. */
  readonly extraIsAlpha: boolean | null;
}

const COLOURS_OF_PHOTOMETRIC: Readonly<Record<number, number>> = { 2: 3, 5: 4, 6: 3, 8: 3 };
const FLOAT = 3;
const UNCOMPRESSED = 1;

/**
 * Reads the samples of the first page.
 * @throws UnusableImage
 */
export async function readSamples(handle: FileHandle): Promise<TiffSamples> {
  const [directory] = await readTiffDirectories(handle, 1);
  if (directory === undefined) throw damaged('The file ends before its pages are complete.');
  const value = (tag: number, otherwise: number): number => values(directory, tag)[0] ?? otherwise;
  const colours = COLOURS_OF_PHOTOMETRIC[value(TAG.photometric, 1)] ?? 1;
  const extra = value(TAG.samplesPerPixel, 1) > colours;
  // 1 and 2 say transparency; 0, or nothing, leaves it open.
  const alpha = [1, 2].includes(value(TAG.extraSamples, 0));
  return { extraIsAlpha: extra ? alpha : null };
}

/**
 * The first page with 32 bits a value, which libvips reads, where it has floats of 64; null where it has not.
 * @throws UnusableImage where they are compressed
 */
export async function narrowedFloats(handle: FileHandle): Promise<Buffer | null> {
  const [directory] = await readTiffDirectories(handle, 1);
  if (directory === undefined) return null;
  const value = (tag: number, otherwise: number): number => values(directory, tag)[0] ?? otherwise;
  if (value(TAG.sampleFormat, 1) !== FLOAT || value(TAG.bitsPerSample, 1) !== 64) return null;
  if (value(TAG.compression, UNCOMPRESSED) !== UNCOMPRESSED) {
    throw new UnusableImage({
      code: 'unsupported',
      reason: say('images.float64'),
      remedy: say('images.float64.remedy'),
    });
  }
  const { layout, entries } = directory;
  const halved = new Set<number>([TAG.bitsPerSample, TAG.stripByteCounts, TAG.tileByteCounts]);
  return singlePage(handle, directory, {
    entries: entries.map((entry) => {
      if (!halved.has(entry.tag)) return entry;
      const content = Buffer.from(entry.content);
      const size = SIZES[entry.type]!;
      for (const [index, count] of values(directory, entry.tag).entries())
        putNumber(content, count / 2, index * size, size, layout);
      return { ...entry, content };
    }),
    data: (data) => {
      const narrow = Buffer.alloc(data.length / 2);
      for (let at = 0; at + 8 <= data.length; at += 8) {
        if (layout.littleEndian) narrow.writeFloatLE(data.readDoubleLE(at), at / 2);
        else narrow.writeFloatBE(data.readDoubleBE(at), at / 2);
      }
      return narrow;
    },
  });
}

/**
 * Every page, in the order of the file.
 * @throws UnusableImage
 */
export async function readTiffDirectories(handle: FileHandle, most = MOST_PAGES): Promise<TiffDirectory[]> {
  const head = await readAt(handle, 0, 16);
  const littleEndian = head.toString('latin1', 0, 2) === 'II';
  const layout = { littleEndian, big: number(head, 2, 2, { littleEndian, big: false }) === 43 };
  const directories: TiffDirectory[] = [];
  const seen = new Set<number>();
  let at = layout.big ? number(head, 8, 8, layout) : number(head, 4, 4, layout);
  // A chain that comes back to itself is damage, and ends here.
  while (at !== 0 && !seen.has(at) && directories.length < most) {
    seen.add(at);
    const { directory, next } = await readDirectory(handle, at, layout);
    directories.push(directory);
    at = next;
  }
  return directories;
}

/** Whether it is a picture of its own, not a smaller copy or a mask of another one. */
export function isPicture(directory: TiffDirectory): boolean {
  const [subfileType = 0] = values(directory, TAG.subfileType);
  return (subfileType & 0b101) === 0;
}

/** How the data of a page are written otherwise than they were read. */
interface Rewriting {
  readonly entries: readonly Entry[];
  /** Rewrites the data of a strip or tile. */
  readonly data: (data: Buffer) => Buffer;
}

/**
 * The page as a file of its own.
 * @throws UnusableImage
 */
export async function singlePage(
  handle: FileHandle,
  directory: TiffDirectory,
  rewriting?: Rewriting,
): Promise<Buffer> {
  const { layout } = directory;
  const entries = rewriting?.entries ?? directory.entries;
  const dataOf = rewriting?.data ?? ((data: Buffer) => data);
  const tiled = entries.some(({ tag }) => tag === TAG.tileOffsets);
  const [offsetTag, countTag] = tiled
    ? [TAG.tileOffsets, TAG.tileByteCounts]
    : [TAG.stripOffsets, TAG.stripByteCounts];
  const offsets = values(directory, offsetTag);
  const counts = values(directory, countTag);
  if (
    values(directory, TAG.compression)[0] === OLD_JPEG ||
    offsets.length === 0 ||
    counts.length !== offsets.length
  ) {
    throw new UnusableImage({
      code: 'unsupported',
      reason: say('images.page.apart'),
      remedy: say('images.page.apart.remedy'),
    });
  }
  const { size } = await handle.stat();
  if (counts.reduce((sum, count) => sum + count, 0) > size) throw damaged(say('images.page.damaged'));

  const word = layout.big ? 8 : 4;
  const countBytes = layout.big ? 8 : 2;
  const headBytes = layout.big ? 16 : 8;
  const entryBytes = layout.big ? 20 : 12;
  const chunks: Buffer[] = [];
  let position = headBytes;
  /** Appends on an even address, as the format wants it. @returns where it lies */
  const append = (content: Buffer): number => {
    const at = position;
    chunks.push(content);
    position += content.length;
    if (position % 2 === 1) {
      chunks.push(Buffer.alloc(1));
      position += 1;
    }
    return at;
  };
  const moved: number[] = [];
  for (const [index, offset] of offsets.entries())
    moved.push(append(dataOf(await readAt(handle, offset, counts[index]!))));

  const addresses = Buffer.alloc(moved.length * word);
  for (const [index, address] of moved.entries()) putNumber(addresses, address, index * word, word, layout);
  // LONG or LONG8: addresses of the new file need not fit the type that the old ones had.
  const addressType = layout.big ? 16 : 4;
  const written = entries.map((entry) =>
    entry.tag === offsetTag ? { ...entry, type: addressType, content: addresses } : entry,
  );
  const table = Buffer.alloc(countBytes + written.length * entryBytes + word);
  putNumber(table, written.length, 0, countBytes, layout);
  for (const [index, { tag, type, count, content }] of written.entries()) {
    const start = countBytes + index * entryBytes;
    putNumber(table, tag, start, 2, layout);
    putNumber(table, type, start + 2, 2, layout);
    putNumber(table, count, start + 4, word, layout);
    if (content.length <= word) content.copy(table, start + 4 + word);
    else putNumber(table, append(content), start + 4 + word, word, layout);
  }
  const directoryAt = append(table);
  const head = Buffer.alloc(headBytes);
  head.write(layout.littleEndian ? 'II' : 'MM', 'latin1');
  putNumber(head, layout.big ? 43 : 42, 2, 2, layout);
  if (layout.big) putNumber(head, 8, 4, 2, layout);
  putNumber(head, directoryAt, layout.big ? 8 : 4, word, layout);
  return Buffer.concat([head, ...chunks]);
}
