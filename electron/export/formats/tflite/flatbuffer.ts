/**
 * Writes FlatBuffers: tables, vectors and strings that refer to each other by their distance in bytes
 * (https://flatbuffers.dev/internals). Parents lie before what they refer to.
 */

const SCALARS = {
  int8: { bytes: 1, set: (view: DataView, at: number, value: number) => view.setInt8(at, value) },
  uint8: { bytes: 1, set: (view: DataView, at: number, value: number) => view.setUint8(at, value) },
  int32: { bytes: 4, set: (view: DataView, at: number, value: number) => view.setInt32(at, value, true) },
  uint32: { bytes: 4, set: (view: DataView, at: number, value: number) => view.setUint32(at, value, true) },
  float32: { bytes: 4, set: (view: DataView, at: number, value: number) => view.setFloat32(at, value, true) },
} as const;

interface Scalar {
  readonly scalar: keyof typeof SCALARS;
  readonly value: number;
}

/** What lies elsewhere and is referred to. */
export type FlatObject =
  /** Fields by their ids in the schema; undefined: left out, so that readers take the default. */
  | { readonly table: readonly (Scalar | FlatObject | undefined)[] }
  | { readonly objects: readonly FlatObject[] }
  | { readonly text: string }
  /** Bytes or numbers as they are, aligned to as many bytes as asked for. */
  | {
      readonly elements: Uint8Array | Int32Array | Float32Array | BigInt64Array;
      readonly alignment?: number;
    };

export const int8 = (value: number): Scalar => ({ scalar: 'int8', value });
export const uint8 = (value: number): Scalar => ({ scalar: 'uint8', value });
export const int32 = (value: number): Scalar => ({ scalar: 'int32', value });
export const uint32 = (value: number): Scalar => ({ scalar: 'uint32', value });
export const float32 = (value: number): Scalar => ({ scalar: 'float32', value });
export const flag = (value: boolean): Scalar => uint8(value ? 1 : 0);
export const text = (value: string): FlatObject => ({ text: value });
export const table = (...fields: readonly (Scalar | FlatObject | undefined)[]): FlatObject => ({
  table: fields,
});
export const list = (objects: readonly FlatObject[]): FlatObject => ({ objects });
export const integers = (values: readonly number[]): FlatObject => ({ elements: Int32Array.from(values) });
export const floats = (values: readonly number[]): FlatObject => ({ elements: Float32Array.from(values) });
export const longs = (values: readonly number[]): FlatObject => ({
  elements: BigInt64Array.from(values, BigInt),
  alignment: BigInt64Array.BYTES_PER_ELEMENT,
});
export const bytes = (elements: Uint8Array, alignment?: number): FlatObject => ({
  elements,
  ...(alignment === undefined ? {} : { alignment }),
});

/** Bytes of a reference, and of the number of elements before a vector. */
const WORD = 4;
const FIRST_SIZE = 65_536;

class Writer {
  #bytes = new Uint8Array(FIRST_SIZE);
  #view = new DataView(this.#bytes.buffer);
  #end = 0;
  /** Objects that are referred to, and where from. */
  readonly #awaited: { readonly at: number; readonly object: FlatObject }[] = [];

  write(root: FlatObject, identifier: string): Uint8Array {
    this.#refer(this.#take(WORD), root);
    this.#put(new TextEncoder().encode(identifier));
    for (let next = this.#awaited.shift(); next !== undefined; next = this.#awaited.shift()) {
      const start = this.#object(next.object);
      this.#view.setUint32(next.at, start - next.at, true);
    }
    return this.#bytes.slice(0, this.#end);
  }

  /** Room at the end, zeros. @returns where it begins */
  #take(count: number): number {
    const start = this.#end;
    this.#end += count;
    if (this.#end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#end, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return start;
  }

  /** Fills up until `ahead` bytes later is a multiple of `alignment`. */
  #align(alignment: number, ahead = 0): void {
    const over = (this.#end + ahead) % alignment;
    if (over !== 0) this.#take(alignment - over);
  }

  #put(content: Uint8Array): void {
    const start = this.#take(content.length);
    this.#bytes.set(content, start);
  }

  #refer(at: number, object: FlatObject): void {
    this.#awaited.push({ at, object });
  }

  /** @returns where the object begins */
  #object(object: FlatObject): number {
    if ('table' in object) return this.#table(object.table);
    if ('text' in object) {
      const content = new TextEncoder().encode(object.text);
      const start = this.#vector(content.length, WORD);
      this.#put(content);
      this.#take(1);
      return start;
    }
    if ('objects' in object) {
      const start = this.#vector(object.objects.length, WORD);
      const first = this.#take(object.objects.length * WORD);
      object.objects.forEach((one, index) => this.#refer(first + index * WORD, one));
      return start;
    }
    const { elements, alignment = WORD } = object;
    const start = this.#vector(elements.length, alignment);
    this.#put(new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength));
    return start;
  }

  /** The number of elements of a vector; they follow. */
  #vector(count: number, alignment: number): number {
    this.#align(alignment, WORD);
    const start = this.#take(WORD);
    this.#view.setUint32(start, count, true);
    return start;
  }

  /** The list of where fields lie, then the table with what it has. */
  #table(fields: readonly (Scalar | FlatObject | undefined)[]): number {
    const offsets: number[] = [];
    let size = WORD;
    for (const field of fields) {
      const length = field === undefined ? 0 : 'scalar' in field ? SCALARS[field.scalar].bytes : WORD;
      if (length > 0) size = Math.ceil(size / length) * length;
      offsets.push(field === undefined ? 0 : size);
      size += length;
    }
    this.#align(WORD);
    const entries = [2 * (fields.length + 2), size, ...offsets];
    const places = this.#take(2 * entries.length);
    entries.forEach((entry, index) => this.#view.setUint16(places + 2 * index, entry, true));
    this.#align(WORD);
    const start = this.#take(size);
    this.#view.setInt32(start, start - places, true);
    fields.forEach((field, index) => {
      if (field === undefined) return;
      const at = start + offsets[index]!;
      if ('scalar' in field) SCALARS[field.scalar].set(this.#view, at, field.value);
      else this.#refer(at, field);
    });
    return start;
  }
}

/** @param identifier of the schema, four characters */
export const encodeFlatBuffer = (root: FlatObject, identifier: string): Uint8Array =>
  new Writer().write(root, identifier);
