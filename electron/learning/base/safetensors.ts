import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import { openFile } from '../../files/index.ts';
import { firstNotFinite } from './finite.ts';

/** The safetensors container: 8 bytes of header length, a JSON header, the elements little-endian one after another. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface TensorFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Bytes of the header's length, at the start of a file. */
const LENGTH_BYTES = 8;
/** Longest header that is read: far more than any model here has. */
const LONGEST_HEADER = 64_000_000;

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

/** Parts of the file in their order. */
export function encodeSafetensors({ metadata, tensors }: TensorFile): Uint8Array[] {
  const header: Record<string, unknown> = { __metadata__: metadata };
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // The format asks for elements aligned to 8 bytes; blanks may fill the header up.
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  return [length, padded, ...parts];
}

function isEntry(value: unknown): value is HeaderEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { dtype, shape, data_offsets: offsets } = value as Partial<Record<keyof HeaderEntry, unknown>>;
  return (
    typeof dtype === 'string' &&
    Array.isArray(shape) &&
    shape.every((side) => Number.isSafeInteger(side) && (side as number) >= 0) &&
    Array.isArray(offsets) &&
    offsets.length === 2 &&
    offsets.every((at) => Number.isSafeInteger(at) && (at as number) >= 0)
  );
}

/** Bytes of an element by the format's name of its type: what is written, and halves to save room. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = { F32: 4, F16: 2 };

type TensorRange = Pick<HeaderEntry, 'shape'> & {
  readonly name: string;
  readonly elementBytes: number;
  /** In the file. */
  readonly from: number;
  readonly to: number;
};

interface Header {
  readonly metadata: Readonly<Record<string, string>>;
  readonly ranges: readonly TensorRange[];
}

function damaged(file: string, problem: Sentence): never {
  throw new TwinheadError('unusable-input', say('learning.file.damaged', { problem }), {
    file,
    remedy: say('learning.file.remedy'),
  });
}

/** The length of the header, which the first bytes of the file say. */
function headerLengthOf(start: Uint8Array, fileBytes: number, file: string): number {
  if (start.length < LENGTH_BYTES) return damaged(file, say('learning.file.cutOff'));
  const length = Number(new DataView(start.buffer, start.byteOffset, LENGTH_BYTES).getBigUint64(0, true));
  if (length > LONGEST_HEADER || length + LENGTH_BYTES > fileBytes) {
    return damaged(file, say('learning.file.headerCutOff'));
  }
  return length;
}

function isTexts(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((one) => typeof one === 'string')
  );
}

/** Elements that several tensors share would be copied for each: a small file could claim any amount of memory. */
function requireApart(ranges: readonly TensorRange[], file: string): void {
  let end = 0;
  for (const { name, from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    if (from < end) damaged(file, say('learning.file.overlap', { name }));
    end = Math.max(end, to);
  }
}

function parseHeader(bytes: Uint8Array, fileBytes: number, file: string): Header {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return damaged(file, say('learning.file.header'));
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    return damaged(file, say('learning.file.noList'));
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, unknown>;
  if (!isTexts(metadata)) return damaged(file, say('learning.file.noTexts'));
  const ranges: TensorRange[] = [];
  const start = LENGTH_BYTES + bytes.length;
  for (const [name, entry] of Object.entries(entries)) {
    const elementBytes = isEntry(entry) ? ELEMENT_BYTES[entry.dtype] : undefined;
    if (!isEntry(entry) || elementBytes === undefined) {
      return damaged(file, say('learning.file.entry', { name }));
    }
    const [from, to] = entry.data_offsets;
    const elements = entry.shape.reduce((size, side) => size * side, 1);
    if (to - from !== elements * elementBytes)
      return damaged(file, say('learning.file.contradiction', { name }));
    if (start + to > fileBytes) return damaged(file, say('learning.file.cutOffIn', { name }));
    ranges.push({ name, shape: entry.shape, elementBytes, from: start + from, to: start + to });
  }
  requireApart(ranges, file);
  return { metadata, ranges };
}

/** @throws TwinheadError `unusable-input` for a truncated file, one that is no safetensors of 32- or 16-bit floats, or NaN. */
export function decodeSafetensors(bytes: Uint8Array, file: string): TensorFile {
  const length = headerLengthOf(bytes, bytes.length, file);
  const { metadata, ranges } = parseHeader(
    bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length),
    bytes.length,
    file,
  );
  const tensors = new Map<string, StoredTensor>();
  for (const { name, shape, elementBytes, from, to } of ranges) {
    // Copied: the bytes in the file need not be aligned.
    const copy = new Uint8Array(to - from);
    copy.set(bytes.subarray(from, to));
    const data =
      elementBytes === 4 ? new Float32Array(copy.buffer) : Float32Array.from(new Float16Array(copy.buffer));
    if (firstNotFinite(data) >= 0) damaged(file, say('learning.file.notFinite', { name }));
    tensors.set(name, { shape, data });
  }
  return { metadata, tensors };
}

/**
 * What a file says of itself, read without its elements.
 * @throws TwinheadError as {@link decodeSafetensors}, a file that is cut off in its elements included
 */
export async function readSafetensorsMetadata(file: string): Promise<Readonly<Record<string, string>>> {
  const handle = await openFile(file);
  try {
    const { size } = await handle.stat();
    const read = async (position: number, length: number): Promise<Uint8Array> => {
      const buffer = new Uint8Array(length);
      const { bytesRead } = await handle.read(buffer, 0, length, position);
      return buffer.subarray(0, bytesRead);
    };
    const length = headerLengthOf(await read(0, LENGTH_BYTES), size, file);
    return parseHeader(await read(LENGTH_BYTES, length), size, file).metadata;
  } finally {
    await handle.close();
  }
}
