type Samples = Uint8Array | Uint16Array | Int16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

const FORMATS = new Map<string, number>([
  ['Uint8Array', 1],
  ['Uint16Array', 1],
  ['Uint32Array', 1],
  ['Int16Array', 2],
  ['Int32Array', 2],
  ['Float32Array', 3],
  ['Float64Array', 3],
]);

/** An uncompressed TIFF of one strip, samples pixel by pixel. @param photometric 1 grey, 2 RGB */
export function tiffFile(
  samples: Samples,
  { width, height, photometric }: { width: number; height: number; photometric: 1 | 2 },
  extraSamples: readonly number[] = [],
): Buffer {
  const perPixel = samples.length / (width * height);
  const bits = samples.BYTES_PER_ELEMENT * 8;
  const shorts = (values: readonly number[]): Buffer => Buffer.from(new Uint16Array(values).buffer);
  const longs = (values: readonly number[]): Buffer => Buffer.from(new Uint32Array(values).buffer);
  const pixels = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const each = (value: number): Buffer => shorts(Array.from({ length: perPixel }, () => value));
  const entries: [tag: number, type: 3 | 4, content: Buffer][] = [
    [256, 4, longs([width])],
    [257, 4, longs([height])],
    [258, 3, each(bits)],
    [259, 3, shorts([1])],
    [262, 3, shorts([photometric])],
    [273, 4, longs([8])],
    [277, 3, shorts([perPixel])],
    [278, 4, longs([height])],
    [279, 4, longs([pixels.length])],
    ...(extraSamples.length === 0 ? [] : [[338, 3, shorts(extraSamples)] as [number, 3, Buffer]]),
    [339, 3, each(FORMATS.get(samples.constructor.name)!)],
  ];
  const table = 8 + pixels.length;
  const head = Buffer.alloc(8);
  head.write('II');
  head.writeUInt16LE(42, 2);
  head.writeUInt32LE(table, 4);
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  directory.writeUInt16LE(entries.length);
  const apart: Buffer[] = [];
  let at = table + directory.length;
  for (const [index, [tag, type, content]] of entries.entries()) {
    const start = 2 + index * 12;
    directory.writeUInt16LE(tag, start);
    directory.writeUInt16LE(type, start + 2);
    directory.writeUInt32LE(content.length / (type === 3 ? 2 : 4), start + 4);
    if (content.length <= 4) content.copy(directory, start + 8);
    else {
      directory.writeUInt32LE(at, start + 8);
      apart.push(content);
      at += content.length;
    }
  }
  return Buffer.concat([head, pixels, directory, ...apart]);
}
