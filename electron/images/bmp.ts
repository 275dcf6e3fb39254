import { UnusableImage, damaged } from './problems.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Said } from '../common/sentences/sentence.ts';

/**
 * Windows bitmaps, for which libvips as shipped with sharp has no loader. Format: Microsoft, "Bitmap Storage"
 * (BITMAPFILEHEADER, BITMAPINFOHEADER, BITMAPV4HEADER, BITMAPV5HEADER).
 */
export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bitsPerPixel: 1 | 4 | 8 | 16 | 24 | 32;
  /** Pixels are packed as runs of one value: RLE4 and RLE8. */
  readonly runs: boolean;
  readonly pixelOffset: number;
  readonly paletteOffset: number;
  readonly paletteEntrySize: 3 | 4;
  readonly paletteLength: number;
  /** Red, green and blue bits of 16- and 32-bit pixels. */
  readonly masks: readonly [number, number, number];
}

const FILE_HEADER = 14;
const CORE_HEADER = 12;
const UNCOMPRESSED = 0;
const RLE8 = 1;
const RLE4 = 2;
const BIT_FIELDS = 3;
const ALPHA_BIT_FIELDS = 6;

function unsupported(kind: Said): UnusableImage {
  return new UnusableImage({
    code: 'unsupported',
    reason: say('images.bitmap.kind', { kind }),
    remedy: say('images.saveAsPng'),
  });
}

function isDepth(bits: number): bits is BmpHeader['bitsPerPixel'] {
  return [1, 4, 8, 16, 24, 32].includes(bits);
}

/**
 * @param file the whole file, or at least its first 200 bytes
 * @throws UnusableImage
 */
export function readBmpHeader(file: Uint8Array): BmpHeader {
  if (file.length < FILE_HEADER + CORE_HEADER) throw damaged(say('images.cutOff'));
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerSize = view.getUint32(14, true);
  const core = headerSize === CORE_HEADER;
  if (!core && (headerSize < 40 || headerSize > 1024)) throw damaged(say('images.bitmap.header'));
  if (file.length < FILE_HEADER + (core ? CORE_HEADER : 40)) throw damaged(say('images.cutOff'));
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = core ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(core ? 24 : 28, true);
  const compression = core ? UNCOMPRESSED : view.getUint32(30, true);
  if (width < 1 || signedHeight === 0) throw damaged(say('images.bitmap.header'));
  const runs = compression === RLE8 || compression === RLE4;
  if (!runs && compression !== UNCOMPRESSED && compression !== BIT_FIELDS && compression !== ALPHA_BIT_FIELDS)
    throw unsupported(say('images.bitmap.compression'));
  if (!isDepth(bits)) throw unsupported(say('images.bitmap.bits', { bits }));
  if (runs && bits !== (compression === RLE8 ? 8 : 4)) throw damaged(say('images.bitmap.header'));

  const masksInHeader = headerSize >= 52;
  const bitFields = compression === BIT_FIELDS || compression === ALPHA_BIT_FIELDS;
  let masks: [number, number, number] = bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff];
  if (bitFields) {
    if (bits !== 16 && bits !== 32) throw damaged(say('images.bitmap.header'));
    if (file.length < 66) throw damaged(say('images.cutOff'));
    masks = [view.getUint32(54, true), view.getUint32(58, true), view.getUint32(62, true)];
  }
  const colours = core ? 0 : view.getUint32(46, true);
  const possible = bits <= 8 ? 2 ** bits : 0;
  return {
    width,
    height: Math.abs(signedHeight),
    topDown: signedHeight < 0,
    bitsPerPixel: bits,
    runs,
    pixelOffset: view.getUint32(10, true),
    paletteOffset: FILE_HEADER + headerSize + (bitFields && !masksInHeader ? 12 : 0),
    paletteEntrySize: core ? 3 : 4,
    paletteLength: colours > 0 ? Math.min(colours, possible) : possible,
    masks,
  };
}

/** Bytes of one row in the file: padded to four. */
function rowBytes(header: BmpHeader): number {
  return Math.ceil((header.width * header.bitsPerPixel) / 32) * 4;
}

/** @throws UnusableImage where the file is shorter than its header says */
export function checkBmpComplete(header: BmpHeader, bytes: number): void {
  // How many runs there are shows only when they are read.
  const least = header.runs ? 1 : rowBytes(header) * header.height;
  if (header.pixelOffset + least > bytes) throw damaged(say('images.cutOff'));
}

/** Maps the bits under a mask to 0-255. */
function channelReader(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = Math.clz32(mask & -mask) ^ 31;
  const most = mask >>> shift;
  return (pixel) => Math.round((((pixel & mask) >>> shift) * 255) / most);
}

function readPalette(file: Uint8Array, header: BmpHeader): Uint8Array {
  const palette = new Uint8Array(256 * 3);
  for (let entry = 0; entry < header.paletteLength; entry++) {
    const at = header.paletteOffset + entry * header.paletteEntrySize;
    palette[entry * 3] = file[at + 2] ?? 0;
    palette[entry * 3 + 1] = file[at + 1] ?? 0;
    palette[entry * 3 + 2] = file[at] ?? 0;
  }
  return palette;
}

/**
 * The fourth byte of 32-bit pixels is ignored: most programs leave it at zero without meaning "transparent".
 * @returns RGB bytes, [height, width, 3]
 * @throws UnusableImage
 */
export function decodeBmp(file: Uint8Array): { pixels: Uint8Array; width: number; height: number } {
  const header = readBmpHeader(file);
  checkBmpComplete(header, file.length);
  const { width, height } = header;
  const pixels = new Uint8Array(width * height * 3);
  if (header.runs) {
    readRuns(file, header, pixels);
    return { pixels, width, height };
  }
  const stride = rowBytes(header);
  const readRow = rowReader(file, header);
  for (let y = 0; y < height; y++)
    readRow(header.pixelOffset + stride * (header.topDown ? y : height - 1 - y), pixels, y * width * 3);
  return { pixels, width, height };
}

/** Writes the row that begins at `row` of the file as RGB bytes from `out` on. */
type RowReader = (row: number, pixels: Uint8Array, out: number) => void;

function rowReader(file: Uint8Array, header: BmpHeader): RowReader {
  const { width, bitsPerPixel } = header;
  if (bitsPerPixel <= 8) return paletteReader(file, header);
  if (bitsPerPixel === 24)
    return (row, pixels, out) => {
      for (let at = row; at < row + width * 3; at += 3) {
        pixels[out++] = file[at + 2]!;
        pixels[out++] = file[at + 1]!;
        pixels[out++] = file[at]!;
      }
    };
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const read =
    bitsPerPixel === 16
      ? (row: number, x: number) => view.getUint16(row + x * 2, true)
      : (row: number, x: number) => view.getUint32(row + x * 4, true);
  const [red, green, blue] = header.masks.map(channelReader) as [
    (pixel: number) => number,
    (pixel: number) => number,
    (pixel: number) => number,
  ];
  return (row, pixels, out) => {
    for (let x = 0; x < width; x++) {
      const pixel = read(row, x);
      pixels[out++] = red(pixel);
      pixels[out++] = green(pixel);
      pixels[out++] = blue(pixel);
    }
  };
}

function paletteReader(file: Uint8Array, header: BmpHeader): RowReader {
  const { width, bitsPerPixel } = header;
  const palette = readPalette(file, header);
  const mask = 2 ** bitsPerPixel - 1;
  return (row, pixels, out) => {
    for (let x = 0, bit = 0; x < width; x++, bit += bitsPerPixel) {
      const entry = 3 * ((file[row + (bit >> 3)]! >> (8 - bitsPerPixel - (bit & 7))) & mask);
      pixels[out++] = palette[entry]!;
      pixels[out++] = palette[entry + 1]!;
      pixels[out++] = palette[entry + 2]!;
    }
  };
}

/**
 * RLE4 and RLE8: pairs of bytes, a count with its value, or 0 with an escape (0 end of row, 1 end of picture, 2 a move,
 * else so many values as they are). What is passed over has the first colour.
 */
function readRuns(file: Uint8Array, header: BmpHeader, pixels: Uint8Array): void {
  const { width, height, topDown } = header;
  const palette = readPalette(file, header);
  const paint = (entry: number, out: number): void => {
    pixels[out] = palette[entry * 3]!;
    pixels[out + 1] = palette[entry * 3 + 1]!;
    pixels[out + 2] = palette[entry * 3 + 2]!;
  };
  for (let out = 0; out < pixels.length; out += 3) paint(0, out);
  const four = header.bitsPerPixel === 4;
  let x = 0;
  let y = 0;
  const put = (entry: number): void => {
    // What leaves the row or the picture is left out, as by other readers.
    if (x < width && y < height) paint(entry, ((topDown ? y : height - 1 - y) * width + x) * 3);
    x += 1;
  };
  for (let at = header.pixelOffset; y < height;) {
    if (at + 2 > file.length) throw damaged(say('images.cutOff'));
    const count = file[at]!;
    const value = file[at + 1]!;
    at += 2;
    if (count > 0) {
      for (let index = 0; index < count; index++)
        put(four ? (index % 2 === 0 ? value >> 4 : value & 15) : value);
    } else if (value === 0) {
      x = 0;
      y += 1;
    } else if (value === 1) return;
    else if (value === 2) {
      if (at + 2 > file.length) throw damaged(say('images.cutOff'));
      x += file[at]!;
      y += file[at + 1]!;
      at += 2;
    } else {
      const bytes = four ? Math.ceil(value / 2) : value;
      if (at + bytes > file.length) throw damaged(say('images.cutOff'));
      for (let index = 0; index < value; index++) {
        const byte = file[at + (four ? index >> 1 : index)]!;
        put(four ? (index % 2 === 0 ? byte >> 4 : byte & 15) : byte);
      }
      // Padded to two bytes.
      at += bytes + (bytes % 2);
    }
  }
}
