import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as flat from '../../electron/export/formats/tflite/flatbuffer.ts';
import type { FlatObject } from '../../electron/export/formats/tflite/flatbuffer.ts';

type Field = Extract<FlatObject, { table: unknown }>['table'][number];

/** Bytes as elements of the type of others. */
function likeThose(others: ArrayLike<unknown>, bytes: ArrayBuffer) {
  if (others instanceof Int32Array) return new Int32Array(bytes);
  if (others instanceof Float32Array) return new Float32Array(bytes);
  return others instanceof BigInt64Array ? new BigInt64Array(bytes) : new Uint8Array(bytes);
}

/** Reads what a description of the same form says is there, by https://flatbuffers.dev/internals. */
class Reader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  root(like: FlatObject): unknown {
    return this.#object(this.#referred(0), like);
  }

  #referred(at: number): number {
    expect(at % 4).toBe(0);
    return at + this.#view.getUint32(at, true);
  }

  #object(start: number, like: FlatObject): unknown {
    if ('table' in like) return { table: like.table.map((field, id) => this.#field(start, id, field)) };
    const count = this.#view.getUint32(start, true);
    const first = start + 4;
    if ('objects' in like) {
      expect(count).toBe(like.objects.length);
      return { objects: like.objects.map((one, at) => this.#object(this.#referred(first + 4 * at), one)) };
    }
    if ('text' in like) {
      expect(this.#bytes[first + count]).toBe(0);
      return { text: new TextDecoder().decode(this.#bytes.subarray(first, first + count)) };
    }
    const { elements, alignment } = like;
    expect(first % (alignment ?? 4)).toBe(0);
    const part = this.#bytes.slice(first, first + count * elements.BYTES_PER_ELEMENT);
    return {
      elements: likeThose(elements, part.buffer),
      ...(alignment === undefined ? {} : { alignment }),
    };
  }

  #field(start: number, id: number, like: Field): unknown {
    const places = start - this.#view.getInt32(start, true);
    const offset =
      4 + 2 * id < this.#view.getUint16(places, true) ? this.#view.getUint16(places + 4 + 2 * id, true) : 0;
    if (offset === 0 || like === undefined) return offset === 0 ? undefined : 'there';
    const at = start + offset;
    if (!('scalar' in like)) return this.#object(this.#referred(at), like);
    const { scalar } = like;
    if (scalar === 'int8') return { scalar, value: this.#view.getInt8(at) };
    if (scalar === 'uint8') return { scalar, value: this.#view.getUint8(at) };
    expect(at % 4).toBe(0);
    if (scalar === 'int32') return { scalar, value: this.#view.getInt32(at, true) };
    if (scalar === 'uint32') return { scalar, value: this.#view.getUint32(at, true) };
    return { scalar, value: this.#view.getFloat32(at, true) };
  }
}

const { object: anyObject } = fc.letrec<{ object: FlatObject; field: Field }>((tie) => ({
  field: fc.oneof(
    { maxDepth: 3 },
    fc.constant(undefined),
    fc.integer({ min: -128, max: 127 }).map(flat.int8),
    fc.nat(255).map(flat.uint8),
    fc.integer().map(flat.int32),
    fc.nat().map(flat.uint32),
    fc.float({ noNaN: true }).map(flat.float32),
    tie('object'),
  ),
  object: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.string({ unit: 'grapheme' }).map(flat.text),
    fc.array(fc.integer()).map(flat.integers),
    fc.array(fc.maxSafeInteger()).map(flat.longs),
    fc.array(fc.float({ noNaN: true })).map(flat.floats),
    fc.tuple(fc.uint8Array(), fc.constantFrom(4, 8, 16)).map(([bytes, align]) => flat.bytes(bytes, align)),
    fc.array(tie('object'), { maxLength: 4 }).map(flat.list),
    fc.array(tie('field'), { maxLength: 6 }).map((fields) => flat.table(...fields)),
  ),
}));

it('reads back what was written, each part where its alignment wants it', () => {
  const root = fc.array(anyObject, { maxLength: 5 }).map((objects) => flat.table(flat.int8(-1), ...objects));
  fc.assert(
    fc.property(root, (object) => {
      const bytes = flat.encodeFlatBuffer(object, 'TFL3');
      expect(new TextDecoder().decode(bytes.subarray(4, 8))).toBe('TFL3');
      expect(new Reader(bytes).root(object)).toEqual(object);
    }),
  );
});

it('grows with what is put into it', () => {
  const object = flat.table(flat.bytes(new Uint8Array(1_000_000).fill(7), 16), flat.text('after'));
  expect(new Reader(flat.encodeFlatBuffer(object, 'TFL3')).root(object)).toEqual(object);
});
