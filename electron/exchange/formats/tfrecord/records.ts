import { stat } from 'node:fs/promises';
import { TwinheadError } from '../../../common/errors.ts';
import { say } from '../../../common/sentences/sentence.ts';
import { openFile } from '../../../files/index.ts';

/** CRC-32C (Castagnoli), by the byte. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}

/** As TFRecord stores it: turned and shifted, since a checksum of checksums would say little. */
const masked = (bytes: Uint8Array): number => {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
};

const HEAD = 12;
const TAIL = 4;
/** A picture with its labels; whatever is longer is no record of an image. */
const LONGEST_RECORD = 512_000_000;

/** A record as it lies in the file: length, its checksum, the data, its checksum. */
export function framed(data: Uint8Array): Buffer {
  const record = Buffer.alloc(HEAD + data.length + TAIL);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(masked(record.subarray(0, 8)), 8);
  record.set(data, HEAD);
  record.writeUInt32LE(masked(data), HEAD + data.length);
  return record;
}

/**
 * The records of a file, one after the other; only one is in memory.
 * @throws TwinheadError `unusable-input` naming the record that is cut off, too long, or doesn't match its checksum
 */
export async function* recordsOf(file: string): AsyncGenerator<Buffer> {
  await using handle = await openFile(file);
  const { size } = await stat(file);
  let at = 0;
  for (let record = 1; at < size; record++) {
    const refuse = (said: ReturnType<typeof say>): TwinheadError =>
      new TwinheadError('unusable-input', said, {
        file,
        place: say('formats.record', { record: String(record) }),
        remedy: say('formats.recordCrc.remedy'),
      });
    const read = async (length: number): Promise<Buffer> => {
      if (at + length > size) throw refuse(say('formats.recordCut'));
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
      if (bytesRead < length) throw refuse(say('formats.recordCut'));
      at += length;
      return buffer;
    };
    const head = await read(HEAD);
    if (head.readUInt32LE(8) !== masked(head.subarray(0, 8)))
      throw refuse(say('formats.recordCrc', { record }));
    const length = Number(head.readBigUInt64LE(0));
    if (length > LONGEST_RECORD)
      throw refuse(say('formats.recordLong', { record, size: { unit: 'bytes', value: length } }));
    const body = await read(length + TAIL);
    const data = body.subarray(0, length);
    if (body.readUInt32LE(length) !== masked(data)) throw refuse(say('formats.recordCrc', { record }));
    yield data;
  }
}
