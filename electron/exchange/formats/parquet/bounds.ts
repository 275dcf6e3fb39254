import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { ColumnMetaData, Compressors, FileMetaData, RowGroup, SchemaTree } from 'hyparquet';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';

/** What no library of pictures writes, and what a few bytes could otherwise ask hyparquet to fill memory with. */
const MOST_ROWS = 2_000_000;
const MOST_VALUES = 20_000_000;
/** Four sides of as many boxes as an image may have. */
const MOST_VALUES_OF_ROW = 40_000;
const MOST_PAGE_BYTES = 1e9;
/** Fields in fields in fields. */
const DEEPEST = 40;
const LONGEST_NUMBER = 10;

/** A file that is not what it says. */
export class Misshapen extends Error {
  readonly said: Sentence;

  constructor(said: Sentence) {
    super(said.key);
    this.said = said;
  }
}

export const cut = (): Misshapen => new Misshapen(say('formats.parquet.cut'));
export const large = (): Misshapen => new Misshapen(say('formats.parquet.size'));
const foreign = (how: string | undefined): Misshapen =>
  new Misshapen(say('formats.parquet.foreign', { how: how ?? '?' }));

type Field = number | boolean | Fields | null;
interface Fields {
  readonly [id: number]: Field;
}

/** Compact Thrift, as the heads of a Parquet file are written: numbers and structures, all else is passed over. */
class Thrift {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  structure(depth = 0): Fields {
    if (depth > DEEPEST) throw cut();
    const fields: Record<number, Field> = {};
    for (let id = 0; ;) {
      const head = this.#byte();
      const kind = head & 15;
      if (kind === 0) return fields;
      id = head >> 4 === 0 ? this.#zigzag() : id + (head >> 4);
      fields[id] = this.#value(kind, depth);
    }
  }

  #value(kind: number, depth: number): Field {
    switch (kind) {
      case 1:
      case 2:
        return kind === 1;
      case 3:
        return this.#byte();
      case 4:
      case 5:
        return this.#zigzag();
      case 6:
        this.#digits();
        return null;
      case 7:
        return this.#skip(8);
      case 8:
        return this.#skip(this.#length());
      case 9:
        return this.#list(depth);
      case 12:
        return this.structure(depth + 1);
      default:
        throw cut();
    }
  }

  #list(depth: number): null {
    const head = this.#byte();
    const count = head >> 4 === 15 ? this.#length() : head >> 4;
    // One of truths has a byte each.
    const kind = (head & 15) <= 2 ? 3 : head & 15;
    for (let left = count; left > 0; left -= 1) this.#value(kind, depth + 1);
    return null;
  }

  /** Reads the length of a text or a list, each of whose parts has at least a byte. */
  #length(): number {
    const length = this.#digits();
    if (length > this.#bytes.length - this.at) throw cut();
    return length;
  }

  #skip(length: number): null {
    this.at += length;
    if (this.at > this.#bytes.length) throw cut();
    return null;
  }

  #zigzag(): number {
    const digits = this.#digits();
    return digits % 2 === 0 ? digits / 2 : -(digits + 1) / 2;
  }

  #digits(): number {
    let value = 0;
    for (let index = 0; index < LONGEST_NUMBER; index += 1) {
      const byte = this.#byte();
      value += (byte & 127) * 2 ** (7 * index);
      if (byte < 128) return value;
    }
    throw cut();
  }

  #byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw cut();
    this.at += 1;
    return byte;
  }
}

/** @param tail the metadata, with their length and the mark behind them @throws Misshapen */
export function requireBoundedMetadata(tail: Uint8Array): void {
  new Thrift(tail.subarray(0, -8)).structure();
}

/** How pages are packed besides Snappy, which hyparquet knows itself. A page that unpacks to more than it says fails. */
export const COMPRESSORS: Compressors = {
  GZIP: (bytes, size) => gunzipSync(bytes, { maxOutputLength: size + 1 }),
  BROTLI: (bytes, size) => brotliDecompressSync(bytes, { maxOutputLength: size + 1 }),
  ZSTD: (bytes, size) => zstdDecompressSync(bytes, { maxOutputLength: size + 1 }),
};

async function unpacked(
  bytes: Uint8Array,
  size: number,
  codec: ColumnMetaData['codec'],
): Promise<Uint8Array> {
  if (codec === 'UNCOMPRESSED') return bytes;
  if (codec !== 'SNAPPY') return COMPRESSORS[codec]!(bytes, size);
  const { snappyUncompress } = await import('hyparquet');
  const page = new Uint8Array(size);
  snappyUncompress(bytes, page);
  return page;
}

/** Which levels the values of a column have. @throws Misshapen for a column that the schema has not */
function levelsOf(root: SchemaTree, path: readonly string[]): { repeated: number; defined: number } {
  const along = [root];
  for (const part of path) {
    const child = along.at(-1)!.children.find(({ element }) => element.name === part);
    if (child === undefined) throw cut();
    along.push(child);
  }
  const kinds = along.map(({ element }) => element.repetition_type);
  return {
    repeated: kinds.filter((kind) => kind === 'REPEATED').length,
    defined: kinds.slice(1).filter((kind) => kind !== 'REQUIRED').length,
  };
}

const widthOf = (level: number): number => 32 - Math.clz32(level);

/** Runs of equal numbers between others: one longer than all of them would be written out, wherever they should end. */
function requireRuns(bytes: Uint8Array, width: number, count: number): void {
  let at = 0;
  for (let seen = 0; seen < count && at < bytes.length;) {
    let head = 0;
    for (let shift = 0; ; shift += 1) {
      const byte = bytes[at++];
      if (byte === undefined || head > 2 ** 31) throw cut();
      head += (byte & 127) * 2 ** (7 * shift);
      if (byte < 128) break;
    }
    if (head >= 2 ** 31) throw cut();
    const run = head >>> 1;
    if (head % 2 === 1) {
      seen += run * 8;
      at += Math.max(1, run * width);
    } else {
      if (seen + run > count) throw large();
      seen += run;
      at += Math.ceil(width / 8);
    }
  }
}

const DICTIONARY = new Set([2, 3, 8]);
/** Each value is written as what it has in common with the one before: a few bytes can stand for any number. */
const PREFIXES = 7;

interface Column {
  readonly repeated: number;
  readonly defined: number;
  readonly codec: ColumnMetaData['codec'];
  /** That its rows can have. */
  readonly mostValues: number;
}

async function requirePage(
  head: Fields,
  bytes: Uint8Array,
  { repeated, defined, codec, mostValues }: Column,
): Promise<number> {
  const part = (id: number): Fields => (typeof head[id] === 'object' ? (head[id] ?? {}) : {});
  const number = (fields: Fields, id: number, most: number): number => {
    const value = fields[id];
    // One that is not there becomes NaN, at which hyparquet reads the same byte for ever.
    if (typeof value !== 'number' || value < 0 || value > most) throw large();
    return value;
  };
  const size = number(head, 2, MOST_PAGE_BYTES);
  if (head[1] === 2) {
    number(part(7), 1, mostValues);
    return 0;
  }
  const second = head[1] === 3;
  const about = part(second ? 8 : 5);
  const count = number(about, 1, mostValues);
  const encoding = about[second ? 4 : 2];
  if (encoding === PREFIXES) throw foreign('DELTA_BYTE_ARRAY');
  let rest: Uint8Array;
  if (second) {
    number(about, 2, count);
    const [definitions, repetitions] = [number(about, 5, size), number(about, 6, size)];
    const values = repetitions + definitions;
    if (repeated > 0) requireRuns(bytes, widthOf(repeated), count);
    if (defined > 0) requireRuns(bytes.subarray(repetitions), widthOf(defined), count);
    number({ 0: size - values }, 0, size);
    const packed = bytes.subarray(values);
    rest =
      DICTIONARY.has(Number(encoding)) && about[7] !== false
        ? await unpacked(packed, size - values, codec)
        : packed;
  } else {
    if (repeated === 0 && defined === 0 && !DICTIONARY.has(Number(encoding))) return count;
    rest = await unpacked(bytes, size, codec);
    for (const level of [repeated, defined]) {
      if (level === 0) continue;
      if (rest.length < 4) throw cut();
      const length = new DataView(rest.buffer, rest.byteOffset).getUint32(0, true);
      requireRuns(rest.subarray(4), widthOf(level), count);
      rest = rest.subarray(4 + length);
    }
  }
  if (DICTIONARY.has(Number(encoding)) && rest.length > 0) requireRuns(rest.subarray(1), rest[0]!, count);
  return count;
}

/**
 * Looks at the pages of a row group before hyparquet unpacks them: it believes every number that it reads, and some
 * would make it fill memory until the process ends.
 * @param bytesAt of the file
 * @throws Misshapen
 */
export async function requireBoundedGroup(
  group: RowGroup,
  { root, columns }: { readonly root: SchemaTree; readonly columns: readonly string[] },
  bytesAt: (start: number, end: number) => Promise<ArrayBuffer>,
): Promise<void> {
  const rows = Number(group.num_rows);
  if (!(rows >= 0 && rows <= MOST_ROWS)) throw large();
  const mostValues = Math.min(MOST_VALUES, rows * MOST_VALUES_OF_ROW);
  for (const { meta_data: meta, file_path: elsewhere } of group.columns) {
    if (meta === undefined || elsewhere !== undefined) throw cut();
    if (!columns.includes(meta.path_in_schema[0] ?? '')) continue;
    if (!['UNCOMPRESSED', 'SNAPPY', ...Object.keys(COMPRESSORS)].includes(meta.codec))
      throw foreign(meta.codec);
    const column = { ...levelsOf(root, meta.path_in_schema), codec: meta.codec, mostValues };
    const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
    const bytes = new Uint8Array(await bytesAt(start, start + Number(meta.total_compressed_size)));
    let values = 0;
    for (let at = 0; at < bytes.length - 1;) {
      const thrift = new Thrift(bytes.subarray(at));
      const head = thrift.structure();
      const from = at + thrift.at;
      const length = head[3];
      if (typeof length !== 'number' || length < 0 || from + length > bytes.length) throw cut();
      values += await requirePage(head, bytes.subarray(from, from + length), column);
      if (values > mostValues) throw large();
      at = from + length;
    }
    // Each row has at least one, be it none.
    if (rows > values) throw cut();
  }
}

/** All of them together, which the reader keeps. @throws Misshapen */
export function requireBoundedRows({ row_groups: groups }: FileMetaData): void {
  const rows = groups.reduce((sum, { num_rows: one }) => sum + Number(one), 0);
  if (!(rows <= 5 * MOST_ROWS)) throw large();
}
