import type { ImageFormat } from './formats.ts';
import { INPUT_OPTIONS, openPicture } from './sharp.ts';

/**
 * Finds data that a disk or a transfer has replaced by zeros, where decoders of JPEG and lossy WebP go on as if nothing
 * were wrong. Written from ITU-T T.81 and RFC 6386. Nearly all pictures cost one search through their bytes.
 */
const ZEROS = Buffer.alloc(32);

/** @param content the whole file, which was decoded without an error */
export async function isPartlyZeroed(format: ImageFormat, content: Buffer): Promise<boolean> {
  if ((format !== 'jpeg' && format !== 'webp') || !content.includes(ZEROS)) return false;
  return format === 'jpeg' ? isJpegZeroed(content) : isWebpZeroed(content);
}

/**
 * Data of an arithmetic coder end where the picture does. With zeros in between they end somewhere else: a picture
 * that is whole without its last bytes has lost others.
 */
async function isWebpZeroed(content: Buffer): Promise<boolean> {
  const spare = 16;
  for (
    let at = 12;
    at + 8 <= content.length;
    at += 8 + content.readUInt32LE(at + 4) + (content[at + 4]! & 1)
  ) {
    if (content.toString('latin1', at, at + 4) !== 'VP8 ') continue;
    const length = content.readUInt32LE(at + 4);
    const data = content.subarray(at + 8, at + 8 + length);
    const shorter = length - spare - (length & 1);
    if (shorter < 32 || !data.includes(ZEROS)) return false;
    const head = Buffer.from('RIFF\0\0\0\0WEBPVP8 \0\0\0\0', 'latin1');
    head.writeUInt32LE(shorter + 12, 4);
    head.writeUInt32LE(shorter, 16);
    return isWhole(Buffer.concat([head, data.subarray(0, shorter)]));
  }
  return false;
}

async function isWhole(content: Buffer): Promise<boolean> {
  try {
    await openPicture(content).resize(1, 1, { fit: 'fill' }).raw().toBuffer();
    return true;
  } catch {
    return false;
  }
}

interface Frame {
  readonly progressive: boolean;
  /** Where the height is written. */
  readonly heightAt: number;
  readonly width: number;
  readonly height: number;
  /** Pixels of the smallest unit that is coded as one. */
  readonly unit: { readonly width: number; readonly height: number };
}

/** Only an end of block may come hundreds of times in a row: any other symbol that zeros mean is no picture. */
async function isJpegZeroed(content: Buffer): Promise<boolean> {
  /** By class and number of a table, as written in the file: the symbol that zero bits stand for. */
  const zeroSymbols = new Map<number, number>();
  let frame: Frame | null = null;
  let doubtful = false;
  for (let at = 2; at + 4 <= content.length;) {
    const marker = content[at + 1]!;
    if (content[at] !== 0xff || marker === 0xd9) break;
    const length = content.readUInt16BE(at + 2);
    const segment = content.subarray(at + 4, at + 2 + length);
    at += 2 + length;
    if (marker === 0xc4) readZeroSymbols(segment, zeroSymbols);
    else if (marker >= 0xc0 && marker <= 0xc2) frame = frameOf(marker === 0xc2, segment, at - segment.length);
    else if (marker === 0xda) {
      const end = endOfScan(content, at);
      if (frame !== null && content.subarray(at, end).includes(ZEROS)) {
        if (!mayBeZeros(segment, frame, zeroSymbols)) return true;
        doubtful = true;
      }
      at = end;
    }
  }
  if (frame === null || !doubtful) return false;
  return frame.progressive ? !(await decodesSilently(content)) : hasDataLeft(content, frame);
}

/** The first symbol of a table has the code of zeros alone. */
function readZeroSymbols(segment: Buffer, symbols: Map<number, number>): void {
  for (let at = 0; at + 17 < segment.length;) {
    const count = segment.subarray(at + 1, at + 17).reduce((sum, codes) => sum + codes, 0);
    symbols.set(segment[at]!, segment[at + 17]!);
    at += 17 + count;
  }
}

function frameOf(progressive: boolean, segment: Buffer, at: number): Frame {
  const parts = Array.from({ length: segment[5] ?? 0 }, (_, index) => segment[7 + 3 * index] ?? 0x11);
  const unit = {
    width: 8 * Math.max(1, ...parts.map((sampling) => sampling >> 4)),
    height: 8 * Math.max(1, ...parts.map((sampling) => sampling & 15)),
  };
  const height = segment.readUInt16BE(1);
  return { progressive, heightAt: at + 1, width: segment.readUInt16BE(3), height, unit };
}

/** A marker ends it, but for restarts and stuffed bytes. */
function endOfScan(content: Buffer, start: number): number {
  for (
    let at = content.indexOf(0xff, start);
    at >= 0 && at + 1 < content.length;
    at = content.indexOf(0xff, at + 1)
  ) {
    const next = content[at + 1]!;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return content.length;
}

/** Bits of a step in brightness that a blank area or an even ramp can have from block to block, hundreds of times. */
const STEADY = 2;

/** Whether a scan of blank blocks or of single bits may hold as many zeros. */
function mayBeZeros(scan: Buffer, { progressive }: Frame, zeroSymbols: ReadonlyMap<number, number>): boolean {
  const count = scan[0]!;
  const [first = 0, , refinement = 0] = scan.subarray(1 + 2 * count);
  const tablesOf = (shift: number, kind: number): number[] =>
    Array.from({ length: count }, (_, index) => kind | ((scan[2 + 2 * index]! >> shift) & 15));
  if (progressive && refinement >> 4 !== 0) return true;
  if (progressive && first === 0)
    return tablesOf(4, 0).every((table) => (zeroSymbols.get(table) ?? 0) <= STEADY);
  const isEnd = (symbol: number): boolean =>
    symbol === 0 || (progressive && (symbol & 15) === 0 && symbol < 0xf0);
  return tablesOf(0, 0x10).every((table) => isEnd(zeroSymbols.get(table) ?? 0));
}

/** Zeros in place of other bits leave some over at the end of a scan, of which the decoder only warns. */
async function decodesSilently(content: Buffer): Promise<boolean> {
  try {
    await openPicture(content, { ...INPUT_OPTIONS, failOn: 'warning' })
      .resize(1, 1, { fit: 'fill' })
      .raw()
      .toBuffer();
    return true;
  } catch {
    return false;
  }
}

/** Grey that the decoder fills in where nothing is left. */
const NOTHING_LEFT = 128;
/** Units that stray bytes before the end may look like. */
const STRAY = 16;

/**
 * Blank blocks take few bits: where zeros stand for others, the picture is full before its data end. One that is said
 * to be a row of units higher shows what is left.
 */
async function hasDataLeft(content: Buffer, { heightAt, width, height, unit }: Frame): Promise<boolean> {
  const rows = Math.ceil(height / unit.height);
  if (width <= STRAY * unit.width || (rows + 1) * unit.height > 65_500) return false;
  const higher = Buffer.from(content);
  higher.writeUInt16BE((rows + 1) * unit.height, heightAt);
  const { data, info } = await openPicture(higher, { ...INPUT_OPTIONS, failOn: 'none', ignoreIcc: true })
    .extract({
      left: STRAY * unit.width,
      top: rows * unit.height + unit.height / 2,
      width: width - STRAY * unit.width,
      height: 1,
    })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return info.channels < 4 && data.some((value) => Math.abs(value - NOTHING_LEFT) > 1);
}
