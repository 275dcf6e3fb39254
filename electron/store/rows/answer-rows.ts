import type { Rectangle } from '../../common/geometry.ts';

/** A box that a network found, in pixels of the oriented image. */
export interface AnsweredBox extends Rectangle {
  /** Index among the classes that the network was trained on. */
  readonly classIndex: number;
  readonly score: number;
}

/** What a network said of an image. */
export interface Answer {
  readonly boxes: readonly AnsweredBox[];
  /** Probabilities in the order of the classes; null without such a head. */
  readonly imageClass: Float32Array | null;
}

const FIELDS = ['x', 'y', 'width', 'height', 'score'] as const;
/** Five floats of 32 bits and a class of 16. */
const BYTES = FIELDS.length * 4 + 2;

/** 22 bytes a box, field by field, little-endian. */
export function encodeBoxes(boxes: readonly AnsweredBox[]): Uint8Array {
  const bytes = new Uint8Array(boxes.length * BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, box] of boxes.entries()) {
    for (const [field, name] of FIELDS.entries())
      view.setFloat32((field * boxes.length + index) * 4, box[name], true);
    view.setUint16(FIELDS.length * boxes.length * 4 + index * 2, box.classIndex, true);
  }
  return bytes;
}

export function decodeBoxes(bytes: Uint8Array): AnsweredBox[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.byteLength / BYTES;
  const field = (at: number, index: number): number => view.getFloat32((at * count + index) * 4, true);
  return Array.from({ length: count }, (_, index) => ({
    x: field(0, index),
    y: field(1, index),
    width: field(2, index),
    height: field(3, index),
    score: field(4, index),
    classIndex: view.getUint16(FIELDS.length * count * 4 + index * 2, true),
  }));
}

export function encodeFloats(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setFloat32(index * 4, value, true);
  return bytes;
}

export function decodeFloats(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, index) => view.getFloat32(index * 4, true));
}
