import { TwinheadError } from '../common/errors.ts';

/** The safetensors container: 8 bytes of header length, a JSON header, the elements little-endian one after another. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface TensorFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

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
  const length = new Uint8Array(8);
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

/** @throws TwinheadError `unusable-input` for a truncated file or one that is no safetensors of 32- or 16-bit floats. */
export function decodeSafetensors(bytes: Uint8Array, file: string): TensorFile {
  const damaged = (what: string): never => {
    throw new TwinheadError('unusable-input', `The model file is damaged: ${what}.`, {
      file,
      remedy: 'Use another checkpoint of this run, or train again.',
    });
  };
  if (bytes.length < 8) return damaged('it is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > LONGEST_HEADER || headerLength + 8 > bytes.length)
    return damaged('its header is cut off');
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength))) as Record<
      string,
      unknown
    >;
  } catch (error) {
    return damaged(`its header cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
  const tensors = new Map<string, StoredTensor>();
  const start = 8 + headerLength;
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const elementBytes = isEntry(entry) ? ELEMENT_BYTES[entry.dtype] : undefined;
    if (!isEntry(entry) || elementBytes === undefined) return damaged(`the entry ${name} is not understood`);
    const [from, to] = entry.data_offsets;
    const elements = entry.shape.reduce((size, side) => size * side, 1);
    if (to - from !== elements * elementBytes) return damaged(`the entry ${name} contradicts itself`);
    if (start + to > bytes.length) return damaged(`it is cut off in ${name}`);
    // Copied: the bytes in the file need not be aligned.
    const copy = new Uint8Array(to - from);
    copy.set(bytes.subarray(start + from, start + to));
    const data =
      elementBytes === 4 ? new Float32Array(copy.buffer) : Float32Array.from(new Float16Array(copy.buffer));
    tensors.set(name, { shape: entry.shape, data });
  }
  const metadata = (header['__metadata__'] ?? {}) as Record<string, string>;
  return { metadata, tensors };
}
